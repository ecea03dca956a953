"""How a contact was screened: its ratings, what partners were asked, and what they told the hub."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.people.models import Person
from locality.referrals.models import ContactRating, HubNote, PartnerEnquiry
from locality.referrals.rules.codes import Rag


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating and why."""

    rag: Rag
    reason: str
    rated_by_name: str
    rated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class EnquiryRow:
    """What a partner was asked about a child, and whether it answered."""

    id: uuid.UUID
    person_id: PersonId
    agency_name: str
    question: str
    asked_by_name: str
    asked_at: dt.datetime
    due_at: dt.datetime
    replied_at: dt.datetime | None
    is_known_there: bool | None
    child: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What somebody told the hub about a child."""

    person_id: PersonId
    told_by: str
    note: str
    written_by_name: str
    written_at: dt.datetime
    child: str


_CHILD = (Person.given_name, Person.family_name, Person.due_on)


def _with_child(row: RowMapping) -> dict[str, Any]:
    values = dict(row)
    unborn = values.pop("due_on") is not None
    name = people.display_name(values.pop("given_name"), values.pop("family_name"), unborn=unborn)
    return {**values, "child": name}


def list_ratings(session: Session, contact_id: uuid.UUID) -> tuple[RatingRow, ...]:
    """Every rating, the last first; one statement."""
    rows = session.execute(
        select(ContactRating.rag, ContactRating.reason, ContactRating.rated_by_name, ContactRating.rated_at)
        .where(ContactRating.contact_id == contact_id)
        .order_by(ContactRating.rated_at.desc(), ContactRating.id)
    )
    return tuple(RatingRow(*row) for row in rows)


def list_enquiries(session: Session, contact_id: uuid.UUID) -> tuple[EnquiryRow, ...]:
    """Every enquiry, unanswered ones by due time first; one statement."""
    rows = session.execute(
        select(
            PartnerEnquiry.id,
            PartnerEnquiry.person_id,
            PartnerEnquiry.agency_name,
            PartnerEnquiry.question,
            PartnerEnquiry.asked_by_name,
            PartnerEnquiry.asked_at,
            PartnerEnquiry.due_at,
            PartnerEnquiry.replied_at,
            PartnerEnquiry.is_known_there,
            *_CHILD,
        )
        .join(Person, Person.id == PartnerEnquiry.person_id)
        .where(PartnerEnquiry.contact_id == contact_id)
        .order_by(PartnerEnquiry.replied_at.is_not(None), PartnerEnquiry.due_at, PartnerEnquiry.id)
    )
    return tuple(EnquiryRow(**_with_child(row)) for row in rows.mappings())


def list_notes(session: Session, contact_id: uuid.UUID) -> tuple[NoteRow, ...]:
    """What the hub was told, the last first, for those to whom that part is open; one statement."""
    rows = session.execute(
        select(HubNote.person_id, HubNote.told_by, HubNote.note, HubNote.written_by_name, HubNote.written_at, *_CHILD)
        .join(Person, Person.id == HubNote.person_id)
        .where(HubNote.contact_id == contact_id)
        .order_by(HubNote.written_at.desc(), HubNote.id)
    )
    return tuple(NoteRow(**_with_child(row)) for row in rows.mappings())
