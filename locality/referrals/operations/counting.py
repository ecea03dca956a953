"""Counting the children referred in each month: with each referral, and anew where an earlier one comes to light."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Final

from locality.access.scope import elevated
from locality.kernel import direct
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.queries.counting import COUNTED_CHILDREN
from locality.referrals.rules.codes import ReferralKind

# Whoever is counting a referral just now is waited for; whoever comes next adds to the new numbers.
_LOCK: Final = "LOCK TABLE referral_month IN SHARE ROW EXCLUSIVE MODE"
_FORGET: Final = "DELETE FROM referral_month"
_COUNT: Final = (
    "INSERT INTO referral_month (id, cluster_id, month, kind, children, again)"  # noqa: S608 - constants, no input
    f" SELECT gen_random_uuid(), cluster_id, month, kind, children, again FROM ({COUNTED_CHILDREN}) AS counted"
)

_ADD: Final = """
    INSERT INTO referral_month AS m (id, cluster_id, month, kind, children, again)
    VALUES (%(id)s, %(cluster)s, %(month)s, %(kind)s, 1,
            CASE WHEN %(kind)s = 'social_care' AND referred_before(%(child)s, %(on)s) THEN 1 ELSE 0 END)
    ON CONFLICT ON CONSTRAINT referral_month_cluster_id_month_kind_key
    DO UPDATE SET children = m.children + 1, again = m.again + excluded.again
"""
# Only the months in which these children, under any of these records, were referred can differ.
_RECKON_AGAIN: Final = """
    UPDATE referral_month m SET again = counted.again FROM (
      SELECT touched.cluster_id, touched.month,
             count(*) FILTER (WHERE referred_before(
               c.person_id, (r.sent_at AT TIME ZONE 'Europe/London')::date)) AS again
      FROM (SELECT DISTINCT tc.cluster_id, date_trunc('month', tr.sent_at AT TIME ZONE 'Europe/London')::date AS month
            FROM referral_child tc JOIN referral tr ON tr.id = tc.referral_id
            WHERE tc.person_id = ANY(%(people)s) AND tr.kind = 'social_care') touched
      JOIN referral r ON r.kind = 'social_care'
        AND date_trunc('month', r.sent_at AT TIME ZONE 'Europe/London')::date = touched.month
      JOIN referral_child c ON c.referral_id = r.id AND c.cluster_id IS NOT DISTINCT FROM touched.cluster_id
      GROUP BY 1, 2) counted
    WHERE m.kind = 'social_care' AND m.month = counted.month AND m.cluster_id IS NOT DISTINCT FROM counted.cluster_id
"""


def count_child(
    uow: UnitOfWork, kind: ReferralKind, child: uuid.UUID, *, cluster_id: uuid.UUID | None, on: dt.date
) -> None:
    """Count a child referred on a day, in the child's cluster; to social care also whether it was referred before."""
    values = {
        "id": new_id(),
        "cluster": cluster_id,
        "month": on.replace(day=1),
        "kind": kind.value,
        "child": child,
        "on": on,
    }
    with elevated(uow.session, "whether the child was referred in the twelve months before"):
        direct.rows(uow.session, _ADD, values)


def count_again_anew(uow: UnitOfWork, people: Iterable[uuid.UUID]) -> None:
    """Count anew who of these had been referred before: an earlier referral, or another record, has come to light."""
    with elevated(uow.session, "referrals to social care of the same children"):
        direct.rows(uow.session, _RECKON_AGAIN, {"people": list(people)})


def rebuild_months(uow: UnitOfWork) -> None:
    """Count all children referred anew, by cluster and month, and keep the result. Never within a request."""
    for statement in (_LOCK, _FORGET, _COUNT):
        direct.rows(uow.session, statement)
