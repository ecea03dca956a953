"""Background work of the CAF room."""

import uuid

from locality.caf import api, jobs
from locality.kernel.uow import UnitOfWork
from workers.shell import job, periodic


@job("caf.make_paper")
def make_paper(uow: UnitOfWork, *, paper_copy: uuid.UUID) -> None:
    """Make the file of a paper that was given."""
    jobs.make_paper(uow, paper_copy=paper_copy)


@periodic("caf.chase_reviews", seconds=3600)
def chase_reviews(uow: UnitOfWork) -> None:
    """Owe a look at every review that needs chasing."""
    jobs.chase_reviews(uow)


@job("caf.chase_review")
def chase_review(uow: UnitOfWork, *, review_id: uuid.UUID) -> None:
    """Remind, say that it is late, or tell the supervisor."""
    jobs.chase_review(uow, review_id=review_id)


@periodic("caf.give_back_questions", seconds=300)
def give_back_questions(uow: UnitOfWork) -> None:
    """Give questions to lead that wait for somebody who left back to who asked."""
    api.give_back_questions(uow)
