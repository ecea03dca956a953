"""The relay: tells the broker what the outbox owes.

It listens to the database, wakes at once when a transaction with a message commits, and looks again every second for
what has become due or was told too long ago (a broker that was emptied, a worker that died). Several relays share
the work by row locks.
"""

import logging
import threading
from typing import Any

import psycopg
from kombu.exceptions import KombuError, OperationalError

from locality.kernel import outbox
from locality.kernel.actor import SYSTEM
from locality.kernel.guard import plain_url
from locality.kernel.uow import unit_of_work
from workers import application

LOOK_EVERY_S = 1.0
_log = logging.getLogger("locality.relay")


class Relay:
    """A thread that publishes hints until it is stopped."""

    def __init__(self, database_url: str, celery: Any) -> None:
        self._url = plain_url(database_url)
        self._celery = celery
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the round at hand and end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (psycopg.OperationalError, psycopg.InterfaceError):
                _log.warning("the database is away; looking again in a second")
                self._stopping.wait(LOOK_EVERY_S)

    def _listen(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"LISTEN {outbox.CHANNEL}")
            while not self._stopping.is_set():
                self.publish_due()
                # Ends at the first notification, or after a look's interval without one.
                for _ in connection.notifies(timeout=LOOK_EVERY_S, stop_after=1):
                    pass

    def publish_due(self) -> int:
        """Tell the broker of everything that is due; returns how much. With the broker away nothing is marked."""
        told = 0
        try:
            with application.open_once().app_context(), unit_of_work(SYSTEM) as uow:
                for hint in outbox.hints_to_give(uow.session):
                    self._celery.send_task(
                        hint.task,
                        kwargs={"message_id": str(hint.message_id)},
                        ignore_result=True,
                        retry=False,
                        expires=outbox.HINT_LIFE.total_seconds(),  # by then it is told again
                    )
                    told += 1
        except (OperationalError, KombuError, OSError):
            _log.warning("the broker is away; the outbox keeps what is due")
        except Exception as error:
            # Whatever it was, the relay must live: without it nothing moves until the process is started again.
            _log.error("relay: %s", type(error).__name__)
        return told
