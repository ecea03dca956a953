"""What screening, messages, the story and linking keep: there to see, and as the product's own rules would have it."""

import pytest
from sqlalchemy import select, text

from locality.clusters.queries.workers import load_of
from locality.kernel.actor import SYSTEM
from locality.kernel.uow import UnitOfWork
from locality.messages.rules import id_of, is_address
from locality.people.models import LinkDecision
from locality.people.operations.linking import undo_link
from locality.people.queries.linking import compare_records
from locality.people.queries.persons import list_records
from locality.people.rules.facts import TOPICS, Topic
from locality.referrals.rules import screening
from locality.referrals.rules.codes import AgreementKnown, Outcome, Rag, ShareGround
from locality.referrals.rules.enquiries import enquiry_due
from tests.support.database import NOW

HOURS = (2, 6, 24, 0)
NOW_SQL = f"'{NOW.isoformat()}'"


def none(plain, query):
    assert plain.execute(query).fetchall() == []


def test_every_rating_is_kept_and_the_contact_carries_the_last(plain):
    none(
        plain,
        "SELECT c.reference FROM contact c WHERE c.rag IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contact_rating r"
        " WHERE r.contact_id = c.id AND r.rag = c.rag AND r.rated_at = c.rag_at AND r.rated_by_name = c.rag_by)",
    )
    none(plain, "SELECT 1 FROM contact_rating r JOIN contact c ON c.id = r.contact_id WHERE c.rag IS NULL")


def test_who_holds_a_contact_is_who_took_it_last(plain):
    last = (
        "SELECT DISTINCT ON (contact_id) contact_id, kind, by, at FROM contact_holding ORDER BY contact_id, at DESC,"
        " (kind = 'put_back') DESC, (kind = 'taken_over') DESC"
    )
    none(
        plain,
        f"SELECT c.reference FROM contact c LEFT JOIN ({last}) h ON h.contact_id = c.id WHERE c.state = 'open'"
        " AND (c.held_by IS NOT NULL) <> (h.kind IS NOT NULL AND h.kind <> 'put_back' AND h.by = c.held_by)",
    )
    none(
        plain,
        f"SELECT c.reference FROM contact c LEFT JOIN ({last}) h ON h.contact_id = c.id"
        " WHERE c.state = 'decided' AND h.at IS DISTINCT FROM c.decided_at AND c.external_key IS NULL",
    )


def test_partners_are_asked_by_the_rating_and_some_are_late(plain):
    rows = plain.execute(
        "SELECT e.asked_at, e.due_at, e.rag, e.replied_at, c.rag, e.person_id = ANY(c.about) FROM partner_enquiry e"
        " JOIN contact c ON c.id = e.contact_id"
    ).fetchall()
    assert len(rows) >= 10
    for asked_at, due_at, rag, replied_at, contact_rag, is_named in rows:
        assert due_at == enquiry_due(asked_at, Rag(rag), HOURS)
        assert rag == contact_rag
        assert is_named
        assert asked_at <= (replied_at or NOW) <= NOW
    assert sum(1 for row in rows if row[3] is None and row[1] < NOW) >= 2
    assert any(row[3] is None and row[1] >= NOW for row in rows)
    assert sum(1 for row in rows if row[3] is not None) >= 4


def test_an_answer_that_says_known_has_a_note(plain):
    none(
        plain,
        "SELECT e.id FROM partner_enquiry e WHERE e.is_known_there IS TRUE AND NOT EXISTS"
        " (SELECT 1 FROM hub_note n WHERE n.enquiry_id = e.id AND n.person_id = e.person_id)",
    )
    none(plain, "SELECT 1 FROM hub_note WHERE written_by IS NULL OR note = ''")


def test_every_child_carries_its_last_decision(plain):
    none(
        plain,
        "SELECT k.id FROM contact_child k LEFT JOIN LATERAL (SELECT d.* FROM contact_decision d WHERE d.contact_id ="
        " k.contact_id AND d.person_id = k.person_id ORDER BY d.decided_at DESC LIMIT 1) d ON true"
        " WHERE k.outcome IS NOT NULL"
        " AND (k.outcome, k.stage, k.reason, k.need_codes, k.agreed, k.ground, k.family_told, k.decided_by,"
        " k.decided_at, k.referral_id) IS DISTINCT FROM (d.outcome, d.stage, d.reason, d.need_codes, d.agreed,"
        " d.ground, d.family_told, d.decided_by, d.decided_at, d.referral_id)",
    )


