"""Telling whoever got in touch what was decided: queued with the decision, sent by a worker, once."""

import uuid

from sqlalchemy import insert, select

from locality.audit import log as audit
from locality.kernel.clock import london_date
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import Contact, ContactChild, ContactReferrer, ReferrerTold
from locality.referrals.operations.contacts import is_kept, lock_contact
from locality.referrals.rules import telling
from locality.referrals.rules.screening import ContactState


def tell_referrer(uow: UnitOfWork, contact: Contact, *, corrected: uuid.UUID | None = None) -> None:
    """Queue the outcome for whoever got in touch, when they want to know and can be written to.

    Once for a contact, and once more for each decision put in place of another (``corrected``).
    """
    referrer = uow.session.execute(
        select(ContactReferrer.email, ContactReferrer.wants_feedback).where(ContactReferrer.contact_id == contact.id)
    ).one_or_none()
    if referrer is None or not referrer.wants_feedback or not messages.is_address(referrer.email):
        return
    outcomes = uow.session.scalars(
        select(ContactChild.outcome)
        .where(ContactChild.contact_id == contact.id, ContactChild.outcome.is_not(None))
        .order_by(ContactChild.added_at, ContactChild.id)
    )
    listener = telling.listener_for(contact.source)
    said = telling.told(listener, [outcome for outcome in outcomes if outcome is not None])
    received_on = london_date(contact.received_at)
    values = {
        "reference": contact.reference,
        "received_on": f"{received_on.day} {received_on:%B %Y}",
        "outcome": said.outcome,
        "next_step": said.next_step,
    }
    messages.queue_message(
        uow,
        key=f"contact:{contact.id}" if corrected is None else f"contact:{contact.id}:{corrected}",
        to=referrer.email,
        template=f"{listener.value}_{'outcome' if corrected is None else 'corrected'}",
        about=[PersonId(person) for person in contact.about],
        values=values,
        record=("contact", contact.id),
    )


def note_told(uow: UnitOfWork, contact_id: ContactId, *, how: str, told_id: uuid.UUID | None = None) -> None:
    """Keep that the actor told the referrer in person. ``told_id`` is made by the form: sent twice it is kept once.

    Raises ``RuleBroken``, or ``Conflict`` before a decision.
    """
    contact = lock_contact(uow, contact_id)
    if told_id is not None and is_kept(uow, ReferrerTold.id, told_id):
        return
    if contact.state is not ContactState.DECIDED:
        raise Conflict([Reason(None, "Decide for every child first")])
    if not how.strip():
        raise RuleBroken([Reason("how", "Enter how you told them")])
    row = {
        "id": told_id or new_id(),
        "contact_id": contact_id,
        "how": how.strip(),
        "told_by": uow.actor.account_id,
        "told_by_name": uow.actor.name,
        "told_at": uow.now,
    }
    uow.session.execute(insert(ReferrerTold), [row])
    audit.record(uow, "referrer.told", subjects=contact.about, record=("contact", contact_id))
