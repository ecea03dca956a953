"""Rehearsing a set of routing rules on the referrals of a past year, beside routing one referral after another."""

import time
import uuid

import psycopg
from psycopg.types.json import Jsonb

from benchmarks import results
from benchmarks.system import Bench
from locality.kernel.guard import plain_url
from locality.kernel.ids import new_id
from locality.running import postgres

YEAR = 20_000
_PATIENCE_S = 600
_RULES = [
    {
        "id": str(uuid.UUID(int=number)), "order": number, "name": f"Rule {number}",
        "when": {"need": [need], "stage": ["2"]}, "sends": "person", "to": None, "urgent": False,
    }
    for number, need in enumerate(("ATTENDANCE", "SEND", "PARENTING_SUPPORT", "4A", "7A", "HOUSING_MONEY"), start=1)
]  # fmt: skip
_DRAFT = """
    INSERT INTO rule_set (version, rules, note, state, revision, asks_of_children, drafted_by_name, drafted_at, editors)
    SELECT max(version) + 1, %(rules)s, 'Measured', 'draft', 1, true, 'Locality', now(), '{}' FROM rule_set
    RETURNING version
"""
# As many referrals as a busy year has: those of the demonstration again, spread over the same year.
_FILL = """
    WITH past AS (SELECT r.*, row_number() OVER () AS n FROM referral r
                  WHERE kind = 'early_help' AND sent_at > now() - interval '365 days' AND sent_at <= now()),
         more AS (SELECT p.*, g, gen_random_uuid() AS fresh FROM past p
                  CROSS JOIN generate_series(1, %(copies)s) g),
         put AS (INSERT INTO referral SELECT (jsonb_populate_record(NULL::referral, to_jsonb(m) || jsonb_build_object(
                   'id', m.fresh, 'reference', m.reference || '-' || m.g, 'external_key', NULL))).* FROM more m)
    INSERT INTO referral_child (referral_id, person_id, position, cluster_id, locality_id, placed_how)
    SELECT m.fresh, c.person_id, c.position, c.cluster_id, c.locality_id, c.placed_how
    FROM more m JOIN referral_child c ON c.referral_id = m.id
"""
_PAST = """
    SELECT count(*) FROM referral
    WHERE kind = 'early_help' AND sent_at > now() - interval '365 days' AND sent_at <= now()
"""
_ASK = """
    INSERT INTO rule_set_rehearsal (id, version, revision, state, against, asked_by_name, asked_at, from_at, total,
      looked_at, reached_at, reached_id, tally)
    VALUES (%(id)s, %(version)s, 1, 'running', 1, 'Locality', now(), now() - interval '365 days', 0, 0,
      now() - interval '365 days', '00000000-0000-0000-0000-000000000000', '{}')
"""
_OWE = """
    INSERT INTO outbox_message (id, task, payload, dedupe_key, created_at, available_at, attempts, fence)
    VALUES (gen_random_uuid(), 'referrals.rehearse', %(ids)s, %(key)s, now(), now(), 0, 0)
"""


def measure(bench: Bench, report: results.Report, size: int) -> None:
    """How many past referrals a second are routed by both sets, and how long a year takes, on the running worker."""
    with psycopg.connect(plain_url(bench.database.url(postgres.SUPERUSER, bench.name)), autocommit=True) as plain:
        _fill_year(plain)
        rehearsal_id, row = new_id(), plain.execute(_DRAFT, {"rules": Jsonb({"ordered": _RULES})}).fetchone()
        plain.execute(_ASK, {"id": rehearsal_id, "version": row[0] if row else None})
        started = time.perf_counter()
        ids = Jsonb({"rehearsal_id": str(rehearsal_id)})
        plain.execute(_OWE, {"ids": ids, "key": f"referrals.rehearse:{rehearsal_id}:0"})
        plain.execute("SELECT pg_notify('locality_outbox', '')")
        looked_at = _finished(plain, rehearsal_id)
        seconds = time.perf_counter() - started
    note = f"{looked_at:,} referrals, each routed by both sets"
    report.add("rehearsal.year_s", size=size, value=seconds * YEAR / looked_at, unit="s", limit=60, note=note)
    report.add("rehearsal.per_s", size=size, value=looked_at / seconds, unit="/s", note=note)


def _fill_year(plain: psycopg.Connection) -> None:
    counted = plain.execute(_PAST).fetchone()
    there = counted[0] if counted else 0
    if there and there < YEAR:
        plain.execute(_FILL, {"copies": -(-YEAR // there) - 1})
        plain.execute("ANALYZE referral, referral_child")


def _finished(plain: psycopg.Connection, rehearsal_id: uuid.UUID) -> int:
    began = time.perf_counter()
    while time.perf_counter() - began < _PATIENCE_S:
        row = plain.execute("SELECT state, looked_at FROM rule_set_rehearsal WHERE id = %s", [rehearsal_id]).fetchone()
        if row and row[0] == "done":
            return int(row[1])
        time.sleep(0.02)
    raise RuntimeError("the rehearsal was never done")
