"""Background work of the CAF room."""

import uuid

from locality.caf import jobs
from locality.kernel.uow import UnitOfWork
from workers.shell import job


@job("caf.make_paper")
def make_paper(uow: UnitOfWork, *, paper_copy: uuid.UUID) -> None:
    """Make the file of a paper that was given."""
    jobs.make_paper(uow, paper_copy=paper_copy)
