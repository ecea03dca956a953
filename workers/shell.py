"""What surrounds every job: lease, unit of work, receipt, and what happens when it fails.

A task on the broker names rows of the outbox and nothing else. The shell counts the attempt before the work starts,
runs the job for each row in a unit of work of its own, and writes the receipt in the same transaction: a second
delivery finds the row done, a late finisher finds its fence overtaken, and both change nothing.
"""

import functools
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import OperationalError

from locality.kernel import outbox, receipts
from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.uow import UnitOfWork, unit_of_work
from workers import application

_log = logging.getLogger("locality.jobs")
Job = Callable[..., None]


class LeaseLost(Exception):
    """Another attempt has overtaken this one; nothing of it may land."""


_TOGETHER: dict[str, int] = {}


def job(name: str, *, together: int = 1) -> Callable[[Job], Any]:
    """Make a task of a job: ``job(uow, *, <ids of the message>)``. ``name`` is ``<room>.<verb>``.

    ``together``: how many messages one task may be told of while many wait. Each is still worked on in a transaction
    of its own; for jobs that take milliseconds, where the telling costs more than the work.
    """
    _TOGETHER[name] = together

    def decorate(function: Job) -> Any:
        @shared_task(name=name)
        @functools.wraps(function)
        def task(*, message_ids: Sequence[str], **_unknown: object) -> None:
            with application.open_once().app_context():
                run(function, [uuid.UUID(message_id) for message_id in message_ids])

        return task

    return decorate


def most_together(name: str) -> int:
    """How many messages one task of this name may be told of."""
    return _TOGETHER.get(name, 1)


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


def run(function: Job, message_ids: Sequence[uuid.UUID]) -> int:
    """Work on each message once; how many had their effect now. Never raises for a failing job: its row keeps count.

    Messages that are not begun in the first half of the lease are given back.
    """
    started, landed = time.monotonic(), 0
    with unit_of_work(SYSTEM) as uow:
        leases = outbox.take(uow.session, message_ids)
    for place, lease in enumerate(leases):
        if place and time.monotonic() - started > outbox.lease().total_seconds() / 2:
            with unit_of_work(SYSTEM) as uow:
                outbox.give_back(uow.session, leases[place:])
            break
        landed += _work_on(function, lease)
    return landed


def _work_on(function: Job, lease: outbox.Lease) -> bool:
    try:
        with unit_of_work(SYSTEM) as uow:
            function(uow, **lease.payload)
            _write_receipt(uow, lease)
    except LeaseLost:
        return False
    except (Exception, SoftTimeLimitExceeded) as error:
        # The kind of error only: its text may quote what is written about a family.
        _log.warning("%s attempt %d failed: %s", lease.task, lease.attempt, type(error).__name__)
        _note_failure(lease, error)
        return False
    return True


def _write_receipt(uow: UnitOfWork, lease: outbox.Lease) -> None:
    if not outbox.settle(uow.session, lease):
        raise LeaseLost


def _note_failure(lease: outbox.Lease, error: BaseException) -> None:
    try:
        with unit_of_work(SYSTEM) as uow:
            outbox.fail(uow.session, lease, type(error).__name__)
    except OperationalError:
        # The database is away. The lease runs out by itself and the attempt has been counted.
        db.session.remove()
