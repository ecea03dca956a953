"""What surrounds every job: lease, unit of work, receipt, and what happens when it fails.

A task on the broker names rows of the outbox and nothing else. The shell counts the attempt before the work starts,
runs the job for each row in a unit of work of its own, and writes the receipt in the same transaction: a second
delivery finds the row done, a late finisher finds its fence overtaken, and both change nothing.
"""

import functools
import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from locality.kernel import outbox, receipts
from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.errors import NothingHappened
from locality.kernel.uow import UnitOfWork, unit_of_work
from workers import application

_log = logging.getLogger("locality.jobs")
Job = Callable[..., None]
AllAtOnce = Callable[[UnitOfWork, Sequence[Mapping[str, uuid.UUID]]], None]


class LeaseLost(Exception):
    """Another attempt has overtaken this one; nothing of it may land."""


class PerhapsDone(Exception):
    """An attempt died while its effect was on the way out: it may have happened, and must not happen twice."""


@dataclass(frozen=True, slots=True)
class Work:
    """A job and how it may be run.

    ``together``: how many messages one task may be told of while many wait, for jobs that take milliseconds, where the
    telling costs more than the work. ``at_once`` does the work of several in one transaction, all of it or none;
    when it fails each is worked on by itself. ``outside``: the effect is outside the database, so it can be neither
    taken back nor asked for. Unless the job itself says that nothing has happened (by raising ``NothingHappened``),
    an attempt that ends in any other way than well is the last: a person decides.
    """

    job: Job
    together: int = 1
    at_once: AllAtOnce | None = None
    outside: bool = False


_WORK: dict[str, Work] = {}


def job(
    name: str, *, together: int = 1, at_once: AllAtOnce | None = None, outside: bool = False
) -> Callable[[Job], Any]:
    """Make a task of a job: ``job(uow, *, <ids of the message>)``. ``name`` is ``<room>.<verb>``; see ``Work``."""

    def decorate(function: Job) -> Any:
        work = _WORK[name] = Work(function, together, at_once, outside)

        @shared_task(name=name)
        @functools.wraps(function)
        def task(*, message_ids: Sequence[str], **_unknown: object) -> None:
            with application.open_once().app_context():
                run(work, [uuid.UUID(message_id) for message_id in message_ids])

        return task

    return decorate


def most_together(name: str) -> int:
    """How many messages one task of this name may be told of."""
    return _WORK[name].together if name in _WORK else 1


def periodic(name: str, *, seconds: int) -> Callable[[Callable[[UnitOfWork], None]], Any]:
    """Make a task of work to be done once in each period, however many schedulers ask for it."""

    def decorate(function: Callable[[UnitOfWork], None]) -> Any:
        @shared_task(name=name)
        @functools.wraps(function)
        def task(**_unknown: object) -> None:
            with application.open_once().app_context(), unit_of_work(SYSTEM) as uow:
                if receipts.claim(uow, name, seconds=seconds):
                    function(uow)

        return task

    return decorate


def run(work: Work, message_ids: Sequence[uuid.UUID]) -> int:
    """Work on each message once; how many had their effect now. Never raises for a failing job: its row keeps count.

    Messages that are not begun in the first half of the lease are given back.
    """
    started, landed = time.monotonic(), 0
    with unit_of_work(SYSTEM) as uow:
        leases = outbox.take(uow.session, message_ids, surely=work.outside)
    if len(leases) > 1 and _work_on_all(work, leases):
        return len(leases)
    for place, lease in enumerate(leases):
        if place and time.monotonic() - started > outbox.lease().total_seconds() / 2:
            with unit_of_work(SYSTEM) as uow:
                outbox.give_back(uow.session, leases[place:])
            break
        landed += _work_on(work, lease)
    return landed


def _work_on_all(work: Work, leases: Sequence[outbox.Lease]) -> bool:
    """Work on several in one transaction; False when nothing of it landed and each is to be worked on by itself."""
    if work.at_once is None:
        return False
    try:
        with unit_of_work(SYSTEM) as uow:
            work.at_once(uow, [lease.payload for lease in leases])
            _write_receipts(uow, *leases)
    except (Exception, SoftTimeLimitExceeded) as error:
        _log.warning("%s for %d together: %s", leases[0].task, len(leases), type(error).__name__)
        return False
    return True


def _work_on(work: Work, lease: outbox.Lease) -> bool:
    if work.outside and lease.after_silence:
        _note_failure(lease, PerhapsDone(), for_good=True)
        return False
    try:
        with unit_of_work(SYSTEM) as uow:
            work.job(uow, **lease.payload)
            _write_receipts(uow, lease)
    except LeaseLost:
        return False
    except (Exception, SoftTimeLimitExceeded) as error:
        # The kind of error only: its text may quote what is written about a family.
        _log.warning("%s attempt %d failed: %s", lease.task, lease.attempt, type(error).__name__)
        is_over = work.outside and not isinstance(error, NothingHappened)
        if is_over and isinstance(error, SQLAlchemyError | SoftTimeLimitExceeded):
            error = PerhapsDone()
        _note_failure(lease, error, for_good=is_over)
        return False
    return True


def _write_receipts(uow: UnitOfWork, *leases: outbox.Lease) -> None:
    if not outbox.settle(uow.session, *leases):
        raise LeaseLost


def _note_failure(lease: outbox.Lease, error: BaseException, *, for_good: bool) -> None:
    try:
        with unit_of_work(SYSTEM) as uow:
            outbox.fail(uow.session, lease, type(error).__name__, for_good=for_good)
    except OperationalError:
        # The database is away. The lease runs out by itself and the attempt has been counted.
        db.session.remove()
