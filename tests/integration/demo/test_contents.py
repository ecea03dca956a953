"""Who and what is in the demonstration: every state, safe identifiers, nobody real, nothing shown that must not be."""

import re

import psycopg
import pytest

from locality.caf.rules.words import (
    ActionStatus,
    AssessmentState,
    CaseRoleKind,
    ClosureReason,
    EpisodeState,
    NotObtained,
    ReviewState,
    VoiceTool,
)
from locality.clusters.rules import CaseFlag
from locality.demo import world
from locality.messages.rules import MessageState
from locality.people.rules.facts import FactAgreement, FactSource, FactState, Reuse, Settling
from locality.people.rules.identifiers import tidy_nhs_number, tidy_postcode, tidy_upn
from locality.people.rules.linking import LinkKind
from locality.referrals.rules.codes import Outcome, Rag, ReferralKind
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from locality.referrals.rules.screening import ContactState, HoldingKind
from locality.stages.rules.moves import Direction, MoveState
from tests.integration.demo.conftest import CHILDREN, NAME

# What no operation ever writes, or only for a moment: a draft is sent at once, help that has started is an episode.
_NEVER = {
    ("referral", "state"): {ReferralState.DRAFT, ReferralState.STARTED},
    ("case_role", "kind"): {
        CaseRoleKind.ASSESSOR,
        CaseRoleKind.CO_ASSESSOR,
        CaseRoleKind.SUPERVISOR,
        CaseRoleKind.CHAIR,
    },
    ("contact_child", "outcome"): {Outcome.LINK_TO_OPEN_CASE},
    # A message waits for a moment only; that two share a household is seldom decided.
    ("message", "state"): {MessageState.WAITING},
    ("told_fact", "source_kind"): {FactSource.AGREEMENT},
    ("link_decision", "kind"): {LinkKind.SAME_HOUSEHOLD},
}
STATES = [
    ("contact", "state", ContactState),
    ("contact_child", "outcome", Outcome),
    ("referral", "kind", ReferralKind),
    ("referral", "state", ReferralState),
    ("offer", "state", OfferState),
    ("episode", "state", EpisodeState),
    ("case_role", "kind", CaseRoleKind),
    ("assessment", "state", AssessmentState),
    ("voice_entry", "tool", VoiceTool),
    ("voice_entry", "not_obtained", NotObtained),
    ("plan_action", "status", ActionStatus),
    ("review", "state", ReviewState),
    ("closure", "reason", ClosureReason),
    ("stage_move", "direction", Direction),
    ("stage_move", "state", MoveState),
    ("contact_rating", "rag", Rag),
    ("contact_holding", "kind", HoldingKind),
    ("message", "state", MessageState),
    ("told_fact", "state", FactState),
    ("told_fact", "source_kind", FactSource),
    ("told_fact", "agreement", FactAgreement),
    ("fact_settled", "how", Settling),
    ("fact_reuse", "reuse", Reuse),
    ("link_decision", "kind", LinkKind),
]


