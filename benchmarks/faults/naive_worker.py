"""The worker of the control: one plain task that runs what it is told."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from celery.signals import worker_process_init
from flask import current_app

from benchmarks.faults.naive import TASK, create_celery
from locality.kernel.actor import SYSTEM
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.messages import jobs as messages
from locality.referrals import jobs as referrals
from workers import application

app = create_celery()


def _send(uow: UnitOfWork, *, message: uuid.UUID) -> None:
    messages.send(uow, message=message, mail=current_app.config["LOCALITY"].mail)


_JOBS: dict[str, Callable[..., Any]] = {"referrals.route": referrals.route, "messages.send": _send}


@worker_process_init.connect
def _begin(**_unused: object) -> None:
    application.open_once()


@app.task(name=TASK)
def run(*, task: str, ids: Mapping[str, str]) -> None:
    """Do the work of one task."""
    job = _JOBS.get(task)
    if job is not None:
        with application.open_once().app_context(), unit_of_work(SYSTEM) as uow:
            job(uow, **{name: uuid.UUID(value) for name, value in ids.items()})
