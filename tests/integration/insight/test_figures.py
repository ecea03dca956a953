"""Kept numbers are proved by a full recount, and what differs is said."""

import argparse
import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.insight import jobs
from locality.insight.operations import mend, recount
from locality.insight.queries import stage_counts
from locality.insight.room import recount_figures
from locality.insight.rules.measures import stage_figures
from locality.insight.rules.periods import Period
from locality.kernel.ids import new_id
from locality.kernel.outbox import OutboxMessage
from locality.people import api as people
from locality.stages import api as stages
from tests.factories.clusters import a_case_note, a_cluster, a_locality, a_school
from tests.factories.referrals import a_child, a_referral
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


def test_children_referred_are_counted_anew_by_cluster_and_month(
    uow: OpenUnit, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    school = a_school(session, cluster=a_cluster(session))
    with uow() as unit:
        for sent_at in (dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC), unit.now, unit.now):
            sent = replace(unit, now=sent_at)
            a_referral(sent, a_child(sent, school=school), routed=False)
        assert recount(unit) == ()
    right = session.execute(_REFERRED).all()
    session.execute(text("UPDATE referral_month SET children = children + 4 WHERE month = '2026-03-01'"))
    session.execute(text("DELETE FROM referral_month WHERE month = '2026-01-01'"))
    session.commit()
    assert recount_figures(argparse.Namespace(mend=True)) == 0
    said = capsys.readouterr().out
    assert "Referrals to early help in Shoebury, January 2026: kept 0, recounted 1" in said
    assert "Referrals to early help in Shoebury, March 2026: kept 6, recounted 2" in said
    assert session.execute(_REFERRED).all() == right


_REFERRED = text("SELECT cluster_id, month, kind, children FROM referral_month ORDER BY 1, 2, 3")


def test_facts_used_and_asked_again_are_counted_anew_by_month(
    uow: OpenUnit, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    with uow() as unit:
        child = a_child(unit)
        for month, record in ((1, new_id()), (3, new_id())):
            told = replace(unit, now=dt.datetime(2026, month, 2, 12, tzinfo=dt.UTC))
            topics = {people.Topic.WANTS: people.Reuse.CONFIRMED, people.Topic.SCHOOL: people.Reuse.RE_ASKED}
            people.count_reuse(told, record=(people.FactSource.CONTACT, record), about=child, counted=topics)
        assert recount(unit) == ()
    right = session.execute(_REUSED).all()
    session.execute(text("UPDATE reuse_month SET re_asked = 7 WHERE month = '2026-03-01'"))
    session.execute(text("DELETE FROM reuse_month WHERE month = '2026-01-01'"))
    session.commit()
    assert recount_figures(argparse.Namespace(mend=True)) == 0
    said = capsys.readouterr().out
    assert "Known facts confirmed in contacts, January 2026: kept 0, recounted 1" in said
    assert "Known facts asked again in contacts, March 2026: kept 7, recounted 1" in said
    assert session.execute(_REUSED).all() == right


_REUSED = text("SELECT month, record_kind, confirmed, corrected, re_asked FROM reuse_month ORDER BY 1, 2")
_EVER_THERE = text(
    "SELECT stage, count(DISTINCT person_id) FROM stage_span WHERE NOT is_void AND :place IN (cluster_id, locality_id)"
    " AND from_on <= :last AND coalesce(until_on, 'infinity') >= :first GROUP BY stage"
)


def test_figures_of_a_period_are_those_of_the_children_themselves(uow: OpenUnit, session: Session) -> None:
    locality = a_locality(session, name="East")
    here = a_cluster(session, name="Shoebury", locality=locality)
    there = a_cluster(session, name="Thorpe", locality=locality)
    with uow() as unit:
        for start, leaves, returns in ((1, 5, 9), (2, 3, 3), (6, 7, 12), (4, None, None)):
            child = a_placed_child(unit, here, stage=3, on=dt.date(2025, start, 3))
            if leaves is not None and returns is not None:
                stages.leave(unit, person_id=child, on=dt.date(2025, leaves, 10))
                stages.place_child(unit, stages.PlaceChild(child, 3, here.id, on=dt.date(2025, returns, 20)))
            stages.transfer_child(unit, person_id=child, cluster_id=there.id, on=dt.date(2026, 1, 7))
    for first in (1, 4, 6, 10):
        period = Period(dt.date(2025, first, 1), dt.date(2026, 2, 1), dt.date(2026, 2, 28))
        for place in (here.id, there.id, locality.id):
            kept = stage_figures(stage_counts(session, place, since=period.first), period)
            rows = session.execute(_EVER_THERE, {"place": place, "first": period.first, "last": period.until_on})
            assert {row.stage: row.ever_there for row in kept if row.ever_there} == {row[0]: row[1] for row in rows}


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
