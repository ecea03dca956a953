"""``locality up`` as a person meets it: started, used, killed in every way, stopped. One run for most of the tests."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from locality.running import postgres, valkey
from locality.running.place import ROOT, Place
from tests.integration.running.folders import open_folder
from tests.support.servers import SECRET, TEMPLATE

PROGRAMS = {
    "web": "gunicorn",
    "worker": " worker ",
    "beat": " beat ",
    "valkey": "valkey-server",
    "postgres": "/postgres",
}


class Installation:
    """A data folder and the ``up`` that runs on it."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder / "data")
        self.said = folder / "said"
        self.port = _free_port()
        # The fewest processes: each is loaded anew with every start.
        self.extra = {"LOCALITY_WEB_WORKERS": "1", "LOCALITY_WORKER_PROCESSES": "1"}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("LOCALITY_", "DATABASE_", "REDIS_", "SECRET_"))
        }
        return kept | {"LOCALITY_DATA": str(self.place.data)} | self.extra

    def start(self, *words: str) -> None:
        command = [sys.executable, "-m", "locality.cli", "up", "--without-demo", "--port", str(self.port), *words]
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=said, stderr=said, start_new_session=True
            )
        self.until(lambda: "Ctrl-C stops" in self.said.read_text() or self.process.poll() is not None)  # type: ignore[union-attr]
        assert self.process.poll() is None, self.said.read_text()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "locality.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def child(self, name: str) -> int | None:
        assert self.process is not None
        for pid in _children(self.process.pid):
            if PROGRAMS[name] in _command_of(pid):
                return pid
        return None

    def until(self, true: Callable[[], object], seconds: float = 90) -> None:
        limit = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < limit, f"waited {seconds:.0f} s\n{self.said.read_text()}"
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _family(pid: int) -> list[int]:
    return [one for child in _children(pid) for one in (child, *_family(child))]


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with open_folder() as folder:
        installation = Installation(folder)
        try:
            installation.start()
            yield installation
        finally:
            if installation.process and installation.process.poll() is None:
                installation.stop()


def test_it_says_where_it_is_and_answers(running: Installation) -> None:
    assert f"Locality is at http://127.0.0.1:{running.port}\n" in running.said.read_text()
    assert running.get("/sign-in") == 200
    assert running.get("/readyz") == 200


def test_a_second_start_is_refused_with_the_address(running: Installation) -> None:
    done = running.command("up", "--without-demo")
    assert done.returncode == 1
    assert re.fullmatch(
        rf"locality: Already running: “locality up \(process \d+\)” is using \S+ at http://127\.0\.0\.1:{running.port}\."
        " Stop that one first .*\n",
        done.stderr,
    )


def test_other_commands_find_its_servers(running: Installation) -> None:
    done = running.command("migrate")
    assert (done.returncode, "there is nothing to do" in done.stdout) == (0, True), done.stderr


def test_the_doctor_finds_everything_in_order(running: Installation) -> None:
    done = running.command("doctor")
    assert (done.returncode, "WRONG" in done.stdout) == (0, False), done.stdout
    assert f"is running at http://127.0.0.1:{running.port}" in done.stdout


def test_its_files_are_private(running: Installation) -> None:
    for path in running.place.data.iterdir():
        if path.name != "run":
            assert path.stat().st_mode & 0o077 in {0, 0o044 if path.name == "lock" else 0}, path


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_killed_with_9_is_back_and_leaves_nothing(name: str, running: Installation) -> None:
    running.until(lambda: running.child(name))
    before = running.child(name)
    assert before is not None
    group = _family(before)
    os.kill(before, signal.SIGKILL)
    assert running.get("/healthz") == 200, "visitors are not refused: when the web server is replaced they wait"
    running.until(lambda: running.child(name) not in {None, before})
    running.until(lambda: running.get("/readyz") == 200)  # or what is killed next begins without what was killed last
    running.until(lambda: not any(_command_of(pid) for pid in group))
    assert "was killed by SIGKILL; starting it again" in running.said.read_text()


