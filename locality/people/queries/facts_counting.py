"""Counting anew how often known facts were used again and asked again in each month."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.people.rules.facts import FactSource

COUNTED_REUSE: Final = (
    "SELECT date_trunc('month', counted_on)::date AS month, record_kind,"
    " count(*) FILTER (WHERE reuse = 'confirmed')::int AS confirmed,"
    " count(*) FILTER (WHERE reuse = 'corrected')::int AS corrected,"
    " count(*) FILTER (WHERE reuse = 're_asked')::int AS re_asked FROM fact_reuse GROUP BY 1, 2"
)
_APART: Final = (
    "SELECT coalesce(k.month, f.month) AS month, coalesce(k.record_kind, f.record_kind) AS record_kind,"  # noqa: S608
    " c.reuse, c.kept, c.recounted"
    f" FROM reuse_month k FULL JOIN ({COUNTED_REUSE}) f ON k.month = f.month AND k.record_kind = f.record_kind"
    " CROSS JOIN LATERAL (VALUES ('confirmed', coalesce(k.confirmed, 0), coalesce(f.confirmed, 0)),"
    " ('corrected', coalesce(k.corrected, 0), coalesce(f.corrected, 0)),"
    " ('re_asked', coalesce(k.re_asked, 0), coalesce(f.re_asked, 0))) AS c(reuse, kept, recounted)"
    " WHERE c.kept <> c.recounted ORDER BY 1, 2, 3"
)


@dataclass(frozen=True, slots=True)
class ReuseDifference:
    """A kept number of known facts that is not what the records say; ``reuse`` is a code of ``Reuse``."""

    month: dt.date
    record_kind: FactSource
    reuse: str
    kept: int
    recounted: int


def reuse_differences(session: Session) -> tuple[ReuseDifference, ...]:
    """Every kept number of facts used or asked again that differs from a full count; empty when all are right."""
    rows = direct.rows(session, _APART)
    return tuple(ReuseDifference(row[0], FactSource(row[1]), *row[2:]) for row in rows)
