"""The Celery application of a worker, with the relay beside it."""

from celery import bootsteps
from celery.signals import worker_process_init, worker_process_shutdown

from locality.kernel.settings import Settings
from workers import application
from workers.broker import create_celery
from workers.relay import Relay
from workers.schedule import TASK_MODULES

settings = Settings.from_environment()
celery_app = create_celery(settings, include=TASK_MODULES)


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
