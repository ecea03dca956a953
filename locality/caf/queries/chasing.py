"""Reading what chasing reviews needs; for jobs, which see everything."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from locality.accounts import api as accounts
from locality.caf.models import CaseRole, Episode, Review, ReviewChase
from locality.caf.rules.chasing import ChaseStep
from locality.caf.rules.words import CaseRoleKind, EpisodeState, ReviewState
from locality.clusters.models import Worker
from locality.kernel import direct
from locality.kernel.actor import Role
from locality.kernel.ids import AccountId, ClusterId, EpisodeId, PersonId, ReviewId


@dataclass(frozen=True, slots=True)
class ToChase:
    """A planned review whose day is near or past, and the steps that were taken."""

    id: ReviewId
    due_on: dt.date
    taken: frozenset[ChaseStep]


_TO_CHASE: Final = (
    "SELECT r.id, r.due_on, array(SELECT c.step FROM review_chase c WHERE c.review_id = r.id) AS taken"
    " FROM review r JOIN episode e ON e.id = r.episode_id"
    " WHERE r.state = 'planned' AND r.due_on <= %(up_to)s AND e.state = 'open'"
    # Whoever was chased to the end is not looked at again.
    " AND NOT EXISTS (SELECT 1 FROM review_chase d WHERE d.review_id = r.id AND d.step = 'supervisor')"
    " ORDER BY r.due_on, r.id LIMIT %(most)s"
)


def reviews_to_chase(session: Session, *, up_to: dt.date, most: int) -> tuple[ToChase, ...]:
    """Planned reviews of open episodes due by a day, the latest first; one statement."""
    rows = direct.rows(session, _TO_CHASE, {"up_to": up_to, "most": most})
    return tuple(ToChase(row.id, row.due_on, frozenset(ChaseStep(step) for step in row.taken)) for row in rows)


@dataclass(frozen=True, slots=True)
class Chased:
    """A planned review with whoever leads the family."""

    id: ReviewId
    due_on: dt.date
    about: tuple[PersonId, ...]
    episode_id: EpisodeId
    reference: str
    cluster_id: ClusterId
    lead_id: AccountId | None
    lead_name: str | None


def chased(session: Session, review_id: uuid.UUID) -> Chased | None:
    """A review that is still planned for an open episode; None otherwise. One statement."""
    is_lead = and_(
        CaseRole.episode_id == Episode.id,
        CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
        CaseRole.until_on.is_(None),
    )
    row = session.execute(
        select(
            Review.id, Review.due_on, Review.about, Episode.id, Episode.reference, Episode.cluster_id,
            CaseRole.account_id, CaseRole.name,
        )
        .join(Episode, Episode.id == Review.episode_id)
        .outerjoin(CaseRole, is_lead)
        .where(
            Review.id == review_id, Review.state == ReviewState.PLANNED, Episode.state == EpisodeState.OPEN
        )
    ).one_or_none()  # fmt: skip
    return None if row is None else Chased(row[0], row[1], tuple(row[2]), *row[3:])


def supervisors_of(session: Session, review: Chased, *, today: dt.date) -> tuple[AccountId, ...]:
    """Who is told that a review is late: the case's supervisor, else the lead's line manager, else the cluster's."""
    of_case = session.scalars(
        select(CaseRole.account_id).where(
            CaseRole.episode_id == review.episode_id,
            CaseRole.kind == CaseRoleKind.SUPERVISOR,
            CaseRole.until_on.is_(None),
            CaseRole.account_id.is_not(None),
        )
    )
    found = [AccountId(one) for one in of_case if one is not None]
    if not found and review.lead_id is not None:
        manager = session.scalar(select(Worker.line_manager_id).where(Worker.account_id == review.lead_id))
        found = [] if manager is None else [AccountId(manager)]
    for role in (Role.SUPERVISOR, Role.MANAGER):
        if not found:
            held = accounts.list_accounts_with_role(session, role, review.cluster_id, today=today)
            found = [one.id for one in held]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ChaseRow:
    """A step that was taken about the planned review."""

    step: ChaseStep
    chased_at: dt.datetime


def list_chases(session: Session, review_id: uuid.UUID) -> tuple[ChaseRow, ...]:
    """What was done about a planned review, in order; one statement."""
    rows = session.execute(
        select(ReviewChase.step, ReviewChase.chased_at)
        .where(ReviewChase.review_id == review_id)
        .order_by(ReviewChase.chased_at)
    )
    return tuple(ChaseRow(*row) for row in rows)
