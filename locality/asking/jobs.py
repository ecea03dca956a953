"""What workers run for requests for help."""

from locality.asking.operations.writing import forget_old
from locality.kernel.uow import UnitOfWork


def forget(uow: UnitOfWork, *, days: int) -> None:
    """Remove requests that nobody has gone on with for so many days."""
    forget_old(uow, days=days)
