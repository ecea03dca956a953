"""A whole system of its own for timings: durable database, demonstration data of a size, web, worker, beat."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.visitor import Visitor
from locality.migrations.runner import migrate
from locality.running import postgres, valkey
from tests.support.live import ROOT, LiveSystem


class Bench(LiveSystem):
    """A running system and the people who may sign in to it."""

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a ``locality`` command on this system's servers."""
        return subprocess.run(
            [sys.executable, "-m", "locality.cli", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )

    def visitor(self, role: str) -> Visitor:
        """Somebody of the demonstration with a role ("Manager"), signed in."""
        accounts = json.loads(self.command("users", "--demo", "--json").stdout)
        account = next(a for a in accounts if a["role"] == role)
        return self.visitor_named(account["email"], account["password"])

    def visitor_named(self, email: str, password: str) -> Visitor:
        """A person of the demonstration, signed in."""
        visitor = Visitor(self.port)
        visitor.sign_in(email, password)
        return visitor

    def demonstration_password(self) -> str:
        """The password that all demonstration accounts share."""
        return str(json.loads(self.command("users", "--demo", "--json").stdout)[0]["password"])


@contextmanager
def running(children: int, seed: int, *, programs: tuple[str, ...] = ()) -> Iterator[tuple[Bench, float]]:
    """A system with ``children`` children; also how many seconds loading them took."""
    with (
        postgres.temporary(fsync=True) as server,
        valkey.temporary() as broker_url,
        tempfile.TemporaryDirectory() as logs,
    ):
        migrate(server.url(postgres.OWNER))
        system = Bench(server, postgres.DATABASE, broker_url, Path(logs), lease_seconds="30")
        started = time.perf_counter()
        system.command("demo", "--children", str(children), "--seed", str(seed))
        seconds = time.perf_counter() - started
        try:
            system.start(*programs)
            yield system, seconds
        finally:
            system.stop()


def memory_mb(root: int) -> float:
    """Proportional memory (PSS) of a process and all its descendants, in MB; shared pages are counted once."""
    total = 0
    for process in _family(root):
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        total += int(found.group(1)) if found else 0
    return total / 1024


def _family(root: int) -> list[int]:
    found = [root]
    for process in found:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found.extend(int(child) for child in children.read_text(encoding="ascii").split())
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def clean_environment() -> dict[str, str]:
    """This process's environment without Locality's own settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("LOCALITY_", "DATABASE_", "REDIS_", "SECRET_"))}
