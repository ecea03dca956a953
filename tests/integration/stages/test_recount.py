"""Kept counts equal a full recount, whatever happens to children."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.clusters.models import Cluster
from locality.kernel.actor import SYSTEM
from locality.kernel.db import bind_actor
from locality.kernel.ids import PersonId
from locality.kernel.uow import UnitOfWork
from locality.stages import api as stages
from locality.stages.operations.ledger import load_course, new_row, take_effect
from locality.stages.queries.recount import count_differences
from locality.stages.rules.tally import Position
from tests.factories.clusters import a_cluster, a_locality
from tests.factories.stages import a_child
from tests.support.database import NOW, OpenUnit

ACTS = st.tuples(
    st.sampled_from(("place", "place", "place", "transfer", "leave", "step_down", "correct")),
    st.integers(0, 2),  # which child
    st.sampled_from((1, 2, 3, 4)),  # which stage
    st.integers(0, 2),  # which cluster
    st.integers(0, 40),  # days since the last act
)


@pytest.fixture
def clusters(session: Session) -> list[Cluster]:
    """Two clusters of one locality and one of another."""
    east, west = a_locality(session, name="East"), a_locality(session, name="West")
    return [
        a_cluster(session, name="Shoebury", locality=east),
        a_cluster(session, name="Thorpe", locality=east),
        a_cluster(session, name="Leigh", locality=west),
    ]


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(st.lists(ACTS, max_size=14))
def test_whatever_happens_the_kept_counts_are_those_of_a_full_recount(
    session: Session, clusters: list[Cluster], acts: list[tuple[str, int, int, int, int]]
) -> None:
    bind_actor(session, SYSTEM)
    with session.begin_nested() as attempt:
        unit = UnitOfWork(session=session, actor=SYSTEM, now=NOW)
        children = [a_child(unit, given_name=name) for name in ("Ade", "Bea", "Cy")]
        on = dt.date(2024, 6, 1)
        for act, which, stage, where, days in acts:
            on += dt.timedelta(days=days)
            _do(unit, act, children[which], stage=stage, cluster=clusters[where], on=on)
        assert count_differences(session) == ()
        before = _kept(session)
        stages.rebuild_counts(unit)
        assert _kept(session) == before
        attempt.rollback()
    session.expire_all()


def _do(unit: UnitOfWork, act: str, child: PersonId, *, stage: int, cluster: Cluster, on: dt.date) -> None:
    course = load_course(unit, child)
    if act == "place":
        stages.place_child(unit, stages.PlaceChild(child, stage, cluster.id, on=on))
    elif act == "transfer":
        stages.transfer_child(unit, person_id=child, cluster_id=cluster.id, on=on)
    elif act == "leave":
        stages.leave(unit, person_id=child, on=on)
    elif act == "step_down" and course.now is not None and stage < course.now.stage:
        row = new_row(unit, child, stages.Direction.DOWN)
        unit.session.add(row)
        take_effect(unit, course, move=row, after=Position(stage, course.now.places), on=on)
    elif act == "correct" and course.entries:
        stages.correct_last(unit, person_id=child, move_id=course.entries[-1].move_id, why="A mistake")


def _kept(session: Session) -> list[tuple[object, ...]]:
    months = session.execute(
        text("SELECT * FROM stage_month WHERE entered + left_stage > 0 ORDER BY place_id, month, stage")
    )
    returns = session.execute(
        text("SELECT * FROM stage_return WHERE n > 0 ORDER BY place_id, month, stage, left_month")
    )
    return [tuple(row) for row in [*months, *returns]]


def test_a_count_that_is_wrong_is_found(uow: OpenUnit, session: Session, clusters: list[Cluster]) -> None:
    with uow() as unit:
        stages.place_child(unit, stages.PlaceChild(a_child(unit), 2, clusters[0].id))
    session.execute(text("UPDATE stage_month SET entered = 7 WHERE place_id = :place"), {"place": clusters[0].id})
    found = [(d.place_id, d.stage, d.count, d.kept, d.recounted) for d in count_differences(session)]
    assert found == [(clusters[0].id, 2, "entered", 7, 1)]
