"""Kept numbers are proved by a full recount, and what differs is said."""

import argparse
import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.insight import jobs
from locality.insight.operations import mend, recount
from locality.insight.room import recount_figures
from locality.kernel.outbox import OutboxMessage
from tests.factories.clusters import a_case_note, a_cluster
from tests.factories.stages import a_placed_child
from tests.support.database import OpenUnit


def _with_wrong_numbers(uow: OpenUnit, session: Session) -> None:
    cluster = a_cluster(session)
    with uow() as unit:
        a_placed_child(unit, cluster, stage=3, on=dt.date(2026, 2, 2))
        clusters.note_case(unit, a_case_note(cluster))
    session.execute(text("UPDATE stage_month SET left_stage = 1 WHERE place_id = :place"), {"place": cluster.id})
    session.execute(text("UPDATE caseload_tally SET families = 4"))
    session.commit()


def test_right_numbers_are_confirmed(uow: OpenUnit, session: Session) -> None:
    cluster = a_cluster(session)
    with uow() as unit:
        a_placed_child(unit, cluster)
        clusters.note_case(unit, a_case_note(cluster))
        assert recount(unit) == ()


def test_wrong_numbers_are_named_and_mended(uow: OpenUnit, session: Session) -> None:
    _with_wrong_numbers(uow, session)
    with uow() as unit:
        assert [(d.what, d.kept, d.recounted) for d in recount(unit)] == [
            ("Stage 3 in Shoebury, February 2026: left stage", 1, 0),
            ("Caseload of Shoebury: families or children at stage 3", 4, 1),
        ]
        mend(unit)
        assert recount(unit) == ()


def test_the_command_reports_and_mends(uow: OpenUnit, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    _with_wrong_numbers(uow, session)
    assert recount_figures(argparse.Namespace(mend=False)) == 1
    assert "Caseload of Shoebury: families or children at stage 3: kept 4, recounted 1" in capsys.readouterr().out
    assert recount_figures(argparse.Namespace(mend=True)) == 0
    assert "2 numbers differed, mended" in capsys.readouterr().out
    assert recount_figures(argparse.Namespace(mend=False)) == 0
    assert capsys.readouterr().out == "Recount: all kept numbers are right\n"


def test_the_nightly_check_is_owed_once_a_day(uow: OpenUnit, session: Session) -> None:
    with uow() as unit:
        jobs.nightly(unit)
        jobs.nightly(unit)
    assert session.query(OutboxMessage).filter_by(task="insight.recount").count() == 1


def test_a_check_that_finds_a_difference_fails_for_a_person_to_see(uow: OpenUnit, session: Session) -> None:
    with uow() as unit:
        jobs.check(unit)
    _with_wrong_numbers(uow, session)
    with pytest.raises(jobs.FiguresDiffer), uow() as unit:
        jobs.check(unit)
