"""Counting the whole ledger anew, in SQL, to prove the kept counts right (or to make them after a bulk load).

Independent of the code that keeps the counts: it follows each child's effective moves from the ledger alone.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.stages.rules.tally import COUNTS

_AUTHORITY = f"'{clusters.AUTHORITY_PLACE}'::uuid"
# A recount reads the whole ledger: it needs room to sort, and the limit for the statements of pages is not for it.
ROOM_TO_COUNT = (text("SET LOCAL work_mem = '192MB'"), text("SET LOCAL statement_timeout = 0"))


def _sum(condition: str) -> str:
    return f"coalesce(sum(n) FILTER (WHERE {condition}), 0)::int"


# Effective moves in each child's order, without corrections and what they took back, each with the position before it
# and the end of the stay that it begins. The stage is empty when the child is no longer helped.
_STAY = """
stay AS MATERIALIZED (
  SELECT m.person_id, m.sequence, date_trunc('month', m.effective_on::timestamp)::date AS month, m.direction, m.planned,
         m.to_stage AS stage, m.to_locality_id AS locality_id, m.to_cluster_id AS cluster_id,
         lag(m.to_stage) OVER child AS stage_before, lag(m.to_locality_id) OVER child AS locality_before,
         lag(m.to_cluster_id) OVER child AS cluster_before, lead(m.effective_on) OVER child AS until_on
  FROM stage_move m
  WHERE m.sequence IS NOT NULL AND m.direction <> 'correction'
    AND m.id NOT IN (SELECT c.corrects_id FROM stage_move c WHERE c.corrects_id IS NOT NULL)
  WINDOW child AS (PARTITION BY m.person_id ORDER BY m.sequence)
)"""
# A row in each size of place: where the child came to and where it came from, "no place" outside the triangle.
_SIZES = f"""(VALUES
    (0, CASE WHEN s.stage > 0 THEN {_AUTHORITY} END, CASE WHEN s.stage_before > 0 THEN {_AUTHORITY} END),
    (1, s.locality_id, s.locality_before), (2, s.cluster_id, s.cluster_before))
  AS size (level, place_id, place_before)"""

# Equal moves of a month are put together first, so that only their kinds are spread over the sizes of place. Their
# number is an integer: sums of count's own type are several times dearer.
_MONTHS = f"""
kind AS (
  SELECT month, direction, planned, stage, locality_id, cluster_id, stage_before, locality_before, cluster_before,
         count(*)::int AS n
  FROM stay GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), size AS (
  SELECT month, n, direction, planned, stage, stage_before, CASE WHEN stage > 0 THEN {_AUTHORITY} END AS place_id,
         CASE WHEN stage_before > 0 THEN {_AUTHORITY} END AS place_before FROM kind
  UNION ALL SELECT month, n, direction, planned, stage, stage_before, locality_id, locality_before FROM kind
  UNION ALL SELECT month, n, direction, planned, stage, stage_before, cluster_id, cluster_before FROM kind
), moved AS MATERIALIZED (
  SELECT * FROM size WHERE (place_id, stage) IS DISTINCT FROM (place_before, stage_before)
), side AS (
  SELECT month, n, direction, planned, place_id, stage, true AS came FROM moved WHERE place_id IS NOT NULL
  UNION ALL
  SELECT month, n, direction, planned, place_before, stage_before, false FROM moved WHERE place_before IS NOT NULL
), months AS (
  SELECT place_id, month, stage, {_sum("came")} AS entered, {_sum("NOT came")} AS left_stage,
         {_sum("came AND direction = 'up'")} AS up_in, {_sum("NOT came AND direction = 'up'")} AS up_out,
         {_sum("NOT came AND direction = 'up' AND NOT planned")} AS up_out_unplanned,
         {_sum("came AND direction = 'down'")} AS down_in, {_sum("NOT came AND direction = 'down'")} AS down_out
  FROM side
  GROUP BY place_id, month, stage
)"""  # noqa: S608

# A return: the child stayed at the same stage, in the same place, at some time before; the last of these ends counts.
# Only stays of children who were at the stage before are looked at one by one.
_RETURNS = f"""
again AS (
  SELECT * FROM (SELECT *, min(sequence) OVER (PARTITION BY person_id, stage) AS first FROM stay) s
  WHERE sequence > first AND stage IS NOT NULL
), back AS (
  SELECT size.place_id, s.month, s.stage, date_trunc('month', max(earlier.until_on))::date AS left_month
  FROM again s JOIN stay earlier ON earlier.person_id = s.person_id AND earlier.stage = s.stage
    AND earlier.sequence < s.sequence
  CROSS JOIN LATERAL {_SIZES}
  WHERE (size.place_id, s.stage) IS DISTINCT FROM (size.place_before, s.stage_before)
    AND size.place_id = CASE size.level WHEN 0 THEN {_AUTHORITY} WHEN 1 THEN earlier.locality_id
                        ELSE earlier.cluster_id END
  GROUP BY s.person_id, s.sequence, size.level, size.place_id, s.month, s.stage
), returns AS (
  SELECT place_id, month, stage, left_month, count(*)::int AS n
  FROM back
  GROUP BY place_id, month, stage, left_month
)"""  # noqa: S608
_NAMES = ", ".join(COUNTS)
COUNTED_MONTHS = f"WITH {_STAY}, {_MONTHS} SELECT place_id, month, stage, {_NAMES} FROM months"  # noqa: S608
COUNTED_RETURNS = f"WITH {_STAY}, {_RETURNS} SELECT place_id, month, stage, left_month, n FROM returns"  # noqa: S608


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
    """Every kept count that differs from a full recount; empty when all are right. Reads the whole ledger, once."""
    for setting in ROOM_TO_COUNT:
        session.execute(setting)
    return tuple(
        Difference(row.place_id, row.month, row.stage, name, kept, counted)
        for row in session.execute(_APART)
        for name, kept, counted in zip(_names_of(row), row.kept, row.counted, strict=True)
        if kept != counted
    )


def _names_of(row: Any) -> tuple[str, ...]:
    return COUNTS if row.left_month is None else (f"returned, left {row.left_month:%B %Y}",)


def _all(side: str) -> str:
    return ", ".join(f"coalesce({side}.{name}, 0)" for name in COUNTS)


_APART = text(
    f"WITH {_STAY}, {_MONTHS}, {_RETURNS}"  # noqa: S608
    " SELECT place_id, month, stage, NULL::date AS left_month,"
    f" ARRAY[{_all('k')}] AS kept, ARRAY[{_all('f')}] AS counted"
    " FROM months f FULL JOIN stage_month k USING (place_id, month, stage)"
    f" WHERE ({_all('k')}) <> ({_all('f')})"
    " UNION ALL SELECT place_id, month, stage, left_month, ARRAY[coalesce(k.n, 0)], ARRAY[coalesce(f.n, 0)]"
    " FROM returns f FULL JOIN stage_return k USING (place_id, month, stage, left_month)"
    " WHERE coalesce(k.n, 0) <> coalesce(f.n, 0)"
    " ORDER BY left_month NULLS FIRST, place_id, month, stage"
)
