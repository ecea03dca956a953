"""What was loaded in bulk is what the rooms' own operations would have written."""

import uuid

import pytest
from sqlalchemy import func, select, text

from locality.audit import trail
from locality.caf.models import Assessment, Episode
from locality.caf.operations.caseload import keep_caseload
from locality.caf.queries.completion import completion_facts
from locality.caf.queries.sections import get_assessment
from locality.caf.rules.completion import reasons_not_to_complete
from locality.clusters.models import CaseloadEntry, CaseloadName, CaseloadTally
from locality.kernel.actor import SYSTEM
from locality.kernel.uow import UnitOfWork
from locality.referrals.rules.trace import replay
from locality.stages import api as stages
from tests.support.database import NOW


def rows(session, model):
    columns = list(model.__table__.columns)
    return {row[0]: tuple(row) for row in session.execute(select(*columns))}


def test_counts_by_stage_and_month_equal_a_full_recount(session):
    assert stages.count_differences(session) == ()
    assert session.execute(text("SELECT sum(entered) FROM stage_month")).scalar_one() > 1000


def test_counts_of_referrals_equal_a_full_recount(plain):
    kept = dict(plain.execute("SELECT concat(cluster_id, month, kind), children FROM referral_month").fetchall())
    counted = {}
    for cluster, sent, kind in plain.execute(
        "SELECT c.cluster_id, (r.sent_at AT TIME ZONE 'Europe/London')::date, r.kind"
        " FROM referral r JOIN referral_child c ON c.referral_id = r.id"
    ):
        key = f"{cluster or ''}{sent.replace(day=1)}{kind}"
        counted[key] = counted.get(key, 0) + 1
    assert kept == counted


def test_the_caseload_is_what_its_room_computes_from_the_records(session):
    before = (rows(session, CaseloadEntry), rows(session, CaseloadName), rows(session, Episode))
    unit = UnitOfWork(session=session, actor=SYSTEM, now=NOW)
    open_episodes = session.scalars(select(Episode.id).where(Episode.state == "open")).all()
    assert len(open_episodes) > 40
    assert set(open_episodes) == set(before[0])
    for episode_id in open_episodes:
        keep_caseload(unit, episode_id)
    session.expire_all()
    after = (rows(session, CaseloadEntry), rows(session, CaseloadName), rows(session, Episode))
    for kept, computed in zip(before, after, strict=True):
        assert kept == computed


def test_the_tally_of_the_caseload_is_right(session):
    kept = {
        (row.cluster_id, row.lead_key, row.stage): (row.families, row.children)
        for row in session.scalars(select(CaseloadTally))
    }
    lead = func.coalesce(CaseloadEntry.lead_account_id, uuid.UUID(int=0))
    counted = {
        (row[0], row[1], row[2]): (row[3], row[4])
        for row in session.execute(
            select(
                CaseloadEntry.cluster_id, lead, CaseloadEntry.stage, func.count(), func.sum(CaseloadEntry.children)
            ).group_by(CaseloadEntry.cluster_id, lead, CaseloadEntry.stage)
        )
    }
    assert kept == counted


def test_complete_assessments_have_everything_that_completing_asks_for(session):
    complete = session.scalars(select(Assessment.id).where(Assessment.state == "complete")).all()
    assert len(complete) > 100
    for assessment_id in complete[::7]:
        facts = completion_facts(session, get_assessment(session, assessment_id), today=NOW.date())
        missing = [r.message for r in reasons_not_to_complete(facts) if "complete already" not in r.message]
        assert [m for m in missing if "agreement" not in m] == []


def test_every_trace_leads_to_the_service_that_it_names(plain):
    found = plain.execute("SELECT trace, service_id FROM routing_decision WHERE rule_set = 1").fetchall()
    assert len(found) > 100
    for trace, service_id in found:
        assert replay({**trace, "lead": trace["lead"]})[1] == service_id


def test_places_held_equal_the_offers_that_hold_them(plain):
    wrong = plain.execute(
        "SELECT c.* FROM service_capacity c LEFT JOIN LATERAL ("
        "  SELECT count(*) FILTER (WHERE o.took_place AND r.state NOT IN ('ended', 'withdrawn')) AS taken,"
        "         count(*) FILTER (WHERE o.state IN ('open', 'asked')) AS offered"
        "  FROM offer o JOIN referral r ON r.id = o.referral_id"
        "  WHERE o.service_id = c.service_id AND o.cluster_id = c.cluster_id) held ON true"
        " WHERE (c.taken, c.offered) <> (held.taken, held.offered) OR c.taken > c.places"
    ).fetchall()
    assert wrong == []


def test_waiting_lists_count_from_one_without_a_gap(plain):
    lists = plain.execute(
        "SELECT array_agg(waiting_position ORDER BY waiting_position) FROM offer WHERE state = 'waiting'"
        " GROUP BY service_id, cluster_id"
    ).fetchall()
    assert lists
    for (positions,) in lists:
        assert positions == list(range(1, len(positions) + 1))


def test_every_referral_has_an_owner_who_can_see_it(plain):
    blind = plain.execute(
        "SELECT r.reference FROM referral r WHERE r.state IN ('received', 'waitlisted') AND NOT EXISTS ("
        "  SELECT 1 FROM access_grant g WHERE g.principal_id = r.owner_principal AND g.until_at IS NULL"
        "  AND g.person_id = ANY(r.about) AND 'story' = ANY(g.parts))"
    ).fetchall()
    assert blind == []


def test_no_grant_outlives_its_fact(plain):
    stale = plain.execute(
        "SELECT count(*) FROM access_grant g JOIN episode e ON e.id = g.record_id"
        " WHERE g.until_at IS NULL AND e.state = 'closed'"
    ).fetchone()
    assert stale == (0,)


def test_the_audit_chain_verifies_and_says_that_this_is_a_demonstration(session):
    assert trail.verify(session).intact
    actions = session.execute(text("SELECT action, detail FROM audit_event ORDER BY seq")).all()
    assert [row.action for row in actions] == ["demo.loaded"]
    assert actions[0].detail == {"children": 700, "seed": 11}


@pytest.mark.parametrize("table", ["person", "address", "chronology_entry", "element_answer", "access_grant"])
def test_row_level_security_is_forced_again(plain, table):
    forced = plain.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = %s", [table]).fetchone()
    assert forced == (True,)


def test_keys_and_indexes_are_those_of_a_database_that_was_never_loaded(server, worker_database, plain):
    def shape(connection):
        constraints = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        indexes = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        return {*connection.execute(constraints).fetchall()}, {*connection.execute(indexes).fetchall()}

    with server.connect(worker_database) as untouched:
        assert shape(plain) == shape(untouched)


def test_new_references_do_not_meet_loaded_ones(session):
    from locality.kernel.ids import next_reference

    made = next_reference(session, "PE")
    assert session.execute(text("SELECT count(*) FROM person WHERE reference = :r"), {"r": made}).scalar_one() == 0
