"""Who may be asked to audit an assessment from outside the team, and texts that name nobody."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.operations.papers.audit import says_a_name
from locality.caf.rules.inviting import MOST_DAYS, InvitationFacts, reasons_not_to_invite, stand_ins
from locality.papers.paper import Heading, Paper, Quote, Section, Table, Text

TODAY = dt.date(2026, 3, 3)
FINE = InvitationFacts(
    name="Pat Quinn", is_complete=True, is_writer=False, is_in_team=False, has_audited=False, is_closed_to=False,
    agency_left_out=False, is_agreed=True, reason="To learn from it", until_on=TODAY + dt.timedelta(days=14),
)  # fmt: skip


def test_somebody_from_outside_may_be_asked_where_nothing_stands_against_it() -> None:
    assert reasons_not_to_invite(FINE, today=TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_complete": False}, "Only a complete assessment"),
        ({"is_writer": True}, "Pat Quinn wrote it"),
        ({"is_in_team": True}, "without being asked"),
        ({"has_audited": True}, "has audited it already"),
        ({"is_closed_to": True}, "may not open this family"),
        ({"agency_left_out": True}, "must not be told"),
        ({"is_agreed": False}, "Go over the agreement with the family"),
        ({"reason": ""}, "Enter why"),
        ({"reason_names": True}, "Leave out names of the family"),
        ({"until_on": TODAY}, "in the future"),
        ({"until_on": TODAY + dt.timedelta(days=MOST_DAYS + 1)}, "within the next 28 days"),
    ],
)
def test_each_thing_that_stands_against_it_is_said(changes: dict[str, object], words: str) -> None:
    (reason,) = reasons_not_to_invite(replace(FINE, **changes), today=TODAY)  # type: ignore[arg-type]
    assert words in reason.message


FAMILY = [
    ("Child 1", ("Leah-Mae Adeyemi", "Bibi", "Leah-Mae Mensah")),
    ("Child 2", ("Jo Adeyemi",)),
    ("Adult 1", ("Grace Adeyemi",)),
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Leah-Mae Adeyemi sings", "Child 1 sings"),
        ("LEAH sings to bibi’s doll", "Child 1 sings to Child 1’s doll"),
        ("Mrs Adeyemi and Grace", "Mrs the family’s name and Adult 1"),
        ("Jo jokes, no jo", "Child 2 jokes, no jo"),
        ("A graceful leaf", "A graceful leaf"),
        ("Mensah was her name", "Child 1 was her name"),
    ],
)
def test_stand_ins_take_the_place_of_names_alone(text: str, said: str) -> None:
    assert stand_ins(FAMILY).put_in(text) == said


@pytest.mark.parametrize("name", ["Yıldız", "Yildiz", "İnci", "Inci", "Diana"])
@pytest.mark.parametrize("letters", ["iı", "ıi", "İI", "Iİ"])
def test_an_i_with_or_without_its_dot_is_the_same_letter(name: str, letters: str) -> None:
    told = name.upper().replace("I", letters[0]).replace("İ", letters[1])
    assert stand_ins([("Child 1", (name,))]).put_in(f"{told} and {name} sing") == "Child 1 and Child 1 sing"


def test_names_of_whoever_has_no_label_of_their_own_are_taken_out_too() -> None:
    found = stand_ins(FAMILY, {"Kofi", "Leah-Mae", "Adeyemi"})
    assert found.put_in("Kofi Adeyemi and Leah") == "somebody of the family the family’s name and Child 1"


def test_without_people_a_text_stays_as_it_is() -> None:
    assert stand_ins([]).put_in("Leah") == "Leah"


@given(st.text(max_size=60), st.sampled_from(["Leah-Mae", "Adeyemi", "Bibi", "Grace"]), st.text(max_size=60))
def test_no_name_is_left_wherever_it_stands(before: str, name: str, after: str) -> None:
    cleaned = stand_ins(FAMILY).put_in(f"{before} {name} {after}")
    assert f" {name} ".casefold() not in f" {cleaned} ".casefold()


def test_a_name_that_was_not_known_is_found_and_what_stands_for_names_is_none() -> None:
    said = "Child 1 and Adult 2 of the family’s name moved in May"
    section = Section("family", "General health", (Heading("General health"), Text(said), Quote("No", "Otis says")))
    plan = Section("plan", "Plan", (Table("Actions", ("What",), (("A walk with Uma", "Rest", "Lara"),)),))
    paper = Paper("CAF", "CAF", (("Reference", "Kim"), ("Who was present", "Ravi")), (section, plan))
    assert not says_a_name(paper, {"Child", "Adult", "Family", "General", "Otis", "Kim", "Lara"})
    assert all(says_a_name(paper, {name}) for name in ("May", "Uma", "Ravi", "Rest-Jones"))
