"""The servers that an installation runs for itself: PostgreSQL and a Redis-compatible broker under its data folder."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping

from locality.running import binaries, rights, sockets
from locality.running.child import Child, Program
from locality.running.logs import Log
from locality.running.place import InUse, Place
from locality.running.postgres import OWNER, SUPERUSER, Address, Cluster
from locality.running.valkey import Broker

# A number that Ofcom keeps for drama: the demonstration has to show where a number stands.
_INVENTED_PHONES = {"LOCALITY_EMERGENCY_DUTY_PHONE": "01632 960 999", "LOCALITY_FRONT_DOOR_PHONE": "01632 960 111"}


class Servers:
    """Those of the two servers that the environment does not name.

    ``DATABASE_URL`` and ``REDIS_URL`` (or ``…_FILE``) name real ones; each that is missing is run here.
    """

    def __init__(self, place: Place, environment: Mapping[str, str]) -> None:
        self.place = place
        self._given = environment
        self.cluster: Cluster | None = None
        self.broker: Broker | None = None

    @property
    def database(self) -> Address | None:
        """Where the embedded PostgreSQL listens; None when the environment names another."""
        return self.cluster.address if self.cluster else None

    def make(self) -> None:
        """Make what is missing under the data folder. Raises ``CannotRun`` when that is not possible."""
        run = self.place.data / "run"
        if not _names(self._given, "DATABASE_URL"):
            lent = rights.for_server(
                binaries=binaries.postgres_folder(), place=self.place.data.parent, data=self.place.postgres
            )
            lent.pass_through(self.place.data)
            self.cluster = Cluster(self.place.postgres, sockets.folder_for(run / "postgres", lent), lent)
            self.cluster.make()
        if not _names(self._given, "REDIS_URL"):
            self.broker = Broker(self.place.valkey, sockets.folder_for(run / "valkey"))

    def programs(self) -> list[Program]:
        """What to run, in the order of starting; for after ``make``."""
        both = (self.cluster, self.broker)
        return [server.program() for server in both if server is not None]

    def prepare(self) -> None:
        """Make our roles and database in the embedded PostgreSQL once it answers."""
        if self.database:
            self.database.prepare()

    def settings(self) -> dict[str, str]:
        """What the programs of the installation need to know, beside what the environment already says."""
        settings: dict[str, str] = {}
        if self.database:
            settings["DATABASE_URL"] = self.database.url()
            settings["DATABASE_OWNER_URL"] = self.database.url(OWNER)
        if self.broker:
            settings["REDIS_URL"] = self.broker.url
        if not _names(self._given, "SECRET_KEY"):
            settings["SECRET_KEY_FILE"] = str(self.place.secret_key)
        if self.place.demonstration.exists() and not _names(self._given, "LOCALITY_DEMONSTRATION"):
            settings["LOCALITY_DEMONSTRATION"] = "yes"
            settings |= {name: phone for name, phone in _INVENTED_PHONES.items() if not _names(self._given, name)}
        return settings

    def holds_accounts(self) -> bool:
        """True when somebody can already sign in to the embedded database."""
        if self.database is None:
            return False
        with self.database.connect("locality", role=SUPERUSER) as connection:
            row = connection.execute("SELECT EXISTS (SELECT FROM account)").fetchone()
        return bool(row and row[0])


def all_named(environment: Mapping[str, str]) -> bool:
    """True when the environment names both servers, so that nothing need be run here."""
    return _names(environment, "DATABASE_URL") and _names(environment, "REDIS_URL")


@contextlib.contextmanager
def surroundings(what: str, *, ready: Callable[[Mapping[str, str]], None]) -> Iterator[dict[str, str]]:
    """Settings under which a single command can work, beside those that the environment already has.

    Nothing when the environment names the servers; those of ``locality up`` when it runs in this checkout; else the
    servers are started for the command and stopped after it. In that case ``ready`` is called with the settings once
    they answer (to migrate, say). ``what`` names the command for whoever meets its lock.
    """
    if all_named(os.environ):
        yield {}
        return
    place = Place.here()
    place.open()
    try:
        holding = contextlib.ExitStack()
        hold = holding.enter_context(place.hold(what))
    except InUse:
        yield place.published()
        return
    with holding:
        servers = Servers(place, os.environ)
        servers.make()
        for program in servers.programs():
            child = Child(program, Log(place.logs / f"{program.name}.log"), keep_open=(hold,))
            holding.callback(child.stop)
            child.start()
        servers.prepare()
        settings = servers.settings()
        ready(settings)
        place.publish(settings)
        yield settings


def _names(environment: Mapping[str, str], variable: str) -> bool:
    return bool(environment.get(variable) or environment.get(f"{variable}_FILE"))
