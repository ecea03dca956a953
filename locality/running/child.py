"""One program under our care: how it is started, known to be ready, and ended."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locality.running import process
from locality.running.failure import CannotRun
from locality.running.logs import Log
from locality.running.rights import SELF, Rights

_LOOK_EVERY_S = 0.02
_FORGIVE_S = 20.0
_BETWEEN_TRIES_S = 0.3


def _nothing() -> None:
    """What most programs need done before they start."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and how to treat it.

    ``ready`` says whether it does its work (for a server: answers). ``death_signal`` reaches it when we are killed,
    ``stop_signal`` when it is to stop in good order, for which it gets ``patience_s``. ``before`` is done before every
    start. A log line with one of the words in ``forgiven`` makes a failed start worth another try. At the end those
    with the lowest ``leaves`` go first, together: work under way is finished before the servers go that it needs.
    """

    name: str
    title: str
    command: Sequence[str]
    ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    patience_s: float = 20.0
    ready_s: float = 60.0
    rights: Rights = SELF
    environment: Mapping[str, str] | None = None
    keep_open: tuple[int, ...] = ()
    folder: Path | None = None
    before: Callable[[], None] = _nothing
    forgiven: tuple[str, ...] = ()
    leaves: int = 0


class Child:
    """A program and the process that it runs as at the moment."""

    def __init__(self, program: Program, log: Log, *, keep_open: tuple[int, ...] = ()) -> None:
        self.program = program
        self.log = log
        self._keep_open = keep_open
        self.process: subprocess.Popen[bytes] | None = None
        self.since = 0.0
        self._asked = False

    @property
    def running(self) -> bool:
        """True while its process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_forgiven(self) -> bool:
        """Whether the last thing that it said is an excuse: it has only to wait for what a killed one left."""
        words = self.log.last_words()
        return any(excuse in words for excuse in self.program.forgiven)

    def spawn(self) -> None:
        """Start it without waiting until it is ready."""
        program = self.program
        program.before()
        with self.log.open() as output:
            self.process = process.spawn(
                program.command,
                rights=program.rights,
                death_signal=program.death_signal,
                environment=program.environment,
                output=output,
                keep_open=(*program.keep_open, *self._keep_open),
                folder=program.folder,
            )
        self.since = time.monotonic()
        self._asked = False

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.spawn()
        self.wait_until_ready()

    def wait_until_ready(self, pause: Callable[[float], None] = time.sleep) -> None:
        """Wait until it is ready. Raises ``CannotRun`` with its own last words when it does not get there.

        ``pause`` is how to wait; what it raises ends the wait (the process is then left to ``stop``).
        """
        began = time.monotonic()
        while not self.program.ready():
            waited = time.monotonic() - began
            if not self.running:
                self._give_up_unless_forgiven(waited)
                pause(_BETWEEN_TRIES_S)
                self.spawn()
            elif waited > self.program.ready_s:
                self.stop()
                raise CannotRun(
                    f"{self.program.title} was not ready after {self.program.ready_s:.0f} s.",
                    cure=f"Its log is {self.log.path}.",
                )
            pause(_LOOK_EVERY_S)

    def ask_to_stop(self) -> None:
        """Ask it to end in good order and do not wait; ``stop`` then waits."""
        if self.process is not None and self.running and not self._asked:
            self._asked = True
            self.process.send_signal(self.program.stop_signal)

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """End it in good order, or by force when that takes too long or there is a ``hurry``; nothing of it is left."""
        if self.process is not None:
            self.ask_to_stop()
            process.end(self.process, with_signal=None, patience_s=self.program.patience_s, hurry=hurry)
            self.process = None

    def bury(self) -> str:
        """Clear up after a process that has ended by itself; how it ended, in words."""
        if self.process is None:
            return "was not running"
        code = self.process.returncode
        process.sweep(self.process.pid)
        self.process = None
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def _give_up_unless_forgiven(self, waited: float) -> None:
        if waited < _FORGIVE_S and self.is_forgiven:
            return
        words = self.log.last_words()
        self.bury()
        raise CannotRun(f"{self.program.title} did not start: {words}", cure=f"Its log is {self.log.path}.")
