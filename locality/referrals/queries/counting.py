"""Counting the children referred in each month anew, from the referrals themselves."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct

# A referral counts in the month, in England, in which it was sent; once for each child, in the child's cluster.
COUNTED_CHILDREN: Final = (
    "SELECT c.cluster_id, date_trunc('month', r.sent_at AT TIME ZONE 'Europe/London')::date AS month, r.kind,"
    " count(*)::int AS children, count(*) FILTER (WHERE r.kind = 'social_care' AND"
    " referred_before(c.person_id, (r.sent_at AT TIME ZONE 'Europe/London')::date))::int AS again"
    " FROM referral_child c JOIN referral r ON r.id = c.referral_id"
    " WHERE r.sent_at IS NOT NULL GROUP BY 1, 2, 3"
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
