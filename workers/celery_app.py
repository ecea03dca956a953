"""The Celery application: JSON only, late acknowledgement, one message at a time, hard limits.

Redelivery by the broker is a second chance, not the promise: the row in the outbox is the truth, and the relay gives
the hint again until it is done (``locality.kernel.outbox``).
"""

from celery import Celery, bootsteps
from celery.signals import worker_process_init, worker_process_shutdown

from locality.kernel.settings import Settings
from workers import application
from workers.relay import Relay
from workers.schedule import SCHEDULE, TASK_MODULES


def create_celery(settings: Settings) -> Celery:
    """The Celery application for these settings."""
    celery = Celery("locality", broker=settings.redis_url, include=list(TASK_MODULES))
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
        beat_schedule=SCHEDULE,
        beat_max_loop_interval=5,
    )
    return celery


settings = Settings.from_environment()
celery_app = create_celery(settings)


class RelayStep(bootsteps.StartStopStep):
    """Runs the relay beside the worker, in the worker's own process: any number of workers is safe."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: object, **options: object) -> None:
        super().__init__(worker, **options)
        self.relay = Relay(settings.database_url, celery_app)

    def start(self, _worker: object) -> None:
        """Begin listening to the outbox."""
        self.relay.start()

    def stop(self, _worker: object) -> None:
        """Stop listening; what is unpublished stays in the outbox."""
        self.relay.stop()


celery_app.steps["worker"].add(RelayStep)
app = celery_app


@worker_process_init.connect
def _open_application(**_kwargs: object) -> None:
    application.forget_inherited()
    application.open_once(settings)


@worker_process_shutdown.connect
def _close_application(**_kwargs: object) -> None:
    application.close()
