"""A child named as new turns out to be on record already; and the way back, when that was a mistake."""

import uuid

from sqlalchemy import func, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.errors import Conflict, Reason
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import Contact, ContactChild, ContactReferrer, HubNote, PartnerEnquiry
from locality.referrals.operations.contacts import lock_contact
from locality.referrals.operations.holding import refuse_if_held_by_another

_QUIETLY = {"synchronize_session": False}
_RECOGNISED = "The front door was contacted about this child, who was on record already."
_MISTAKEN = "The front door was not contacted about this child: two records were taken for one, and that was undone."


def use_existing(uow: UnitOfWork, contact_id: ContactId, *, child: PersonId, instead: PersonId) -> None:
    """Say that a child of a contact is somebody on record already: the contact is about that child from now on.

    The record that was entered is linked with the other, so that whatever else stands on it (another contact, a
    referral, what was told) is read with it and nothing is left astray. Raises ``NotFound``, ``RuleBroken`` when
    something stands against the link, or ``Conflict`` when the child has been decided or the other is named already.
    """
    contact = lock_contact(uow, contact_id)
    refuse_if_held_by_another(uow, contact)
    if instead in contact.about:
        raise Conflict([Reason(None, "This child is named in the contact already")])
    grants.give(uow, [instead], principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=contact_id)
    _link(uow, child, instead, reference=contact.reference)
    named = {"known_by_link": True, "entered_as": func.coalesce(ContactChild.entered_as, child)}
    if not _name_instead(uow, contact_id, was=child, now=instead, values=named):
        raise Conflict([Reason(None, "This child has been decided, or is no longer named in the contact")])
    _tell(uow, contact_id, instead, line=_RECOGNISED)
    audit.record(uow, "contact.child_recognised", subjects=[child, instead], record=("contact", contact_id))
    grants.end(uow, record=contact_id, people=[child])


def when_links_changed(uow: UnitOfWork, changed: frozenset[PersonId]) -> None:
    """Contacts that wait are about the child who was entered for them again, where no link makes the two one any more.

    What has been decided stays about whom it was decided.
    """
    with elevated(uow.session, "contacts in which one of these people was taken for another, whoever may see them"):
        taken = uow.session.execute(
            select(ContactChild.contact_id, ContactChild.person_id, ContactChild.entered_as).where(
                ContactChild.person_id.in_(changed),
                ContactChild.outcome.is_(None),
            )
        ).all()
        for contact_id, known, entered in taken:
            if entered is not None and entered not in people.same_person_ids(uow.session, [known])[known]:
                _give_back(uow, contact_id, known=known, entered=entered)


def _give_back(uow: UnitOfWork, contact_id: ContactId, *, known: PersonId, entered: PersonId) -> None:
    grants.give(uow, [entered], principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=contact_id)
    _name_instead(uow, contact_id, was=known, now=entered, values={"known_by_link": False, "entered_as": None})
    _tell(uow, contact_id, known, line=_MISTAKEN)
    audit.record(uow, "contact.child_given_back", subjects=[known, entered], record=("contact", contact_id))
    grants.end(uow, record=contact_id, people=[known])


def _name_instead(
    uow: UnitOfWork, contact_id: ContactId, *, was: uuid.UUID, now: uuid.UUID, values: dict[str, object]
) -> bool:
    """Let a contact that is not decided name one record and no more the other, in all that belongs to it."""
    changed = uow.session.execute(
        update(ContactChild)
        .where(
            ContactChild.contact_id == contact_id,
            ContactChild.person_id == was,
            ContactChild.outcome.is_(None),
        )
        .values(person_id=now, likely_known=False, version=ContactChild.version + 1, **values),
        execution_options=_QUIETLY,
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        return False
    for hub in (PartnerEnquiry, HubNote):
        uow.session.execute(
            update(hub).where(hub.contact_id == contact_id, hub.person_id == was).values(person_id=now),
            execution_options=_QUIETLY,
        )
    for table, key in ((Contact, Contact.id), (ContactReferrer, ContactReferrer.contact_id)):
        uow.session.execute(
            update(table)
            .where(key == contact_id)
            .values(about=func.array_append(func.array_remove(table.about, was), now)),
            execution_options=_QUIETLY,
        )
    return True


def _tell(uow: UnitOfWork, contact_id: ContactId, child: PersonId, *, line: str) -> None:
    record = ("contact", contact_id)
    people.note_story(uow, [child], happened_on=uow.today, kind=people.StoryKind.CONTACT, line=line, record=record)


def _link(uow: UnitOfWork, child: PersonId, instead: PersonId, *, reference: str) -> None:
    if instead in people.same_person_ids(uow.session, [child])[child]:
        return
    kind, reason = people.LinkKind.SAME_PERSON, f"Recognised when contact {reference} was screened"
    people.decide_link(uow, people.NewDecision(id=new_id(), one_id=child, other_id=instead, kind=kind, reason=reason))
