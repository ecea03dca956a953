"""Processes: started, watched, ended; nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from locality.running import process
from locality.running import supervisor as supervising
from locality.running.child import Child, Program
from locality.running.failure import CannotRun
from locality.running.logs import Log
from locality.running.place import ROOT
from locality.running.stopping import Stopped, StopRequests
from locality.running.supervisor import Supervisor

SLEEP = ("sleep", "600")


def program(*command: str, name: str = "one", ready: Callable[[], bool] = lambda: True, **more: object) -> Program:
    return Program(name=name, title=f"Program {name}", command=command, ready=ready, **more)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    """True while a process exists that is not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(true: Callable[[], object], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.02)


@pytest.fixture
def child(tmp_path: Path):
    children: list[Child] = []

    def make(told: Program) -> Child:
        children.append(Child(told, Log(tmp_path / f"{told.name}.log")))
        return children[-1]

    yield make
    for one in children:
        one.stop(hurry=lambda: True)


def test_a_child_that_ends_at_once_is_quoted(child) -> None:
    one = child(program("sh", "-c", "echo Error: no such planet >&2; exit 3", ready=lambda: False))
    with pytest.raises(CannotRun, match=r"Program one did not start: Error: no such planet .*one\.log"):
        one.start()


def test_a_forgiven_failure_is_tried_again(child, tmp_path: Path) -> None:
    script = f"test -e {tmp_path}/second && exec sleep 600; touch {tmp_path}/second; echo still in use >&2; exit 1"
    one = child(
        program("sh", "-c", script, ready=lambda: (tmp_path / "second").exists() and one.running, forgiven=("in use",))
    )
    one.start()
    until(lambda: one.running)


def test_a_child_that_never_gets_ready_is_ended(child) -> None:
    one = child(program(*SLEEP, ready=lambda: False, ready_s=0.2))
    with pytest.raises(CannotRun, match="was not ready"):
        one.start()
    assert not one.running


def test_a_child_that_will_not_stop_is_made_to(child) -> None:
    one = child(program("sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", patience_s=0.4))
    one.start()
    time.sleep(0.3)
    pid = one.process.pid
    one.stop()
    assert not alive(pid)


def test_what_a_killed_leader_leaves_is_swept(child) -> None:
    one = child(program("sh", "-c", "sleep 600 & sleep 600 & wait"))
    one.start()
    group = one.process.pid
    members = [int(pid) for pid in _wait_for_group(group, 3)]
    os.kill(group, signal.SIGKILL)
    until(lambda: not one.running)
    assert one.bury() == "was killed by SIGKILL"
    until(lambda: not any(map(alive, members)), seconds=3)