@pytest.mark.parametrize(("table", "column", "states"), STATES, ids=lambda v: v if isinstance(v, str) else "")
def test_every_state_is_there_to_see(plain, table, column, states):
    found = {row[0] for row in plain.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")}
    assert {state.value for state in states} - found == {s.value for s in _NEVER.get((table, column), ())}


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("contact due today", "SELECT 1 FROM contact WHERE state = 'open' AND due_at > '2026-03-03 10:00Z'"),
        ("contact late", "SELECT 1 FROM contact WHERE state = 'open' AND due_at < '2026-03-03 10:00Z'"),
        ("contact held", "SELECT 1 FROM contact WHERE state = 'open' AND held_by IS NOT NULL"),
        ("partner late", "SELECT 1 FROM partner_enquiry WHERE replied_at IS NULL AND due_at < '2026-03-03 10:00Z'"),
        ("partner not late", "SELECT 1 FROM partner_enquiry WHERE replied_at IS NULL AND due_at > '2026-03-03 10:00Z'"),
        ("partner who does not know them", "SELECT 1 FROM partner_enquiry WHERE is_known_there IS FALSE"),
        ("note that nobody asked for", "SELECT 1 FROM hub_note WHERE enquiry_id IS NULL"),
        ("link undone", "SELECT 1 FROM link_decision WHERE undone_at IS NOT NULL AND kind = 'same_person'"),
        ("offer late", "SELECT 1 FROM offer WHERE state = 'open' AND due_at < '2026-03-03 10:00Z'"),
        ("referral owed to a worker", "SELECT 1 FROM outbox_message WHERE task = 'referrals.route'"),
        ("episode without lead", "SELECT 1 FROM episode WHERE next_step = 'name_lead' AND state = 'open'"),
        ("review late", "SELECT 1 FROM review WHERE state = 'planned' AND due_on < '2026-03-03'"),
        ("step-up by incident", "SELECT 1 FROM stage_move WHERE NOT planned AND state = 'proposed'"),
        ("step-down accepted", "SELECT 1 FROM stage_move WHERE direction = 'down' AND state = 'accepted'"),
        ("step-down from social care", "SELECT 1 FROM stage_move WHERE from_stage = 4 AND to_stage = 3"),
        ("agreement withdrawn", "SELECT 1 FROM agreement_withdrawal"),
        ("agreement refused", "SELECT 1 FROM agreement WHERE refused"),
        ("unborn baby helped", "SELECT 1 FROM episode, person p WHERE p.id = ANY(about) AND p.due_on IS NOT NULL"),
        ("hidden address", "SELECT 1 FROM address WHERE do_not_disclose"),
        ("no fixed abode", "SELECT 1 FROM address WHERE postcode = 'ZZ99 3VZ'"),
        ("two homes", "SELECT person_id FROM household_member GROUP BY 1 HAVING count(*) = 2"),
        ("step-parent", "SELECT 1 FROM relationship WHERE kind = 'step_parent'"),
        ("half-sibling", "SELECT 1 FROM relationship WHERE kind = 'half_sibling'"),
        ("one name only", "SELECT 1 FROM person WHERE family_name = '' AND given_name <> ''"),
        ("apostrophe", "SELECT 1 FROM person WHERE family_name LIKE '%''%'"),
        ("child back again", "SELECT 1 FROM stage_return"),
    ],
)  # fmt: skip
def test_what_people_will_look_for_is_there(plain, what, query):
    assert plain.execute(f"SELECT EXISTS ({query})").fetchone() == (True,), what


def test_every_flag_of_the_caseload_that_the_records_can_raise_is_there(plain):
    found = {row[0] for row in plain.execute("SELECT DISTINCT unnest(flags) FROM caseload_entry")}
    assert found >= {CaseFlag.NO_AGREEMENT, CaseFlag.NO_TEAM, CaseFlag.DRIFT, CaseFlag.UNBORN}


def test_there_are_as_many_children_as_asked_for(plain, loaded):
    assert plain.execute("SELECT count(*) FROM person WHERE kind = 'child'").fetchone() == (CHILDREN,)
    assert loaded.children == CHILDREN


def test_the_place_has_three_localities_and_eight_clusters_of_schools(plain):
    assert plain.execute("SELECT count(*) FROM locality").fetchone() == (3,)
    without_school = (
        "SELECT c.name FROM cluster c WHERE NOT EXISTS (SELECT 1 FROM school_membership m WHERE m.cluster_id = c.id)"
    )
    assert plain.execute("SELECT count(*) FROM cluster").fetchone() == (8,)
    assert plain.execute(without_school).fetchall() == []
    assert plain.execute("SELECT count(*) FROM postcode").fetchone() == (5895,)
    assert plain.execute("SELECT count(*) FROM agency").fetchone()[0] >= 12
    assert plain.execute("SELECT count(*) FROM worker").fetchone()[0] >= 60


