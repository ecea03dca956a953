"""What surrounds every job: lease, unit of work, receipt, and what happens when it fails.

A task on the broker names a row of the outbox and nothing else. The shell counts the attempt before the work starts,
runs the job in a unit of work of its own, and writes the receipt in the same transaction: a second delivery finds the
row done, a late finisher finds its fence overtaken, and both change nothing.
"""

import functools
import logging
import uuid
from collections.abc import Callable
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


def job(name: str) -> Callable[[Job], Any]:
    """Make a task of a job: ``job(uow, *, <ids of the message>)``. ``name`` is ``<room>.<verb>``."""

    def decorate(function: Job) -> Any:
        @shared_task(name=name)
        @functools.wraps(function)
        def task(*, message_id: str, **_unknown: object) -> None:
            with application.open_once().app_context():
                run(function, uuid.UUID(message_id))

        return task

    return decorate


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


def run(function: Job, message_id: uuid.UUID) -> bool:
    """Work on a message once; True when its effect landed now. Never raises for a failing job: the row keeps count."""
    with unit_of_work(SYSTEM) as uow:
        lease = outbox.take(uow.session, message_id)
    if lease is None:
        return False
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
