"""Whose rights a server runs with. PostgreSQL refuses to run as root, so root has to lend it
somebody else's.
"""

import functools
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from locality.running.failure import CannotRun

_TRY_SECONDS = 20


class Kind(StrEnum):
    """How the rights are taken; the words that ``launch.py`` understands."""

    SELF = "self"
    USER = "user"
    NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class Rights:
    """A user to run as; ``str()`` gives the form that ``launch.py`` takes."""

    kind: Kind
    uid: int = -1
    gid: int = -1

    def __str__(self) -> str:
        return self.kind.value if self.kind is Kind.SELF else f"{self.kind.value}:{self.uid}:{self.gid}"

    @property
    def owner(self) -> int:
        """The user to whom files belong that are made with these rights."""
        return self.uid if self.kind is Kind.USER else os.geteuid()

    def own(self, folder: Path) -> None:
        """Give a folder of ours to the user who will work in it."""
        if self.kind is Kind.USER:
            os.chown(folder, self.uid, self.gid)

    def pass_through(self, folder: Path) -> None:
        """Let the user through a private folder of ours to what lies below it, without letting them look around."""
        if self.kind is Kind.USER:
            os.chown(folder, -1, self.gid)
            folder.chmod(0o710)


SELF = Rights(Kind.SELF)


def for_server(*, binaries: Path, place: Path, data: Path) -> Rights:
    """Rights under which the programs in ``binaries`` can work on ``data``, which lies (or will
    lie) in ``place``.

    An ordinary user keeps their own. Root lends the account ``nobody`` where that account can reach
    both; where only root can (a project in root's home) the server runs in a user namespace. Data
    that exists stays with whoever made it. Raises ``CannotRun`` when neither way is open.
    """
    if os.geteuid() != 0:
        return SELF
    nobody = _nobody()
    as_user = Rights(Kind.USER, nobody.pw_uid, nobody.pw_gid)
    in_namespace = Rights(Kind.NAMESPACE, nobody.pw_uid, nobody.pw_gid)
    reachable = reachable_by_others([binaries, place])
    if data.exists() and data.stat().st_uid != nobody.pw_uid:
        return in_namespace
    if reachable:
        return as_user
    if data.exists():
        raise CannotRun(
            f"{data} belongs to the account “nobody”, which can no longer reach it.",
            cure=f"Give it to root: chown -R root '{data}'.",
        )
    if namespaces_work():
        return in_namespace
    raise CannotRun(
        f"PostgreSQL will not run as root, and the account “nobody” cannot reach {place}.",
        cure="Move the project to a folder that others may enter (say /srv/locality), or run as an ordinary user.",
    )


def reachable_by_others(places: Iterable[Path]) -> bool:
    """True when any account may enter each of these folders and all folders above them."""
    folders = {folder for place in places for folder in (place.resolve(), *place.resolve().parents)}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


@functools.cache
def namespaces_work() -> bool:
    """True when this machine lets us make a user namespace (some containers forbid it)."""
    launch = Path(__file__).with_name("launch.py")
    nobody = _nobody()
    rights = str(Rights(Kind.NAMESPACE, nobody.pw_uid, nobody.pw_gid))
    command = [sys.executable, "-I", "-S", str(launch), str(os.getpid()), "9", rights, "true"]
    return subprocess.run(command, capture_output=True, check=False, timeout=_TRY_SECONDS).returncode == 0


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise CannotRun(
            "PostgreSQL will not run as root and this machine has no account “nobody” to lend it.",
            cure="Run as an ordinary user.",
        ) from error
