"""The limit for background work: a Celery application with one task that does nothing but say that it ran."""

import os
import time

import redis
from celery import Celery

BROKER = os.environ.get("REDIS_URL", "")
DONE = "empty-task-done"

app = Celery("empty", broker=BROKER)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="empty",
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)
_client: list[redis.Redis] = []


def client() -> redis.Redis:
    """A connection to the same broker, for the word that the task ran."""
    if not _client:
        _client.append(redis.Redis(unix_socket_path=BROKER.removeprefix("redis+socket://")))
    return _client[0]


@app.task(name="empty")
def empty(*, number: int) -> None:
    """Nothing; then say when."""
    client().rpush(DONE, f"{number} {time.time()}")
