"""The queue of the front door: open contacts by the time left, with filters and how many each would show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR
from locality.kernel.ids import AccountId, ContactId, PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people import api as people
from locality.people.models import Person
from locality.referrals.models import Contact, ContactChild, PartnerEnquiry, Referral
from locality.referrals.rules.codes import ContactReason, Rag, Source
from locality.referrals.rules.lifecycle import CAME_BACK
from locality.referrals.rules.queue import QueueFilter, Tally
from locality.referrals.rules.screening import ContactState

# A queue is counted so far and no further: whoever has more needs people, not an exact number.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class QueuedChild:
    """A child in the queue. ``is_likely``: entered as new, but another record looks like the same child's."""

    person_id: PersonId
    name: str
    is_known: bool
    is_likely: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A contact in the queue.

    ``asked``: partners who have not answered; ``asked_late``: those who should have; ``answered``: those who have.
    """

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
    asked: int
    asked_late: int
    answered: int
    children: tuple[QueuedChild, ...]


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How much waits at the front door, in tallies of contacts that are alike for the filters."""

    tallies: tuple[Tally, ...]
    came_back: int


# A likeness was looked for among all records. Of a record that is closed to the reader by name nothing may tell, so to
# them it is not said; the page of each contact looks again, among the records that they may know of.
_IS_LIKELY = and_(
    ContactChild.likely_known, func.cardinality(select(func.closed_by_name()).scalar_subquery()) == literal(0)
)
_KNOWN = (
    select(ContactChild.id)
    .where(
        ContactChild.contact_id == Contact.id,
        or_(
            ContactChild.known_before.is_(True),
            _IS_LIKELY,
            ContactChild.known_by_link.is_(True),
        ),
    )
    .exists()
)
# Danger now, a red rating, or harm suspected and not yet rated: a working-day clock does not order these.
_HARM = or_(
    Contact.immediate_danger,
    Contact.rag.is_not_distinct_from(Rag.RED),
    and_(Contact.safeguarding_concern, Contact.rag.is_(None)),
)
_ENQUIRIES = select(func.count()).where(PartnerEnquiry.contact_id == Contact.id).correlate(Contact)
_OPEN_ENQUIRIES = _ENQUIRIES.where(PartnerEnquiry.replied_at.is_(None))


def list_queue(session: Session, wanted: QueueFilter, *, now: dt.datetime, number: int) -> Page[QueueRow]:
    """A page of open contacts: where harm is suspected on top, then by what is due first; two statements."""
    rows = (
        session.execute(
            select(
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
                _OPEN_ENQUIRIES.label("asked"),
                _OPEN_ENQUIRIES.where(PartnerEnquiry.due_at < now).label("asked_late"),
                _ENQUIRIES.where(PartnerEnquiry.replied_at.is_not(None)).label("answered"),
            )
            .where(Contact.state == ContactState.OPEN, *_conditions(wanted, now))
            .order_by(_HARM.desc(), Contact.due_at, Contact.id)
            .limit(PAGE_SIZE + 1)
            .offset((number - 1) * PAGE_SIZE)
        )
        .mappings()
        .all()
    )
    children = _children_of(session, [row["id"] for row in rows])
    return page_of([QueueRow(**row, children=children.get(row["id"], ())) for row in rows], number)


def count_queue(session: Session, *, now: dt.datetime) -> QueueCounts:
    """How many contacts and returned referrals wait, up to ``MOST_COUNTED`` of each; one statement."""
    returned = (
        select(Referral.id)
        .where(Referral.owner_principal == FRONT_DOOR, Referral.state.in_(CAME_BACK))
        .limit(MOST_COUNTED)
        .subquery()
    )
    came_back = select(func.count()).select_from(returned).scalar_subquery()
    waiting = (
        select(
            Contact.rag,
            Contact.source,
            Contact.held_by,
            Contact.held_by_name,
            (Contact.due_at < now).label("late"),
            _KNOWN.label("known"),
            _HARM.label("harm"),
        )
        .where(Contact.state == ContactState.OPEN)
        .order_by(Contact.due_at)
        .limit(MOST_COUNTED)
        .subquery()
    )
    tallied = select(*waiting.c, func.count().label("number")).group_by(*waiting.c).subquery()
    # The row of nothing keeps the number of what came back when no contact waits.
    one = select(came_back.label("came_back")).subquery()
    rows = session.execute(select(one.c.came_back, *tallied.c).select_from(one).outerjoin(tallied, true())).all()
    tallies = tuple(
        Tally(
            rag=None if row.rag is None else Rag(row.rag),
            source=Source(row.source),
            held_by=row.held_by,
            held_by_name=row.held_by_name,
            is_late=row.late,
            is_known=row.known,
            number=row.number,
            is_harm=row.harm,
        )
        for row in rows
        if row.number is not None
    )
    return QueueCounts(tallies, rows[0].came_back)


def _conditions(wanted: QueueFilter, now: dt.datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.rating is not None:
        found.append(Contact.rag.is_(None) if wanted.is_unrated else Contact.rag == Rag(wanted.rating))
    if wanted.source is not None:
        found.append(Contact.source == wanted.source)
    if wanted.holder is not None:
        found.append(Contact.held_by.is_(None) if wanted.is_with_nobody else Contact.held_by == wanted.holder)
    if wanted.late:
        found.append(Contact.due_at < now)
    if wanted.known is not None:
        found.append(_KNOWN if wanted.known else ~_KNOWN)
    if wanted.reference:
        found.append(Contact.reference.contains(wanted.reference, autoescape=True))
    return found


def _children_of(session: Session, contacts: Iterable[ContactId]) -> dict[ContactId, tuple[QueuedChild, ...]]:
    rows = session.execute(
        select(
            ContactChild.contact_id,
            ContactChild.person_id,
            ContactChild.known_before,
            _IS_LIKELY.label("likely_known"),
            ContactChild.known_by_link,
            Person.given_name,
            Person.family_name,
            Person.due_on,
        )
        .join(Person, Person.id == ContactChild.person_id)
        .where(ContactChild.contact_id.in_(list(contacts)))
        .order_by(ContactChild.added_at, Person.born_on.asc().nulls_last(), ContactChild.id)
    )
    found: dict[ContactId, tuple[QueuedChild, ...]] = {}
    for row in rows:
        name = people.display_name(row.given_name, row.family_name, unborn=row.due_on is not None)
        child = QueuedChild(row.person_id, name, row.known_before or row.known_by_link, row.likely_known)
        found[row.contact_id] = (*found.get(row.contact_id, ()), child)
    return found
