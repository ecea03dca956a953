"""Two who write under the same element: whatever is chosen, no word is lost by joining."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.answers import (
    MAX_TEXT,
    Answer,
    Choice,
    differences,
    join_texts,
    reasons_against,
    settle,
)
from locality.caf.rules.words import Evidence

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60).map(str.strip)
ANSWERS = st.builds(
    Answer,
    strengths=TEXTS,
    needs=TEXTS,
    evidence=st.sets(st.sampled_from(Evidence)).map(lambda found: tuple(e for e in Evidence if e in found)),
    severity=st.none() | st.integers(0, 3),
    is_not_discussed=st.booleans(),
)


def _holds(text: str, words: str) -> bool:
    """Whether all words are in the text, in their order."""
    rest = iter(text.split())
    return all(word in rest for word in words.split())


@given(TEXTS, TEXTS)
def test_joined_text_holds_every_word_of_both_in_order(first: str, second: str) -> None:
    joined = join_texts(first, second)
    assert _holds(joined, first)
    assert _holds(joined, second)


@given(TEXTS)
def test_joining_a_text_with_itself_changes_nothing(text: str) -> None:
    assert join_texts(text, text) == text


def test_two_sentences_added_to_the_same_beginning() -> None:
    joined = join_texts("Leah is kind. She reads a lot.", "Leah is kind. She sleeps badly.")
    assert joined == "Leah is kind. She reads a lot.\n\nShe sleeps badly."


def test_a_sentence_added_by_one_alone_stands_where_it_was_added() -> None:
    shorter, longer = "Leah is kind. She reads.", "Leah is kind. She has friends. She reads."
    assert join_texts(shorter, longer) == join_texts(longer, shorter) == longer


@given(ANSWERS, ANSWERS)
def test_joining_answers_loses_nothing(mine: Answer, theirs: Answer) -> None:
    joined = settle(Choice.JOIN, mine=mine, theirs=theirs)
    for one in (mine, theirs):
        assert _holds(joined.strengths, one.strengths)
        assert _holds(joined.needs, one.needs)
        assert set(one.evidence) <= set(joined.evidence)
        assert one.severity is None or (joined.severity or 0) >= one.severity


@given(ANSWERS, ANSWERS)
def test_keeping_one_keeps_exactly_that(mine: Answer, theirs: Answer) -> None:
    assert settle(Choice.MINE, mine=mine, theirs=theirs) == mine
    assert settle(Choice.THEIRS, mine=mine, theirs=theirs) == theirs


@given(TEXTS, TEXTS)
def test_the_marked_differences_hold_every_word_of_both(old: str, new: str) -> None:
    stretches = differences(old, new)
    said_old = " ".join(s.text for s in stretches if not s.is_new).split()
    said_new = " ".join(s.text for s in stretches if not s.is_old).split()
    assert (said_old, said_new) == (old.split(), new.split())


def test_only_what_differs_is_marked() -> None:
    marked = [(s.text, s.is_old, s.is_new) for s in differences("Leah sleeps badly", "Leah sleeps very well")]
    assert marked == [("Leah sleeps", False, False), ("badly", True, False), ("very well", False, True)]


def test_long_texts_are_compared_quickly() -> None:
    old, new = ("word " * 50_000).strip(), ("word " * 49_000 + "other").strip()
    assert any(stretch.is_new for stretch in differences(old, new))


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(strengths="Kind", is_not_discussed=True), "is_not_discussed"),
        (Answer(severity=4), "severity"),
        (Answer(strengths="x" * (MAX_TEXT + 1)), "strengths"),
        (Answer(needs="x" * (MAX_TEXT + 1)), "needs"),
    ],
    ids=[
        "not discussed, yet written about",
        "a severity that is not on the list",
        "strengths too long",
        "needs too long",
    ],
)
def test_what_cannot_be_saved_has_its_reason_beside_the_field(answer: Answer, field: str) -> None:
    assert [reason.field for reason in reasons_against(answer)] == [field]


def test_not_discussed_is_an_answer_and_nothing_is_not() -> None:
    assert Answer(is_not_discussed=True).is_given
    assert not Answer(severity=1, evidence=(Evidence.OBSERVED,)).is_given
