"""The limit for background work: a Celery application with one task that does nothing but say that it ran."""

import os
import time

import redis
from celery import Celery

DONE = "empty-task-done"
TASK = "empty"


def application(broker_url: str) -> Celery:
    """The application on a broker; its one task is ``TASK``."""
    made = Celery("empty", broker=broker_url, set_as_current=False)
    made.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="empty",
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
    )
    says = client(broker_url)

    @made.task(name=TASK, shared=False)
    def empty(*, number: int) -> None:
        """Nothing; then say when."""
        says.rpush(DONE, f"{number} {time.time()}")

    return made


def client(broker_url: str) -> redis.Redis:
    """A connection to the same broker, for the word that the task ran."""
    return redis.Redis(unix_socket_path=broker_url.removeprefix("redis+socket://"))


app = application(os.environ.get("REDIS_URL", ""))
