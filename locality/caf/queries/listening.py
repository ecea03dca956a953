"""What a worker needs before listening to a child: the CAF it belongs to, who helps, and how the child talks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.caf.models import Assessment, CaseRole, VoiceNeed
from locality.caf.rules.voice_fit import Need
from locality.caf.rules.words import AssessmentState, CaseRoleKind
from locality.kernel.ids import AccountId, EpisodeId, PersonId

_WITH_AN_ACCOUNT = (
    CaseRoleKind.LEAD_PROFESSIONAL, CaseRoleKind.TEAM_MEMBER, CaseRoleKind.ALLOCATED_WORKER, CaseRoleKind.VOLUNTEER,
    CaseRoleKind.CHAIR,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfAssessment:
    """A CAF, as far as listening to a child needs it."""

    episode_id: EpisodeId
    about: Sequence[PersonId]
    is_draft: bool


def find_assessment(session: Session, assessment_id: uuid.UUID) -> OfAssessment | None:
    """The CAF under which a child is heard; None when there is none that the actor may see. One statement."""
    row = session.execute(
        select(Assessment.episode_id, Assessment.about, Assessment.state).where(Assessment.id == assessment_id)
    ).one_or_none()
    return None if row is None else OfAssessment(row.episode_id, row.about, row.state is AssessmentState.DRAFT)


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody of the team whom a child may let see things; ``id`` is the account's."""

    id: str
    name: str
    job: str
    leads: bool


def helpers_of(session: Session, episode_id: EpisodeId) -> tuple[Helper, ...]:
    """Who helps now and can sign in, the lead professional first, each person once; one statement."""
    rows = session.execute(
        select(CaseRole.account_id, CaseRole.name, CaseRole.job_title, CaseRole.kind)
        .where(
            CaseRole.episode_id == episode_id,
            CaseRole.account_id.is_not(None),
            CaseRole.until_on.is_(None),
            CaseRole.kind.in_(_WITH_AN_ACCOUNT),
        )
        .order_by(CaseRole.kind != CaseRoleKind.LEAD_PROFESSIONAL, CaseRole.name, CaseRole.id)
    ).all()
    found: dict[str, Helper] = {}
    for row in rows:
        leads = row.kind is CaseRoleKind.LEAD_PROFESSIONAL
        found.setdefault(str(row.account_id), Helper(str(row.account_id), row.name, row.job_title, leads))
    return tuple(found.values())


def needs_of(session: Session, child_id: PersonId) -> tuple[Need, ...]:
    """How a child makes themselves understood, as noted last; one statement."""
    kept = session.execute(
        select(VoiceNeed.needs)
        .where(VoiceNeed.person_id == child_id)
        .order_by(VoiceNeed.noted_at.desc(), VoiceNeed.id)
        .limit(1)
    ).scalar_one_or_none()
    return tuple(need for need in Need if need.value in (kept or ()))


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads an episode, and where a message reaches them."""

    account_id: AccountId
    email: str


def find_lead(session: Session, episode_id: EpisodeId) -> Lead | None:
    """The lead professional; None when nobody leads. One statement, for operations that look beyond the actor."""
    row = session.execute(
        select(Account.id, Account.email)
        .join(CaseRole, CaseRole.account_id == Account.id)
        .where(
            CaseRole.episode_id == episode_id,
            CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL,
            CaseRole.until_on.is_(None),
        )
    ).one_or_none()
    return None if row is None else Lead(AccountId(row.id), row.email)
