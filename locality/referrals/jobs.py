"""What workers run for the front door; each job is safe to run twice."""

import uuid

from locality.kernel.uow import UnitOfWork
from locality.referrals.operations.clocks import run_clocks
from locality.referrals.operations.routing import route_referral


def route(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Route one referral."""
    route_referral(uow, referral_id)


def clocks(uow: UnitOfWork) -> None:
    """Do what offers past their due time ask for."""
    run_clocks(uow)