def test_decisions_stand_before_the_rules_of_deciding(plain):
    rows = plain.execute(
        "SELECT d.outcome, d.stage, d.need_codes, d.reason, d.agreed, d.ground, c.agreement_known,"
        " c.safeguarding_concern, d.manager_consulted, d.family_told, d.why_not_told, d.shared_with, d.shared_what"
        " FROM contact_decision d JOIN contact c ON c.id = d.contact_id"
    ).fetchall()
    assert len(rows) > 400
    for row in rows:
        outcome, stage, needs, reason, agreed, ground, known, concern, manager, told, why, to_whom, what = row
        facts = screening.DecisionFacts(
            Outcome(outcome), stage, tuple(needs), reason, agreed, ShareGround(ground) if ground else None,
            AgreementKnown(known), concern, False, manager, told, why, to_whom,
        )  # fmt: skip
        against = [r.message for r in screening.reasons_not_to_decide(facts) if "suspects harm" not in r.message]
        assert against == []
        assert screening.stage_for(facts) == stage
        assert screening.what_is_shared(facts) == (what, to_whom)


def test_one_decision_is_corrected_after_a_second_look_that_disagreed(plain):
    looks = plain.execute("SELECT agrees, looked_by, contact_id FROM second_look").fetchall()
    assert {look[0] for look in looks} == {True, False}
    none(
        plain,
        "SELECT 1 FROM second_look s JOIN contact_decision d USING (contact_id, person_id)"
        " WHERE d.corrects IS NULL AND (d.decided_by = s.looked_by OR s.looked_at <= d.decided_at)",
    )
    corrected = plain.execute("SELECT contact_id FROM contact_decision WHERE corrects IS NOT NULL").fetchall()
    assert corrected == [(look[2],) for look in looks if not look[0]]


def test_whoever_can_be_written_to_is_told_once_and_only_then(plain):
    none(
        plain,
        "SELECT c.reference FROM contact c JOIN contact_referrer r ON r.contact_id = c.id LEFT JOIN message m"
        " ON m.key = concat('contact:', c.id) WHERE (c.state = 'decided' AND r.wants_feedback AND r.email <> '')"
        " <> (m.id IS NOT NULL)",
    )
    rows = plain.execute(
        "SELECT m.id, m.key, m.state, m.queued_at, m.sent_at, t.to_address, t.subject, t.body FROM message m"
        " JOIN message_text t ON t.message_id = m.id"
    ).fetchall()
    assert {row[2] for row in rows} == {"sent", "kept"}
    for ident, key, state, queued_at, sent_at, to_address, subject, body in rows:
        assert ident == id_of(key)
        assert is_address(to_address)
        assert to_address.endswith(".locality.example")
        assert (state == "sent") == (sent_at is not None and queued_at < sent_at <= NOW)
        assert "\n" not in subject
        assert "Southend" in body


def test_messages_name_no_child(plain):
    none(
        plain,
        "SELECT t.message_id FROM message_text t JOIN person p ON p.id = ANY(t.about)"
        " WHERE length(p.family_name) > 4 AND strpos(t.body, p.given_name || ' ' || p.family_name) > 0",
    )


def test_lines_of_the_story_are_settled_as_their_history_says(plain):
    none(
        plain,
        "SELECT f.id FROM told_fact f LEFT JOIN LATERAL (SELECT how FROM fact_settled s WHERE s.fact_id = f.id"
        " ORDER BY settled_at DESC LIMIT 1) s ON true WHERE f.state <> coalesce((ARRAY['confirmed', 'corrected',"
        " 'no_longer'])[array_position(ARRAY['confirm', 'correct', 'end'], s.how)], 'current')",
    )
    none(plain, "SELECT id FROM told_fact WHERE (state = 'corrected') <> (replaced_by IS NOT NULL)")
    none(plain, "SELECT id FROM told_fact WHERE (state = 'current') <> (settled_on IS NULL)")
    none(plain, f"SELECT id FROM told_fact WHERE recorded_at > {NOW_SQL} OR teller = ''")
    for topic, part in plain.execute("SELECT DISTINCT topic, part FROM told_fact"):
        assert part in {TOPICS[Topic(topic)].part, "assessment"}


def test_months_of_reuse_equal_what_was_counted(plain):
    kept = plain.execute("SELECT month, record_kind, confirmed, corrected, re_asked FROM reuse_month").fetchall()
    counted = {}
    for day, kind, reuse in plain.execute("SELECT counted_on, record_kind, reuse FROM fact_reuse"):
        row = counted.setdefault((day.replace(day=1), kind), {"confirmed": 0, "corrected": 0, "re_asked": 0})
        row[reuse] += 1
    assert {(row[0], row[1]): tuple(row[2:]) for row in kept} == {key: tuple(n.values()) for key, n in counted.items()}
    assert all(sum(row[n] for row in kept) > 0 for n in (2, 3, 4))


