"""What a worker runs for the CAF room; each job is safe to run twice."""

import uuid

from locality.caf.operations import chasing
from locality.kernel.uow import UnitOfWork


def chase_reviews(uow: UnitOfWork) -> None:
    """Owe a look at every review that needs chasing."""
    chasing.owe_chasing(uow)


def chase_review(uow: UnitOfWork, *, review_id: uuid.UUID) -> None:
    """Remind, say that it is late, or tell the supervisor."""
    chasing.chase_review(uow, review_id)
