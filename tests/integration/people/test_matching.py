"""Whether somebody being entered is on record, found among everybody and explained."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from locality.kernel.actor import SYSTEM, Actor, Role
from locality.kernel.db import bind_actor
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import SAFE_NHS_NUMBERS, a_grant, a_person, an_address

BORN = dt.date(2018, 5, 14)


@pytest.fixture
def officer(session: Session) -> Actor:
    return an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)


def matches(session: Session, actor: Actor, **known: object) -> list[tuple[str, str]]:
    bind_actor(session, actor)
    try:
        found = people.likely_matches(session, people.Probe(**known))  # type: ignore[arg-type]
        return [(one.name, one.strength.value) for one in found]
    finally:
        bind_actor(session, SYSTEM)


@pytest.mark.parametrize(
    "known",
    [
        {"given_name": "Leah", "family_name": "Adeyemi", "born_on": BORN},
        {"given_name": "Laeh", "family_name": "Adeyemi", "born_on": BORN},
        {"given_name": "Leah", "family_name": "Adyemi", "born_on": BORN},
        {"given_name": "Adeyemi", "family_name": "Leah", "born_on": BORN},
        {"given_name": "Leah", "family_name": "Adeyemi", "born_on": dt.date(2018, 5, 4)},
        {"given_name": "Leah", "family_name": "Adeyemi", "born_on": dt.date(2019, 5, 14)},
        {"given_name": "Leah", "family_name": "Adeyemi"},
        {"given_name": "Lulu", "family_name": "Adeyemi", "born_on": BORN},
        {"family_name": "Okafor", "given_name": "Leah", "born_on": BORN},
        {"given_name": "Someone", "family_name": "Else", "nhs_number": SAFE_NHS_NUMBERS[0]},
    ],
    ids=["the same", "letters swapped", "letter missing", "names swapped", "figure missing in the date",
         "another year", "no date", "the name they go by", "the name before", "the number"],
)  # fmt: skip
def test_somebody_on_record_is_found(session: Session, officer: Actor, known: dict[str, object]) -> None:
    a_person(session, known_as="Lulu", previous_names=["Okafor"], nhs_number=SAFE_NHS_NUMBERS[0])
    a_person(session, given_name="Zofia", family_name="Nowak", born_on=BORN)
    assert [name for name, _ in matches(session, officer, **known)] == ["Leah Adeyemi"]


def test_the_likeliest_comes_first(session: Session, officer: Actor) -> None:
    a_person(session, given_name="Tom", sex=people.Sex.MALE)
    a_person(session)
    found = matches(session, officer, given_name="Leah", family_name="Adeyemi", born_on=BORN, sex=people.Sex.FEMALE)
    assert found == [("Leah Adeyemi", "very_likely"), ("Tom Adeyemi", "possible")]


def test_a_worker_learns_only_of_people_with_a_grant(session: Session) -> None:
    leah = a_person(session)
    worker = an_actor(an_account(session))
    known = {"given_name": "Leah", "family_name": "Adeyemi", "born_on": BORN}
    assert matches(session, worker, **known) == []
    a_grant(session, worker, leah)
    assert matches(session, worker, **known) == [("Leah Adeyemi", "very_likely")]


def test_a_baby_expected_is_found_when_born(session: Session, officer: Actor) -> None:
    a_person(session, given_name="", family_name="Novák", due_on=dt.date(2026, 5, 2))
    found = matches(session, officer, given_name="Ada", family_name="Novak", born_on=dt.date(2026, 4, 28))
    assert found == [("Baby Novák", "likely")]


def test_a_renamed_child_is_found_by_birth_date_and_home(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    an_address(session, leah, postcode="SS2 6ER")
    found = matches(session, officer, given_name="Lea", family_name="Jones", born_on=BORN, postcode="SS2 6ER")
    assert [name for name, _ in found] == ["Leah Adeyemi"]


def test_nothing_known_matches_nobody(session: Session, officer: Actor) -> None:
    a_person(session)
    assert matches(session, officer, born_on=BORN) == []
