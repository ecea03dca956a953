"""The embedded Redis-compatible server (Valkey): every change in an append-only file, nothing ever evicted, unix socket only."""

import contextlib
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from locality.running import binaries, process
from locality.running.failure import CannotRun

_SOCKET = "valkey.sock"
_READY_S = 30.0
_STOP_S = 10.0
_LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Broker:
    """A data folder and a folder for the socket."""

    data: Path
    sockets: Path
    durable: bool = True

    @property
    def socket(self) -> Path:
        """The socket's path."""
        return self.sockets / _SOCKET

    @property
    def url(self) -> str:
        """The URL in the form that both Celery and ``locality.running`` understand."""
        return f"redis+socket://{quote(str(self.socket))}"

    def command(self) -> list[str]:
        """The server's command line. ``noeviction``: a full broker refuses new work and never forgets old."""
        return [
            str(binaries.valkey_program()),
            "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--dir", str(self.data),
            "--appendonly", "yes" if self.durable else "no", "--appendfsync", "everysec", "--save", "",
            "--maxmemory-policy", "noeviction", "--daemonize", "no",
        ]  # fmt: skip

    def spawn(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it; ``log`` takes what it says."""
        with log.open("ab") as output:
            return process.spawn(self.command(), death_signal=signal.SIGTERM, output=output)

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers. Raises ``CannotRun`` when it does not."""
        child = self.spawn(log)
        limit = time.monotonic() + _READY_S
        while not self.is_ready():
            if child.poll() is not None or time.monotonic() > limit:
                process.end(child, with_signal=signal.SIGTERM, patience_s=1)
                raise CannotRun(
                    "The Redis-compatible server did not start.", cure=f"Its log is {log}."
                )
            time.sleep(_LOOK_EVERY_S)
        return child

    def is_ready(self) -> bool:
        """True when the server answers and has read its append-only file."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ask it to write its file and leave."""
    process.end(child, with_signal=signal.SIGTERM, patience_s=_STOP_S)


@contextlib.contextmanager
def temporary() -> Iterator[str]:
    """A broker of its own in a temporary folder; gives its URL; all gone at the end."""
    with tempfile.TemporaryDirectory(prefix="locality-mq-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        broker = Broker(place, place, durable=False)
        child = broker.start(place / "log")
        try:
            yield broker.url
        finally:
            stop(child)
