"""Recording contacts at the front door."""

import datetime as dt
import uuid

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.clock import due_after_working_days, london_date
from locality.kernel.constraints import say
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import ContactId, PersonId, new_id, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import Contact, ContactAdult, ContactChild, ContactReferrer
from locality.referrals.operations.commands import NamedChild, NewContact, Referrer
from locality.referrals.operations.likely import note_likely
from locality.referrals.rules import screening
from locality.referrals.rules.codes import SOURCE_WORDS, mid_sentence
from locality.referrals.rules.screening import ContactState

say("contact_pkey", field=None, message="This contact has been recorded already")
say("contact_child_contact_id_person_id_key", field="person_id", message="This child is named in the contact already")
say("contact_adult_contact_id_person_id_key", field="person_id", message="This adult is named in the contact already")

_QUIETLY = {"synchronize_session": False}


def create_contact(uow: UnitOfWork, command: NewContact) -> ContactId:
    """Record an approach to the front door; the front door sees the children until it is decided.

    Sending the same ``contact_id`` again changes nothing. Raises ``RuleBroken``.
    """
    if not contact_is_recorded(uow, command.contact_id):
        insert_contact(uow, command)
        note_likely(uow, command.contact_id, [each.person_id for each in command.children if not each.known_before])
    return command.contact_id


def insert_contact(uow: UnitOfWork, command: NewContact) -> None:
    """Record a contact that is not recorded yet, without asking who may be on record already. Raises ``RuleBroken``."""
    about = list(dict.fromkeys(child.person_id for child in command.children))
    reasons = screening.reasons_against_contact(
        what_said=command.what_said, children=len(about), received_at=command.received_at, now=uow.now
    )
    if reasons:
        raise RuleBroken(reasons)
    uow.session.execute(insert(Contact), [_contact_values(uow, command, about)])
    _insert_children(uow, command.contact_id, command.children)
    if command.referrer is not None:
        _insert_referrer(uow, command.contact_id, about, command.referrer)
    _let_front_door_see(uow, command.contact_id, about)
    people.note_story(
        uow,
        about,
        happened_on=london_date(command.received_at),
        kind=people.StoryKind.CONTACT,
        line=f"The front door was contacted. Source: {mid_sentence(SOURCE_WORDS[command.source])}.",
        record=("contact", command.contact_id),
    )
    audit.record(
        uow,
        "contact.recorded",
        subjects=about,
        record=("contact", command.contact_id),
        detail={"source": command.source.value, "children": len(about)},
    )


def contact_is_recorded(uow: UnitOfWork, contact_id: ContactId) -> bool:
    """Whether a contact with this id is on record, seen or not: a form sent twice asks this first."""
    with elevated(uow.session, "a form sent twice must find the contact that it made"):
        return uow.session.execute(select(Contact.id).where(Contact.id == contact_id)).first() is not None


def is_kept(uow: UnitOfWork, key: InstrumentedAttribute[uuid.UUID], made_by_form: uuid.UUID) -> bool:
    """Whether a row with the id that a form brought is there: the form was sent twice. The contact is locked by now."""
    return uow.session.execute(select(key).where(key == made_by_form)).first() is not None


def add_child(uow: UnitOfWork, contact_id: ContactId, *, person_id: PersonId, known_before: bool = False) -> None:
    """Add a child to an open contact. Raises ``NotFound``, or ``Conflict`` when already named or decided."""
    contact = lock_contact(uow, contact_id)
    if contact.state is not ContactState.OPEN:
        raise Conflict([Reason(None, "This contact has been decided. Record a new contact for another child")])
    if person_id in contact.about:
        raise Conflict([Reason("person_id", "This child is named in the contact already")])
    _insert_children(uow, contact_id, (NamedChild(person_id, known_before=known_before),))
    _widen(uow, contact_id, person_id)
    audit.record(uow, "contact.child_added", subjects=[person_id], record=("contact", contact_id))


