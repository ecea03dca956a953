"""Where an installation keeps what it must not lose, who may touch it, and who is using it now."""

import contextlib
import errno
import fcntl
import json
import os
import pwd
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from locality.running.failure import CannotRun

DATA = "LOCALITY_DATA"
ROOT = Path(__file__).resolve().parents[2]

_SECONDS_TO_START = 90.0
_SECONDS_TO_LEAVE = 30.0
_LOOK_EVERY_S = 0.1


class InUse(CannotRun):
    """Another process of ours holds the data folder: ``what`` is its command, ``address`` where it serves, if any."""

    def __init__(self, data: Path, *, what: str, address: str) -> None:
        where = f" at {address}" if address else ""
        super().__init__(
            f"Already running: “{what}” is using {data}{where}.",
            cure="Stop that one first (Ctrl-C in its window), or use it as it is.",
        )
        self.what = what
        self.address = address


@dataclass(frozen=True, slots=True)
class Place:
    """The data folder of one checkout and the files in it."""

    data: Path

    @classmethod
    def here(cls) -> "Place":
        """``.data`` beside the program, or the folder that ``LOCALITY_DATA`` names."""
        chosen = os.environ.get(DATA)
        return cls(Path(chosen).absolute() if chosen else ROOT / ".data")

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data."""
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        """The broker's append-only file."""
        return self.data / "valkey"

    @property
    def logs(self) -> Path:
        """One log a child."""
        return self.data / "logs"

    @property
    def secret_key(self) -> Path:
        """The file with the key that signs cookies and forms."""
        return self.data / "secret_key"

    @property
    def demonstration(self) -> Path:
        """Present once demonstration data is loaded; holds the accounts to sign in with, as JSON."""
        return self.data / "demonstration.json"

    @property
    def _environment(self) -> Path:
        return self.data / "environment.json"

    @property
    def _lock(self) -> Path:
        return self.data / "lock"

    def open(self) -> None:
        """Make the folder when it is missing. Raises ``CannotRun`` when it is somebody else's or not writable."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._refuse_foreign()
            for folder in (self.valkey, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            if not self.secret_key.exists():
                self._write(self.secret_key, secrets.token_urlsafe(48))
            with self._lock.open("a"):
                pass
            if not os.access(self.data, os.W_OK):  # the files in it may well be writable
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise CannotRun(
                f"{self.data} cannot be written to: {error.strerror}.",
                cure=f"Make it writable, or set {DATA} to a folder that is.",
            ) from error

    @contextlib.contextmanager
    def hold(self, what: str) -> Iterator[int]:
        """Use the folder alone. Raises ``InUse`` when another process of ours does.

        Gives the file descriptor that is the hold: children that keep it open keep the hold too. So when a process was
        killed and its children are still on their way out, the next one waits here until the last of them is gone.
        """
        with self._lock.open("r+", encoding="utf-8") as lock:
            self._take(lock)
            self._environment.unlink(missing_ok=True)
            lock.truncate()
            lock.write(f"{what} (process {os.getpid()})")
            lock.flush()
            try:
                yield lock.fileno()
            finally:
                self._environment.unlink(missing_ok=True)

    def publish(self, settings: Mapping[str, str], *, address: str = "") -> None:
        """Tell other commands in this checkout where the servers are, while this process holds the folder."""
        self._write(self._environment, json.dumps({"settings": dict(settings), "address": address}))

    def published(self) -> dict[str, str]:
        """The settings of the process that holds the folder; waits while that process is still starting its servers."""
        limit = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < limit:
            with contextlib.suppress(FileNotFoundError):
                settings: dict[str, str] = json.loads(self._environment.read_text(encoding="utf-8"))["settings"]
                return settings
            time.sleep(_LOOK_EVERY_S)
        raise CannotRun("Another Locality process here is not getting ready.", cure=f"See its logs in {self.logs}.")

    def note_demonstration(self, accounts: str) -> None:
        """Remember that demonstration data is loaded, and the accounts (a JSON text) to sign in with."""
        self._write(self.demonstration, accounts)

    def _take(self, lock: TextIO) -> None:
        limit = time.monotonic() + _SECONDS_TO_LEAVE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip()
                if _lives(holder):
                    raise InUse(self.data, what=holder or "locality", address=self._address()) from None
                if time.monotonic() > limit:
                    raise CannotRun(
                        f"“{holder}” was killed, and programs that it started still use {self.data}.",
                        cure="End them, or wait a little.",
                    ) from None
                time.sleep(_LOOK_EVERY_S)
            else:
                lock.seek(0)
                return

    def address_in_use(self) -> str:
        """Where this checkout serves at the moment; empty when it does not."""
        with contextlib.suppress(OSError), self._lock.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._address()
        return ""

    def _address(self) -> str:
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads(self._environment.read_text(encoding="utf-8"))["address"])
        return ""

    def _refuse_foreign(self) -> None:
        owner = self.data.stat().st_uid
        if owner == os.geteuid():
            if stat.S_IMODE(self.data.stat().st_mode) & 0o007:
                self.data.chmod(0o700)
            return
        theirs, ours = _user(owner), _user(os.geteuid())
        raise CannotRun(
            f"{self.data} belongs to {theirs} and you are {ours}.",
            cure=f"Run as {theirs}, or set {DATA} to a folder of your own to begin anew.",
        )

    def _write(self, path: Path, text: str) -> None:
        """Write a private file so that a reader sees all of it or none."""
        handle, name = tempfile.mkstemp(prefix=".new-", dir=self.data)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)


def _lives(holder: str) -> bool:
    """True unless we know that the process is gone that wrote its number into the lock file."""
    number = re.search(r"process (\d+)", holder)
    try:
        os.kill(int(number[1]) if number else 0, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user number {number}"
