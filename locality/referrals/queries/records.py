"""Contacts about one child, for the child's record."""

import datetime as dt
from collections.abc import Sequence
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


def list_contacts(session: Session, same: Sequence[PersonId], *, most: int = 50) -> tuple[ContactLine, ...]:
    """The contacts about a child (every record of the same child), newest first, as the actor sees; one statement."""
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
        .where(ContactChild.person_id.in_(same))
        .order_by(Contact.received_at.desc(), Contact.id)
        .limit(most)
    )
    return tuple(ContactLine(*row) for row in rows)
