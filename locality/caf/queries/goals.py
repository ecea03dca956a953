"""Reading the goals of a plan, and who may take its actions on."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_of_record
from locality.caf.models import PlanGoal
from locality.caf.rules.words import CASE_ROLE_LABELS, CaseRoleKind, Responsible
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.ids import EpisodeId, PersonId
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
# The open team and the goals of a plan in one statement: both are lists to choose from.
_TO_CHOOSE: Final = (
    "SELECT id, kind, name AS words, job_title, person_id, (kind <> 'lead_professional')::int AS place, from_on::text"
    " AS sorted FROM case_role WHERE episode_id = %(id)s AND until_on IS NULL"
    " UNION ALL SELECT id, 'goal', change_wanted, '', NULL, 9, created_at::text FROM plan_goal"
    " WHERE episode_id = %(id)s AND reached_on IS NULL ORDER BY place, words, sorted, id"
)


@dataclass(frozen=True, slots=True)
class OpenGoal:
    """A goal that an action can serve."""

    id: uuid.UUID
    change_wanted: str


def to_choose_from(
    session: Session, episode_id: EpisodeId, members: Sequence[people.PersonSummary]
) -> tuple[tuple[Owner, ...], tuple[OpenGoal, ...]]:
    """Who may take an action on (the team, then these members of the family), and the open goals; one statement."""
    rows = direct.rows(session, _TO_CHOOSE, {"id": episode_id})
    goals = tuple(OpenGoal(row.id, row.words) for row in rows if row.kind == _GOAL)
    team = [_of_team(row) for row in rows if row.kind != _GOAL]
    in_team = {owner.person_id for owner in team}
    family = [
        Owner(
            value=f"person-{one.id}",
            label=one.name,
            group="The family",
            name=one.name,
            responsible=Responsible.CHILD if one.kind is people.PersonKind.CHILD else Responsible.FAMILY_MEMBER,
            person_id=PersonId(one.id),
        )
        for one in members
        if one.id not in in_team and one.due_on is None and one.died_on is None
    ]
    return (*team, *family), goals


def _of_team(row: Any) -> Owner:
    kind = CaseRoleKind(row.kind)
    described = row.job_title or CASE_ROLE_LABELS[kind]
    return Owner(
        value=f"role-{row.id}",
        label=f"{row.words}, {described[0].lower()}{described[1:]}",
        group="The team",
        name=row.words,
        responsible=_OF_ROLE.get(kind, Responsible.PROFESSIONAL),
        role_id=row.id,
        person_id=None if row.person_id is None else PersonId(row.person_id),
    )


def plan_facts(session: Session, actor: Actor, *, episode_id: EpisodeId, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks of whoever changes a plan; one statement."""
    return facts_of_record(session, actor, _ABOUT, ("episode", episode_id))


_ABOUT: Final = "SELECT about FROM episode WHERE id = %(id)s"
_GOAL: Final = "goal"
