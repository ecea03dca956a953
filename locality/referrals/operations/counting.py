"""Counting the children referred in each month anew, for when what is kept differs."""

from typing import Final

from locality.kernel import direct
from locality.kernel.uow import UnitOfWork
from locality.referrals.queries.counting import COUNTED_CHILDREN

# Whoever is counting a referral just now is waited for; whoever comes next adds to the new numbers.
_LOCK: Final = "LOCK TABLE referral_month IN SHARE ROW EXCLUSIVE MODE"
_FORGET: Final = "DELETE FROM referral_month"
_COUNT: Final = (
    "INSERT INTO referral_month (id, cluster_id, month, kind, children)"  # noqa: S608 - constants, no input
    f" SELECT gen_random_uuid(), cluster_id, month, kind, children FROM ({COUNTED_CHILDREN}) AS counted"
)


def rebuild_months(uow: UnitOfWork) -> None:
    """Count all children referred anew, by cluster and month, and keep the result. Never within a request."""
    for statement in (_LOCK, _FORGET, _COUNT):
        direct.rows(uow.session, statement)
