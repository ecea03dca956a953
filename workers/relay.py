"""The relay: tells the broker what the outbox owes.

It listens to the database, wakes at once when a transaction with a message commits, and looks again every second for
what has become due or was told too long ago (a broker that was emptied, a worker that died). Several relays share
the work by row locks.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from kombu.exceptions import KombuError, OperationalError

from locality.kernel import outbox
from locality.kernel.actor import SYSTEM
from locality.kernel.guard import plain_url
from locality.kernel.uow import unit_of_work
from workers import application
from workers.shell import most_together

LOOK_EVERY_S = 1.0
LOOK_AGAIN_S = 0.02
MOST_AT_ONCE = 200
# As long as fewer wait than this for each task told, telling them one by one spreads them best over the processes.
_FEW = 8
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
                told = self.publish_due()
                # Ends at the first notification, or after a look's interval without one; soon, when more may wait.
                pause = LOOK_AGAIN_S if told == MOST_AT_ONCE else LOOK_EVERY_S
                for _ in connection.notifies(timeout=pause, stop_after=1):
                    pass

    def publish_due(self) -> int:
        """Tell the broker of everything that is due; returns how much. With the broker away nothing is marked."""
        told = 0
        try:
            with application.open_once().app_context(), unit_of_work(SYSTEM) as uow:
                for task, ids in bundles(outbox.hints_to_give(uow.session, MOST_AT_ONCE)):
                    self._celery.send_task(
                        task,
                        kwargs={"message_ids": ids},
                        ignore_result=True,
                        retry=False,
                        expires=outbox.hint_life().total_seconds(),  # by then it is told again
                    )
                    told += len(ids)
        except (OperationalError, KombuError, OSError):
            _log.warning("the broker is away; the outbox keeps what is due")
        except Exception as error:
            # Whatever it was, the relay must live: without it nothing moves until the process is started again.
            _log.error("relay: %s", type(error).__name__)
        return told


def bundles(hints: Sequence[outbox.Hint]) -> Iterator[tuple[str, list[str]]]:
    """Hints as tasks: the name, and the messages that one task is told of.

    What has been tried before goes alone: work that kills its worker must not count against its neighbours again.
    """
    fresh: dict[str, list[str]] = {}
    for hint in hints:
        if hint.is_fresh and most_together(hint.task) > 1:
            fresh.setdefault(hint.task, []).append(str(hint.message_id))
        else:
            yield hint.task, [str(hint.message_id)]
    for task, ids in fresh.items():
        size = min(most_together(task), max(1, len(ids) // _FEW))
        for start in range(0, len(ids), size):
            yield task, ids[start : start + size]
