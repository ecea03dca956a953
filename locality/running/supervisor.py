"""Keeps a few programs running: starts them in order, restarts those that die, stops them in order."""

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locality.running import process
from locality.running.child import Child, Program
from locality.running.failure import CannotRun
from locality.running.logs import Log
from locality.running.place import ROOT
from locality.running.stopping import StopRequests

_LOOK_EVERY_S = 0.2
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 30.0
_HEALTHY_AFTER_S = 30.0


@dataclass(slots=True)
class _Ward:
    child: Child
    failures: int = 0
    again_at: float = 0.0


class Supervisor:
    """The programs of one installation. Create it in the thread that will also stop it.

    ``hold`` is the file descriptor of ``Place.hold``, which every child keeps open.
    """

    def __init__(self, logs: Path, *, hold: int, stop: StopRequests, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._hold = hold
        self._requests = stop
        self._say = say
        self._wards: list[_Ward] = []

    def start(self, programs: Sequence[Program]) -> None:
        """Start programs together and wait until all are ready. Raises ``CannotRun`` or ``Stopped``."""
        children = [
            Child(program, Log(self._logs / f"{program.name}.log"), keep_open=(self._hold,)) for program in programs
        ]
        for child in children:
            self._wards.append(_Ward(child))
            child.spawn()
        for child in children:
            child.wait_until_ready(self._requests.pause)

    def run(self, title: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run a ``locality`` command to its end, its output before the reader. Raises ``CannotRun`` or ``Stopped``."""
        command = [sys.executable, "-m", "locality.cli", *arguments]
        child = process.spawn(command, environment=environment, folder=ROOT, keep_open=(self._hold,))
        try:
            self._requests.until(lambda: child.poll() is not None)
        finally:
            process.end(child, with_signal=signal.SIGTERM, patience_s=5)
        if child.returncode:
            raise CannotRun(f"{title} did not succeed.", cure="The reason stands above.")

    def watch(self) -> None:
        """Restart what dies, waiting longer each time that it dies soon. Ends by raising ``Stopped``."""
        while True:
            for ward in self._wards:
                self._look_after(ward)
            self._requests.pause(_LOOK_EVERY_S)

    def stop(self) -> None:
        """Stop everything in order. A second request to stop, meanwhile, means without waiting."""
        for place in sorted({ward.child.program.leaves for ward in self._wards}):
            leaving = [ward.child for ward in self._wards if ward.child.program.leaves == place]
            for child in leaving:
                child.ask_to_stop()
            for child in leaving:
                child.stop(hurry=lambda: self._requests.count > 1)
        self._wards.clear()

    def _look_after(self, ward: _Ward) -> None:
        child, now = ward.child, time.monotonic()
        if child.running:
            return
        if child.process is not None:
            lived = now - child.since
            if lived > _HEALTHY_AFTER_S:
                ward.failures = 1
            elif not (ward.failures and child.is_forgiven):  # who waits for the dead is not to wait ever longer
                ward.failures += 1
            wait = min(_FIRST_WAIT_S * 2 ** (ward.failures - 1), _LONGEST_WAIT_S)
            ward.again_at = now + wait
            self._say(f"{child.program.title} {child.bury()}; starting it again in {wait:g} s. Log: {child.log.path}")
        elif now >= ward.again_at:
            child.spawn()
