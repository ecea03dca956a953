"""Gathering what decides whether an episode can be closed, and the referrals that stand behind it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.caf.models import Closure, EpisodeReferral, PlanAction
from locality.caf.rules.closing import SocialCareDecision
from locality.caf.rules.words import OPEN_ACTIONS, ClosureRating, ClosureReason
from locality.kernel.ids import EpisodeId, ReferralId
from locality.referrals import api as referrals
from locality.referrals.models import Referral
from locality.stages import api as stages
from locality.stages.models import StageMove

_NOT_STARTED = (referrals.ReferralState.ACCEPTED, referrals.ReferralState.ALLOCATED)
_WAITING = (stages.MoveState.PROPOSED, stages.MoveState.MORE_INFO, stages.MoveState.AGREED)


def count_open_actions(session: Session, episode_id: EpisodeId) -> int:
    """How many actions of the plan have no end yet."""
    found = session.scalar(
        select(func.count())
        .select_from(PlanAction)
        .where(PlanAction.episode_id == episode_id, PlanAction.status.in_(OPEN_ACTIONS))
    )
    return found or 0


def referrals_of(session: Session, episode_id: EpisodeId) -> tuple[ReferralId, ...]:
    """The accepted referrals that an episode works on."""
    rows = session.scalars(
        select(EpisodeReferral.referral_id)
        .where(EpisodeReferral.episode_id == episode_id)
        .order_by(EpisodeReferral.accepted_at, EpisodeReferral.referral_id)
    )
    return tuple(ReferralId(row) for row in rows)


def referrals_not_started(session: Session, episode_id: EpisodeId) -> tuple[ReferralId, ...]:
    """The referrals of an episode that are accepted while help has not started."""
    rows = session.scalars(
        select(EpisodeReferral.referral_id)
        .join(Referral, Referral.id == EpisodeReferral.referral_id)
        .where(EpisodeReferral.episode_id == episode_id, Referral.state.in_(_NOT_STARTED))
    )
    return tuple(ReferralId(row) for row in rows)


def count_moves_waiting(session: Session, children: Iterable[uuid.UUID]) -> int:
    """How many stage moves of these children wait for an answer."""
    found = session.scalar(
        select(func.count())
        .select_from(StageMove)
        .where(StageMove.person_id.in_(list(children)), StageMove.state.in_(_WAITING))
    )
    return found or 0


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """How an episode ended."""

    reason: ClosureReason
    rating: ClosureRating | None
    note: str
    child_views: str
    parent_views: str
    universal_service: str
    way_back: str
    closed_by_name: str
    social_care_decision: SocialCareDecision | None
    social_care_decided_on: dt.date | None
    risk_considered: str
    transfer_to: str
    transfer_agreed: bool | None


def find_closure(session: Session, episode_id: EpisodeId) -> ClosureRow | None:
    """How an episode ended; None while it is open."""
    row = session.execute(
        select(
            Closure.reason,
            Closure.rating,
            Closure.note,
            Closure.child_views,
            Closure.parent_views,
            Closure.universal_service,
            Closure.way_back,
            Closure.closed_by_name,
            Closure.social_care_decision,
            Closure.social_care_decided_on,
            Closure.risk_considered,
            Closure.transfer_to,
            Closure.transfer_agreed,
        ).where(Closure.episode_id == episode_id)
    ).one_or_none()
    return None if row is None else ClosureRow(**row._asdict())
