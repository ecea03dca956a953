"""Reading what waits for one worker: actions that they carry, and families without a lead professional."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import CaseRole, PlanAction
from locality.caf.rules.words import OPEN_ACTIONS, ActionStatus
from locality.clusters.models import CaseloadEntry, CaseloadName, Cluster
from locality.kernel.ids import AccountId, EpisodeId, PersonId, PlanActionId
from locality.kernel.paging import PAGE_SIZE, Page, page_of

_MOST_WITHOUT_LEAD = 10


@dataclass(frozen=True, slots=True)
class OwnAction:
    """An open action that a worker carries."""

    id: PlanActionId
    episode_id: EpisodeId
    about: tuple[PersonId, ...]
    action: str
    outcome_wanted: str
    due_on: dt.date
    status: ActionStatus


def list_own_actions(session: Session, account_id: AccountId, *, number: int) -> Page[OwnAction]:
    """The open actions that a worker carries, by date; one statement."""
    rows = session.execute(
        select(
            PlanAction.id, PlanAction.episode_id, PlanAction.about, PlanAction.action, PlanAction.outcome_wanted,
            PlanAction.due_on, PlanAction.status,
        )
        .join(CaseRole, CaseRole.id == PlanAction.responsible_role_id)
        .where(
            CaseRole.account_id == account_id, CaseRole.until_on.is_(None), PlanAction.status.in_(OPEN_ACTIONS)
        )
        .order_by(PlanAction.due_on, PlanAction.id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    return page_of([OwnAction(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows], number)


@dataclass(frozen=True, slots=True)
class WithoutLead:
    """An open family that nobody leads for, of the clusters that the reader works in."""

    episode_id: EpisodeId
    reference: str
    family_name: str | None
    cluster_name: str


def families_without_lead(session: Session) -> tuple[WithoutLead, ...]:
    """Families that nobody leads for, as far as the reader works in their cluster; one statement."""
    rows = session.execute(
        select(CaseloadEntry.episode_id, CaseloadEntry.reference, CaseloadName.family_name, Cluster.name)
        .join(Cluster, Cluster.id == CaseloadEntry.cluster_id)
        .outerjoin(CaseloadName, CaseloadName.episode_id == CaseloadEntry.episode_id)
        .where(CaseloadEntry.lead_account_id.is_(None))
        .order_by(CaseloadEntry.reference)
        .limit(_MOST_WITHOUT_LEAD)
    )
    return tuple(WithoutLead(*row) for row in rows)
