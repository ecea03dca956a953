"""Contacts about one child, for the child's record."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, PersonId
from locality.referrals.models import Contact, ContactChild
from locality.referrals.rules.codes import Outcome, Source


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact in a child's record: when, from whom, what was decided for this child."""

    id: ContactId
    reference: str
    received_at: dt.datetime
    source: Source
    outcome: Outcome | None
    decided_by_name: str | None


def list_contacts(session: Session, person_id: PersonId, *, most: int = 50) -> tuple[ContactLine, ...]:
    """The contacts about a child, newest first, that the actor may see; one statement."""
    rows = session.execute(
        select(
            Contact.id,
            Contact.reference,
            Contact.received_at,
            Contact.source,
            ContactChild.outcome,
            ContactChild.decided_by_name,
        )
        .join(ContactChild, ContactChild.contact_id == Contact.id)
        .where(ContactChild.person_id == person_id)
        .order_by(Contact.received_at.desc(), Contact.id)
        .limit(most)
    )
    return tuple(ContactLine(*row) for row in rows)
