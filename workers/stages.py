"""Background work of the stages."""

from locality.kernel.uow import UnitOfWork
from locality.stages import jobs
from workers.shell import periodic


@periodic("stages.pass_on", seconds=300)
def pass_on(uow: UnitOfWork) -> None:
    """See to it that every proposed move waits for somebody who still works here."""
    jobs.pass_on(uow)
