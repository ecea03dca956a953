"""Reading the goals of a plan, and who may take its actions on."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import CaseRole, PlanGoal
from locality.caf.rules.words import CASE_ROLE_LABELS, CaseRoleKind, Responsible
from locality.kernel.ids import EpisodeId, FamilyId, PersonId
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal of a plan."""

    id: uuid.UUID
    about: tuple[PersonId, ...]
    change_wanted: str
    how_we_know: str
    at_review: str
    element_codes: tuple[str, ...]
    outcome_code: int | None
    reached_on: dt.date | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be reached."""
        return self.reached_on is None


def list_goals(session: Session, episode_id: EpisodeId) -> tuple[GoalRow, ...]:
    """The goals of a plan in the order in which they were set; one statement."""
    rows = session.scalars(
        select(PlanGoal).where(PlanGoal.episode_id == episode_id).order_by(PlanGoal.created_at, PlanGoal.id)
    )
    return tuple(
        GoalRow(
            row.id, tuple(row.about), row.change_wanted, row.how_we_know, row.at_review, tuple(row.element_codes),
            row.outcome_code, row.reached_on,
        )
        for row in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who may take an action on: of the team, or of the family without a part in the team."""

    value: str
    label: str
    group: str
    name: str
    responsible: Responsible
    role_id: uuid.UUID | None = None
    person_id: PersonId | None = None


_OF_ROLE = {
    CaseRoleKind.VOLUNTEER: Responsible.VOLUNTEER,
    CaseRoleKind.FAMILY: Responsible.FAMILY_MEMBER,
}


def list_owners(session: Session, episode_id: EpisodeId, family_id: FamilyId) -> tuple[Owner, ...]:
    """Who may take an action on: the team, then the family; two statements."""
    roles = session.scalars(
        select(CaseRole)
        .where(CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
        .order_by(CaseRole.kind != CaseRoleKind.LEAD_PROFESSIONAL, CaseRole.name, CaseRole.id)
    ).all()
    in_team = {role.person_id for role in roles}
    team = [_of_team(role) for role in roles]
    family = [
        Owner(
            value=f"person-{one.id}",
            label=one.name,
            group="The family",
            name=one.name,
            responsible=Responsible.CHILD if one.kind is people.PersonKind.CHILD else Responsible.FAMILY_MEMBER,
            person_id=PersonId(one.id),
        )
        for one in people.family_members(session, family_id)
        if one.id not in in_team and one.due_on is None and one.died_on is None
    ]
    return (*team, *family)


def _of_team(role: CaseRole) -> Owner:
    described = role.job_title or CASE_ROLE_LABELS[role.kind]
    return Owner(
        value=f"role-{role.id}",
        label=f"{role.name}, {described[0].lower()}{described[1:]}",
        group="The team",
        name=role.name,
        responsible=_OF_ROLE.get(role.kind, Responsible.PROFESSIONAL),
        role_id=role.id,
        person_id=None if role.person_id is None else PersonId(role.person_id),
    )
