"""Loading the demonstration, and counting the triangle again from its ledger beside plain SQL."""

import time

import psycopg

from benchmarks import results
from benchmarks.system import Bench
from locality.kernel.guard import plain_url
from locality.running import postgres

# Every move of a child counted by month, cluster and stage: what a recount cannot do without.
_PLAIN = """
SELECT date_trunc('month', effective_on), cluster_id, from_stage, to_stage, count(*), count(DISTINCT person_id)
FROM stage_move WHERE effective_on IS NOT NULL GROUP BY 1, 2, 3, 4
"""


def measure(bench: Bench, report: results.Report, size: int, *, loading_seconds: float) -> None:
    """Children loaded in a second, and the seconds of a full recount."""
    report.add(
        "demo.children_per_s",
        size=size,
        value=size / loading_seconds,
        unit="/s",
        note=f"{loading_seconds:.0f} s in all",
    )
    with psycopg.connect(plain_url(bench.database.url(postgres.SUPERUSER, bench.name))) as connection:
        started = time.perf_counter()
        connection.execute(_PLAIN).fetchall()
        plain = time.perf_counter() - started
    started = time.perf_counter()
    bench.command("insight", "recount")
    report.add("insight.recount_s", size=size, value=time.perf_counter() - started, unit="s", limit=plain)
