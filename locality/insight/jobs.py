"""What workers run for the figures; each job is safe to run twice."""

from locality.insight.operations import recount
from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork


class FiguresDiffer(Exception):
    """Kept numbers are not what a full recount says; the work stays undone until a person has looked."""


def nightly(uow: UnitOfWork) -> None:
    """Owe one check of the figures a day."""
    outbox.enqueue(uow, "insight.recount", key=uow.today.isoformat())


def check(uow: UnitOfWork) -> None:
    """Check the figures. Raises ``FiguresDiffer``, which puts the work on the page of what has failed."""
    found = recount(uow)
    if found:
        raise FiguresDiffer(f"{len(found)} kept numbers differ from a full recount")
