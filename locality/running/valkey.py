"""The embedded Redis-compatible server (Valkey): every change in an append-only file, nothing ever
evicted, unix socket only.
"""

import contextlib
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from locality.running import binaries
from locality.running.child import Child, Program
from locality.running.logs import Log

_SOCKET = "valkey.sock"


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

    def program(self) -> Program:
        """How the server is run. ``noeviction``: a full broker refuses new work and never forgets old."""
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.data),
            "--appendonly": "yes" if self.durable else "no",
            "--appendfsync": "everysec",
            "--save": "",
            "--maxmemory-policy": "noeviction",
            "--daemonize": "no",
        }
        return Program(
            name="valkey",
            title="The Redis-compatible server",
            command=[str(binaries.valkey_program()), *(word for pair in options.items() for word in pair)],
            ready=self.is_ready,
            leaves=1,
        )

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


@contextlib.contextmanager
def temporary() -> Iterator[str]:
    """A broker of its own in a temporary folder; gives its URL; all gone at the end."""
    with tempfile.TemporaryDirectory(prefix="locality-mq-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        broker = Broker(place, place, durable=False)
        server = Child(broker.program(), Log(place / "log"))
        try:
            server.start()
            yield broker.url
        finally:
            server.stop()
