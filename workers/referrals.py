"""Background work of the front door."""

import uuid

from locality.kernel.uow import UnitOfWork
from locality.referrals import jobs
from workers.shell import job, periodic


@job("referrals.route")
def route(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Route one referral."""
    jobs.route(uow, referral_id=referral_id)


@periodic("referrals.clocks", seconds=60)
def clocks(uow: UnitOfWork) -> None:
    """Do what offers past their due time ask for."""
    jobs.clocks(uow)
