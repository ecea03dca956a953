"""The embedded PostgreSQL: make its data folder, start it on a unix socket, create our roles and
database.

Only the socket is opened, in a folder that only its owner may enter; that folder is the whole of
the authentication.
"""

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from locality.running import binaries, process, rights
from locality.running.child import Child, Program
from locality.running.failure import CannotRun
from locality.running.logs import Log
from locality.running.rights import Rights

DATABASE = "locality"
OWNER = "locality_owner"
APP = "locality_app"
SUPERUSER = "postgres"

_PORT = 5432
# A server that was killed can hold these for a second or so after its end.
_LEFT_BY_THE_DEAD = ("pre-existing shared memory block", "postmaster.pid", ".s.PGSQL")

# What a server for one locality needs. Errors are logged without the statement and without the row,
# because both can hold what is written about a child.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "locality",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    sockets: Path

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The SQLAlchemy URL by which ``role`` reaches ``database``."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def connect(self, database: str = SUPERUSER, *, role: str = SUPERUSER) -> psycopg.Connection:
        """A connection of one's own, each statement its own transaction; the caller closes it."""
        return psycopg.connect(
            host=str(self.sockets),
            port=_PORT,
            user=role,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def create_database(self, name: str, *, template: str = "template1", owner: str = OWNER) -> None:
        """Make a database, as a copy of ``template`` when one is given (nobody may be connected to
        that).
        """
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template)
        )
        with self.connect() as connection:
            connection.execute(statement)
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP))
            )

    def drop_database(self, name: str) -> None:
        """Remove a database and end the connections to it; nothing happens when there is none."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def prepare(self) -> None:
        """Make the two roles and the database where they are missing. The application's role owns
        nothing.
        """
        with self.connect() as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in sorted({OWNER, APP} - roles):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(
                        sql.Identifier(role)
                    )
                )
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            self.create_database(DATABASE)

    def is_ready(self) -> bool:
        """True when the server answers a query."""
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder, the user it belongs to and the folder for its sockets."""

    data: Path
    sockets: Path
    rights: Rights
    durable: bool = True

    @property
    def address(self) -> Address:
        """Where its server listens once started."""
        return Address(self.sockets)

    def make(self) -> None:
        """Initialise the data folder; at the end of the work it appears at once, so a killed start
        leaves nothing half made.
        """
        if self.data.exists():
            _same_major(self.data)
            return
        for unfinished in self.data.parent.glob("new-*"):
            shutil.rmtree(unfinished)
        building = Path(tempfile.mkdtemp(prefix="new-", dir=self.data.parent))
        self.rights.own(building)
        command = [
            str(binaries.postgres_folder() / "initdb"), "--pgdata", str(building), "--username", SUPERUSER,
            "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--data-checksums", "--no-instructions", *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        done = subprocess.run(
            process.through_launcher(command, rights=self.rights),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(building, ignore_errors=True)
            raise CannotRun(
                f"PostgreSQL could not make its data folder: {_last_line(done.stderr)}",
                cure="Check that there is room on the disk and that the folder may be written to.",
            )
        building.rename(self.data)

    def program(self) -> Program:
        """How the server is run."""
        settings = _SETTINGS | ({} if self.durable else _THROW_AWAY)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            title="PostgreSQL",
            command=[
                str(binaries.postgres_folder() / "postgres"),
                "-D",
                str(self.data),
                "-k",
                str(self.sockets),
                *options,
            ],
            ready=self.address.is_ready,
            stop_signal=signal.SIGINT,  # fast: ends sessions, writes everything committed
            death_signal=signal.SIGQUIT,  # immediate: replays its journal at the next start
            rights=self.rights,
            before=self._forget_the_dead,
            forgiven=_LEFT_BY_THE_DEAD,
            leaves=2,
        )

    def _forget_the_dead(self) -> None:
        """Clear what a killed server left. Only the holder of the project's lock comes here, so no
        other server is wanted.

        PostgreSQL itself refuses to start when the process number in its lock file has since gone
        to another program.
        """
        for left in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{_PORT}.lock"):
            with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
                number = int(left.read_text(encoding="ascii").split()[0])
                if _program_of(number) != "postgres":
                    left.unlink()


@contextlib.contextmanager
def temporary(*, fsync: bool = False) -> Iterator[Address]:
    """A server of its own in a temporary folder, with both roles and the empty database; all gone
    at the end.

    Start it from a thread that lives as long as it is needed. ``fsync=True`` makes commits as slow
    as they are in service.
    """
    with tempfile.TemporaryDirectory(prefix="locality-pg-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        data = place / "data"
        lent = rights.for_server(binaries=binaries.postgres_folder(), place=place.parent, data=data)
        sockets = place / "run"
        sockets.mkdir(mode=0o700)
        for folder in (place, sockets):
            lent.own(folder)
        cluster = Cluster(data, sockets, lent, durable=fsync)
        cluster.make()
        server = Child(cluster.program(), Log(place / "log"))
        try:
            server.start()
            cluster.address.prepare()
            yield cluster.address
        finally:
            server.stop()


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _same_major(data: Path) -> None:
    try:
        made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise CannotRun(
            f"{data} is there but cannot be read as PostgreSQL’s data ({error.strerror}).",
            cure="Run as the user who made it, or move that folder away to begin with an empty database.",
        ) from error
    program = binaries.postgres_folder() / "postgres"
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
    ours = words[2].split(".")[0]
    if made_by != ours:
        raise CannotRun(
            f"{data} was made by PostgreSQL {made_by}; this is PostgreSQL {ours}.",
            cure=f"Set {binaries.PG_BIN} to PostgreSQL {made_by}’s programs, dump the database, move that folder away,"
            " start, and restore.",
        )


def _program_of(number: int) -> str:
    """The name of a running program, or an empty text when none has that number."""
    try:
        return Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return "" if Path("/proc/self").exists() else "postgres"  # without /proc we cannot know: leave it be
