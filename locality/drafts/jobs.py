"""What workers run for the drafts."""

from locality.drafts.operations import forget_old
from locality.kernel.uow import UnitOfWork


def forget(uow: UnitOfWork, *, days: int) -> None:
    """Remove drafts that nobody has touched for so many days."""
    forget_old(uow, days=days)
