"""Background work of the figures."""

from locality.insight import jobs
from locality.kernel.uow import UnitOfWork
from workers.shell import job, periodic


@periodic("insight.nightly", seconds=86_400)
def nightly(uow: UnitOfWork) -> None:
    """Owe one check of the figures a day."""
    jobs.nightly(uow)


@job("insight.recount")
def recount(uow: UnitOfWork) -> None:
    """Check the figures against a full recount."""
    jobs.check(uow)
