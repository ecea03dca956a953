"""``locality up``: everything on one machine, in the foreground, from servers to accounts to sign in with."""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from locality.kernel.settings import Settings
from locality.running import embedded, schema, serving
from locality.running.child import Program
from locality.running.failure import CannotRun
from locality.running.place import ROOT, Place
from locality.running.serving import Listener
from locality.running.stopping import Stopped, StopRequests
from locality.running.supervisor import Supervisor

# Stand for what is not known before the servers run, so that the rest of the settings can be checked.
_MADE_LATER = {"DATABASE_URL": "postgresql://later", "REDIS_URL": "redis://later", "SECRET_KEY": "later" * 10}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line; None leaves it to the environment and the defaults."""

    host: str | None = None
    port: int | None = None
    demonstration: bool | None = None


def up(wishes: Wishes) -> int:
    """Run until somebody asks to stop; returns the exit status. Raises ``CannotRun`` when it cannot start."""
    place = Place.here()
    place.open()
    requests = StopRequests()
    with place.hold("locality up") as hold, requests.listening():
        supervisor = Supervisor(place.logs, hold=hold, stop=requests, say=_say)
        try:
            _Start(place, wishes, supervisor).run()
            supervisor.watch()
        except Stopped:
            _say("Stopping …")
        finally:
            supervisor.stop()
    _say("Stopped. The data is kept.")
    return 0


class _Start:
    """The steps from nothing to a page that answers."""

    def __init__(self, place: Place, wishes: Wishes, supervisor: Supervisor) -> None:
        self._place = place
        self._wishes = wishes
        self._supervisor = supervisor
        self._servers = embedded.Servers(place, os.environ)

    def run(self) -> None:
        self._refuse_wrong_wishes()
        _say("Locality is starting …")
        self._servers.make()
        self._supervisor.start(self._servers.programs())
        self._servers.prepare()
        self._migrate()
        self._load_demonstration()
        listener = serving.listen(host=self._wishes.host, port=self._wishes.port)
        environment = self._environment()
        self._place.publish(self._servers.settings(), address=listener.address)
        self._supervisor.start([_web(listener, environment)])
        self._supervisor.start(_background(environment))
        self._tell(listener)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self._servers.settings()}

    def _refuse_wrong_wishes(self) -> None:
        """A taken port and a misspelt setting are told of at once, not after half a minute of preparation."""
        serving.listen(host=self._wishes.host, port=self._wishes.port).socket.close()
        Settings.from_environment({**_MADE_LATER, **os.environ})

    def _migrate(self) -> None:
        environment = self._environment()
        settings = Settings.from_environment(environment)
        try:
            found = schema.found(settings.database_owner_url or settings.database_url)
        except psycopg.OperationalError as error:
            raise CannotRun(
                f"The database of DATABASE_URL does not answer: {str(error).strip().splitlines()[0]}",
                cure="Check the address, and that the server is up.",
            ) from error
        if found != schema.needed():
            self._supervisor.run("Bringing the database up to date", ["migrate"], environment)

    def _load_demonstration(self) -> None:
        wish = self._wishes.demonstration
        first_start = self._servers.database is not None and not self._place.demonstration.exists()
        if wish is False or not (wish or first_start):
            return
        if self._servers.holds_accounts():
            return
        _say("Loading the demonstration locality (once) …")
        environment = self._environment() | {"LOCALITY_DEMONSTRATION": "yes"}
        noted = ["--note"] if self._servers.database is not None else []
        self._supervisor.run("Loading the demonstration locality", ["demo", *noted], environment)

    def _tell(self, listener: Listener) -> None:
        if listener.port != listener.wanted:
            _say(f"Port {listener.wanted} is taken, so this is on {listener.port} ({serving.PORT} chooses another).")
        _say(f"\nLocality is at {listener.address}\n")
        _say(accounts_table(self._place))
        _say(f"Logs are in {self._place.logs}. Ctrl-C stops everything.")


def accounts_table(place: Place) -> str:
    """The first demonstration account of each role as lines to read; empty when there are none."""
    try:
        accounts = json.loads(place.demonstration.read_text(encoding="utf-8"))
        rows = [(str(one["role"]), str(one["email"]), str(one["password"])) for one in accounts]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    firsts = list({row[0]: row for row in reversed(rows)}.values())[::-1]
    widths = [max((len(row[column]) for row in firsts), default=0) for column in range(3)]
    lines = [f"  {role:<{widths[0]}}  {email:<{widths[1]}}  {password}" for role, email, password in firsts]
    more = f"  and {len(rows) - len(firsts)} more: ./run users --demo"
    return "\n".join(["Sign in as one of these invented people (role, e-mail, password):", *lines, more, ""])


def _web(listener: Listener, environment: Mapping[str, str]) -> Program:
    descriptor = listener.socket.fileno()
    return Program(
        name="web",
        title="The web server",
        command=serving.web_command(f"fd://{descriptor}", environment),
        ready=listener.answers,
        death_signal=signal.SIGQUIT,
        environment=environment,
        keep_open=(descriptor,),
        folder=ROOT,
    )


def _background(environment: Mapping[str, str]) -> list[Program]:
    """The worker and the clock of periodic work; nobody waits for them before the first page."""
    return [
        Program(
            name=name,
            title=title,
            command=command,
            ready=lambda: True,
            death_signal=signal.SIGKILL,  # asked nicely it waits for a broker that is on its way out too
            environment=environment,
            folder=ROOT,
        )
        for name, title, command in (
            ("worker", "The worker", serving.worker_command(environment)),
            ("beat", "The clock of periodic work", serving.beat_command()),
        )
    ]


def _say(line: str) -> None:
    print(line, flush=True)
