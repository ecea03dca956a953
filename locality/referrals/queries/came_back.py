"""Referrals that came back to the front door, and those that somebody should have answered."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, not_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from locality.access.parts import FRONT_DOOR
from locality.kernel.ids import ReferralId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people import api as people
from locality.referrals.models import Offer, Referral
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.lifecycle import CAME_BACK, WAITS_WITH_OWNER, OfferState, ReferralState


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A referral that came back to the front door, or that somebody answers late."""

    id: ReferralId
    reference: str
    kind: ReferralKind
    state: ReferralState
    due_at: dt.datetime
    why: str
    children: tuple[str, ...]
    about: tuple[uuid.UUID, ...]


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


def list_late(session: Session, *, number: int, for_manager: bool) -> Page[ReturnedRow]:
    """Referrals that a service, or whoever sent them, should have answered, the latest first; two statements.

    ``why`` names who should have. ``for_manager``: also what the front door itself is late with, and what has stood
    still with its owner until managers were told.
    """
    asked = Offer.state == OfferState.ASKED
    if not for_manager:
        asked &= Referral.owner_principal != FRONT_DOOR
    late = (
        _late(Offer.due_at)
        .join(Offer, Offer.referral_id == Referral.id)
        .where((Offer.state == OfferState.OPEN) | asked, Offer.reminded_at.is_not(None))
    )
    if for_manager:
        told = Referral.manager_told_at >= Referral.response_due_at
        stands = _late(Referral.response_due_at).where(stands_with_owner(), told)
        found = union_all(late, stands).subquery()
        late = select(*found.c)
    rows = session.execute(
        late.order_by("response_due_at", "id").limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)
    ).mappings()
    return page_of(_returned(session, list(rows)), number)


def stands_with_owner() -> ColumnElement[bool]:
    """The rule ``waits_with_owner`` for rows of referrals."""
    is_answered = and_(
        Referral.kind == ReferralKind.SOCIAL_CARE,
        Referral.state == ReferralState.DECLINED,
        Referral.no_further_action.is_(True),
    )
    return and_(Referral.state.in_(WAITS_WITH_OWNER), not_(is_answered))


def _late(due_at: InstrumentedAttribute[dt.datetime]) -> Select[*tuple[Any, ...]]:
    return select(
        Referral.id,
        Referral.reference,
        Referral.kind,
        Referral.state,
        due_at.label("response_due_at"),
        Referral.owner_name.label("why_here"),
        Referral.about,
    )


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
