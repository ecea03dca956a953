"""Two checkouts side by side, the second an ordinary user's where that can be tried; and what may not be written to."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from locality.running.place import ROOT, Place
from locality.running.rights import reachable_by_others
from tests.integration.running.folders import open_folder

PARTS = ("run", "requirements.lock", "locality", "templates", "workers")
IS_ROOT = os.geteuid() == 0
# Root may start it as somebody else, if that account can reach the environment; who is not root is ordinary already.
ORDINARY = pwd.getpwnam("daemon") if IS_ROOT and reachable_by_others([Path(sys.prefix)]) else None


class Checkout:
    """A copy of the product beside others, with data of its own; they share one environment."""

    def __init__(self, folder: Path, account: pwd.struct_passwd | None = None) -> None:
        self.folder = folder
        self.place = Place(folder / ".data")
        self.said = folder.with_suffix(".said")
        self.before = []
        if account:
            self.before = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        folder.mkdir()
        subprocess.run(["cp", "-a", *(ROOT / part for part in PARTS), folder], check=True)
        (folder / ".venv").symlink_to(sys.prefix)
        if account:
            subprocess.run(["chown", "-Rh", f"{account.pw_uid}:{account.pw_gid}", folder], check=True)

    def begin(self) -> None:
        """Start it on no port in particular, and wait until it says where it is."""
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(**self._call(), stdout=said, stderr=said, start_new_session=True)
        wait_until(lambda: "Ctrl-C stops" in self.said.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said.read_text()
        found = json.loads((self.place.data / "environment.json").read_text())
        self.address, self.database = found["address"], found["settings"]["DATABASE_URL"]

    def refused(self, *before: str) -> str:
        """What it says, in one line, when it cannot start."""
        done = subprocess.run(**self._call(*before), capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done
        return str(done.stderr)

    def readiness(self) -> int:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/readyz", timeout=10) as answer:
            return int(answer.status)
        return 0

    def holds(self) -> dict[str, int]:
        """Every file of its data, and when it was written to."""
        return {str(path): path.stat().st_mtime_ns for path in self.place.data.rglob("*")}

    def processes(self) -> list[str]:
        """The programs that run out of its folder: on this machine nobody else has its name."""
        told = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        return [line for line in told.splitlines() if f"{self.folder}/" in line]

    def _call(self, *before: str) -> dict[str, Any]:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LOCALITY_WEB_WORKERS": "1",
            "LOCALITY_WORKER_PROCESSES": "1",
        }  # fmt: skip
        command = [*self.before, *before, str(self.folder / "run"), "up", "--without-demo"]
        return {"args": command, "env": environment, "cwd": self.folder}


def wait_until(true: Callable[[], object], seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


def disks_can_be_mounted() -> bool:
    """Tried in a view of the disks that nobody else has."""
    if not IS_ROOT or not shutil.which("unshare"):
        return False
    command = ["unshare", "--mount", "mount", "--bind", "/tmp", "/tmp"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Checkout, Checkout]]:
    with open_folder() as folder:
        both = (Checkout(folder / "one"), Checkout(folder / "two", ORDINARY))
        try:
            for one in both:
                one.begin()
            yield both
        finally:
            for one in both:
                if hasattr(one, "process") and one.process.poll() is None:
                    one.process.send_signal(signal.SIGINT)
                    one.process.wait(timeout=60)


def test_two_checkouts_run_side_by_side_each_on_its_own(pair: tuple[Checkout, Checkout]) -> None:
    one, two = pair
    assert one.address != two.address
    assert f"is taken, so this is on {two.address.rsplit(':')[-1]}" in two.said.read_text()
    assert one.database != two.database
    assert (one.readiness(), two.readiness()) == (200, 200)
    assert two.place.postgres.stat().st_uid == (ORDINARY.pw_uid if ORDINARY else os.geteuid())


def test_one_killed_with_9_is_gone_and_the_other_is_unharmed(pair: tuple[Checkout, Checkout]) -> None:
    one, two = pair
    before = two.processes()
    one.process.kill()
    one.process.wait()
    wait_until(lambda: not one.processes())
    assert (one.readiness(), two.readiness()) == (0, 200)
    assert two.processes() == before


def test_ctrl_c_leaves_nothing_of_an_ordinary_users_start(pair: tuple[Checkout, Checkout]) -> None:
    _, two = pair
    two.process.send_signal(signal.SIGINT)
    assert two.process.wait(timeout=60) == 0
    assert (two.processes(), two.readiness()) == ([], 0)
    assert two.said.read_text().endswith("Stopped. The data is kept.\n")


def test_a_data_folder_that_may_not_be_written_to_is_one_line(pair: tuple[Checkout, Checkout]) -> None:
    _, two = pair
    if IS_ROOT and not ORDINARY:
        pytest.skip("root may write to every folder")
    two.place.data.chmod(0o500)
    held = two.holds()
    said = two.refused()
    assert said.startswith(f"locality: {two.place.data} cannot be written to: Permission denied. Make it writable, or ")
    assert two.holds() == held


@pytest.mark.skipif(not disks_can_be_mounted(), reason="only root can mount a disk, and not in every container")
@pytest.mark.parametrize("part", ["", ".data/logs"])
def test_a_disk_that_is_read_only_is_one_line_and_nothing_is_half_made(
    part: str, pair: tuple[Checkout, Checkout]
) -> None:
    one, _ = pair
    disk = one.folder / part
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    held = set(one.holds())
    said = one.refused("unshare", "--mount", "sh", "-c", script, str(disk))
    assert "cannot be written to: Read-only file system. Make it" in said
    assert set(one.holds()) <= held, "what the killed one had published may go"
