"""Periodic work of the house itself."""

from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork
from workers.shell import periodic


@periodic("outbox.bury", seconds=30)
def bury(uow: UnitOfWork) -> None:
    """Put work whose last attempt died without a word on the page for a person."""
    outbox.bury_exhausted(uow.session)


@periodic("outbox.prune", seconds=86_400)
def prune(uow: UnitOfWork) -> None:
    """Forget work that was done more than a month ago."""
    outbox.prune(uow.session)
