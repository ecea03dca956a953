"""How a contact was screened: its ratings, what partners were asked, and what they told the hub."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, RowMapping, Text, Uuid, cast, literal, null, select, union_all
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


_WHO = ("given_name", "family_name", "due_on")
_CHILD = (Person.given_name, Person.family_name, Person.due_on)


def _with_child(row: RowMapping) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in _WHO} | {"child": _name_of(row)}


def _name_of(row: Any) -> str:
    given_name, family_name, due_on = (
        row[name] if isinstance(row, RowMapping) else getattr(row, name) for name in _WHO
    )
    return people.display_name(given_name, family_name, unborn=due_on is not None)


def list_screening(session: Session, contact_id: uuid.UUID) -> tuple[tuple[RatingRow, ...], tuple[NoteRow, ...]]:
    """Every rating, and what the hub was told to those to whom that is open, each the last first; one statement."""
    rating = select(
        literal("rating").label("kind"), ContactRating.id, ContactRating.rag, ContactRating.reason.label("words"),
        ContactRating.rated_by_name.label("by_name"), ContactRating.rated_at.label("at"),
        cast(null(), Uuid).label("person_id"), cast(null(), Text).label("told_by"),
        cast(null(), Text).label("given_name"), cast(null(), Text).label("family_name"),
        cast(null(), Date).label("due_on"),
    ).where(ContactRating.contact_id == contact_id)  # fmt: skip
    note = (
        select(
            literal("note"), HubNote.id, cast(null(), Text), HubNote.note, HubNote.written_by_name, HubNote.written_at,
            HubNote.person_id, HubNote.told_by, *_CHILD,
        )
        .join(Person, Person.id == HubNote.person_id)
        .where(HubNote.contact_id == contact_id)
    )  # fmt: skip
    both = union_all(rating, note).subquery()
    rows = session.execute(select(both).order_by(both.c.at.desc(), both.c.id)).all()
    return (
        tuple(RatingRow(Rag(row.rag), row.words, row.by_name, row.at) for row in rows if row.kind == "rating"),
        tuple(
            NoteRow(row.person_id, row.told_by, row.words, row.by_name, row.at, _name_of(row))
            for row in rows
            if row.kind == "note"
        ),
    )


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
