"""``./run`` on machines that lack something: one plain line, no traceback, nothing half made."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from locality.running.place import ROOT

TOOLS = ("sh", "dirname", "readlink", "cat", "cksum", "grep", "rm", "id", "awk", "env", "printf", "uname")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of ``run``, which does not find this machine's own Python, beside two small lock files."""
    folder = tmp_path / "my checkout"
    folder.mkdir()
    shutil.copy(ROOT / "run", folder / "run")
    the_systems(folder, Path("/nowhere/python3"))
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text("flask==3.1.3\n")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A search path with the ordinary tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return folder


def run(checkout: Path, path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "run"), *words],
        env={"PATH": str(path), "HOME": str(checkout), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def the_systems(checkout: Path, python: Path) -> None:
    """Let this be the system's own Python, wherever ``run`` looks for one."""
    script = (checkout / "run").read_text()
    (checkout / "run").write_text(re.sub(r"/\S+/python3\b", str(python), script))


def put(path: Path, name: str, script: str) -> Path:
    program = path / name
    program.unlink(missing_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def stamp(checkout: Path, *locks: str) -> None:
    for name in locks:
        text = (checkout / name).read_bytes()
        done = subprocess.run(["cksum"], input=text, capture_output=True, check=True)
        with (checkout / ".venv" / "made-from").open("a") as file:
            file.write(f"{name} {done.stdout.decode().strip()}\n")


def environment(checkout: Path, script: str) -> None:
    """An environment whose Python is a script of ours."""
    (checkout / ".venv" / "bin").mkdir(parents=True)
    put(checkout / ".venv" / "bin", "python", script)


# Fit for use, and says what it is asked to run.
TALKING = 'case "$1" in -c) exit 0;; *) echo "$@"; echo "in $PWD";; esac'
# Recent enough, but cannot make a virtual environment.
UNABLE = 'case "$1" in -c) exit 0;; *) exit 1;; esac'
# Recent enough too, and does not even claim that it can.
BARE = 'case "$2" in *version_info*) exit 0;; *) exit 1;; esac'


def test_it_is_posix_shell() -> None:
    for shell in filter(None, map(shutil.which, ("sh", "dash", "bash"))):
        subprocess.run([shell, "-n", str(ROOT / "run")], check=True)


@pytest.mark.parametrize("words", [(), ("help",), ("--help",)])
def test_help_needs_nothing(words: tuple[str, ...], checkout: Path, path: Path) -> None:
    done = run(checkout, path, *words)
    assert (done.returncode, done.stdout.startswith("./run up")) == (0, True)


def test_a_name_on_the_path_that_is_no_python_is_passed_over(checkout: Path, path: Path) -> None:
    """As a version manager leaves behind: the name is there, the version is not."""
    put(path, "python3", "echo 'python3: command not found' >&2; exit 127")
    good = put(path, "python3.13", UNABLE)
    done = run(checkout, path, "install")
    assert "was not found" not in done.stderr
    assert f"{good.name} can make no virtual environment" in done.stderr


def test_a_python_named_by_hand_comes_first(checkout: Path, path: Path, tmp_path: Path) -> None:
    mine = put(tmp_path, "mine", UNABLE)
    done = run(checkout, path, "install", PYTHON=str(mine))
    assert f"{mine} can make no virtual environment. On Debian or Ubuntu: apt install python3-venv." in done.stderr


def test_a_name_given_by_hand_that_is_no_python_is_said(checkout: Path, path: Path, tmp_path: Path) -> None:
    put(path, "python3", UNABLE)
    old = put(tmp_path, "an old python", "exit 1")
    done = run(checkout, path, "install", PYTHON=str(old))
    assert done.stderr == f"run: PYTHON names {old}, which is no Python 3.11 or later.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own is not sure to be there")
def test_the_systems_own_python_comes_first_where_it_can_make_an_environment(
    checkout: Path, path: Path, tmp_path: Path
) -> None:
    there = put(path, "python3", UNABLE)
    own = put(tmp_path, "own", UNABLE)
    the_systems(checkout, own)
    assert f"{own} can make no virtual environment" in run(checkout, path, "install").stderr
    put(tmp_path, own.name, BARE)
    assert f"{there.name} can make no virtual environment" in run(checkout, path, "install").stderr
    there.unlink()
    assert f"{own} can make no virtual environment" in run(checkout, path, "install").stderr


def test_no_python_at_all_is_said(checkout: Path, path: Path) -> None:
    done = run(checkout, path, "up")
    assert (done.returncode, "Python 3.11 or later was not found" in done.stderr) == (1, True)


def test_nothing_is_made_anew_when_the_locks_are_met(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock")
    done = run(checkout, path, "up", "--port", "8001")
    assert done.stdout.splitlines()[0] == "-P -m locality.cli up --port 8001"
    assert done.stderr == ""


def test_an_older_environment_is_made_anew(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock")
    (checkout / "requirements.lock").write_text("flask==3.1.4\n")
    put(path, "python3", "exit 0")
    done = run(checkout, path, "install")
    assert "Making the Python environment" in done.stderr
    assert done.returncode == 0
    assert run(checkout, path, "install").stderr == ""


def test_tests_need_more_than_use(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock", "requirements-dev.lock")
    put(path, "chromium", "exit 0")
    done = run(checkout, path, "test", "-k", "triangle")
    assert done.stdout.splitlines() == ["-m pytest -k triangle", f"in {checkout}"]


def test_processes_share_the_suite_with_the_browser_or_without(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock", "requirements-dev.lock")
    without = run(checkout, path, "test", "--without-browser", "-x")
    shared = "-m pytest --numprocesses {} --dist loadfile --no-loadscope-reorder"
    assert without.stdout.splitlines()[0] == f"{shared.format(3)} --ignore tests/browser -x"
    assert without.stderr == "", "nobody needs a browser for that"
    put(path, "chromium", "exit 0")
    assert run(checkout, path, "test").stdout.splitlines()[0] == shared.format(3)


def test_ci_must_not_skip_the_browser(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock", "requirements-dev.lock")
    done = run(checkout, path, "test", CI="true")
    assert (done.returncode, "the browser tests must run" in done.stderr) == (1, True)
    done = run(checkout, path, "test")
    assert (done.returncode, "the browser tests are skipped" in done.stderr) == (0, True)


def test_ci_must_not_skip_the_check_of_the_containers(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock", "requirements-dev.lock")
    put(path, "docker", 'case "$1" in compose) exit 1 ;; esac')
    done = run(checkout, path, "test", "--without-browser", CI="true")
    assert (done.returncode, "docker-compose.yml must be checked" in done.stderr) == (1, True)
    done = run(checkout, path, "test", "--without-browser")
    assert (done.returncode, done.stderr) == (0, ""), "nobody else is asked for it"
    put(path, "docker-compose", '[ "$1" = version ]')
    done = run(checkout, path, "test", "--without-browser", CI="true")
    assert (done.returncode, done.stderr) == (0, "")


def test_where_nothing_may_be_written_it_says_so(checkout: Path, path: Path) -> None:
    """Root may write anywhere but on a disk that is read-only; so this is tried as somebody else when we are root."""
    checkout.chmod(0o555)
    put(path, "python3", "exit 0")
    command = [str(checkout / "run"), "install"]
    if os.geteuid() == 0:
        for folder in (checkout, *checkout.parents):
            if folder != Path("/tmp") and Path("/tmp") in folder.parents:
                folder.chmod(folder.stat().st_mode | 0o055)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    done = subprocess.run(
        [shutil.which(command[0]) or command[0], *command[1:]],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    checkout.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be written to" in done.stderr


def test_a_measure_that_is_not_there_is_said(checkout: Path, path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock", "requirements-dev.lock")
    done = run(checkout, path, "faults")
    assert (done.returncode, done.stderr) == (1, "run: There is no benchmarks/faults.py here.\n")


def test_a_link_to_it_works(checkout: Path, path: Path, tmp_path: Path) -> None:
    environment(checkout, TALKING)
    stamp(checkout, "requirements.lock")
    (tmp_path / "link").symlink_to(checkout / "run")
    done = subprocess.run(
        [str(tmp_path / "link"), "doctor"], env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("-P -m locality.cli doctor")


def test_a_real_environment_is_made_by_a_real_python(checkout: Path, path: Path) -> None:
    """With nothing to fetch: an empty lock. The rest of the machinery is the true one."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        (checkout / name).write_text("")
    (path / "uv").symlink_to(Path(sys.executable).with_name("uv"))
    done = run(checkout, path, "install", PYTHON=sys.executable)
    assert done.returncode == 0, done.stderr
    made = subprocess.run([checkout / ".venv/bin/python", "-c", "print('well')"], capture_output=True, check=True)
    assert made.stdout == b"well\n"
