"""Loading the demonstration, and counting the triangle again from its ledger beside plain SQL."""

import os
import statistics
import time

import psycopg

from benchmarks import results
from benchmarks.system import Bench
from locality.app import create_app
from locality.insight.operations import recount
from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.guard import plain_url
from locality.kernel.uow import unit_of_work
from locality.running import postgres

TURNS = 5
# The records behind the figures counted by month, place and kind: what a recount cannot do without.
_PLAIN = (
    """
SELECT date_trunc('month', effective_on), to_cluster_id, from_stage, to_stage, count(*), count(DISTINCT person_id)
FROM stage_move WHERE effective_on IS NOT NULL GROUP BY 1, 2, 3, 4
""",
    """
SELECT c.cluster_id, date_trunc('month', r.sent_at AT TIME ZONE 'Europe/London'), r.kind, count(*)
FROM referral_child c JOIN referral r ON r.id = c.referral_id WHERE r.sent_at IS NOT NULL GROUP BY 1, 2, 3
""",
    "SELECT cluster_id, lead_account_id, stage, count(*), sum(children) FROM caseload_entry GROUP BY 1, 2, 3",
)


def measure(bench: Bench, report: results.Report, size: int, *, loading_seconds: float) -> None:
    """Children loaded in a second, and the seconds of a full recount."""
    report.add(
        "demo.children_per_s",
        size=size,
        value=size / loading_seconds,
        unit="/s",
        note=f"{loading_seconds:.0f} s in all",
    )
    plain, ours = _recounts(bench)
    report.add("insight.recount_s", size=size, value=ours, unit="s", limit=plain, note=f"medians of {TURNS} turns")


def _recounts(bench: Bench) -> tuple[float, float]:
    """Seconds of the plain statements and of the recount, in turn; both on a connection that is open already."""
    os.environ.update(bench.environment)
    app = create_app()
    plain, ours = [], []
    with app.app_context(), psycopg.connect(plain_url(bench.database.url(postgres.SUPERUSER, bench.name))) as raw:
        for _ in range(TURNS + 1):
            started = time.perf_counter()
            for statement in _PLAIN:
                raw.execute(statement).fetchall()
            plain.append(time.perf_counter() - started)
            started = time.perf_counter()
            with unit_of_work(SYSTEM) as uow:
                differences = recount(uow)
            ours.append(time.perf_counter() - started)
            if differences:
                msg = f"kept counts differ from the recount: {differences[:3]}"
                raise RuntimeError(msg)
        db.session.remove()
        db.engine.dispose()
    return statistics.median(plain[1:]), statistics.median(ours[1:])
