"""A rehearsal on real parts: a real worker counts the past year in slices, and nobody is routed anew."""

import uuid

import psycopg
import pytest
from psycopg.types.json import Jsonb

from locality.kernel.guard import plain_url
from locality.kernel.ids import new_id
from locality.running import postgres
from tests.support.live import LiveSystem

pytestmark = pytest.mark.workers

_RULE = {
    "id": str(uuid.UUID(int=1)), "order": 10, "name": "Attendance is looked at together",
    "when": {"need": ["ATTENDANCE"]}, "sends": "person", "to": None, "urgent": False,
}  # fmt: skip
_DRAFT = """
    INSERT INTO rule_set (version, rules, note, state, revision, asks_of_children, drafted_by_name, drafted_at, editors)
    VALUES (900, %(rules)s, 'Attendance together', 'draft', 1, false, 'Ada Okafor', now(), '{}')
"""
_ASK = """
    INSERT INTO rule_set_rehearsal (id, version, revision, state, against, asked_by_name, asked_at, from_at, total,
      looked_at, reached_at, reached_id, tally)
    VALUES (%(id)s, 900, 1, 'running', 1, 'Ada Okafor', now(), now() - interval '365 days', 0, 0,
      now() - interval '365 days', '00000000-0000-0000-0000-000000000000', '{}')
"""
_OWE = """
    INSERT INTO outbox_message (id, task, payload, dedupe_key, created_at, available_at, attempts, fence)
    VALUES (gen_random_uuid(), 'referrals.rehearse', %(ids)s, %(key)s, now(), now(), 0, 0)
"""


@pytest.fixture
def rehearsal(live: LiveSystem) -> uuid.UUID:
    """A rehearsal that is owed."""
    rehearsal_id = new_id()
    with psycopg.connect(plain_url(live.database.url(postgres.SUPERUSER, live.name))) as connection:
        connection.execute(_DRAFT, {"rules": Jsonb({"ordered": [_RULE]})})
        connection.execute(_ASK, {"id": rehearsal_id})
        ids = Jsonb({"rehearsal_id": str(rehearsal_id)})
        connection.execute(_OWE, {"ids": ids, "key": f"referrals.rehearse:{rehearsal_id}:0"})
        connection.execute("SELECT pg_notify('locality_outbox', '')")
    return rehearsal_id


def test_a_worker_rehearses_the_past_year_and_routes_nobody_anew(live: LiveSystem, rehearsal: uuid.UUID) -> None:
    state = "SELECT state, looked_at = total AND total > 0 FROM rule_set_rehearsal WHERE id = %s"
    live.until(lambda: live.query(state, rehearsal) == [("done", True)], "the rehearsal to be done")
    ((looked_at, tally),) = live.query("SELECT looked_at, tally FROM rule_set_rehearsal WHERE id = %s", rehearsal)
    past = (
        "SELECT count(*) FROM referral r, rule_set_rehearsal h WHERE h.id = %s AND r.kind = 'early_help'"
        " AND r.sent_at > h.from_at AND r.sent_at <= h.asked_at"
    )
    assert live.query(past, rehearsal) == [(looked_at,)]
    assert isinstance(tally, dict)
    assert sum(n for *_, n in tally["moved"]) == tally["spoke"][_RULE["id"]] > 0
    assert live.query("SELECT state FROM rule_set WHERE version = 900") == [("rehearsed",)]
    assert live.query("SELECT count(*) FROM routing_decision WHERE rule_set = 2") == [(0,)]