def test_killed_with_9_it_leaves_no_process_and_keeps_the_data(running: Installation) -> None:
    assert running.process is not None
    with postgres.Address(_sockets(running)).connect(postgres.DATABASE) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
        connection.execute("INSERT INTO kept VALUES (42)")
    running.until(lambda: running.child("worker"))
    family = _family(running.process.pid)
    assert len(family) > 8
    running.process.kill()
    running.process.wait()
    running.said.write_text("")
    running.start()  # at once: it waits for what is left of the first
    assert not [_command_of(pid) for pid in family if _command_of(pid)]
    with postgres.Address(_sockets(running)).connect(postgres.DATABASE) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (42,)


def test_asked_to_stop_it_ends_everything_in_good_order(running: Installation) -> None:
    assert running.process is not None
    running.until(lambda: running.child("beat"))
    family = _family(running.process.pid)
    assert running.stop() == 0
    assert not [_command_of(pid) for pid in family if _command_of(pid)]
    assert running.said.read_text().endswith("Stopping …\nStopped. The data is kept.\n")
    assert "database system is shut down" in (running.place.logs / "postgres.log").read_text()
    assert running.get("/healthz") == 0


def test_a_taken_port_is_one_line_before_anything_is_made() -> None:
    with open_folder() as folder, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        installation = Installation(folder)
        done = installation.command("up", "--port", str(other.getsockname()[1]))
        assert done.returncode == 1
        assert re.fullmatch(r"locality: Port \d+ is taken by another program\. Choose another: .*\n", done.stderr)
        assert not installation.place.postgres.exists()


@pytest.mark.parametrize("name", ["LOCALITY_PROT", "LOCALITY_HTTPS"])
def test_a_wrong_setting_is_one_line(name: str) -> None:
    with open_folder() as folder:
        installation = Installation(folder)
        installation.extra[name] = "maybe"
        done = installation.command("up", "--without-demo", "--port", str(installation.port))
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert name in done.stderr


def test_named_servers_are_used_and_none_is_started(server: postgres.Address) -> None:
    server.create_database("named", template=TEMPLATE)
    try:
        with open_folder() as folder, valkey.temporary() as broker:
            installation = Installation(folder)
            installation.extra |= {
                "DATABASE_URL": server.url(database="named"),
                "REDIS_URL": broker,
                "SECRET_KEY": SECRET,
            }
            installation.start()
            try:
                assert installation.get("/readyz") == 200
                assert installation.child("postgres") is None
                assert installation.child("valkey") is None
                assert not installation.place.postgres.exists()
            finally:
                assert installation.stop() == 0
    finally:
        server.drop_database("named")


def test_a_database_that_is_behind_needs_its_owner(server: postgres.Address) -> None:
    server.create_database("behind")
    try:
        with open_folder() as folder:
            installation = Installation(folder)
            installation.extra = {"DATABASE_URL": server.url(database="behind"), "REDIS_URL": "redis://127.0.0.1:1/0"}
            done = installation.command("up", "--port", str(installation.port))
            assert done.returncode == 1
            assert "DATABASE_OWNER_URL is not set" in done.stderr
            assert "Traceback" not in done.stderr
    finally:
        server.drop_database("behind")


def test_a_database_that_is_away_is_one_line() -> None:
    with open_folder() as folder:
        installation = Installation(folder)
        installation.extra = {
            "DATABASE_URL": "postgresql://locality_app@127.0.0.1:1/locality", "REDIS_URL": "redis://127.0.0.1:1/0",
        }  # fmt: skip
        done = installation.command("up", "--port", str(installation.port))
        assert done.returncode == 1
        assert done.stderr.startswith("locality: The database of DATABASE_URL does not answer: ")
        assert done.stderr.count("\n") == 1


def _sockets(running: Installation) -> Path:
    url = json.loads((running.place.data / "environment.json").read_text())["settings"]["DATABASE_URL"]
    return Path(urllib.request.unquote(url.split("host=")[1]))
