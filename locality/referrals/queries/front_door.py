"""The queue of the front door: contacts by the time left, and referrals that came back."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, RowMapping, func, select, true
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR
from locality.kernel.ids import AccountId, ContactId, PersonId, ReferralId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people import api as people
from locality.people.models import Person
from locality.referrals.models import Contact, ContactChild, Offer, Referral
from locality.referrals.rules.codes import ContactReason, Rag, ReferralKind, Source
from locality.referrals.rules.lifecycle import CAME_BACK, OfferState, ReferralState
from locality.referrals.rules.screening import ContactState

# A queue is counted so far and no further: whoever has more needs people, not an exact number.
MOST_COUNTED = 1000


class Show(StrEnum):
    """Which contacts of the queue."""

    ALL = "all"
    MINE = "mine"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class QueuedChild:
    """A child in the queue."""

    person_id: PersonId
    name: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A contact in the queue."""

    id: ContactId
    reference: str
    received_at: dt.datetime
    due_at: dt.datetime
    rag: Rag | None
    source: Source
    main_reason: ContactReason | None
    safeguarding_concern: bool
    immediate_danger: bool
    held_by: AccountId | None
    held_by_name: str | None
    children: tuple[QueuedChild, ...]


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How much waits at the front door."""

    waiting: int
    mine: int
    free: int
    late: int
    came_back: int


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A referral that came back to the front door, or whose service answers late."""

    id: ReferralId
    reference: str
    kind: ReferralKind
    state: ReferralState
    due_at: dt.datetime
    why: str
    children: tuple[str, ...]
    about: tuple[uuid.UUID, ...]


_ROW = (
    Contact.id,
    Contact.reference,
    Contact.received_at,
    Contact.due_at,
    Contact.rag,
    Contact.source,
    Contact.main_reason,
    Contact.safeguarding_concern,
    Contact.immediate_danger,
    Contact.held_by,
    Contact.held_by_name,
)


def list_queue(session: Session, account_id: AccountId | None, *, show: Show, number: int) -> Page[QueueRow]:
    """A page of open contacts, what is due first on top; two statements."""
    wanted: dict[Show, ColumnElement[bool]] = {
        Show.ALL: true(),
        Show.MINE: Contact.held_by == account_id,
        Show.FREE: Contact.held_by.is_(None),
    }
    rows = session.execute(
        select(*_ROW)
        .where(Contact.state == ContactState.OPEN, wanted[show])
        .order_by(Contact.due_at, Contact.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    children = _children_of(session, [row.id for row in rows])
    return page_of([QueueRow(*row, children=children.get(row.id, ())) for row in rows], number)


def count_queue(session: Session, account_id: AccountId | None, *, now: dt.datetime) -> QueueCounts:
    """How many contacts and returned referrals wait, up to ``MOST_COUNTED`` of each; one statement."""
    returned = (
        select(Referral.id)
        .where(Referral.owner_principal == FRONT_DOOR, Referral.state.in_(CAME_BACK))
        .limit(MOST_COUNTED)
        .subquery()
    )
    waiting = (
        select(Contact.due_at, Contact.held_by)
        .where(Contact.state == ContactState.OPEN)
        .order_by(Contact.due_at)
        .limit(MOST_COUNTED)
        .subquery()
    )
    row = session.execute(
        select(
            func.count().label("waiting"),
            func.count().filter(waiting.c.held_by == account_id).label("mine"),
            func.count().filter(waiting.c.held_by.is_(None)).label("free"),
            func.count().filter(waiting.c.due_at < now).label("late"),
            select(func.count()).select_from(returned).scalar_subquery().label("came_back"),
        ).select_from(waiting)
    ).one()
    return QueueCounts(row.waiting, row.mine, row.free, row.late, row.came_back)


def list_returned(session: Session, *, number: int) -> Page[ReturnedRow]:
    """Referrals that came back to the front door, the longest waiting first; two statements."""
    rows = session.execute(
        select(
            Referral.id,
            Referral.reference,
            Referral.kind,
            Referral.state,
            Referral.response_due_at,
            Referral.why_here,
            Referral.about,
        )
        .where(Referral.owner_principal == FRONT_DOOR, Referral.state.in_(CAME_BACK))
        .order_by(Referral.response_due_at, Referral.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).mappings()
    return page_of(_returned(session, list(rows)), number)


def list_late(session: Session, *, number: int) -> Page[ReturnedRow]:
    """Referrals of the front door that a service should have answered, the latest first; two statements."""
    rows = session.execute(
        select(
            Referral.id,
            Referral.reference,
            Referral.kind,
            Referral.state,
            Offer.due_at.label("response_due_at"),
            Referral.owner_name.label("why_here"),
            Referral.about,
        )
        .join(Offer, Offer.referral_id == Referral.id)
        .where(Offer.state == OfferState.OPEN, Offer.reminded_at.is_not(None))
        .order_by(Offer.due_at, Referral.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).mappings()
    return page_of(_returned(session, list(rows)), number)


def _returned(session: Session, rows: Sequence[RowMapping]) -> list[ReturnedRow]:
    known = people.summaries(session, {person for row in rows for person in row["about"]})
    return [
        ReturnedRow(
            id=row["id"],
            reference=row["reference"],
            kind=row["kind"],
            state=row["state"],
            due_at=row["response_due_at"],
            why=row["why_here"],
            children=tuple(known[person].called for person in row["about"] if person in known),
            about=tuple(row["about"]),
        )
        for row in rows
    ]


def _children_of(session: Session, contacts: Iterable[ContactId]) -> dict[ContactId, tuple[QueuedChild, ...]]:
    rows = session.execute(
        select(
            ContactChild.contact_id,
            ContactChild.person_id,
            ContactChild.known_before,
            Person.given_name,
            Person.family_name,
            Person.due_on,
        )
        .join(Person, Person.id == ContactChild.person_id)
        .where(ContactChild.contact_id.in_(list(contacts)))
        .order_by(ContactChild.added_at, ContactChild.id)
    )
    found: dict[ContactId, tuple[QueuedChild, ...]] = {}
    for row in rows:
        name = people.display_name(row.given_name, row.family_name, unborn=row.due_on is not None)
        child = QueuedChild(row.person_id, name, row.known_before)
        found[row.contact_id] = (*found.get(row.contact_id, ()), child)
    return found