def add_adult(
    uow: UnitOfWork, contact_id: ContactId, *, person_id: PersonId, relationship: str, known_before: bool = False
) -> None:
    """Add an adult to an open contact; ``relationship`` says who they are to the children.

    Raises ``Conflict`` for an adult who is named already.
    """
    contact = lock_contact(uow, contact_id)
    if contact.state is not ContactState.OPEN:
        raise Conflict([Reason(None, "This contact has been decided")])
    row = {
        "id": new_id(),
        "contact_id": contact_id,
        "person_id": person_id,
        "relationship": relationship,
        "known_before": known_before,
        "added_at": uow.now,
    }
    uow.session.execute(insert(ContactAdult), [row])
    _let_front_door_see(uow, contact_id, [person_id])
    audit.record(uow, "contact.adult_added", subjects=[person_id], record=("contact", contact_id))


def lock_contact(uow: UnitOfWork, contact_id: ContactId) -> Contact:
    """The contact, locked until the transaction ends. Raises ``NotFound`` when the actor may not see it."""
    found = uow.session.execute(
        select(Contact).where(Contact.id == contact_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such contact, or none that you may see")
    return found


def _contact_values(uow: UnitOfWork, command: NewContact, about: list[PersonId]) -> dict[str, object]:
    return {
        "id": command.contact_id,
        "reference": next_reference(uow.session, "CO"),
        "about": about,
        "source": command.source,
        "source_agency": command.source_agency,
        "reasons": [reason.value for reason in command.reasons],
        "main_reason": command.main_reason,
        "what_said": command.what_said,
        "family_wants": command.family_wants,
        "agreement_known": command.agreement_known,
        "safeguarding_concern": command.safeguarding_concern,
        "immediate_danger": command.immediate_danger,
        "rag": None,
        "state": ContactState.OPEN,
        "received_at": command.received_at,
        "due_at": decision_due(command.received_at),
        "created_by": uow.actor.account_id,
        "created_at": uow.now,
        "version": 1,
    }


def decision_due(received_at: dt.datetime) -> dt.datetime:
    """When a contact must be decided: one working day from receipt, the next one's when after hours."""
    return due_after_working_days(received_at, screening.DECIDE_WORKING_DAYS)


def _insert_children(uow: UnitOfWork, contact_id: ContactId, children: tuple[NamedChild, ...]) -> None:
    named = {child.person_id: child for child in children}
    rows = [
        {
            "id": new_id(),
            "contact_id": contact_id,
            "person_id": child.person_id,
            "known_before": child.known_before,
            "likely_known": False,
            "known_by_link": False,
            "need_codes": [],
            "added_at": uow.now,
            "version": 1,
        }
        for child in named.values()
    ]
    uow.session.execute(insert(ContactChild), rows)


def _insert_referrer(uow: UnitOfWork, contact_id: ContactId, about: list[PersonId], referrer: Referrer) -> None:
    row = {
        "contact_id": contact_id,
        "about": about,
        "name": referrer.name,
        "role": referrer.role,
        "organisation": referrer.organisation,
        "phone": referrer.phone,
        "email": referrer.email,
        "keep_private": referrer.keep_private,
        "wants_feedback": referrer.wants_feedback,
        "safe_contact": referrer.safe_contact,
        "sharing": referrer.sharing,
    }
    uow.session.execute(insert(ContactReferrer), row)


def _let_front_door_see(uow: UnitOfWork, contact_id: ContactId, who: list[PersonId]) -> None:
    grants.give(uow, who, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=contact_id)


def _widen(uow: UnitOfWork, contact_id: ContactId, person_id: uuid.UUID) -> None:
    """Make a contact, and what the referrer said of themselves, about one child more."""
    _let_front_door_see(uow, contact_id, [PersonId(person_id)])
    for table, key in ((Contact, Contact.id), (ContactReferrer, ContactReferrer.contact_id)):
        uow.session.execute(
            update(table).where(key == contact_id).values(about=func.array_append(table.about, person_id)),
            execution_options=_QUIETLY,
        )
