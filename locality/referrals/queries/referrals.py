"""One referral as its page shows it: what is asked, who has it, why it went there, what happened since."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, and_, func, or_, select
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR
from locality.clusters.models import Cluster
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, ContactId, OfferId, PersonId, ReferralId, ServiceId
from locality.referrals.models import CaseNews, Offer, Referral, RoutingDecision, Service
from locality.referrals.rules import trace
from locality.referrals.rules.codes import AgreementBasis, ReferralKind, ShareGround, Source, Urgency
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OVER, WAITS_FOR_OWNER, OfferState, Party, ReferralState


@dataclass(frozen=True, slots=True)
class LiveOffer:
    """The offer that waits for an answer now."""

    id: OfferId
    service_id: ServiceId
    service_name: str
    state: OfferState
    due_at: dt.datetime
    waiting_position: int | None
    expected_on: dt.date | None
    expected_basis: str | None
    question: str | None
    acknowledged_at: dt.datetime | None
    acknowledged_by_name: str | None


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral with everything that its readers need."""

    id: ReferralId
    reference: str
    kind: ReferralKind
    contact_id: ContactId | None
    about: tuple[PersonId, ...]
    source: Source
    state: ReferralState
    owner_principal: uuid.UUID
    owner_kind: Party
    owner_name: str
    sender_principal: uuid.UUID
    sender_name: str
    sender_kind: Party
    urgency: Urgency
    immediate_danger: bool
    stage: int | None
    need_codes: tuple[str, ...]
    summary: str
    agreement: AgreementBasis
    ground: ShareGround | None
    cluster_name: str | None
    out_of_locality: bool
    why_here: str
    sent_at: dt.datetime | None
    response_due_at: dt.datetime
    end_reason: str | None
    no_further_action: bool | None
    allocated_worker: str | None
    version: int
    offer: LiveOffer | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a referral."""

    at: dt.datetime
    by_name: str
    line: str
    words: str


@dataclass(frozen=True, slots=True)
class KeptTrace:
    """A routing decision in words."""

    decided_at: dt.datetime
    trace: trace.ReadTrace


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A referral that somebody sent, or that was passed to them."""

    id: ReferralId
    reference: str
    kind: ReferralKind
    state: ReferralState
    owner_name: str
    about: tuple[PersonId, ...]
    due_at: dt.datetime
    is_mine: bool
    waiting_position: int | None
    expected_on: dt.date | None


@dataclass(frozen=True, slots=True)
class NewsRow:
    """New information about a child in an open case. ``is_led``: the reader leads it; else nobody does."""

    id: uuid.UUID
    person_id: PersonId
    episode_id: uuid.UUID
    line: str
    told_by_name: str
    told_at: dt.datetime
    is_led: bool
    is_at_front_door: bool
    contact_id: ContactId


_REFERRAL = (
    Referral.id,
    Referral.reference,
    Referral.kind,
    Referral.contact_id,
    Referral.about,
    Referral.source,
    Referral.state,
    Referral.owner_principal,
    Referral.owner_kind,
    Referral.owner_name,
    Referral.sender_principal,
    Referral.sender_name,
    Referral.sender_kind,
    Referral.urgency,
    Referral.immediate_danger,
    Referral.stage,
    Referral.need_codes,
    Referral.summary,
    Referral.agreement,
    Referral.ground,
    Cluster.name.label("cluster_name"),
    Referral.out_of_locality,
    Referral.why_here,
    Referral.sent_at,
    Referral.response_due_at,
    Referral.end_reason,
    Referral.no_further_action,
    Referral.allocated_worker,
    Referral.version,
)
_OFFER = (
    Offer.id.label("offer_id"),
    Offer.service_id,
    Service.name.label("service_name"),
    Offer.state.label("offer_state"),
    Offer.due_at,
    Offer.waiting_position,
    Offer.expected_on,
    Offer.expected_basis,
    Offer.note.label("question"),
    Offer.acknowledged_at,
    Offer.acknowledged_by_name,
)


