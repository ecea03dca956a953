"""The ``locality`` command.

Commands that must start at once are listed here and load only what they run; rooms bring the others
(``Room.commands``), which run inside the application. Celery is started by its command line, never imported.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from locality.kernel.errors import DomainError
from locality.kernel.settings import Settings, SettingsError
from locality.running import embedded, foreground, serving
from locality.running.failure import CannotRun
from locality.running.place import Place
from locality.running.up import Wishes, up

_DEMONSTRATION = "locality.demo.load"
# Packages that are not rooms and bring commands of their own: each has a module with a tuple ``COMMANDS``.
_CONTRIBUTORS = ("locality.annex_a.commands",)

Arguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[argparse.Namespace], int]


class Described(Protocol):
    """A command, whoever brings it (see ``locality.web.registration.Command``)."""

    @property
    def name(self) -> str:
        """One or two words."""

    @property
    def help(self) -> str:
        """What it does, in one line."""

    @property
    def run(self) -> Run:
        """Does it; returns the exit status."""

    @property
    def arguments(self) -> Arguments:
        """Adds its arguments to a parser."""

    @property
    def examples(self) -> tuple[str, ...]:
        """Shown under ``--help``."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A command of this module; it finds or starts the servers that it needs by itself."""

    name: str
    help: str
    run: Run
    arguments: Arguments = lambda _parser: None
    examples: tuple[str, ...] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what an operator can put right is told in one line on standard error."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words and words[0] in _BUILT_IN:
            parsed = _parser(_BUILT_IN.values()).parse_args(words)
            return int(parsed.run(parsed))
        parsed = _parser([*_BUILT_IN.values(), *_contributed()]).parse_args(words or ["--help"])
        return int(parsed.run(parsed)) if parsed.name in _BUILT_IN else _inside_application(parsed.name, parsed)
    except (CannotRun, SettingsError, DomainError) as error:
        print(f"locality: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(commands: Iterable[Described]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="locality",
        description="Case management for helping children and families early.",
        epilog="`locality COMMAND --help` shows examples. In a checkout, `./run COMMAND` is the same.",
    )
    listed = list(commands)
    groups: dict[tuple[str, ...], Any] = {(): parser.add_subparsers(metavar="COMMAND", required=True)}
    for command in listed:
        *above, last = command.name.split()
        for depth in range(1, len(above) + 1):
            group = tuple(above[:depth])
            if group not in groups:
                inner = groups[group[:-1]].add_parser(group[-1], help=_members(listed, group))
                groups[group] = inner.add_subparsers(metavar="WHAT", required=True)
        examples = "\n".join(["examples:", *(f"  {line}" for line in command.examples)]) if command.examples else None
        one = groups[tuple(above)].add_parser(
            last,
            help=command.help,
            description=command.help,
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.arguments(one)
        one.set_defaults(run=command.run, name=command.name)
    return parser


def _members(commands: Iterable[Described], group: tuple[str, ...]) -> str:
    """The commands whose names begin with these words, for the list of commands."""
    return ", ".join(one.name for one in commands if tuple(one.name.split())[: len(group)] == group)


def _contributed() -> list[Described]:
    """Commands of the rooms and of the packages beside them; loads the application."""
    rooms = importlib.import_module("locality.app").ROOMS
    brought = [command for room in rooms for command in room.commands]
    for name in _CONTRIBUTORS:
        if find_spec(name):
            brought.extend(importlib.import_module(name).COMMANDS)
    return brought


def _inside_application(what: str, parsed: argparse.Namespace) -> int:
    with _application(what):
        return int(parsed.run(parsed))


@contextmanager
def _application(what: str) -> Iterator[None]:
    """The application's context, on whatever servers there are."""
    with embedded.surroundings(f"locality {what}", ready=_migrate_to_head) as settings:
        os.environ.update(settings)
        with importlib.import_module("locality.app").create_app().app_context():
            yield


def _migrate_to_head(settings: Mapping[str, str]) -> None:
    importlib.import_module("locality.migrations.runner").migrate(settings["DATABASE_OWNER_URL"])


def _up(parsed: argparse.Namespace) -> int:
    return up(Wishes(host=parsed.host, port=parsed.port, demonstration=parsed.demonstration))


def _up_arguments(parser: argparse.ArgumentParser) -> None:
    _address_arguments(parser)
    demo = parser.add_mutually_exclusive_group()
    demo.add_argument(
        "--without-demo", dest="demonstration", action="store_false", default=None, help="begin with an empty database"
    )
    demo.add_argument(
        "--with-demo", dest="demonstration", action="store_true", help="load the demonstration into DATABASE_URL too"
    )


def _address_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help=f"port to listen on ({serving.PORT}; 8000)")
    parser.add_argument("--host", help=f"address to listen on ({serving.HOST}; 127.0.0.1)")


