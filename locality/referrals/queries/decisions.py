"""What was decided for the children of a contact, every time, and who looked again."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, RowMapping, literal, null, select, true, union_all
from sqlalchemy.orm import Session

from locality.kernel.ids import AccountId, ContactId, PersonId, ReferralId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people import api as people
from locality.people.models import Person
from locality.referrals.models import Contact, ContactChild, ContactDecision, SecondLook
from locality.referrals.rules.codes import Outcome, ShareGround
from locality.referrals.rules.screening import ContactState


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision for a child, or one second look at it (``agrees`` is set, ``outcome`` is not)."""

    person_id: PersonId
    at: dt.datetime
    by_name: str
    outcome: Outcome | None
    stage: int | None
    words: str
    agreed: bool | None
    ground: ShareGround | None
    manager_consulted: str | None
    shared_what: str | None
    shared_with: str | None
    family_told: bool | None
    why_not_told: str | None
    referral_id: ReferralId | None
    why_corrected: str | None
    agrees: bool | None


class Looked(StrEnum):
    """Which decided children."""

    ALL = "all"
    NOT_YET = "not_yet"
    DISAGREED = "disagreed"


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A child who was decided for lately, and the last second look."""

    contact_id: ContactId
    reference: str
    person_id: PersonId
    name: str
    outcome: Outcome
    decided_by: AccountId | None
    decided_by_name: str | None
    decided_at: dt.datetime
    looked_by_name: str | None
    agrees: bool | None


def list_decisions(session: Session, contact_id: uuid.UUID) -> tuple[DecisionRow, ...]:
    """Every decision and second look of a contact, the first first; one statement."""
    decision = select(
        ContactDecision.person_id,
        ContactDecision.decided_at.label("at"),
        ContactDecision.decided_by_name.label("by_name"),
        ContactDecision.outcome,
        ContactDecision.stage,
        ContactDecision.reason.label("words"),
        ContactDecision.agreed,
        ContactDecision.ground,
        ContactDecision.manager_consulted,
        ContactDecision.shared_what,
        ContactDecision.shared_with,
        ContactDecision.family_told,
        ContactDecision.why_not_told,
        ContactDecision.referral_id,
        ContactDecision.why_corrected,
        null().label("agrees"),
        (ContactDecision.corrects.is_not(None)).label("later"),
    ).where(ContactDecision.contact_id == contact_id)
    look = select(
        SecondLook.person_id,
        SecondLook.looked_at,
        SecondLook.looked_by_name,
        null(),
        null(),
        SecondLook.note,
        *(null() for _ in range(9)),
        SecondLook.agrees,
        literal(value=True),
    ).where(SecondLook.contact_id == contact_id)
    everything = union_all(decision, look).subquery()
    rows = session.execute(select(everything).order_by(everything.c.at, everything.c.later))
    return tuple(DecisionRow(*row[:-1]) for row in rows)


_LAST = (
    select(SecondLook.looked_by_name, SecondLook.agrees)
    .where(
        SecondLook.contact_id == ContactChild.contact_id,
        SecondLook.person_id == ContactChild.person_id,
        SecondLook.looked_at >= ContactChild.decided_at,
    )
    .order_by(SecondLook.looked_at.desc())
    .limit(1)
    .lateral("last_look")
)


def list_decided(session: Session, *, since: dt.datetime, looked: Looked, number: int) -> Page[DecidedRow]:
    """A page of children decided for since an instant, the last first; one statement."""
    wanted: dict[Looked, ColumnElement[bool]] = {
        Looked.ALL: true(),
        Looked.NOT_YET: _LAST.c.agrees.is_(None),
        Looked.DISAGREED: _LAST.c.agrees.is_(False),
    }
    rows = session.execute(
        select(
            Contact.id.label("contact_id"),
            Contact.reference,
            ContactChild.person_id,
            Person.given_name,
            Person.family_name,
            Person.due_on,
            ContactChild.outcome,
            ContactChild.decided_by,
            ContactChild.decided_by_name,
            ContactChild.decided_at,
            _LAST.c.looked_by_name,
            _LAST.c.agrees,
        )
        .join(ContactChild, ContactChild.contact_id == Contact.id)
        .join(Person, Person.id == ContactChild.person_id)
        .outerjoin(_LAST, true())
        .where(
            Contact.state == ContactState.DECIDED,
            Contact.decided_at >= since,
            ContactChild.outcome.is_not(None),
            wanted[looked],
        )
        .order_by(Contact.decided_at.desc(), Contact.id, ContactChild.added_at)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    )
    return page_of([_decided(row) for row in rows.mappings()], number)


def _decided(row: RowMapping) -> DecidedRow:
    values = dict(row)
    unborn = values.pop("due_on") is not None
    name = people.display_name(values.pop("given_name"), values.pop("family_name"), unborn=unborn)
    return DecidedRow(**values, name=name)
