"""Children's moves as they are kept: the ledger, the stays, the counts, and what nobody may do to them."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from locality.clusters.models import Cluster
from locality.clusters.rules import AUTHORITY_PLACE
from locality.kernel.errors import NotAllowed, NotFound, RuleBroken
from locality.kernel.ids import EpisodeId, PersonId, StageMoveId, new_id
from locality.people import api as people
from locality.stages import api as stages
from locality.stages.models import StageMonth, StageSpan
from locality.stages.queries.recount import count_differences
from locality.stages.queries.stages import current_stages, list_moves
from tests.factories.clusters import a_cluster
from tests.factories.stages import a_child, a_placed_child
from tests.support.database import OpenUnit

MARCH, FEBRUARY = dt.date(2026, 3, 1), dt.date(2026, 2, 1)


@pytest.fixture
def cluster(session: Session) -> Cluster:
    made = a_cluster(session)
    session.commit()  # kept when an operation of the test is refused and rolled back
    return made


def _kept(session: Session, place: object, month: dt.date, stage: int) -> dict[str, int]:
    row = session.scalar(select(StageMonth).filter_by(place_id=place, month=month, stage=stage))
    names = ("entered", "left_stage", "up_in", "up_out", "down_in", "down_out")
    return {} if row is None else {name: getattr(row, name) for name in names if getattr(row, name)}


def test_a_child_whose_help_begins_stands_at_the_stage_and_is_counted(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    with uow() as unit:
        child = a_child(unit)
        stands_at = stages.place_child(unit, stages.PlaceChild(child, 2, cluster.id, why="Decided at the front door"))
    now = current_stages(session, [child])[child]
    assert (stands_at, now.stage, now.cluster_id, now.from_on) == (2, 2, cluster.id, dt.date(2026, 3, 3))
    for place in (AUTHORITY_PLACE, cluster.locality_id, cluster.id):
        assert _kept(session, place, MARCH, 2) == {"entered": 1}


def test_the_story_says_that_help_began(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=3, on=FEBRUARY)
    lines = [(row.happened_on, row.line) for row in people.list_story(session, child).rows]
    assert lines == [(FEBRUARY, "Help began at stage 3")]


def test_a_child_is_placed_once(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2)
        stages.place_child(unit, stages.PlaceChild(child, 2, cluster.id))
    assert len(list_moves(session, child)) == 1


def test_a_later_episode_takes_over_the_present_stay(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    episode = EpisodeId(new_id())
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2)
        stages.place_child(unit, stages.PlaceChild(child, 2, cluster.id, episode_id=episode))
    assert current_stages(session, [child])[child].episode_id == episode


def test_placing_lower_never_steps_a_child_down(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=4)
        assert stages.place_child(unit, stages.PlaceChild(child, 2, cluster.id)) == 4
    assert current_stages(session, [child])[child].stage == 4


def test_placing_higher_is_a_move_up(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.place_child(unit, stages.PlaceChild(child, 3, cluster.id))
    assert _kept(session, cluster.id, MARCH, 2) == {"left_stage": 1, "up_out": 1}
    assert _kept(session, cluster.id, MARCH, 3) == {"entered": 1, "up_in": 1}


def test_a_transfer_counts_for_the_clusters_and_not_for_the_authority(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    other = a_cluster(session, name="Leigh")
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.transfer_child(unit, person_id=child, cluster_id=other.id)
    assert current_stages(session, [child])[child].cluster_id == other.id
    assert _kept(session, cluster.id, MARCH, 2) == {"left_stage": 1}
    assert _kept(session, other.id, MARCH, 2) == {"entered": 1}
    assert _kept(session, AUTHORITY_PLACE, MARCH, 2) == {}


def test_a_child_whose_help_ends_leaves_the_triangle_once(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.leave(unit, person_id=child, why="Needs met")
        stages.leave(unit, person_id=child)
    assert current_stages(session, [child]) == {}
    assert _kept(session, cluster.id, MARCH, 2) == {"left_stage": 1}


def test_moves_follow_one_another_in_time(uow: OpenUnit, cluster: Cluster) -> None:
    with pytest.raises(RuleBroken, match="before the child’s last move"), uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.leave(unit, person_id=child, on=dt.date(2026, 1, 31))
    with pytest.raises(RuleBroken, match="today or in the past"), uow() as unit:
        a_placed_child(unit, cluster, stage=2, on=dt.date(2026, 3, 4))


def test_there_are_four_stages_and_known_clusters(uow: OpenUnit, cluster: Cluster) -> None:
    with pytest.raises(RuleBroken, match="Select a stage"), uow() as unit:
        a_placed_child(unit, cluster, stage=5)
    with pytest.raises(NotFound), uow() as unit:
        stages.place_child(unit, stages.PlaceChild(a_child(unit), 2, new_id()))  # type: ignore[arg-type]


def test_a_mistake_is_taken_back_with_its_counts_and_stays_in_the_ledger(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.place_child(unit, stages.PlaceChild(child, 4, cluster.id))
    mistake = list_moves(session, child)[0].id
    with uow() as unit:
        stages.correct_last(unit, person_id=child, move_id=mistake, why="Meant for another child")
    assert current_stages(session, [child])[child].stage == 2
    assert [row.direction.value for row in list_moves(session, child)] == ["correction", "up", "enter"]
    assert _kept(session, cluster.id, MARCH, 4) == {}
    assert count_differences(session) == ()


def test_only_the_last_move_of_the_same_child_can_be_taken_back(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.place_child(unit, stages.PlaceChild(child, 3, cluster.id))
    first = list_moves(session, child)[-1].id
    with pytest.raises(NotAllowed), uow() as unit:
        stages.correct_last(unit, person_id=child, move_id=first, why="Wrong")
    with pytest.raises(NotFound), uow() as unit:
        stages.correct_last(unit, person_id=child, move_id=StageMoveId(new_id()), why="Wrong")
    with pytest.raises(RuleBroken, match="what was wrong"), uow() as unit:
        stages.correct_last(unit, person_id=child, move_id=first, why=" ")


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE stage_move SET evidence = 'rewritten'",
        "UPDATE stage_move SET state = 'proposed'",
        "DELETE FROM stage_move",
        "DELETE FROM stage_move_step",
        "UPDATE stage_move_step SET note = 'rewritten'",
    ],
)
def test_the_database_itself_keeps_the_ledger(uow: OpenUnit, session: Session, cluster: Cluster, attempt: str) -> None:
    with uow() as unit:
        a_placed_child(unit, cluster)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(attempt))


def test_a_child_has_one_present_stay(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        for stage in (3, 4):
            stages.place_child(unit, stages.PlaceChild(child, stage, cluster.id))
    spans = session.scalars(select(StageSpan).where(StageSpan.person_id == child).order_by(StageSpan.sequence))
    assert [(s.stage, s.until_on is None) for s in spans] == [(2, False), (3, False), (4, True)]


def test_higher_rooms_hear_of_each_move(uow: OpenUnit, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[PersonId, str, int | None]] = []
    monkeypatch.setattr(
        stages.moved, "_functions", [lambda _u, m: heard.append((m.person_id, m.direction.value, m.stage))]
    )
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=2, on=FEBRUARY)
        stages.leave(unit, person_id=child)
    assert heard == [(child, "enter", 2), (child, "leave", None)]
