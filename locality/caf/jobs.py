"""What a worker runs for the CAF room; each job is safe to run twice."""

import uuid

from locality.caf.operations import chasing
from locality.caf.operations.papers import giving
from locality.kernel.uow import UnitOfWork


def make_paper(uow: UnitOfWork, *, paper_copy: uuid.UUID) -> None:
    """Make the file of a paper that was given."""
    giving.make_paper(uow, paper_copy)


def chase_reviews(uow: UnitOfWork) -> None:
    """Owe a look at every review that needs chasing."""
    chasing.owe_chasing(uow)


def chase_review(uow: UnitOfWork, *, review_id: uuid.UUID) -> None:
    """Remind, say that it is late, or tell the supervisor."""
    chasing.chase_review(uow, review_id)