def get_referral(session: Session, referral_id: uuid.UUID) -> ReferralView:
    """A referral with its live offer; one statement. Raises ``NotFound``."""
    row = (
        session.execute(
            select(*_REFERRAL, *_OFFER)
            .outerjoin(Cluster, Cluster.id == Referral.cluster_id)
            .outerjoin(Offer, (Offer.referral_id == Referral.id) & Offer.state.in_(LIVE_OFFERS))
            .outerjoin(Service, Service.id == Offer.service_id)
            .where(Referral.id == referral_id)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("There is no such referral, or none that you may see")
    values: dict[str, Any] = {column.key: row[column.key] for column in _REFERRAL}
    values |= {"about": tuple(values["about"]), "need_codes": tuple(values["need_codes"])}
    return ReferralView(**values, offer=_live_offer(row))


def find_last_trace(session: Session, referral_id: uuid.UUID) -> trace.StoredTrace | None:
    """The trace of the last routing as it is kept; None before the first; one statement."""
    return session.scalars(
        select(RoutingDecision.trace)
        .where(RoutingDecision.referral_id == referral_id)
        .order_by(RoutingDecision.decided_at.desc())
        .limit(1)
    ).one_or_none()


def list_own(session: Session, account_id: AccountId | None) -> tuple[OwnRow, ...]:
    """Referrals that somebody sent or that were passed to them and that are not over; at most 100."""
    rows = session.execute(
        select(
            Referral.id,
            Referral.reference,
            Referral.kind,
            Referral.state,
            Referral.owner_name,
            Referral.about,
            Referral.response_due_at,
            (Referral.owner_principal == account_id).label("is_mine"),
            Offer.waiting_position,
            Offer.expected_on,
        )
        .outerjoin(Offer, (Offer.referral_id == Referral.id) & (Offer.state == OfferState.WAITING))
        .where(
            or_(
                and_(Referral.owner_principal == account_id, Referral.state.in_(WAITS_FOR_OWNER)),
                and_(Referral.sender_principal == account_id, Referral.state.not_in(OVER)),
            )
        )
        .order_by((Referral.owner_principal == account_id).desc(), Referral.response_due_at, Referral.id)
        .limit(100)
    )
    return tuple(
        OwnRow(*row[:5], tuple(row.about), row[6], row[7], row.waiting_position, row.expected_on) for row in rows
    )


def list_news(session: Session, actor: Actor) -> tuple[NewsRow, ...]:
    """New information that the front door put before the actor, or those they manage with, and nobody has seen to."""
    rows = session.execute(
        select(
            CaseNews.id,
            CaseNews.person_id,
            CaseNews.episode_id,
            CaseNews.line,
            CaseNews.told_by_name,
            CaseNews.told_at,
            (CaseNews.waits_principal == actor.account_id).label("is_led"),
            (CaseNews.waits_principal == FRONT_DOOR).label("is_at_front_door"),
            CaseNews.contact_id,
        )
        .where(CaseNews.waits_principal.in_(actor.principals), CaseNews.seen_at.is_(None))
        .order_by(CaseNews.told_at)
        .limit(100)
    )
    return tuple(NewsRow(*row) for row in rows)


def count_news(session: Session, actor: Actor) -> int:
    """How much ``list_news`` has for the actor; not limited."""
    statement = select(func.count()).where(CaseNews.waits_principal.in_(actor.principals), CaseNews.seen_at.is_(None))
    return int(session.execute(statement).scalar_one())


@dataclass(frozen=True, slots=True)
class OfferPlace:
    """Where an offer stands on its waiting list; None off it."""

    referral_id: ReferralId
    waiting_position: int | None


def offer_of(session: Session, offer_id: uuid.UUID) -> OfferPlace:
    """An offer's place on the waiting list; one statement. Raises ``NotFound``."""
    row = session.execute(select(Offer.referral_id, Offer.waiting_position).where(Offer.id == offer_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such offer, or none that you may see")
    return OfferPlace(*row)


def _live_offer(row: RowMapping) -> LiveOffer | None:
    if row["offer_id"] is None:
        return None
    return LiveOffer(
        id=row["offer_id"],
        service_id=row["service_id"],
        service_name=row["service_name"],
        state=row["offer_state"],
        due_at=row["due_at"],
        waiting_position=row["waiting_position"],
        expected_on=row["expected_on"],
        expected_basis=row["expected_basis"],
        question=row["question"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by_name=row["acknowledged_by_name"],
    )
