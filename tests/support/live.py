"""The whole system, running: web server, worker and beat as processes of their own on real servers.

For tests that need a browser, a real broker, or somebody to kill.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from locality.kernel.guard import plain_url
from locality.running import postgres, process, serving, valkey
from locality.running.child import Child
from locality.running.logs import Log
from tests.support.servers import SECRET

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("web", "worker", "beat")
_PATIENCE_S = 60.0


@dataclass(slots=True)
class LiveSystem:
    """Processes over one database; ``programs`` by name: web, worker, beat."""

    database: postgres.Address
    name: str
    broker_url: str
    folder: Path
    port: int = 0
    lease_seconds: str = "6"  # the shortest: what a killed worker held is soon taken by another
    broker: Child | None = None
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    watcher: "psycopg.Connection | None" = None

    @property
    def address(self) -> str:
        """Where the web server listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of its processes."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("LOCALITY_", "DATABASE_", "REDIS_", "SECRET_"))
        }
        return kept | {
            "DATABASE_URL": self.database.url(postgres.APP, self.name),
            "DATABASE_OWNER_URL": self.database.url(postgres.OWNER, self.name),
            "REDIS_URL": self.broker_url,
            "SECRET_KEY": SECRET,
            "LOCALITY_DEMONSTRATION": "yes",
            "LOCALITY_ARGON2_FAST": "yes",
            "LOCALITY_LEASE_SECONDS": self.lease_seconds,
            **self.extra,
        }

    def start(self, *names: str) -> None:
        """Start programs (all three, unless named); returns when the web server answers."""
        commands = {
            "web": lambda: serving.web_command(f"127.0.0.1:{self.port}", self.environment),
            "worker": lambda: serving.worker_command(self.environment),
            "beat": serving.beat_command,
        }
        self.port = self.port or _free_port()
        if self.broker is not None and not self.broker.running:
            self.broker.start()
        for name in names or PROGRAMS:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.programs[name] = process.spawn(
                    commands[name](), environment=self.environment, output=log, folder=ROOT
                )
        if "web" in self.programs:
            self.until(self._answers, "the web server to answer")

    def kill(self, name: str) -> None:
        """End a program and all its processes without a word, as a crash would."""
        child = self.programs.pop(name)
        child.kill()
        child.wait()
        process.sweep(child.pid)

    def kill_broker(self) -> None:
        """End the broker without a word; ``start_broker`` brings it back with what its file holds."""
        assert self.broker is not None
        assert self.broker.process is not None
        self.broker.process.kill()
        self.broker.process.wait()

    def start_broker(self) -> None:
        """Start the broker again after it was killed."""
        assert self.broker is not None
        self.broker.start()

    def flush_broker(self) -> None:
        """Empty the broker, as an operator's slip would."""
        with self._broker() as broker:
            broker.flushall()

    def is_idle(self) -> bool:
        """Whether the broker holds nothing: all that it was told is done."""
        with self._broker() as broker:
            for look in range(2):  # between being taken and being noted as taken a piece of work is nowhere
                time.sleep(0.1 * look)
                if broker.llen("locality") or broker.hlen("unacked"):
                    return False
        return True

    def kill_one_child(self, name: str) -> None:
        """End one pool process of a program; its parent lives."""
        parent = self.programs[name].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        os.kill(int(children[0]), signal.SIGKILL)

    def mend(self) -> None:
        """Start whatever does not run, as a supervisor would."""
        if self.broker is not None and not self.broker.running:
            self.broker.start()
        gone = [name for name in PROGRAMS if name not in self.programs or self.programs[name].poll() is not None]
        if gone:
            self.start(*gone)

    def stop(self) -> None:
        """Stop everything in good order."""
        for name in ("beat", "web", "worker"):
            if name in self.programs:
                process.end(self.programs.pop(name), with_signal=signal.SIGTERM, patience_s=15)
        if self.broker is not None:
            self.broker.stop()
        self._look_away()

    def end(self) -> None:
        """End everything at once and without a word, where nothing of it is wanted any more."""
        for name in tuple(self.programs):
            self.kill(name)
        if self.broker is not None and self.broker.running:
            self.kill_broker()
        self._look_away()

    def query(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """What the database says, as its superuser, past row-level security; asked often, so on one connection."""
        if self.watcher is None:
            address = plain_url(self.database.url(postgres.SUPERUSER, self.name))
            self.watcher = psycopg.connect(address, autocommit=True)
        return self.watcher.execute(sql, parameters).fetchall()

    def until(self, true: Callable[[], object], what: str, *, seconds: float = _PATIENCE_S) -> None:
        """Wait until something is so."""
        limit = time.monotonic() + seconds
        while not true():
            if time.monotonic() > limit:
                raise AssertionError(f"waited {seconds:.0f} s for {what}\n{self.logs()}")
            time.sleep(0.05)

    def until_mended(self, true: Callable[[], object], what: str, *, seconds: float = _PATIENCE_S) -> None:
        """Wait until something is so, as under a supervisor: a worker that ends with its broker is started again."""

        def mended() -> object:
            self.mend()
            return true()

        self.until(mended, what, seconds=seconds)

    def logs(self) -> str:
        """The last lines that the programs wrote."""
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-25:])
            for log in sorted(self.folder.glob("*.log"))
        )

    def _look_away(self) -> None:
        if self.watcher is not None:
            self.watcher.close()
            self.watcher = None

    def _broker(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=self.broker_url.removeprefix("redis+socket://"))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def running(
    server: postgres.Address,
    database: str,
    folder: Path,
    *,
    extra: Mapping[str, str] | None = None,
    ready: Callable[[LiveSystem], None] = lambda _system: None,
) -> Iterator[LiveSystem]:
    """Web server, worker and beat on a database, with a broker of their own.

    ``extra`` are more settings for them; ``ready`` fills the database before they start.
    """
    # A short path: a socket's is limited to 108 bytes.
    with tempfile.TemporaryDirectory(prefix="locality-mq-") as broker_folder:
        broker = valkey.Broker(Path(broker_folder), Path(broker_folder))
        child = Child(broker.program(), Log(folder / "broker.log"))
        system = LiveSystem(server, database, broker.url, folder, broker=child, extra=dict(extra or {}))
        ready(system)
        try:
            system.start()
            yield system
        finally:
            system.end()


def load_demonstration(system: LiveSystem) -> None:
    """Fill a system's database by the command that users run."""
    command = [sys.executable, "-m", "locality.cli", "demo"]
    done = subprocess.run(command, cwd=ROOT, env=system.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
