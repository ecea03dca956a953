"""What workers run for the stages; safe to run twice."""

from locality.kernel.uow import UnitOfWork
from locality.stages.operations import leaving


def pass_on(uow: UnitOfWork) -> None:
    """See to it that every proposed move waits for somebody who still works here."""
    leaving.pass_on(uow)
