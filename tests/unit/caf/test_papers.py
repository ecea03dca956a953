"""Who may have which paper, and that what must not be said cannot stand in it however it is written."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.papers import (
    LEFT_OUT,
    TOPIC_ELEMENTS,
    PaperKind,
    Place,
    Recipient,
    RecipientKind,
    elements_out,
    hidden_alike,
    may_have_place,
    may_hear,
    plain,
    reasons_not_to_give,
    says,
    unsayable,
)
from locality.caf.rules.words import VoiceReaders
from locality.consent.rules import Topic
from locality.kernel.ids import PersonId

MUM, DAD, LEAH = (PersonId(UUID(int=number)) for number in (1, 2, 3))
ADULT, WORKER = RecipientKind.ADULT, RecipientKind.WORKER


def _place(whose: PersonId, *marks: str, hidden: bool = False) -> Place:
    return Place(whose, "Address", ", ".join(marks), marks, hidden)


def _recipient(kind: RecipientKind = ADULT, who: PersonId = DAD, **changes: object) -> Recipient:
    return Recipient(kind, who, "Mark", frozenset({LEAH}), **changes)  # type: ignore[arg-type]


def test_a_parent_never_gets_the_other_parents_whereabouts() -> None:
    assert not may_have_place(_recipient(), _place(MUM, "12 Oak Road", "SS3 9AB"))


def test_a_parent_gets_a_childs_home_only_where_it_is_their_own_too() -> None:
    home = _place(LEAH, "12 Oak Road", "SS3 9AB")
    assert not may_have_place(_recipient(), home)
    assert may_have_place(_recipient(own_places=frozenset({plain("ss3 9ab")})), home)


@pytest.mark.parametrize("kind", list(RecipientKind))
def test_what_must_not_be_disclosed_goes_to_nobody(kind: RecipientKind) -> None:
    hidden = _place(LEAH, "12 Oak Road", hidden=True)
    assert not may_have_place(_recipient(kind, own_places=frozenset({plain("12 Oak Road")})), hidden)


def test_a_home_that_is_hidden_for_one_is_hidden_for_all_who_live_there() -> None:
    hers, childs = _place(MUM, "12 Oak Road", "SS3 9AB", hidden=True), _place(LEAH, "12 oak road", "SS39AB")
    elsewhere = _place(DAD, "3 Elm Close", "SS3 9AB")
    assert [place.is_hidden for place in hidden_alike([childs, elsewhere], [hers, childs])] == [True, False]


@pytest.mark.parametrize(
    ("told", "words", "same"),
    [
        ("I hide.", "I hide.\x07", True),
        ("We live at [left out] now", "We live at 12 Oak Road now", True),
        ("We live at [left out] now", "We live at 12 Oak Road", False),
        ("[left out] and [left out]", "12 Oak Road and 07700 900123", True),
        ("I hide", "I hide there", False),
    ],
)
def test_a_childs_words_are_known_again_in_a_paper(told: str, words: str, same: bool) -> None:
    assert says(told, words) is same


def test_a_childs_words_go_to_the_parents_of_that_child_alone() -> None:
    sister = PersonId(UUID(int=4))
    for child, heard in ((LEAH, True), (sister, False)):
        assert may_hear(_recipient(), child_id=child, readers=VoiceReaders.TEAM, family_may_see=True) is heard


def test_every_topic_that_a_family_may_keep_out_is_known_here() -> None:
    assert set(TOPIC_ELEMENTS) == {topic.value for topic in Topic}


def test_the_elements_of_a_topic_that_is_kept_out_go_too() -> None:
    assert elements_out(_recipient(WORKER, topics_out=frozenset({"money"}))) == {"D3.3"}
    assert "D3.3" in elements_out(_recipient(shares_home=False))


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ("SS3 9AB", "They moved to ss39ab in May"),
        ("SS3 9AB", "SS3-9AB."),
        ("12 Oak Road", "at 12, oak  road, Shoebury"),
        ("07700 900123", "ring 07700900123 after six"),
        ("07700 900123", "ring (07700) 900-123"),
        ("mark@example.org", "write to Mark@Example.org"),
    ],
)
def test_what_must_not_be_said_is_found_however_it_is_written(mark: str, text: str) -> None:
    told = unsayable([mark]).taken_out(text)
    assert plain(mark) not in plain(told)
    assert LEFT_OUT in told


@given(st.text(max_size=40))
def test_texts_without_what_must_not_be_said_stay_as_they_are(text: str) -> None:
    if plain("SS3 9AB") not in plain(text):
        assert unsayable(["SS3 9AB"]).taken_out(text) == text


@given(st.lists(st.text(alphabet="abcXYZ 0189-,.", min_size=5, max_size=20), max_size=4), st.text(max_size=30))
def test_no_mark_survives_as_it_was_written(marks: list[str], text: str) -> None:
    for mark in marks:
        told = unsayable(marks).taken_out(f"{text} {mark} {text}")
        assert len(plain(mark)) < 5 or f" {mark} " not in f" {told} ".replace(LEFT_OUT, "")


def test_an_agency_that_the_family_leaves_out_is_not_given_a_paper_without_a_decision() -> None:
    worker = _recipient(WORKER)
    usual = {"agency_left_out": True, "is_caf_complete": True}
    assert "must not be told" in reasons_not_to_give(worker, PaperKind.PLAN, has_override=False, **usual)[0].message
    assert not reasons_not_to_give(worker, PaperKind.PLAN, has_override=True, **usual)


def test_basic_information_is_not_the_assessment() -> None:
    worker = _recipient(WORKER, is_told_more=False)
    usual = {"agency_left_out": False, "has_override": False, "is_caf_complete": True}
    assert reasons_not_to_give(worker, PaperKind.CAF, **usual)
    assert not reasons_not_to_give(worker, PaperKind.PLAN, **usual)
