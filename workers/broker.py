"""How we use Celery: JSON only, late acknowledgement, one message at a time, hard limits.

Redelivery by the broker is a second chance, not the promise: the row in the outbox is the truth, and the relay gives
the hint again until it is done (``locality.kernel.outbox``).
"""

from collections.abc import Sequence

from celery import Celery

from locality.kernel.settings import Settings


def create_celery(settings: Settings, *, include: Sequence[str] = ()) -> Celery:
    """The Celery application for these settings; ``include`` are the modules with the tasks that it can run."""
    celery = Celery("locality", broker=settings.redis_url, include=list(include))
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,  # the outbox decides on another attempt, not the broker
        # Below the outbox's lease: a lease never outlives its worker's leave to work.
        task_soft_time_limit=settings.lease_seconds * 2 // 3,
        task_time_limit=settings.lease_seconds * 5 // 6,
        task_default_queue="locality",
        task_store_errors_even_if_ignored=False,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=10,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 120,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "retry_on_timeout": True,
        },
        timezone="UTC",
        enable_utc=True,
    )
    return celery
