"""Whose rights a server runs with. PostgreSQL refuses to run as root, so root has to lend it somebody else's."""

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
    uid: int = 0
    gid: int = 0

    def __str__(self) -> str:
        return (
            self.kind.value
            if self.kind is Kind.SELF
            else f"{self.kind.value}:{self.uid}:{self.gid}"
        )

    def own(self, folder: Path) -> None:
        """Give a folder that this process has just made to the user who will work in it."""
        if self.kind is Kind.USER:
            os.chown(folder, self.uid, self.gid)


SELF = Rights(Kind.SELF)


def for_server(*, binaries: Path, place: Path, data: Path) -> Rights:
    """Rights under which the programs in ``binaries`` can work on ``data``, which lies (or will lie) in ``place``.

    An ordinary user keeps their own. Root lends the account ``nobody`` where that account can reach both; where only
    root can (a project in root's home) the server runs in a user namespace. Data that exists stays with whoever made it.
    Raises ``CannotRun`` when neither way is open.
    """
    if os.geteuid() != 0:
        return SELF
    nobody = _nobody()
    as_user = Rights(Kind.USER, nobody.pw_uid, nobody.pw_gid)
    in_namespace = Rights(Kind.NAMESPACE, nobody.pw_uid, nobody.pw_gid)
    if data.exists():
        return as_user if data.stat().st_uid == nobody.pw_uid else in_namespace
    if reachable_by_others([binaries, place]):
        return as_user
    if namespaces_work():
        return in_namespace
    raise CannotRun(
        f"PostgreSQL will not run as root, and the account “nobody” cannot reach {place}.",
        cure="Move the project to a folder that others may enter (for example /srv/locality), or run as an ordinary user.",
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
    return (
        subprocess.run(command, capture_output=True, check=False, timeout=_TRY_SECONDS).returncode
        == 0
    )


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise CannotRun(
            "PostgreSQL will not run as root and this machine has no account “nobody” to lend it.",
            cure="Run as an ordinary user.",
        ) from error
