"""``locality migrate``: up to this version's tables, or back, as the owner of the database."""

import argparse
import sys

from locality.migrations import runner
from locality.running import schema
from locality.running.failure import CannotRun

_BASE = "base"


def migrate(owner_url: str, wishes: argparse.Namespace) -> int:
    """Go where ``wishes`` (``direction``, ``to``, ``yes``) say; prints the number reached."""
    before = schema.found(owner_url) or _BASE
    target = wishes.to or (schema.needed() if wishes.direction == "up" else _one_down(before))
    if target not in _known():
        raise CannotRun(f"There is no migration {target}.", cure=f"Choose one of {', '.join(_known())}.")
    if _order(target) < _order(before) and not (wishes.yes or _agreed(before, target)):
        raise CannotRun("Nothing was changed.", cure="Going down deletes data; --yes says that this is wanted.")
    if target == before:
        print(f"The database is at {before}; there is nothing to do.")
        return 0
    reached = runner.migrate(owner_url, target)
    print(f"The database went from {before} to {reached}.")
    return 0


def _known() -> list[str]:
    numbers = sorted(path.name[:4] for path in (runner.FOLDER / "versions").glob("[0-9]*.py"))
    return [_BASE, *numbers]


def _order(number: str) -> int:
    return _known().index(number) if number in _known() else len(_known())


def _one_down(number: str) -> str:
    return _known()[max(_order(number) - 1, 0)]


def _agreed(before: str, target: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"Going down from {before} to {target} deletes the tables of the steps between, and what is in them.")
    return input("Type “delete” to go on: ").strip() == "delete"