def test_identifiers_are_valid_and_can_belong_to_nobody(plain):
    nhs = [row[0] for row in plain.execute("SELECT nhs_number FROM person WHERE nhs_number IS NOT NULL")]
    upns = [row[0] for row in plain.execute("SELECT upn FROM person WHERE upn IS NOT NULL")]
    assert len(nhs) > 300
    assert len(upns) > 200
    assert all(number.startswith("999") and tidy_nhs_number(number) == number for number in nhs)
    assert all(upn[1:4] == "999" and tidy_upn(upn) == upn for upn in upns)
    assert len(set(nhs)) == len(nhs)
    assert len(set(upns)) == len(upns)


def test_ways_to_reach_people_lead_nowhere(plain):
    values = [row[0] for row in plain.execute("SELECT value FROM contact_point")]
    safe = re.compile(r"07700 900\d{3}|01632 960\d{3}|\S+@family\.locality\.example")
    assert [value for value in values if not safe.fullmatch(value)] == []
    emails = [row[0] for row in plain.execute("SELECT email FROM account")]
    assert [email for email in emails if not email.endswith("@demo.locality.example")] == []


def test_postcodes_are_of_the_authority(plain):
    found = [row[0] for row in plain.execute("SELECT DISTINCT postcode FROM address WHERE postcode <> 'ZZ99 3VZ'")]
    known = {row[0] for row in plain.execute("SELECT postcode FROM postcode")}
    assert set(found) <= known
    assert all(tidy_postcode(postcode) == postcode for postcode in found)


def test_histories_stop_today(plain):
    assert plain.execute("SELECT max(recorded_at) < '2026-03-03 10:00Z' FROM chronology_entry").fetchone() == (True,)
    assert plain.execute("SELECT max(effective_on) <= '2026-03-03' FROM stage_move").fetchone() == (True,)
    assert plain.execute("SELECT min(received_at) > '2007-01-01' FROM contact").fetchone() == (True,)


def as_app(connection: psycopg.Connection, principals: list[str], actor: str) -> None:
    connection.execute("SET ROLE locality_app")
    connection.execute("SELECT set_config('locality.actor', %s, false)", [actor])
    connection.execute("SELECT set_config('locality.principals', %s, false)", ["{" + ",".join(principals) + "}"])
    connection.execute("SELECT set_config('locality.reach', 'none', false)")


def principals_of(worker, cluster_ids):
    places = [cluster_ids[d.where] for d in worker.duties if d.kind == "cluster" and d.role == "cluster_member"]
    services = [world.fixed_id("service", d.where) for d in worker.duties if d.kind == "service"]
    return [worker.id, *places, *services]


def test_no_ordinary_role_sees_an_address_that_must_not_be_disclosed(server, plain):
    built = world.build(11, 0)
    cluster_ids = {slug: cluster.id for slug, cluster in built.clusters.items()}
    ordinary = {"lead_professional", "service_worker", "cluster_member"}
    workers = [w for w in built.workers if {duty.role for duty in w.duties} <= ordinary]
    hidden_people = {r[0] for r in plain.execute("SELECT person_id FROM address WHERE do_not_disclose")}
    assert len(workers) > 40
    seen_people = set()
    with server.connect(NAME) as connection:
        for worker in workers:
            as_app(connection, principals_of(worker, cluster_ids), worker.id)
            assert connection.execute("SELECT count(*) FROM address WHERE do_not_disclose").fetchone() == (0,)
            seen_people |= {row[0] for row in connection.execute("SELECT id FROM person")}
    # Not because they see nobody: many of these people are on somebody's caseload.
    assert len(seen_people & hidden_people) > 5


def test_a_transaction_that_says_nothing_sees_nobody(server, loaded):
    with server.connect(NAME) as connection:
        connection.execute("SET ROLE locality_app")
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,)