@pytest.fixture
def decisions(session):
    return list(session.scalars(select(LinkDecision).order_by(LinkDecision.decided_at)))


def test_a_link_stands_one_is_undone_and_twins_are_told_apart(decisions):
    kinds = sorted((decision.kind.value, decision.undone_at is not None) for decision in decisions)
    assert kinds == [("not_same", False), ("same_person", False), ("same_person", True)]


def test_what_agreed_and_differed_is_what_the_product_finds(session, decisions):
    for decision in decisions:
        records = {one.id: one for one in list_records(session, (decision.one_id, decision.other_id))}
        one, other = (records[key] for key in (decision.one_id, decision.other_id))
        assert decision.findings == [found.as_finding() for found in compare_records(one, other)]


def test_what_follows_from_the_link_goes_when_it_is_undone(session, plain, decisions):
    linked = plain.execute("SELECT count(*) FROM access_grant WHERE linked_from IS NOT NULL").fetchone()[0]
    assert linked > 0
    unit = UnitOfWork(session=session, actor=SYSTEM, now=NOW)
    standing = next(d for d in decisions if d.kind.value == "same_person" and d.undone_at is None)
    undo_link(unit, standing.id, reason="Read out to mother: two children")
    left = "SELECT count(*) FROM access_grant WHERE linked_from IS NOT NULL AND (until_at IS NULL OR until_at > :now)"
    assert session.execute(text(left), {"now": NOW}).scalar_one() == 0


def test_nothing_half_written_is_planted(plain):
    for table in ("help_request", "help_answer", "help_attempt", "draft"):
        assert plain.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.parametrize(
    ("what", "query", "days"),
    [
        ("next step", "SELECT min(next_step_on) FROM episode WHERE state = 'open'", 120),
        ("planned review", "SELECT min(due_on) FROM review WHERE state = 'planned'", 80),
        ("open contact", "SELECT min(received_at)::date FROM contact WHERE state = 'open'", 14),
        ("open offer", "SELECT min(offered_at)::date FROM offer WHERE state IN ('open', 'asked')", 60),
        ("waiting", "SELECT min(offered_at)::date FROM offer WHERE state = 'waiting'", 120),
        ("draft CAF", "SELECT min(started_on) FROM assessment WHERE state = 'draft'", 90),
        ("proposed move", "SELECT min(requested_at)::date FROM stage_move WHERE state IN ('proposed', 'agreed')", 30),
        ("voice to try again", ("SELECT min(v.next_try_on) FROM voice_entry v JOIN episode e ON e.id = v.episode_id"
         " WHERE e.state = 'open' AND NOT EXISTS (SELECT 1 FROM voice_entry later WHERE later.id <> v.id"
         " AND later.episode_id = v.episode_id AND later.person_id = v.person_id"
         " AND later.recorded_at >= v.recorded_at)"), 21),
        ("open action", ("SELECT min(due_on) FROM plan_action p JOIN episode e ON e.id = p.episode_id"
         " WHERE e.state = 'open' AND p.status IN ('not_started', 'in_progress')"), 120),
    ],
)  # fmt: skip
def test_nothing_that_is_open_is_absurdly_old(plain, today, what, query, days):
    oldest = plain.execute(query).fetchone()[0]
    assert (today - oldest).days <= days, what


def test_no_worker_and_no_service_holds_twice_what_it_can(session, plain):
    carry = {
        row[0] for row in plain.execute("SELECT lead_account_id FROM caseload_entry WHERE lead_account_id IS NOT NULL")
    }
    assert [load for load in (load_of(session, one) for one in carry) if load.weight >= 2 * load.capacity] == []
    none(plain, "SELECT * FROM service_capacity WHERE taken + offered > places")


def test_help_that_lasts_longer_than_two_years_is_rare_and_its_reviews_say_why(plain, today):
    ages = [(today - row[0]).days for row in plain.execute("SELECT opened_on FROM episode WHERE state = 'open'")]
    assert sum(age > 730 for age in ages) <= 0.03 * len(ages) + 1
    assert max(ages) < 4 * 365
    none(
        plain,
        "SELECT e.reference FROM episode e JOIN review r ON r.episode_id = e.id WHERE e.state = 'open'"
        " AND r.state = 'held' AND r.held_on - e.opened_on >= 730 AND r.decisions NOT LIKE 'Goes on %'",
    )


def test_a_household_hides_where_it_lives(plain):
    hidden = (
        "SELECT count(DISTINCT m.household_id) FROM household_member m JOIN address a ON a.person_id = m.person_id"
        " WHERE a.do_not_disclose"
    )
    assert plain.execute(hidden).fetchone()[0] >= 2
