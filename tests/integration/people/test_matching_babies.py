"""A baby on the way is looked for where it lives, whatever surname it was entered under."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from locality.kernel.actor import SYSTEM, Actor, Role
from locality.kernel.db import bind_actor
from locality.people import api as people
from locality.people.queries.matching import likely_matches
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_person, an_address

DUE = dt.date(2026, 5, 2)


@pytest.fixture
def officer(session: Session) -> Actor:
    """A front-door officer."""
    return an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)


def offered(session: Session, actor: Actor, **known: object) -> list[str]:
    """The names of whoever is offered as the same person."""
    session.flush()
    bind_actor(session, actor)
    try:
        return [match.name for match in likely_matches(session, people.Probe(**known))]  # type: ignore[arg-type]
    finally:
        bind_actor(session, SYSTEM)


@pytest.mark.parametrize(
    "known",
    [
        {"due_on": DUE + dt.timedelta(days=9)},
        {"born_on": DUE - dt.timedelta(days=20), "given_name": "Ada"},
        {"born_on": DUE + dt.timedelta(days=20), "given_name": "Ada", "lines": ("4 Quiet Lane",)},
    ],
    ids=["still due", "born early, the postcode alone", "born late, the address too"],
)
def test_a_baby_under_the_fathers_surname_is_offered_at_its_home(
    session: Session, officer: Actor, known: dict[str, object]
) -> None:
    baby = a_person(session, given_name="", family_name="Adeyemi", due_on=DUE)
    an_address(session, baby, line="4 Quiet Lane", postcode="SS3 9ZZ")
    far = a_person(session, given_name="", family_name="Nowak", due_on=DUE)
    an_address(session, far, line="4 Quiet Lane", postcode="SS1 1AA")
    later = a_person(session, given_name="", family_name="Bello", due_on=DUE + dt.timedelta(days=90))
    an_address(session, later, line="9 Other Road", postcode="SS3 9ZZ")
    assert offered(session, officer, family_name="Baker", postcode="SS3 9ZZ", **known) == ["Baby Adeyemi"]


def test_a_born_child_is_offered_when_it_is_entered_as_expected(session: Session, officer: Actor) -> None:
    born = a_person(session, given_name="Ada", family_name="Adeyemi", born_on=DUE)
    an_address(session, born, line="4 Quiet Lane", postcode="SS3 9ZZ")
    found = offered(session, officer, family_name="Baker", due_on=DUE + dt.timedelta(days=10), postcode="SS3 9ZZ")
    assert found == ["Ada Adeyemi"]


def test_a_hidden_home_offers_nobody(session: Session, officer: Actor) -> None:
    baby = a_person(session, given_name="", family_name="Adeyemi", due_on=DUE)
    an_address(session, baby, line="4 Quiet Lane", postcode="SS3 9ZZ", hidden=True)
    assert offered(session, officer, family_name="Baker", due_on=DUE, postcode="SS3 9ZZ") == []
