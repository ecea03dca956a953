"""A folder for unix sockets whose path is short enough: the kernel allows 107 bytes for the whole
name.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from locality.running.failure import CannotRun
from locality.running.rights import SELF, Rights

_LONGEST_NAME = len("/.s.PGSQL.5432.lock")
_KERNEL_LIMIT = 107


def folder_for(wanted: Path, rights: Rights = SELF) -> Path:
    """``wanted`` itself, or, when its path is too long for a socket, a private one in the temporary
    folder.

    The short one has the same name every time, so nothing piles up; it is refused when somebody
    else made it.
    """
    if fits(wanted):
        return _private(wanted, rights)
    short = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return _private(Path(tempfile.gettempdir()) / f"locality-{os.geteuid()}-{short}", rights)


def fits(folder: Path) -> bool:
    """True when a PostgreSQL socket and its lock file can be made in this folder."""
    return len(os.fsencode(folder)) + _LONGEST_NAME <= _KERNEL_LIMIT


def _private(folder: Path, rights: Rights) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid not in {os.geteuid(), rights.owner}:
            raise CannotRun(
                f"{folder} is not a private folder of yours, so sockets in it would not be private either.",
                cure=f"Remove it: rm -r '{folder}'.",
            ) from None
    rights.own(folder)
    return folder
