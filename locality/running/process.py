"""Starting and ending one child process so that it can neither be orphaned nor half ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from locality.running.rights import SELF, Rights

_LAUNCH = str(Path(__file__).with_name("launch.py"))
_LOOK_EVERY_S = 0.02


def through_launcher(
    program: Sequence[str], *, rights: Rights = SELF, death_signal: signal.Signals = signal.SIGKILL
) -> list[str]:
    """The command line that starts ``program`` with those rights and ends it when this process
    dies.
    """
    head = [
        sys.executable,
        "-I",
        "-S",
        _LAUNCH,
        str(os.getpid()),
        str(int(death_signal)),
        str(rights),
    ]
    return [*head, *program]


def spawn(
    program: Sequence[str],
    *,
    rights: Rights = SELF,
    death_signal: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    keep_open: Sequence[int] = (),
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only its parent.

    ``output`` takes both stdout and stderr (``None``: inherit). ``keep_open`` are file descriptors
    to hand down. The kernel watches the *thread* that calls this: call it from one that lives as
    long as the child should.
    """
    return subprocess.Popen(
        through_launcher(program, rights=rights, death_signal=death_signal),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=None if environment is None else dict(environment),
        pass_fds=tuple(keep_open),
        cwd=folder,
        start_new_session=True,
    )


def end(
    child: subprocess.Popen[bytes],
    *,
    with_signal: signal.Signals | None,
    patience_s: float,
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Ask with a signal (``None``: it has been asked), wait, then insist with SIGKILL; nothing of its group is left.

    ``hurry`` is asked again and again while waiting; once true, the waiting ends.
    """
    if child.poll() is None:
        if with_signal is not None:
            child.send_signal(with_signal)
        limit = time.monotonic() + patience_s
        while child.poll() is None and time.monotonic() < limit and not hurry():
            time.sleep(_LOOK_EVERY_S)
        if child.poll() is None:
            child.kill()
            child.wait()
    sweep(child.pid)


def sweep(group: int) -> None:
    """End whatever an ended leader left behind in its process group (pool workers of a killed
    master).
    """
    for _ in range(10):
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(_LOOK_EVERY_S)
