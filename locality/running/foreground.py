"""One long-running program in the foreground: the web server, a worker or the clock by itself."""

import os
import signal
from collections.abc import Mapping, Sequence

from locality.running import process
from locality.running.place import ROOT
from locality.running.stopping import Stopped, StopRequests

_PATIENCE_S = 30.0


def become(command: Sequence[str]) -> None:
    """Turn this process into the program, as a service manager or a container expects. Does not return."""
    os.chdir(ROOT)
    os.execv(command[0], list(command))  # noqa: S606 - our own command line, no shell is wanted


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the program as a child until it ends or somebody asks to stop; returns its exit status."""
    requests = StopRequests()
    with requests.listening():
        child = process.spawn(command, environment=environment, death_signal=signal.SIGTERM, folder=ROOT)
        try:
            requests.until(lambda: child.poll() is not None)
        except Stopped:
            process.end(child, with_signal=signal.SIGTERM, patience_s=_PATIENCE_S, hurry=lambda: requests.count > 1)
    return child.returncode
