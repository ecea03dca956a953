"""Addresses, numbers and adults of a request: nothing told is lost, overwritten or given away."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.people.models import Address, ContactPoint, Person
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_person, settle
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.asking.journeys import FAMILY, MUM, PROFESSIONAL, QUESTIONS, WORK, answer, begin, send

pytestmark = pytest.mark.usefixtures("clock")
KNOWN, TOLD = ("1 Known Street",), ("99 Newmoved Lane",)
HOME = {"address": TOLD[0], "postcode": "SS3 9XX"}


@pytest.fixture
def lead(session: Session) -> Account:
    return an_account(session, name="Sam Okafor", roles=[Role.LEAD_PROFESSIONAL])


@pytest.fixture
def child(session: Session, uow: OpenUnit, lead: Account) -> PersonId:
    child = a_person(session)
    a_grant(session, an_actor(lead, Role.LEAD_PROFESSIONAL), child)
    with uow() as unit:
        people.record_address(unit, people.NewAddress(people=[child], lines=KNOWN, postcode="SS1 1AA"))
    settle(session)
    return child


def ask_from_the_record(browse: Browse, lead: Account, child: PersonId, home: Mapping[str, Any]) -> None:
    browse.sign_in(lead)
    browse.post(f"{PROFESSIONAL}?for={child}", {"danger": "no"})
    for name, data in WORK:
        if not name.startswith(("children", "adults")) or data == {"another": "no"}:
            answer(browse, name, home if name == "home" else data)
    send(browse)


def homes(session: Session, person: PersonId) -> set[tuple[tuple[str, ...], bool, bool]]:
    """Lines, whether it must not be given away, and whether somebody lives there still."""
    rows = session.scalars(select(Address).where(Address.person_id == person))
    return {(tuple(row.lines), row.do_not_disclose, row.until_on is None) for row in rows}


@pytest.mark.parametrize("hidden", [True, False])
def test_an_address_told_of_a_child_on_record_is_kept_beside_the_home_that_is_known(
    browse: Browse, session: Session, lead: Account, child: PersonId, hidden: bool
) -> None:
    ask_from_the_record(browse, lead, child, HOME | ({"hide_address": "y"} if hidden else {}))
    assert homes(session, child) == {(KNOWN, False, True), (TOLD, hidden, True)}
    browse.sign_out()
    browse.sign_in(an_account(session, name="Amira Khan", roles=[Role.SPOC_OFFICER]))
    assert ("Newmoved" in browse.get(f"/people/{child}/whereabouts").html) is not hidden


def test_a_home_that_is_known_is_not_recorded_again_but_hidden_when_that_is_asked(
    browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    same = {"address": KNOWN[0], "postcode": "SS1 1AA", "hide_address": "y"}
    ask_from_the_record(browse, lead, child, same)
    assert homes(session, child) == {(KNOWN, True, True)}


def told(browse: Browse, *grown: Mapping[str, Any], hidden: bool = True) -> None:
    """A family asks, and tells of these adults."""
    begin(browse)
    for name, data in FAMILY:
        if name == "adults":
            for one in grown:
                place = answer(browse, "adults", {"another": "yes"}).location
                answer(browse, str(place).removeprefix(f"{QUESTIONS}/"), one)
        answer(browse, name, data if hidden or name != "home" else HOME)
    send(browse)


@pytest.mark.parametrize("hidden", [True, False])
def test_who_keeps_the_address_secret_keeps_number_and_email_secret_too(
    browse: Browse, session: Session, hidden: bool
) -> None:
    told(browse, MUM | {"is_me": "y"}, hidden=hidden)
    points = session.execute(select(ContactPoint.value, ContactPoint.do_not_disclose)).all()
    assert sorted(map(tuple, points)) == [("01702 000000", hidden), ("ada@example.org", hidden)]
    of_adults = (
        select(Address.do_not_disclose).join(Person, Person.id == Address.person_id).where(Person.kind == "adult")
    )
    assert session.scalars(of_adults).all() == [hidden]


def test_an_asker_who_does_not_say_where_they_live_has_the_number_kept_secret_too(
    browse: Browse, session: Session
) -> None:
    told(browse)
    assert set(session.scalars(select(ContactPoint.do_not_disclose))) == {True}


@pytest.mark.parametrize(("is_me", "adults"), [({}, 2), ({"is_me": "y"}, 1)])
def test_two_adults_of_one_name_are_two_unless_somebody_says_this_is_me(
    browse: Browse, session: Session, is_me: Mapping[str, str], adults: int
) -> None:
    told(browse, MUM | is_me)
    names = session.scalars(select(Person.given_name).where(Person.kind == "adult")).all()
    assert names == ["Ada"] * adults
