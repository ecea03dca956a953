"""Counting the children referred in each month anew, from the referrals themselves."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct

# A referral counts in the month, in England, in which it was sent; once for each child, in the child's cluster. Again:
# the same child, on whichever of their records, was referred to social care in the twelve months before that day. Asked
# of all rows at once: ``referred_before``, which says it of one child, costs a hundred times as much for each.
COUNTED_CHILDREN: Final = (
    "WITH sent AS MATERIALIZED ("
    " SELECT c.cluster_id, c.person_id, r.kind, (r.sent_at AT TIME ZONE 'Europe/London')::date AS sent_on"
    " FROM referral_child c JOIN referral r ON r.id = c.referral_id WHERE r.sent_at IS NOT NULL"
    "), care AS ("
    " SELECT s.cluster_id, s.kind, s.sent_on, max(s.sent_on) OVER ("
    "  PARTITION BY coalesce(l.lead_id, s.person_id) ORDER BY s.sent_on"
    "  RANGE BETWEEN interval '12 months' PRECEDING AND interval '1 day' PRECEDING) AS earlier_on"
    " FROM sent s LEFT JOIN linked_person l ON l.person_id = s.person_id WHERE s.kind = 'social_care'"
    ") SELECT cluster_id, date_trunc('month', sent_on)::date AS month, kind, count(*)::int AS children,"
    " count(earlier_on)::int AS again FROM ("
    "  SELECT cluster_id, kind, sent_on, NULL::date AS earlier_on FROM sent WHERE kind <> 'social_care'"
    "  UNION ALL SELECT cluster_id, kind, sent_on, earlier_on FROM care"
    " ) AS counted GROUP BY 1, 2, 3"
)
_APART: Final = (
    f"SELECT coalesce(k.cluster_id, f.cluster_id) AS cluster_id, coalesce(k.month, f.month) AS month,"  # noqa: S608
    " coalesce(k.kind, f.kind) AS kind, coalesce(k.children, 0) AS kept, coalesce(f.children, 0) AS recounted,"
    " coalesce(k.again, 0) AS kept_again, coalesce(f.again, 0) AS recounted_again"
    f" FROM referral_month k FULL JOIN ({COUNTED_CHILDREN}) f ON k.month = f.month AND k.kind = f.kind"
    " AND coalesce(k.cluster_id, %(nowhere)s) = coalesce(f.cluster_id, %(nowhere)s)"
    " WHERE coalesce(k.children, 0) <> coalesce(f.children, 0) OR coalesce(k.again, 0) <> coalesce(f.again, 0)"
    " ORDER BY 2, 3, 1"
)


@dataclass(frozen=True, slots=True)
class MonthDifference:
    """A kept number of children referred that is not what the referrals say; ``cluster_id`` None: no known cluster.

    ``*_again``: how many of them had been referred in the twelve months before.
    """

    cluster_id: uuid.UUID | None
    month: dt.date
    kind: str
    kept: int
    recounted: int
    kept_again: int
    recounted_again: int


def month_differences(session: Session) -> tuple[MonthDifference, ...]:
    """Every kept number of children referred that differs from a full count; empty when all are right."""
    return tuple(MonthDifference(*row) for row in direct.rows(session, _APART, {"nowhere": uuid.UUID(int=0)}))
