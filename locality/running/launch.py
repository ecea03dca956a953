"""Stand between the supervisor and a child: take the child's rights, tie its life to its parent's, become it.

Run as a file (``python -I -S launch.py PARENT SIGNAL RIGHTS PROGRAM ...``), not imported by the product, so that no
Python code of ours runs between fork and exec in a process that may have threads. Standard library only.

PARENT  process id that must still be our parent.
SIGNAL  number that the kernel sends to the child when that parent dies, however it dies.
RIGHTS  ``self``, ``user:UID:GID`` (become that user) or ``namespace:UID:GID`` (stay who we are, but look like that user
        from inside a user namespace: for programs that refuse to run as root in a place only root can reach).
"""

import ctypes
import os
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def _enter_namespace(uid: int, gid: int) -> None:
    own_uid, own_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "user namespace")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1", encoding="ascii")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _die_with(parent: int, signal_number: int) -> None:
    """After the change of user, because that change forgets the wish."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Never returns: the process becomes the program, or leaves with one line on stderr."""
    parent, signal_number, rights, *program = arguments
    try:
        kind, *ids = rights.split(":")
        if kind == "namespace":
            _enter_namespace(*map(int, ids))
        elif kind == "user":
            _become(*map(int, ids))
        _die_with(int(parent), int(signal_number))
        os.execvp(program[0], program)  # noqa: S606 - the arguments come from the supervisor, no shell is wanted
    except OSError as error:
        sys.exit(f"{program[0]}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
