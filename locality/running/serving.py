"""The command lines of the three long-running programs, and the address on which the first of them listens."""

import contextlib
import errno
import http.client
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from locality.running.failure import CannotRun

PORT = "LOCALITY_PORT"
HOST = "LOCALITY_HOST"
_DEFAULT_PORT = 8000
_OTHERS_TRIED = 20
_BACKLOG = 128
_PROBE_S = 5


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that is open for browsers. It stays open while the web server is replaced, so visitors only wait."""

    socket: socket.socket
    host: str
    port: int
    wanted: int

    @property
    def address(self) -> str:
        """What to type into a browser on this machine."""
        return f"http://{_nearest(self.host)}:{self.port}"

    def answers(self) -> bool:
        """True when the web server behind it serves a page (it accepts connections long before it can answer)."""
        connection = http.client.HTTPConnection(_nearest(self.host).strip("[]"), self.port, timeout=_PROBE_S)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        return False


def listen(*, host: str | None, port: int | None) -> Listener:
    """Open the socket on what was asked for, else on what ``LOCALITY_HOST`` and ``LOCALITY_PORT`` say, else 8000 here.

    A port that nobody asked for by number gives way to the next free one; one that was asked for and is taken is an
    error, ``CannotRun``.
    """
    where, asked = _asked(host, port)
    if asked is not None:
        return Listener(_open(where, asked), where, asked, asked)
    for number in range(_DEFAULT_PORT, _DEFAULT_PORT + _OTHERS_TRIED):
        with contextlib.suppress(_Taken):
            return Listener(_open(where, number), where, number, _DEFAULT_PORT)
    raise CannotRun(
        f"The ports {_DEFAULT_PORT} to {_DEFAULT_PORT + _OTHERS_TRIED - 1} are all taken.",
        cure=f"Choose a free one: {PORT}=9000 ./run up.",
    )


def wanted_address(*, host: str | None, port: int | None) -> tuple[str, int]:
    """Where a web server by itself should listen: exactly there, or it fails."""
    where, asked = _asked(host, port)
    return where, asked or _DEFAULT_PORT


def web_command(bind: str, environment: Mapping[str, str]) -> list[str]:
    """Gunicorn serving the application on ``bind``. No access log: addresses of pages say whom somebody looked at."""
    return [
        sys.executable, "-m", "gunicorn", "locality.app:create_app()",
        "--bind", bind, "--preload", "--worker-class", "gthread", "--no-control-socket",
        "--workers", environment.get("LOCALITY_WEB_WORKERS", "2"),
        "--threads", environment.get("LOCALITY_WEB_THREADS", "4"),
        "--timeout", "60", "--graceful-timeout", "15", "--log-level", "warning",
    ]  # fmt: skip


def worker_command(environment: Mapping[str, str]) -> list[str]:
    """A Celery worker; one task at a time for each of its processes, so that a long one never holds others back."""
    return [
        *_CELERY, "workers.celery_app", "worker", "--pool", "prefork",
        "--concurrency", environment.get("LOCALITY_WORKER_PROCESSES", "2"),
        "--prefetch-multiplier", "1", "--without-mingle", "--without-gossip", "--loglevel", "WARNING",
    ]  # fmt: skip


def beat_command() -> list[str]:
    """The clock of periodic work. It keeps no file: what was done in which period is in the database."""
    return [
        *_CELERY, "workers.clock", "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", "",
        "--loglevel", "WARNING",
    ]  # fmt: skip


_CELERY = [sys.executable, "-m", "celery", "--app"]


class _Taken(CannotRun):
    """The port is somebody else's."""


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise _Taken(
                f"Port {port} is taken by another program.", cure=f"Choose another: {PORT}={port + 1} ./run up."
            ) from None
        raise CannotRun(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            cure=f"Choose another with {HOST} and {PORT} (ports under 1024 are kept for root).",
        ) from None
    return listener


def _asked(host: str | None, port: int | None) -> tuple[str, int | None]:
    text = os.environ.get(PORT, "") if port is None else str(port)
    return host or os.environ.get(HOST) or "127.0.0.1", _number(text)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise CannotRun(f"The port is “{text}”.", cure="It must be a number from 1 to 65535.")
    return int(text)


def _nearest(host: str) -> str:
    if host in {"0.0.0.0", "localhost"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
