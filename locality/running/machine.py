"""Examines the machine: Python, packages, time zones, the data folder, the port, the browser for the tests."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from locality.running import serving
from locality.running.failure import CannotRun
from locality.running.findings import Finding, note, right, wrong
from locality.running.place import ROOT, Place

_LEAST_PYTHON = (3, 11)
_LEAST_ROOM_MB = 500
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def look(place: Place, *, serving_here: bool) -> Iterator[Finding]:
    """Findings about this machine. ``serving_here``: the system runs in this checkout, so its port is taken rightly."""
    yield python(sys.version_info[:3])
    yield packages()
    yield time_zones()
    yield data_folder(place)
    if not serving_here:
        yield port()
    yield browser()


def python(version: tuple[int, int, int]) -> Finding:
    """Recent enough."""
    text = ".".join(map(str, version))
    if version[:2] >= _LEAST_PYTHON:
        return right("python", text)
    return wrong(
        "python", f"{text} is too old", cure="Install Python 3.11 or later, delete .venv, and run ./run install."
    )


def packages() -> Finding:
    """What is installed is what the lock file says; known from the stamp that ``./run`` leaves."""
    lock, stamp = ROOT / "requirements.lock", ROOT / ".venv" / "made-from"
    if not stamp.exists():
        return note("packages", "installed by other means than ./run; not compared with requirements.lock")
    done = subprocess.run(["cksum"], input=lock.read_bytes(), capture_output=True, check=True)
    if f"{lock.name} {done.stdout.decode().strip()}" in stamp.read_text(encoding="utf-8").splitlines():
        return right("packages", "as requirements.lock says")
    return wrong("packages", "older or newer than requirements.lock", cure="Run ./run install.")


def time_zones() -> Finding:
    """Dates are London's, so the machine must know London's clock."""
    try:
        ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return wrong("time zones", "Europe/London is not known here", cure="Install the package tzdata.")
    return right("time zones", "Europe/London is known")


def data_folder(place: Place) -> Finding:
    """Ours, private, writable, with room."""
    if not place.data.exists():
        return note("data", f"{place.data} is not there yet; ./run up makes it")
    try:
        place.open()
    except CannotRun as error:
        return wrong("data", error.reason, cure=error.cure)
    room = shutil.disk_usage(place.data).free // 1_000_000
    if room < _LEAST_ROOM_MB:
        return wrong("data", f"only {room} MB are free for {place.data}", cure="Make room on that disk.")
    return right("data", f"{place.data}, {room:,} MB free")


def port() -> Finding:
    """A free port to serve on."""
    try:
        listener = serving.listen(host=None, port=None)
    except CannotRun as error:
        return wrong("port", error.reason, cure=error.cure)
    listener.socket.close()
    if listener.port != listener.wanted:
        return note("port", f"{listener.wanted} is taken; ./run up would take {listener.port}")
    return right("port", f"{listener.port} is free")


def browser() -> Finding:
    """Only the tests need one."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        return right("browser", f"{found} (for the tests)")
    return note("browser", "no Chromium: browser tests are skipped", cure="apt install chromium, if you want them.")
