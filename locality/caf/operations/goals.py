"""The goals of a plan: setting them, and saying that one is reached."""

import uuid

from sqlalchemy import insert, select

from locality.caf.models import Episode, PlanGoal
from locality.caf.operations.commands_team import AddGoal
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.rules.answers import too_long
from locality.caf.rules.planning import GoalFacts, reasons_against_goal
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import EpisodeId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


def add_goal(uow: UnitOfWork, command: AddGoal) -> None:
    """Set a goal; sending it twice sets it once. Raises ``RuleBroken`` with a reason for each field."""
    episode = open_episode_row(uow, command.episode_id)
    facts = GoalFacts(
        command.change_wanted, command.how_we_know, command.at_review, command.element_codes, command.outcome_code
    )
    raise_if(
        reasons_against_goal(facts)
        + too_long("change_wanted", command.change_wanted)
        + too_long("how_we_know", command.how_we_know)
        + too_long("at_review", command.at_review)
    )
    about = children_of(episode, command.children)
    known = select(PlanGoal.id).where(PlanGoal.id == command.goal_id, PlanGoal.episode_id == command.episode_id)
    if uow.session.execute(known).first() is not None:
        return
    row = {
        "id": command.goal_id, "episode_id": command.episode_id, "about": about,
        "change_wanted": command.change_wanted, "how_we_know": command.how_we_know, "at_review": command.at_review,
        "element_codes": list(command.element_codes), "outcome_code": command.outcome_code, "reached_on": None,
        "created_at": uow.now, "created_by_name": uow.actor.name, "version": 1,
    }  # fmt: skip
    uow.session.execute(insert(PlanGoal), [row])
    detail = {"elements": list(command.element_codes), "outcome": command.outcome_code}
    tell(uow, "goal.set", about=about, record=("plan_goal", command.goal_id), detail=detail)


def settle_goal(uow: UnitOfWork, *, episode_id: EpisodeId, goal_id: uuid.UUID, is_reached: bool) -> None:
    """Say that a goal is reached, or that it is not after all. Raises ``NotFound`` for a goal of another plan."""
    open_episode_row(uow, episode_id)
    goal = uow.session.execute(
        select(PlanGoal).where(PlanGoal.id == goal_id, PlanGoal.episode_id == episode_id).with_for_update()
    ).scalar_one_or_none()
    if goal is None:
        raise NotFound("There is no such goal, or none that you may see")
    if (goal.reached_on is not None) is is_reached:
        return
    goal.reached_on = uow.today if is_reached else None
    goal.version += 1
    uow.session.flush()
    line = Line(people.StoryKind.PLAN, f"Goal reached: {goal.change_wanted}") if is_reached else None
    tell(
        uow, "goal.settled", about=goal.about, record=("plan_goal", goal_id), line=line, detail={"reached": is_reached}
    )


def children_of(episode: Episode, named: tuple[PersonId, ...]) -> list[PersonId]:
    """The named children of an episode; all of them when none is named. Raises ``RuleBroken`` for anybody else."""
    if not set(named) <= set(episode.about):
        raise RuleBroken([Reason("children", "Select children of this family from the list")])
    return [child for child in episode.about if not named or child in named]