def _web(parsed: argparse.Namespace) -> int:
    host, port = serving.wanted_address(host=parsed.host, port=parsed.port)
    return _alone("web", serving.web_command(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", os.environ))


def _worker(_parsed: argparse.Namespace) -> int:
    return _alone("worker", serving.worker_command(os.environ))


def _beat(_parsed: argparse.Namespace) -> int:
    return _alone("beat", serving.beat_command())


def _alone(what: str, command: Sequence[str]) -> int:
    if embedded.all_named(os.environ):
        Settings.from_environment()
        foreground.become(command)
    with embedded.surroundings(f"locality {what}", ready=_migrate_to_head) as settings:
        return foreground.run(command, {**os.environ, **settings})


def _migrate(parsed: argparse.Namespace) -> int:
    with embedded.surroundings("locality migrate", ready=lambda _settings: None) as settings:
        owner = Settings.from_environment({**os.environ, **settings}).database_owner_url
        if not owner:
            raise SettingsError(
                "DATABASE_OWNER_URL is not set: migrations run as the owner of the database, never as the application."
            )
        return int(importlib.import_module("locality.running.migrating").migrate(owner, parsed))


def _migrate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("direction", nargs="?", choices=("up", "down"), default="up", help="down: one step back")
    parser.add_argument("--to", metavar="N", help="the number to go to, or `base` for an empty database")
    parser.add_argument("--yes", action="store_true", help="going down deletes data: do not ask first")


def _demo(parsed: argparse.Namespace) -> int:
    loader = _demonstration()
    with _application("demo"):
        loaded = loader.load_demo(children=parsed.children, seed=parsed.seed)
    print(f"Loaded {loaded.children:,} children with their records ({loaded.rows:,} rows) in {loaded.seconds:.0f} s.")
    if parsed.note or not embedded.all_named(os.environ):
        Place.here().note_demonstration(_accounts(loader))
    return 0


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    children = os.environ.get("LOCALITY_DEMO_CHILDREN", "")
    default = int(children) if children.isdigit() else None
    parser.add_argument("--children", type=int, default=default, metavar="N", help="how many children, to 1,000,000")
    parser.add_argument("--seed", type=int, default=2007, metavar="S", help="the same seed makes the same people")
    # ``up`` asks for it: to it alone the servers that the environment names are its own.
    parser.add_argument("--note", action="store_true", help=argparse.SUPPRESS)


def _users(parsed: argparse.Namespace) -> int:
    loader = _demonstration()
    if parsed.json:
        print(_accounts(loader))
    else:
        for one in loader.demo_accounts():
            print(f"{one.role:<24} {one.email:<40} {one.password}")
    return 0


def _accounts(loader: Any) -> str:
    """Who may sign in to the demonstration, as JSON."""
    accounts = [
        {"role": one.role, "name": one.name, "email": one.email, "password": one.password}
        for one in loader.demo_accounts()
    ]
    return json.dumps(accounts, ensure_ascii=False, indent=2)


def _users_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", required=True, help="the accounts of the demonstration")
    parser.add_argument("--json", action="store_true", help="as JSON: role, name, e-mail, password")


def _demonstration() -> Any:
    if not find_spec(_DEMONSTRATION):
        raise CannotRun("This installation holds no demonstration data.", cure="Use `./run up --without-demo`.")
    return importlib.import_module(_DEMONSTRATION)


def _doctor(_parsed: argparse.Namespace) -> int:
    return int(importlib.import_module("locality.running.doctor").examine())


_BUILT_IN = {
    command.name: command
    for command in (
        BuiltIn(
            "up",
            "Run everything on this machine: database, broker, web server, worker and clock.",
            _up,
            _up_arguments,
            ("locality up", "locality up --port 8001", "locality up --without-demo"),
        ),
        BuiltIn("web", "Run the web server.", _web, _address_arguments, ("locality web --host 0.0.0.0 --port 8000",)),
        BuiltIn("worker", "Run a worker for background tasks.", _worker, examples=("locality worker",)),
        BuiltIn("beat", "Run the clock of periodic work.", _beat, examples=("locality beat",)),
        BuiltIn(
            "migrate",
            "Bring the database's tables up to this version, or back.",
            _migrate,
            _migrate_arguments,
            ("locality migrate", "locality migrate --to 0005", "locality migrate down --yes"),
        ),
        BuiltIn(
            "demo",
            "Load the demonstration locality: invented people, no real ones.",
            _demo,
            _demo_arguments,
            ("locality demo", "locality demo --children 20000 --seed 7"),
        ),
        BuiltIn(
            "users",
            "List accounts to sign in with.",
            _users,
            _users_arguments,
            ("locality users --demo", "locality users --demo --json"),
        ),
        BuiltIn(
            "doctor", "Say what is wrong with this installation, and the cure.", _doctor, examples=("locality doctor",)
        ),
    )
}

if __name__ == "__main__":
    sys.exit(main())