def _wait_for_group(group: int, size: int) -> list[str]:
    found: list[str] = []

    def enough() -> bool:
        found[:] = subprocess.run(
            ["pgrep", "-g", str(group)], capture_output=True, text=True, check=False
        ).stdout.split()
        return len(found) >= size

    until(enough)
    return found


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """The promise that matters most: kill -9 of the supervisor leaves nothing behind."""
    parent = (
        "import signal, time\n"
        "from locality.running import process\n"
        "print(process.spawn(['sleep', '600'], death_signal=signal.SIGTERM).pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    started = subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    with started.stdout:
        pid = int(started.stdout.readline())
    until(lambda: b"sleep" in Path(f"/proc/{pid}/cmdline").read_bytes()[:6])
    started.kill()
    started.wait()
    until(lambda: not alive(pid))


def test_a_program_that_is_not_there_is_named(child) -> None:
    one = child(program("/no/such/program", ready=lambda: False))
    with pytest.raises(CannotRun, match=r"/no/such/program: .*No such file"):
        one.start()


def test_last_words_are_of_this_start_only(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    with log.open() as output:
        output.write(b"FATAL: an old sorrow\n")
    with log.open() as output:
        output.write(b"FATAL: a new one\nbye\n")
    assert log.last_words() == "FATAL: a new one"


def test_silence_is_said(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.open().close()
    assert log.last_words() == "it said nothing"


def test_a_log_that_has_grown_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_bytes(b"x" * 5_000_001)
    with Log(tmp_path / "web.log").open() as output:
        output.write(b"fresh")
    assert (tmp_path / "web.log").read_bytes() == b"fresh"
    assert (tmp_path / "web.old.log").stat().st_size == 5_000_001


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def requests() -> StopRequests:
    return StopRequests()


@pytest.fixture
def supervisor(tmp_path: Path, requests: StopRequests, said: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervising, "_FIRST_WAIT_S", 0.03)
    monkeypatch.setattr(supervising, "_LOOK_EVERY_S", 0.01)
    with (tmp_path / "hold").open("w") as hold:
        one = Supervisor(tmp_path, hold=hold.fileno(), stop=requests, say=said.append)
        yield one
        requests.count = 2
        one.stop()


def test_what_dies_is_started_again_after_longer_and_longer(
    supervisor: Supervisor, requests: StopRequests, said: list[str], tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    script = f"echo x >>{starts}; test $(wc -l <{starts}) -lt 4 && exit 7; touch {tmp_path}/well; exec sleep 600"
    supervisor.start([program("sh", "-c", script)])
    _watch_until(supervisor, requests, (tmp_path / "well").exists)
    waits = [line.split(" in ")[1].split(" s")[0] for line in said]
    assert waits == ["0.03", "0.06", "0.12"]
    assert all("Program one ended with status 7; starting it again" in line for line in said)


def test_what_only_waits_for_the_dead_is_not_made_to_wait_ever_longer(
    supervisor: Supervisor, requests: StopRequests, said: list[str], tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    script = (
        f"echo x >>{starts}; test $(wc -l <{starts}) -gt 4 && touch {tmp_path}/well && exec sleep 600;"
        " echo FATAL: still in use >&2; exit 1"
    )
    supervisor.start([program("sh", "-c", script, forgiven=("in use",))])
    _watch_until(supervisor, requests, (tmp_path / "well").exists)
    assert [line.split(" in ")[1].split(" s")[0] for line in said] == ["0.03"] * 4


def test_programs_leave_in_order(supervisor: Supervisor, tmp_path: Path) -> None:
    def leaving(name: str, place: int) -> Program:
        script = f"trap 'echo {name} >>{tmp_path}/order; exit 0' TERM; while :; do sleep 0.05; done"
        return program("sh", "-c", script, name=name, leaves=place)

    supervisor.start([leaving("database", 2), leaving("broker", 1), leaving("web", 0)])
    time.sleep(0.4)
    supervisor.stop()
    assert (tmp_path / "order").read_text().split() == ["web", "broker", "database"]


def test_a_second_request_stops_without_waiting(supervisor: Supervisor, requests: StopRequests) -> None:
    supervisor.start([program("sh", "-c", "trap '' TERM; while :; do sleep 0.05; done", patience_s=60)])
    time.sleep(0.2)
    requests.count = 2
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 2


def test_a_command_that_fails_is_told(supervisor: Supervisor, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CannotRun, match=r"Counting did not succeed\. The reason stands above\."):
        supervisor.run("Counting", ["users"], dict(os.environ))
    assert "required: --demo" in capfd.readouterr().err


def test_requests_to_stop_end_a_pause() -> None:
    requests = StopRequests()
    before = signal.getsignal(signal.SIGTERM)
    with requests.listening():
        requests.pause(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            requests.pause(30)
    assert signal.getsignal(signal.SIGTERM) is before


def test_ending_what_has_ended_does_nothing() -> None:
    done = process.spawn(["true"])
    done.wait()
    process.end(done, with_signal=signal.SIGTERM, patience_s=1)
    assert done.returncode == 0


def _watch_until(supervisor: Supervisor, requests: StopRequests, true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    pause = requests.pause

    def look(seconds: float) -> None:
        if true() or time.monotonic() > limit:
            requests.count = 1
        pause(seconds)

    requests.pause = look  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        supervisor.watch()
    assert true()
