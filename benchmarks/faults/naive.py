"""The control: the same product with plain Celery tasks, published straight after commit.

No row of intent, no relay, no sweep, no receipt, Celery's own settings. ``up`` of this module runs it as ``locality
up`` runs the product, under the same supervisor, so that the same storm can pass over it. It must lose referrals: a
storm in which it loses none has not shown anything.
"""

import os
import sys
import uuid
from typing import Any

from celery import Celery
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

import locality.app
from locality import cli
from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork
from locality.running import serving

TASK = "naive.run"
_OWED = "naive.owed"


def create_celery() -> Celery:
    """A Celery application as one is made in an afternoon."""
    celery = Celery("naive", broker=os.environ["REDIS_URL"])
    celery.conf.update(
        task_default_queue="naive",
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    return celery


def create_app() -> Flask:
    """The web application of the product, which tells Celery instead of writing what it owes."""
    celery = create_celery()
    outbox.enqueue = _owe  # only in the processes of the control

    @event.listens_for(Session, "after_commit")
    def _publish(session: Session) -> None:
        for task, ids in session.info.pop(_OWED, []):
            celery.send_task(TASK, kwargs={"task": task, "ids": ids})

    @event.listens_for(Session, "after_rollback")
    def _forget(session: Session) -> None:
        session.info.pop(_OWED, None)

    return locality.app.create_app()


def _owe(uow: UnitOfWork, task: str, *, key: str, available_at: object = None, **ids: uuid.UUID) -> None:
    del key, available_at
    uow.session.info.setdefault(_OWED, []).append((task, {name: str(value) for name, value in ids.items()}))


def _web_command(bind: str, environment: Any) -> list[str]:
    return ["benchmarks.faults.naive:create_app()" if "create_app" in word else word
            for word in _PRODUCT_WEB(bind, environment)]  # fmt: skip


def _worker_command(environment: Any) -> list[str]:
    return ["benchmarks.faults.naive_worker" if word == "workers.celery_app" else word
            for word in _PRODUCT_WORKER(environment)]  # fmt: skip


_PRODUCT_WEB, _PRODUCT_WORKER = serving.web_command, serving.worker_command


if __name__ == "__main__":
    serving.web_command, serving.worker_command = _web_command, _worker_command
    sys.exit(cli.main(sys.argv[1:]))
