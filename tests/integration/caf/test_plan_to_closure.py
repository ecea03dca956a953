"""The plan, its reviews, and the end: what followed from the help ends with it."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.access.scope import facts_about
from locality.caf import api as caf
from locality.caf.models import ActionUpdate, CaseRole, Closure, Episode, PlanAction, Review
from locality.clusters.models import CaseloadEntry
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import EpisodeId, ReviewId, new_id
from locality.people import api as people
from locality.stages import api as stages
from tests.factories.caf import (
    Helpers,
    Household,
    a_complete_caf,
    a_family,
    a_led_episode,
    an_action,
    may_look_back_still,
)
from tests.factories.stages import a_proposal
from tests.support.database import NOW, OpenUnit
from tests.support.layers import layer

TODAY = dt.date(2026, 3, 3)
NEXT = dt.date(2026, 4, 14)


@layer
def planned(uow: OpenUnit, at_work: Helpers) -> tuple[EpisodeId, Household]:
    """An episode whose CAF is complete."""
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        a_complete_caf(unit, episode_id, family.children)
    return episode_id, family


def _review(episode_id: EpisodeId, **changes: object) -> caf.RecordReview:
    usual: dict[str, object] = {
        "review_id": ReviewId(new_id()), "episode_id": episode_id, "held_on": TODAY, "present": "Leah, Grace, Amira",
        "progress": "Leah sleeps better", "next_on": NEXT,
    }  # fmt: skip
    return caf.RecordReview(**(usual | changes))  # type: ignore[arg-type]


def _closure(episode_id: EpisodeId, **changes: object) -> caf.CloseEpisode:
    usual: dict[str, object] = {
        "episode_id": episode_id, "reason": caf.ClosureReason.NEEDS_MET_UNIVERSAL, "closed_on": TODAY,
        "rating": caf.ClosureRating.MOST, "universal_service": "School nurse", "way_back": "Ring the school",
        "child_views": "They listened", "parent_views": "It helped",
    }  # fmt: skip
    return caf.CloseEpisode(**(usual | changes))  # type: ignore[arg-type]


def test_a_mother_carries_an_action(
    uow: OpenUnit, session: Session, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow(at_work.lead) as unit:
        action_id = an_action(unit, planned[0])
    action = session.get_one(PlanAction, action_id)
    assert (action.responsible_name, action.about) == ("Grace Adeyemi", list(planned[1].children))
    assert session.get_one(CaseloadEntry, planned[0]).next_step == "Hold the review"


def test_an_action_for_a_child_of_another_family_is_refused(
    uow: OpenUnit, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow() as unit:
        other = a_family(unit, family_name="Novák")
    with pytest.raises(RuleBroken, match="children of this family"), uow(at_work.lead) as unit:
        an_action(unit, planned[0], children=other.children)


def test_a_role_of_another_episode_cannot_carry_it(
    uow: OpenUnit, session: Session, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow() as unit:
        other, _ = a_led_episode(unit, at_work)
    role_id = session.scalar(select(CaseRole.id).where(CaseRole.episode_id == other))
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        an_action(unit, planned[0], role_id=role_id)


def test_updates_of_an_action_are_all_kept(
    uow: OpenUnit, session: Session, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow(at_work.lead) as unit:
        action_id = an_action(unit, planned[0])
        caf.update_action(unit, caf.UpdateAction(action_id, 1, caf.ActionStatus.IN_PROGRESS, "Begun"))
        caf.update_action(unit, caf.UpdateAction(action_id, 2, caf.ActionStatus.DONE))
    action = session.get_one(PlanAction, action_id)
    assert (action.status, action.completed_on) == (caf.ActionStatus.DONE, TODAY)
    assert len(session.scalars(select(ActionUpdate.id)).all()) == 2
    with pytest.raises(Conflict, match="updated this action in the meantime: done"), uow(at_work.lead) as unit:
        caf.update_action(unit, caf.UpdateAction(action_id, 2, caf.ActionStatus.IN_PROGRESS))


def test_a_review_is_held_and_the_next_one_planned(
    uow: OpenUnit, session: Session, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    command = _review(planned[0])
    with uow(at_work.lead) as unit:
        an_action(unit, planned[0])
        caf.record_review(unit, command)
        caf.record_review(unit, command)
    states = session.scalars(select(Review.state).order_by(Review.state)).all()
    assert states == [caf.ReviewState.HELD, caf.ReviewState.PLANNED, caf.ReviewState.REPLACED]
    entry = session.get_one(CaseloadEntry, planned[0])
    assert (entry.next_review_on, entry.last_seen_on) == (NEXT, TODAY)


def test_a_review_on_a_bank_holiday_is_refused(
    uow: OpenUnit, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with pytest.raises(RuleBroken, match="Monday 6 April 2026 is not a working day"), uow(at_work.lead) as unit:
        caf.record_review(unit, _review(planned[0], next_on=dt.date(2026, 4, 6)))


def test_moving_the_planned_review_keeps_the_day_it_was_planned_for(
    uow: OpenUnit, session: Session, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow(at_work.lead) as unit:
        caf.plan_review(unit, caf.PlanReview(ReviewId(new_id()), planned[0], dt.date(2026, 3, 20)))
    rows = session.execute(select(Review.state, Review.due_on).order_by(Review.due_on)).all()
    assert [tuple(row) for row in rows] == [
        (caf.ReviewState.PLANNED, dt.date(2026, 3, 20)),
        (caf.ReviewState.REPLACED, dt.date(2026, 4, 14)),
    ]


def test_closing_is_refused_while_an_action_is_open(
    uow: OpenUnit, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow(at_work.lead) as unit:
        an_action(unit, planned[0])
    with pytest.raises(RuleBroken, match="1 action is still open"), uow(at_work.lead) as unit:
        caf.close_episode(unit, _closure(planned[0]))


def test_closing_is_refused_while_a_move_waits(
    uow: OpenUnit, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow(at_work.lead) as unit:
        stages.propose_move(unit, a_proposal(planned[1].children[0]))
    with pytest.raises(RuleBroken, match="A stage move waits"), uow(at_work.lead) as unit:
        caf.close_episode(unit, _closure(planned[0]))


def test_closing_ends_all_that_followed_from_the_help(
    uow: OpenUnit, session: Session, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    episode_id, family = planned
    with uow(at_work.lead) as unit:
        caf.close_episode(unit, _closure(episode_id))
    assert session.get_one(Episode, episode_id).closed_on == TODAY
    assert session.get_one(Closure, episode_id).way_back == "Ring the school"
    assert session.get(CaseloadEntry, episode_id) is None
    assert stages.current_stages(session, family.children) == {}
    assert session.scalars(select(CaseRole.id).where(CaseRole.until_on.is_(None))).all() == []
    assert not facts_about(session, at_work.lead, [*family.children, family.mother]).grants
    ends = select(AccessGrant.until_at).where(AccessGrant.reason == GrantReason.AFTER_CLOSURE)
    assert set(session.scalars(ends)) == {NOW + dt.timedelta(days=365)}
    may_look_back_still(session)
    left = facts_about(session, at_work.manager, family.children)
    assert left.reasons == {GrantReason.AFTER_CLOSURE}, "who manages the area may look back for a year"
    assert not allows(Permission.PLAN_EDIT, at_work.manager, left)
    lines = [row.line for row in people.list_story(session, family.children[0]).rows]
    assert any(line.startswith("Early help ended") for line in lines)


def test_nothing_changes_after_the_end(uow: OpenUnit, at_work: Helpers, planned: tuple[EpisodeId, Household]) -> None:
    with uow(at_work.lead) as unit:
        caf.close_episode(unit, _closure(planned[0]))
    with pytest.raises(RuleBroken, match="This help has ended"), uow() as unit:
        an_action(unit, planned[0])


def test_a_family_that_comes_back_gets_a_new_episode(
    uow: OpenUnit, at_work: Helpers, planned: tuple[EpisodeId, Household]
) -> None:
    with uow(at_work.lead) as unit:
        caf.close_episode(unit, _closure(planned[0]))
    with uow() as unit:
        again = caf.open_episode(
            unit,
            caf.OpenEpisode(
                family_id=planned[1].id,
                children=planned[1].children,
                stage=2,
                cluster_id=at_work.cluster.id,
                why="Came back",
            ),
        )
    assert again != planned[0]
