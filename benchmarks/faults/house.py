"""A whole installation as `locality up` runs it, in a throw-away folder: its supervisor restarts what is killed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from benchmarks.faults.planning import Fault
from benchmarks.system import clean_environment
from locality.kernel.guard import plain_url
from locality.running import binaries, postgres, process
from tests.support.live import ROOT
from tests.support.mail import MailServer, free_port

_START_S = 300.0
_BACK_S = 60.0
_LOOK_EVERY_S = 0.05
_QUEUES = ("locality", "naive")  # the product's and the control's
# A broker that can be kept away: while the file is there, the program that the supervisor starts only waits.
_GATE = """#!/bin/sh
while [ -e '{shut}' ]; do sleep 0.05; done
exec '{program}' "$@"
"""


@dataclass(slots=True)
class House:
    """One installation. ``patience_s``: how long it may take until something waits in the broker that is emptied."""

    folder: Path
    data: Path
    mail: MailServer
    children: int
    lease_s: int
    port: int = field(default_factory=free_port)
    up: "subprocess.Popen[bytes] | None" = None
    patience_s: float = 3.0

    def start(self, command: str = "locality.cli") -> None:
        """Run ``up`` and wait for its first page; a second start works on the same data.

        ``command`` is the module that starts it: the product's own, or the control's.
        """
        self._gate.write_text(_GATE.format(shut=self.shut, program=binaries.valkey_program()))
        self._gate.chmod(0o700)
        with (self.folder / "up.log").open("ab") as log:
            self.up = process.spawn(
                [sys.executable, "-m", command, "up", "--port", str(self.port)],
                environment=self.environment,
                output=log,
                folder=ROOT,
                death_signal=signal.SIGTERM,
            )
        limit = time.monotonic() + _START_S
        while not (self._is_open() and self.find(Fault.WORKER_PROCESS)):
            if self.up.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"the system did not start\n{self.logs()}")
            time.sleep(_LOOK_EVERY_S)

    def stop(self) -> None:
        """Stop everything in good order."""
        self.shut.unlink(missing_ok=True)
        if self.up is not None:
            process.end(self.up, with_signal=signal.SIGTERM, patience_s=40)
            self.up = None

    def end(self) -> None:
        """End everything without a word, where nothing waits for its end; what is committed stays."""
        self.shut.unlink(missing_ok=True)
        if self.up is not None:
            family = _family(self.up.pid)
            database = {pid for main in self.find(Fault.DATABASE) for pid in (main, *_children(main))}
            process.end(self.up, with_signal=signal.SIGKILL, patience_s=0)
            self.up = None
            for pid in family:
                if pid not in database:  # which ends by itself, and takes its shared memory with it
                    kill(pid)
            limit = time.monotonic() + _BACK_S
            while any(_words(pid) for pid in family) and time.monotonic() < limit:
                time.sleep(_LOOK_EVERY_S)

    @property
    def environment(self) -> dict[str, str]:
        """What ``up`` is told."""
        return (
            clean_environment()
            | self.mail.environment
            | {
                "LOCALITY_DATA": str(self.data),
                "LOCALITY_DEMO_CHILDREN": str(self.children),
                "LOCALITY_LEASE_SECONDS": str(self.lease_s),
                "LOCALITY_DEMONSTRATION": "yes",
                "LOCALITY_ARGON2_FAST": "yes",  # how long signing in takes is not what is asked here
                binaries.VALKEY: str(self._gate),
            }
        )

    @property
    def shut(self) -> Path:
        """While this file is there, no broker starts."""
        return self.folder / "shut"

    @property
    def _gate(self) -> Path:
        return self.folder / "broker"

    def accounts(self) -> list[dict[str, str]]:
        """The people of the demonstration: role, e-mail, password."""
        found: list[dict[str, str]] = json.loads((self.data / "demonstration.json").read_text(encoding="utf-8"))
        return found

    def query(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """What the database says, as its superuser; waits while the database is away."""
        limit = time.monotonic() + _BACK_S
        while True:
            try:
                with psycopg.connect(self._superuser_url()) as connection:
                    return connection.execute(sql, parameters).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > limit:
                    raise
                time.sleep(_LOOK_EVERY_S)

    def execute(self, sql: str, *parameters: object) -> None:
        """Change something in the database as its superuser, as no program of ours could."""
        with psycopg.connect(self._superuser_url()) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql, parameters)

    def empty_broker(self) -> None:
        """Forget everything that the broker holds, as an operator's slip would; soon, when nothing waits in it yet."""
        address = self._settings()["REDIS_URL"].removeprefix("redis+socket://")
        broker = redis.Redis(unix_socket_path=address, socket_timeout=5)
        limit = time.monotonic() + self.patience_s
        while not any(map(broker.llen, _QUEUES)) and time.monotonic() < limit:
            time.sleep(_LOOK_EVERY_S)
        broker.flushall()

    def find(self, fault: Fault) -> list[int]:
        """The processes that a fault can hit; none while they are away."""
        if self.up is None:
            return []
        children = {pid: _words(pid) for pid in _children(self.up.pid)}
        mains = [pid for pid, words in children.items() if _IS[fault](words)]
        if fault in {Fault.WEB_PROCESS, Fault.WORKER_PROCESS}:
            return [child for main in mains for child in _children(main)]
        if fault is Fault.DATABASE_SESSION:
            sessions = [child for main in mains for child in _children(main)]
            return [pid for pid in sessions if postgres.APP in " ".join(_words(pid))]
        return mains

    def logs(self) -> str:
        """The last lines that the programs wrote."""
        files = sorted([*self.folder.glob("*.log"), *(self.data / "logs").glob("*.log")])
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            for log in files
        )

    def _is_open(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _settings(self) -> dict[str, str]:
        settings: dict[str, str] = json.loads((self.data / "environment.json").read_text(encoding="utf-8"))["settings"]
        return settings

    def _superuser_url(self) -> str:
        url = plain_url(self._settings()["DATABASE_URL"])
        return url.replace(f"{postgres.APP}@", f"{postgres.SUPERUSER}@", 1)


@contextmanager
def house(*, children: int, lease_s: int) -> Iterator[House]:
    """An installation that is not started yet; everything of it is gone at the end."""
    # The data folder stands directly in the temporary folder: the database's own user must be able to reach it.
    with (
        tempfile.TemporaryDirectory(prefix="locality-faults-") as folder,
        tempfile.TemporaryDirectory(prefix="locality-data-", ignore_cleanup_errors=True) as data,
    ):
        mail = MailServer(free_port())
        mail.start()
        built = House(Path(folder), Path(data), mail, children, lease_s)
        try:
            yield built
        finally:
            built.end()
            mail.stop()


def _is_web(words: list[str]) -> bool:
    return "gunicorn" in words


def _is_worker(words: list[str]) -> bool:
    return "celery" in words and "worker" in words


def _is_beat(words: list[str]) -> bool:
    return "celery" in words and "beat" in words


def _is_broker(words: list[str]) -> bool:
    return Path(words[0] if words else "").name.startswith("valkey")


def _is_database(words: list[str]) -> bool:
    return Path(words[0] if words else "").name == "postgres"


_IS = {
    Fault.WEB: _is_web,
    Fault.WEB_PROCESS: _is_web,
    Fault.WORKER: _is_worker,
    Fault.WORKER_PROCESS: _is_worker,
    Fault.BEAT: _is_beat,
    Fault.BROKER: _is_broker,
    Fault.BROKER_STOPPED: _is_broker,
    Fault.BROKER_EMPTIED: _is_broker,
    Fault.DATABASE: _is_database,
    Fault.DATABASE_SESSION: _is_database,
}


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found.extend(int(child) for child in listed.read_text(encoding="ascii").split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _family(pid: int) -> list[int]:
    return [one for child in _children(pid) for one in (child, *_family(child))]


def _words(pid: int) -> list[str]:
    """The command line of a process; nothing when it is gone."""
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return []
    return [word for word in text.split("\0") if word]


def kill(pid: int) -> None:
    """End a process without a word; one that is gone already is left alone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
