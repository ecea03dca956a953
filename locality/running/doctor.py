"""``locality doctor``: what is wrong with this installation, and the cure of each thing."""

import contextlib
import os
from collections.abc import Iterator

from locality.kernel.settings import Settings, SettingsError
from locality.running import embedded, machine, services
from locality.running.failure import CannotRun
from locality.running.findings import Finding, Verdict, note, right, wrong
from locality.running.place import Place


def examine() -> int:
    """Look at everything, print what is found, and return 1 when something is wrong."""
    count = 0
    for finding in _findings(Place.here()):
        count += finding.verdict is Verdict.WRONG
        print(finding.lines(), flush=True)
    print(f"\nWrong: {count}." if count else "\nEverything is in order.")
    return int(bool(count))


def _findings(place: Place) -> Iterator[Finding]:
    named = embedded.all_named(os.environ)
    address = "" if named else place.address_in_use()
    yield from machine.look(place, serving_here=bool(address))
    if address:
        yield right("system", f"is running at {address}")
    if not named and not place.postgres.exists():
        yield note("database", "there is none yet; ./run up makes it")
        return
    with contextlib.ExitStack() as borrowed:
        try:
            found = borrowed.enter_context(embedded.surroundings("locality doctor", ready=lambda _settings: None))
            settings = Settings.from_environment({**os.environ, **found})
        except CannotRun as error:
            yield wrong("servers", error.reason, cure=error.cure)
        except SettingsError as error:
            yield wrong("settings", str(error), cure="Settings are explained in docs/operator-guide.md.")
        else:
            yield from services.look(settings, at_work=named or bool(address))
