"""Counting the whole ledger anew, in SQL, to prove the kept counts right (or to make them after a bulk load).

Independent of the code that keeps the counts: it follows each child's effective moves from the ledger alone.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.stages.rules.tally import COUNTS

# Effective moves in each child's order, without corrections and what they took back; one row for each size of place.
# A move ends at "no place" when the child is no longer helped.
_STEPS = f"""
WITH effective AS (
  SELECT m.person_id, m.sequence, m.effective_on, m.direction, m.planned,
         m.to_stage AS stage, m.to_locality_id AS locality_id, m.to_cluster_id AS cluster_id
  FROM stage_move m
  WHERE m.sequence IS NOT NULL AND m.direction <> 'correction'
    AND NOT EXISTS (SELECT 1 FROM stage_move c WHERE c.corrects_id = m.id)
), step AS (
  SELECT e.person_id, e.sequence, e.effective_on, e.direction, e.planned, size.level, size.place_id, e.stage,
         lag(size.place_id) OVER child AS place_before, lag(e.stage) OVER child AS stage_before
  FROM effective e CROSS JOIN LATERAL (VALUES
    (0, CASE WHEN e.stage IS NOT NULL THEN '{clusters.AUTHORITY_PLACE}'::uuid END),
    (1, e.locality_id), (2, e.cluster_id)) AS size (level, place_id)
  WINDOW child AS (PARTITION BY e.person_id, size.level ORDER BY e.sequence)
), change AS (
  SELECT *, date_trunc('month', effective_on)::date AS month FROM step
  WHERE (place_id, stage) IS DISTINCT FROM (place_before, stage_before)
)"""  # noqa: S608

COUNTED_MONTHS = f"""{_STEPS}
SELECT place_id, month, stage, sum(entered)::int AS entered, sum(left_stage)::int AS left_stage,
       sum(up_in)::int AS up_in, sum(up_out)::int AS up_out, sum(up_out_unplanned)::int AS up_out_unplanned,
       sum(down_in)::int AS down_in, sum(down_out)::int AS down_out
FROM (
  SELECT place_id, month, stage, 1 AS entered, 0 AS left_stage, (direction = 'up')::int AS up_in, 0 AS up_out,
         0 AS up_out_unplanned, (direction = 'down')::int AS down_in, 0 AS down_out
  FROM change WHERE place_id IS NOT NULL
  UNION ALL
  SELECT place_before, month, stage_before, 0, 1, 0, (direction = 'up')::int,
         (direction = 'up' AND NOT planned)::int, 0, (direction = 'down')::int
  FROM change WHERE place_before IS NOT NULL
) AS side
GROUP BY place_id, month, stage"""  # noqa: S608

COUNTED_RETURNS = f"""{_STEPS}, run AS (
  SELECT person_id, level, sequence, place_id, stage, month,
         lead(month) OVER (PARTITION BY person_id, level ORDER BY sequence) AS left_month
  FROM change
), back AS (
  SELECT place_id, month, stage,
         lag(left_month) OVER (PARTITION BY person_id, level, place_id, stage ORDER BY sequence) AS left_month
  FROM run WHERE place_id IS NOT NULL
)
SELECT place_id, month, stage, left_month, count(*)::int AS n
FROM back WHERE left_month IS NOT NULL
GROUP BY place_id, month, stage, left_month"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept count that is not what the ledger says. ``count`` names it; ``kept`` and ``recounted`` are numbers."""

    place_id: uuid.UUID
    month: dt.date
    stage: int
    count: str
    kept: int
    recounted: int


def count_differences(session: Session) -> tuple[Difference, ...]:
    """Every kept count that differs from a full recount; empty when all are right. Reads the whole ledger."""
    found = [
        Difference(row.place_id, row.month, row.stage, name, getattr(row, f"kept_{name}"), getattr(row, name))
        for row in session.execute(_MONTHS_APART)
        for name in COUNTS
        if getattr(row, f"kept_{name}") != getattr(row, name)
    ]
    found += [
        Difference(row.place_id, row.month, row.stage, f"returned, left {row.left_month:%B %Y}", row.kept_n, row.n)
        for row in session.execute(_RETURNS_APART)
    ]
    return tuple(found)


_MONTHS_APART = text(
    f"WITH fresh AS ({COUNTED_MONTHS}) SELECT place_id, month, stage, "  # noqa: S608
    + ", ".join(f"coalesce(k.{n}, 0) AS kept_{n}, coalesce(f.{n}, 0) AS {n}" for n in COUNTS)
    + " FROM fresh f FULL JOIN stage_month k USING (place_id, month, stage)"
    + f" WHERE ({', '.join(f'coalesce(k.{n}, 0)' for n in COUNTS)})"
    + f" <> ({', '.join(f'coalesce(f.{n}, 0)' for n in COUNTS)})"
    + " ORDER BY place_id, month, stage"
)
_RETURNS_APART = text(
    f"WITH fresh AS ({COUNTED_RETURNS}) SELECT place_id, month, stage, left_month,"  # noqa: S608
    " coalesce(k.n, 0) AS kept_n, coalesce(f.n, 0) AS n"
    " FROM fresh f FULL JOIN stage_return k USING (place_id, month, stage, left_month)"
    " WHERE coalesce(k.n, 0) <> coalesce(f.n, 0) ORDER BY place_id, month, stage, left_month"
)
