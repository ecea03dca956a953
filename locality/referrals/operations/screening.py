"""Screening: how quickly a contact needs a person, what partners are asked, and what they answer.

What partners tell the hub is kept in a part of its own (``Part.RESTRICTED``): the officers at the front door read it
while they decide; only what the decision needs comes out of it, in the officer's own words.
"""

import datetime as dt
import uuid

from sqlalchemy import insert, select, update

from locality.audit import log as audit
from locality.clusters import api as clusters
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Contact, ContactRating, HubNote, PartnerEnquiry
from locality.referrals.operations.commands import AskPartner, RecordReply, WriteNote
from locality.referrals.operations.contacts import is_kept, lock_contact
from locality.referrals.operations.holding import hold_for_work, refuse_if_held_by_another
from locality.referrals.rules import enquiries
from locality.referrals.rules.codes import Rag
from locality.referrals.rules.enquiries import Hours
from locality.referrals.rules.screening import ContactState

_QUIETLY = {"synchronize_session": False}


def rate_contact(
    uow: UnitOfWork,
    contact_id: ContactId,
    *,
    rag: Rag,
    reason: str,
    hours: Hours,
    rating_id: uuid.UUID | None = None,
) -> None:
    """Rate how quickly a contact needs a person, and why; every rating is kept.

    A rating that gives partners less time moves the due times of what they have not answered. ``rating_id`` is made by
    the form: sent twice it rates once. Raises ``RuleBroken``, or ``Conflict`` when somebody else holds the contact or
    it has been decided.
    """
    contact = _open_contact(uow, contact_id)
    if rating_id is not None and is_kept(uow, ContactRating.id, rating_id):
        return
    refuse_if_held_by_another(uow, contact)
    if not reason.strip():
        raise RuleBroken([Reason("why", "Enter why you rate it so")])
    row = {
        "id": rating_id or new_id(),
        "contact_id": contact_id,
        "rag": rag,
        "reason": reason.strip(),
        "rated_by": uow.actor.account_id,
        "rated_by_name": uow.actor.name,
        "rated_at": uow.now,
    }
    uow.session.execute(insert(ContactRating), [row])
    uow.session.execute(
        update(Contact)
        .where(Contact.id == contact_id)
        .values(rag=rag, rag_by=uow.actor.name, rag_at=uow.now, version=Contact.version + 1),
        execution_options=_QUIETLY,
    )
    due = enquiries.enquiry_due(uow.now, rag, hours)
    if due is not None:
        _hurry(uow, contact_id, rag, due)
    detail = {"rag": rag.value}
    audit.record(uow, "contact.rated", subjects=contact.about, record=("contact", contact_id), detail=detail)


def ask_partner(uow: UnitOfWork, command: AskPartner, *, hours: Hours) -> None:
    """Ask a partner agency about one child; due by the rating. A form sent twice asks once.

    Raises ``RuleBroken``, ``NotFound``, or ``Conflict`` when somebody else holds the contact.
    """
    contact = _open_contact(uow, command.contact_id)
    if _is_asked(uow, command):
        return
    _named(contact, command.person_id)
    agency = next((a for a in clusters.list_agencies(uow.session) if a.id == command.agency_id), None)
    reasons = list(enquiries.reasons_not_to_ask(rag=contact.rag, hours=hours, question=command.question))
    if agency is None:
        reasons.append(Reason("agency", "Select whom you ask"))
    due = None if contact.rag is None else enquiries.enquiry_due(uow.now, contact.rag, hours)
    if reasons or agency is None or due is None:
        raise RuleBroken(reasons)
    hold_for_work(uow, contact)
    row = {
        "id": command.enquiry_id,
        "contact_id": command.contact_id,
        "person_id": command.person_id,
        "agency_id": agency.id,
        "agency_name": agency.name,
        "question": command.question.strip(),
        "rag": contact.rag,
        "asked_by": uow.actor.account_id,
        "asked_by_name": uow.actor.name,
        "asked_at": uow.now,
        "due_at": due,
    }
    uow.session.execute(insert(PartnerEnquiry), [row])
    audit.record(uow, "enquiry.asked", subjects=[command.person_id], record=("contact", command.contact_id))


