"""Whoever holds a contact works on it alone; the others read who has it and how to take it over."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.errors import Conflict
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import ContactRating, HubNote
from locality.referrals.operations import entering, holding, recognising, screening
from locality.referrals.operations.commands import RecordReply, WriteNote
from locality.referrals.operations.correcting import correct_decision
from locality.referrals.operations.deciding import decide_child
from locality.referrals.rules.codes import Rag
from tests.factories.referrals import BORN, a_child, a_contact, a_decision
from tests.integration.referrals.conftest import Town
from tests.integration.referrals.test_screening import HOURS
from tests.support.database import OpenUnit

NEWCOMER = entering.ToldPerson(given_name="New", family_name="Adeyemi", born_on=BORN)
Work = Callable[[UnitOfWork, ContactId, PersonId, PersonId], object]


def note(unit: UnitOfWork, contact: ContactId, child: PersonId, _other: PersonId) -> None:
    screening.write_note(unit, WriteNote(contact, child, "A nurse", "Missed both checks"))


def name_child(unit: UnitOfWork, contact: ContactId, _child: PersonId, _other: PersonId) -> object:
    return entering.name_child(unit, contact, NEWCOMER)


def name_adult(unit: UnitOfWork, contact: ContactId, _child: PersonId, _other: PersonId) -> object:
    return entering.name_adult(unit, contact, NEWCOMER, relation=people.RelationKind.MOTHER)


def use_existing(unit: UnitOfWork, contact: ContactId, child: PersonId, other: PersonId) -> None:
    recognising.use_existing(unit, contact, child=child, instead=other)


def record_reply(unit: UnitOfWork, contact: ContactId, _child: PersonId, _other: PersonId) -> None:
    screening.record_reply(unit, RecordReply(contact, new_id(), is_known_there=False))


def correct(unit: UnitOfWork, contact: ContactId, child: PersonId, _other: PersonId) -> object:
    return correct_decision(unit, a_decision(contact, child), why="The school rang again")


def decide(unit: UnitOfWork, contact: ContactId, child: PersonId, _other: PersonId) -> object:
    return decide_child(unit, a_decision(contact, child))


def rate(unit: UnitOfWork, contact: ContactId, _child: PersonId, _other: PersonId) -> None:
    screening.rate_contact(unit, contact, rag=Rag.AMBER, reason="Several needs", hours=HOURS)


@pytest.mark.parametrize(
    "work", [note, name_child, name_adult, use_existing, record_reply, correct, decide, rate], ids=lambda w: w.__name__
)
def test_what_another_officer_holds_is_left_alone_and_the_refusal_says_who_has_it(
    uow: OpenUnit, town: Town, work: Work
) -> None:
    with uow(town.officer) as unit:
        child, other = a_child(unit), a_child(unit, given_name="Lea")
        contact = a_contact(unit, child)
        holding.take_contact(unit, contact)
    with (
        uow(town.second_officer) as unit,
        pytest.raises(Conflict, match=r"Mary Osei has been working on this contact since .* Take it over on the"),
    ):
        work(unit, contact, child, other)


def test_a_note_and_a_rating_sent_twice_are_kept_once(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        child = a_child(unit)
        contact = a_contact(unit, child)
    told, rating = WriteNote(contact, child, "A nurse", "Missed both checks"), new_id()
    for _ in range(2):
        with uow(town.officer) as unit:
            screening.write_note(unit, told)
        with uow(town.officer) as unit:
            screening.rate_contact(unit, contact, rag=Rag.AMBER, reason="Needs", hours=HOURS, rating_id=rating)
    assert len(session.scalars(select(HubNote)).all()) == 1
    assert len(session.scalars(select(ContactRating)).all()) == 1
