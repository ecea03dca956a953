"""Reading who was asked from outside the team to audit an assessment, and what they read."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.caf.models import CaseRole, QualityAudit, QualityInvitation
from locality.caf.queries.agreement import Sharing
from locality.consent import api as consent
from locality.kernel.actor import Actor
from locality.kernel.clock import london_date
from locality.kernel.db import JsonObject
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """Somebody who was asked to audit an assessment, why, and until when; ``ended_at`` None while it is open."""

    id: uuid.UUID
    assessment_id: AssessmentId
    episode_id: EpisodeId
    about: list[PersonId]
    caf_reference: str
    account_id: AccountId
    name: str
    described: str
    reason: str
    until_at: dt.datetime
    invited_at: dt.datetime
    invited_by_name: str
    ended_at: dt.datetime | None
    ended_why: str

    @property
    def last_day(self) -> dt.date:
        """The last day on which they can read it."""
        return london_date(self.until_at - dt.timedelta(seconds=1))

    def is_open(self, now: dt.datetime) -> bool:
        """Whether they can still read and audit it."""
        return self.ended_at is None and now < self.until_at


_COLUMNS = tuple(getattr(QualityInvitation, name) for name in InvitationRow.__dataclass_fields__)


def list_invitations(session: Session, assessment_id: AssessmentId) -> tuple[InvitationRow, ...]:
    """Who was asked to audit a CAF, the latest first; one statement."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(QualityInvitation.assessment_id == assessment_id)
        .order_by(QualityInvitation.invited_at.desc(), QualityInvitation.id)
    )
    return tuple(InvitationRow(*row) for row in rows)


def get_invitation(session: Session, invitation_id: uuid.UUID) -> tuple[InvitationRow, JsonObject]:
    """One of them and what they read. Raises ``NotFound``."""
    row = session.execute(
        select(*_COLUMNS, QualityInvitation.content).where(QualityInvitation.id == invitation_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such invitation, or it has ended")
    *values, content = row
    return InvitationRow(*values), content


def invitation_facts(
    session: Session, actor: Actor, *, invitation_id: uuid.UUID, **_others: uuid.UUID
) -> AccessFacts | None:
    """What the policy asks about an invitation: it is addressed to whoever was asked."""
    row = session.execute(
        select(QualityInvitation.about, QualityInvitation.account_id).where(QualityInvitation.id == invitation_id)
    ).one_or_none()
    if row is None:
        return None
    return facts_about(
        session, actor, row.about, record=("quality_invitation", invitation_id), holders=[row.account_id]
    )


def is_in_team(session: Session, episode_id: EpisodeId, account_id: AccountId) -> bool:
    """Whether a worker holds any open part in an episode. For operations."""
    found = select(CaseRole.id).where(
        CaseRole.episode_id == episode_id, CaseRole.account_id == account_id, CaseRole.until_on.is_(None)
    )
    return session.execute(found).first() is not None


def has_audited(session: Session, assessment_id: AssessmentId, account_id: AccountId) -> bool:
    """Whether a worker has audited a CAF. For operations."""
    found = select(QualityAudit.id).where(
        QualityAudit.assessment_id == assessment_id, QualityAudit.auditor_id == account_id
    )
    return session.execute(found).first() is not None


def agrees_to_audit(sharing: Sharing, about: Collection[PersonId]) -> bool:
    """Whether agreements in force let the record of every one of these be used to see whether help works."""
    covered = {
        person
        for one in sharing.found
        if consent.Purpose.EVALUATION in one.terms.purposes
        for person in one.terms.people
    }
    return set(about) <= covered