def record_reply(uow: UnitOfWork, command: RecordReply) -> None:
    """Keep what a partner answered, in the hub's own part.

    Raises ``RuleBroken``, ``NotFound``, or ``Conflict`` when it is recorded or somebody else holds the contact.
    """
    refuse_if_held_by_another(uow, lock_contact(uow, command.contact_id))
    enquiry = uow.session.execute(
        select(PartnerEnquiry)
        .where(PartnerEnquiry.id == command.enquiry_id, PartnerEnquiry.contact_id == command.contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if enquiry is None:
        raise NotFound("There is no such enquiry, or none that you may see")
    if enquiry.replied_at is not None:
        raise Conflict([Reason(None, f"{enquiry.reply_recorded_by_name} has recorded this answer already.")])
    if command.is_known_there and not command.note.strip():
        raise RuleBroken([Reason("note", "Enter what they told you")])
    uow.session.execute(
        update(PartnerEnquiry)
        .where(PartnerEnquiry.id == enquiry.id)
        .values(replied_at=uow.now, is_known_there=command.is_known_there, reply_recorded_by_name=uow.actor.name),
        execution_options=_QUIETLY,
    )
    if command.note.strip():
        told_by = ", ".join(part for part in (command.told_by.strip(), enquiry.agency_name) if part)
        note = WriteNote(command.contact_id, PersonId(enquiry.person_id), told_by, command.note)
        _insert_note(uow, note, enquiry)
    audit.record(uow, "enquiry.answered", subjects=[enquiry.person_id], record=("contact", command.contact_id))


def write_note(uow: UnitOfWork, command: WriteNote) -> None:
    """Keep what a partner told without being asked. A form sent twice keeps one note.

    Raises ``RuleBroken``, ``NotFound``, or ``Conflict`` when somebody else holds the contact.
    """
    contact = _open_contact(uow, command.contact_id)
    if is_kept(uow, HubNote.id, command.note_id):
        return
    refuse_if_held_by_another(uow, contact)
    _named(contact, command.person_id)
    if not command.note.strip():
        raise RuleBroken([Reason("note", "Enter what they told you")])
    _insert_note(uow, command, None)
    audit.record(uow, "hub.noted", subjects=[command.person_id], record=("contact", command.contact_id))


def _open_contact(uow: UnitOfWork, contact_id: ContactId) -> Contact:
    contact = lock_contact(uow, contact_id)
    if contact.state is not ContactState.OPEN:
        raise Conflict([Reason(None, "This contact has been decided")])
    return contact


def _named(contact: Contact, person_id: PersonId) -> None:
    if person_id not in contact.about:
        raise RuleBroken([Reason("child", "Select a child who is named in the contact")])


def _is_asked(uow: UnitOfWork, command: AskPartner) -> bool:
    found = select(PartnerEnquiry.contact_id).where(PartnerEnquiry.id == command.enquiry_id)
    return uow.session.execute(found).first() is not None


def _hurry(uow: UnitOfWork, contact_id: ContactId, rag: Rag, due: dt.datetime) -> None:
    uow.session.execute(
        update(PartnerEnquiry)
        .where(
            PartnerEnquiry.contact_id == contact_id,
            PartnerEnquiry.replied_at.is_(None),
            PartnerEnquiry.due_at > due,
        )
        .values(rag=rag, due_at=due),
        execution_options=_QUIETLY,
    )


def _insert_note(uow: UnitOfWork, command: WriteNote, enquiry: PartnerEnquiry | None) -> None:
    row = {
        "id": command.note_id,
        "contact_id": command.contact_id,
        "person_id": command.person_id,
        "enquiry_id": None if enquiry is None else enquiry.id,
        "told_by": command.told_by.strip() or "Not said",
        "note": command.note.strip(),
        "written_by": uow.actor.account_id,
        "written_by_name": uow.actor.name,
        "written_at": uow.now,
    }
    uow.session.execute(insert(HubNote), [row])
