"""Screening: ratings with their reasons, enquiries to partners, and what only the hub may read."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant, give
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.people import api as people
from locality.people.models import LinkDecision
from locality.people.operations.linking import undo_link
from locality.referrals.models import Contact, ContactChild, ContactHolding, ContactRating, HubNote, PartnerEnquiry
from locality.referrals.operations import holding, recognising, screening
from locality.referrals.operations.commands import AskPartner, RecordReply, WriteNote
from locality.referrals.operations.deciding import decide_child
from locality.referrals.queries.records import list_contacts
from locality.referrals.rules.codes import Rag
from locality.referrals.rules.screening import HoldingKind
from tests.factories.referrals import a_child, a_contact, a_decision
from tests.integration.referrals.conftest import Town
from tests.support.database import NOW, OpenUnit
from tests.support.layers import layer

HOURS = (2, 6, 24, 0)


@layer
def child(uow: OpenUnit, town: Town) -> PersonId:
    with uow(town.officer) as unit:
        return a_child(unit)


@layer
def contact(uow: OpenUnit, town: Town, child: PersonId) -> ContactId:
    with uow(town.officer) as unit:
        return a_contact(unit, child)


def rate(uow: OpenUnit, town: Town, contact: ContactId, rag: Rag = Rag.AMBER) -> None:
    with uow(town.officer) as unit:
        screening.rate_contact(unit, contact, rag=rag, reason="A bruise that nobody explains", hours=HOURS)


def ask(uow: OpenUnit, town: Town, contact: ContactId, child: PersonId) -> AskPartner:
    command = AskPartner(contact, child, town.agency.id, "Is Leah known to you?", new_id())
    with uow(town.officer) as unit:
        screening.ask_partner(unit, command, hours=HOURS)
    return command


def test_every_rating_is_kept_with_its_reason(session: Session, uow: OpenUnit, town: Town, contact: ContactId) -> None:
    rate(uow, town, contact)
    rate(uow, town, contact, Rag.RED)
    assert set(session.scalars(select(ContactRating.rag))) == {Rag.AMBER, Rag.RED}
    assert session.scalars(select(Contact.rag)).one() is Rag.RED


def test_a_rating_needs_a_reason_and_a_free_contact(uow: OpenUnit, town: Town, contact: ContactId) -> None:
    with uow(town.officer) as unit, pytest.raises(RuleBroken, match="why you rate it so"):
        screening.rate_contact(unit, contact, rag=Rag.RED, reason=" ", hours=HOURS)
    with uow(town.second_officer) as unit:
        holding.take_contact(unit, contact)
    with uow(town.officer) as unit, pytest.raises(Conflict, match="Piotr Nowak has been working"):
        screening.rate_contact(unit, contact, rag=Rag.RED, reason="A bruise", hours=HOURS)


def test_a_partner_is_asked_once_and_has_the_time_of_the_rating(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    rate(uow, town, contact)
    command = ask(uow, town, contact, child)
    with uow(town.officer) as unit:
        screening.ask_partner(unit, command, hours=HOURS)
    (enquiry,) = session.scalars(select(PartnerEnquiry))
    assert enquiry.due_at == NOW + dt.timedelta(hours=6)
    assert enquiry.agency_name == town.agency.name
    assert session.scalars(select(Contact.held_by)).one() == town.officer.account_id


def test_a_redder_rating_leaves_partners_less_time(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    rate(uow, town, contact)
    ask(uow, town, contact, child)
    rate(uow, town, contact, Rag.RED)
    assert session.scalars(select(PartnerEnquiry.due_at)).one() == NOW + dt.timedelta(hours=2)
    rate(uow, town, contact, Rag.GREEN)
    assert session.scalars(select(PartnerEnquiry.due_at)).one() == NOW + dt.timedelta(hours=2)


def test_an_unrated_contact_and_a_strange_child_are_not_asked_about(
    uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    with pytest.raises(RuleBroken, match="Rate the contact first"):
        ask(uow, town, contact, child)
    rate(uow, town, contact)
    with pytest.raises(RuleBroken, match="Select a child"):
        ask(uow, town, contact, PersonId(new_id()))


def test_an_answer_is_kept_once_where_only_the_hub_reads_it(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    rate(uow, town, contact)
    command = ask(uow, town, contact, child)
    reply = RecordReply(contact, command.enquiry_id, is_known_there=True, note="Two visits by the police.")
    with uow(town.second_officer) as unit:
        holding.take_contact(unit, contact, instead_of=town.officer.account_id)
        screening.record_reply(unit, reply)
    with uow(town.second_officer) as unit, pytest.raises(Conflict, match="Piotr Nowak has recorded"):
        screening.record_reply(unit, reply)
    with uow() as unit:
        give(unit, [child], principal=town.service_id, reason=GrantReason.MANAGEMENT, record=contact)
    with uow(town.officer) as unit:
        assert unit.session.scalars(select(HubNote.note)).all() == ["Two visits by the police."]
    with uow(town.worker) as unit:
        assert len(unit.session.scalars(select(PartnerEnquiry)).all()) == 1
        assert unit.session.scalars(select(HubNote.note)).all() == []


def test_who_knows_the_child_says_what_they_know(
    uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    rate(uow, town, contact)
    command = ask(uow, town, contact, child)
    with uow(town.officer) as unit, pytest.raises(RuleBroken, match="what they told you"):
        screening.record_reply(unit, RecordReply(contact, command.enquiry_id, is_known_there=True))
    with uow(town.officer) as unit:
        screening.record_reply(unit, RecordReply(contact, command.enquiry_id, is_known_there=False))
    with uow(town.officer) as unit, pytest.raises(NotFound):
        screening.record_reply(unit, RecordReply(contact, new_id(), is_known_there=False))


def test_what_the_hub_knows_goes_with_the_child_who_is_meant(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    rate(uow, town, contact)
    ask(uow, town, contact, child)
    with uow(town.officer) as unit:
        screening.write_note(unit, WriteNote(contact, child, "A health visitor", "Missed both checks."))
        other = a_child(unit, given_name="Leah Grace")
        recognising.use_existing(unit, contact, child=child, instead=other)
    assert session.scalars(select(HubNote.person_id)).one() == other
    assert session.scalars(select(PartnerEnquiry.person_id)).one() == other


def test_a_child_who_turns_out_to_be_on_record_is_linked_so_that_nothing_else_is_left_astray(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    with uow(town.officer) as unit:
        earlier = a_contact(unit, child)
        other = a_child(unit, given_name="Leah Grace")
        recognising.use_existing(unit, contact, child=child, instead=other)
    assert session.scalars(select(Contact.about).where(Contact.id == contact)).one() == [other]
    assert session.scalars(select(Contact.about).where(Contact.id == earlier)).one() == [child]
    with uow(town.officer) as unit:
        assert set(people.same_person_ids(unit.session, [other])[other]) == {child, other}
        both = people.same_person_ids(unit.session, [other])[other]
        assert {line.id for line in list_contacts(unit.session, both)} == {contact, earlier}


def undo(uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        (link,) = unit.session.scalars(select(LinkDecision.id)).all()
        undo_link(unit, link, reason="They are cousins")


def test_when_two_were_taken_for_one_the_contact_is_about_the_right_child_again(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    rate(uow, town, contact)
    with uow(town.officer) as unit:
        cousin = a_child(unit, given_name="Leah Grace")
        recognising.use_existing(unit, contact, child=child, instead=cousin)
    with uow(town.officer) as unit:
        screening.write_note(unit, WriteNote(contact, cousin, "A health visitor", "Missed both checks."))
    ask(uow, town, contact, cousin)
    undo(uow, town)
    session.expire_all()
    assert session.scalars(select(Contact.about).where(Contact.id == contact)).one() == [child]
    assert session.scalars(select(HubNote.person_id)).one() == child
    assert session.scalars(select(PartnerEnquiry.person_id)).one() == child
    named = session.scalars(select(ContactChild).where(ContactChild.contact_id == contact)).one()
    assert (named.person_id, named.known_by_link, named.entered_as) == (child, False, None)
    open_grants = select(AccessGrant.person_id).where(
        AccessGrant.record_id == contact, AccessGrant.until_at.is_(None), AccessGrant.principal_id == FRONT_DOOR
    )
    assert set(session.scalars(open_grants)) == {child}


def test_what_was_decided_stays_about_whom_it_was_decided(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    with uow(town.officer) as unit:
        cousin = a_child(unit, given_name="Leah Grace")
        recognising.use_existing(unit, contact, child=child, instead=cousin)
        decide_child(unit, a_decision(contact, cousin))
    undo(uow, town)
    assert session.scalars(select(Contact.about).where(Contact.id == contact)).one() == [cousin]


def test_a_decided_contact_is_not_screened_any_more(
    uow: OpenUnit, town: Town, contact: ContactId, child: PersonId
) -> None:
    with uow(town.officer) as unit:
        decide_child(unit, a_decision(contact, child))
    with pytest.raises(Conflict, match="has been decided"):
        rate(uow, town, contact)


def test_it_is_kept_who_took_a_contact_from_whom(
    session: Session, uow: OpenUnit, town: Town, contact: ContactId
) -> None:
    with uow(town.officer) as unit:
        holding.take_contact(unit, contact)
    with uow(town.second_officer) as unit:
        holding.take_contact(unit, contact, instead_of=town.officer.account_id)
    (over,) = session.scalars(select(ContactHolding).where(ContactHolding.kind == HoldingKind.TAKEN_OVER))
    assert (over.by_name, over.from_name) == ("Piotr Nowak", "Mary Osei")
