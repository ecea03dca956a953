"""A contact received from outside: several children and adults at once, by somebody who may have no account."""

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import ContactId, new_id
from locality.people import api as people
from locality.people.models import Address, Person, Relationship
from locality.referrals import api
from locality.referrals.models import Contact, ContactAdult, ContactChild
from tests.factories.referrals import RECEIVED, a_child, a_contact
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit

HOME = "12 Sample Street"
FAMILY = Actor(account_id=None, name="Asked for help online")
LEAH = api.ToldPerson(
    given_name="Leah", family_name="Adeyemi", born_on=dt.date(2018, 5, 14), address="12 Sample Street"
)
TOM = api.ToldPerson(given_name="Tom", family_name="Adeyemi", born_on=dt.date(2020, 1, 9), address=HOME)
NGOZI = api.ToldAdult(
    given_name="Ngozi", family_name="Adeyemi", relation=people.RelationKind.MOTHER, phone="01702 000000"
)


def a_command(contact_id: ContactId | None = None) -> api.NewContact:
    return api.NewContact(
        contact_id=contact_id or ContactId(new_id()),
        received_at=RECEIVED,
        source=api.Source.FAMILY,
        children=(),
        what_said="We are not sleeping and Tom will not go to school.",
        referrer=api.Referrer(name="Ngozi Adeyemi", email="ngozi@example.org"),
    )


def test_a_family_without_an_account_names_everybody_at_once(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(FAMILY) as unit:
        contact_id = api.receive_contact(unit, a_command(), children=[LEAH, TOM], adults=[NGOZI])
    children = session.scalars(select(ContactChild.person_id).where(ContactChild.contact_id == contact_id)).all()
    (adult,) = session.scalars(select(ContactAdult).where(ContactAdult.contact_id == contact_id))
    assert adult.relationship == "Mother"
    ties = session.execute(select(Relationship.person_id, Relationship.other_id, Relationship.kind)).all()
    assert {tuple(tie) for tie in ties} == {(adult.person_id, c, people.RelationKind.MOTHER) for c in children}
    families = {people.family_of(session, who) for who in (*children, adult.person_id)}
    assert len(families) == 1
    assert len(session.scalars(select(Address)).all()) == 2


def test_the_front_door_sees_everybody_and_whoever_asked_sees_nobody(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow(FAMILY) as unit:
        api.receive_contact(unit, a_command(), children=[LEAH], adults=[NGOZI])
        assert unit.session.scalars(select(Person)).all() == []
    grants = session.execute(select(AccessGrant.principal_id, func.count()).group_by(AccessGrant.principal_id)).all()
    assert [tuple(grant) for grant in grants] == [(FRONT_DOOR, 2)]


def test_the_story_says_that_it_was_told_online(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(FAMILY) as unit:
        api.receive_contact(unit, a_command(), children=[LEAH])
    child = session.scalars(select(Person)).one()
    assert people.list_story(session, child.id).rows[0].source == "Asked for help online"


def test_received_twice_it_is_there_once(session: Session, uow: OpenUnit, town: Town) -> None:
    command = a_command()
    for _ in range(2):
        with uow(FAMILY) as unit:
            assert api.receive_contact(unit, command, children=[LEAH], adults=[NGOZI]) == command.contact_id
    assert len(session.scalars(select(Contact)).all()) == 1
    assert len(session.scalars(select(Person)).all()) == 2


def test_a_newcomer_joins_the_family_of_a_child_on_record(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        known = a_child(unit)
        a_contact(unit, known)
        family = people.create_family(unit, name="Adeyemi", members=[known])
    with uow(town.officer) as unit:
        contact_id = api.receive_contact(
            unit, a_command(), children=[api.ToldPerson(existing=known), TOM], adults=[NGOZI]
        )
    named = session.execute(
        select(ContactChild.person_id, ContactChild.known_before).where(ContactChild.contact_id == contact_id)
    ).all()
    assert {row.person_id: row.known_before for row in named}[known] is True
    assert all(people.family_of(session, row.person_id) == family for row in named)


def test_nobody_on_record_can_be_named_by_an_id_from_outside(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        known = a_child(unit)
    with uow(FAMILY) as unit, pytest.raises(NotFound):
        api.receive_contact(unit, a_command(), children=[api.ToldPerson(existing=known)])


def test_a_contact_about_nobody_is_refused(uow: OpenUnit, town: Town) -> None:
    with uow(FAMILY) as unit, pytest.raises(RuleBroken, match="at least one child"):
        api.receive_contact(unit, a_command(), children=[])
