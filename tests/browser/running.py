"""A whole running system on the demonstration, for as long as it is needed."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from locality.migrations.runner import migrate
from locality.running import postgres, valkey
from locality.running.child import Child
from locality.running.logs import Log
from tests.support.live import ROOT, LiveSystem


@contextmanager
def running(
    server: postgres.Address, database: str, folder: Path, *, ready: Callable[[LiveSystem], None] | None = None
) -> Iterator[LiveSystem]:
    """Web server, worker and beat on a database, with a broker of their own; ``ready`` fills it before they start."""
    # A short path: a socket's is limited to 108 bytes.
    with tempfile.TemporaryDirectory(prefix="locality-mq-") as broker_folder:
        broker = valkey.Broker(Path(broker_folder), Path(broker_folder))
        child = Child(broker.program(), Log(folder / "broker.log"))
        system = LiveSystem(server, database, broker.url, folder, broker=child)
        if ready is not None:
            ready(system)
        try:
            system.start()
            yield system
        finally:
            system.stop()


@contextmanager
def demonstration(server: postgres.Address, folder: Path) -> Iterator[LiveSystem]:
    """The whole system on a demonstration that is loaded for the purpose, as users load it."""
    name = "demonstration"
    server.create_database(name)
    migrate(server.url(postgres.OWNER, name))
    with running(server, name, folder, ready=_load) as system:
        yield system


def _load(system: LiveSystem) -> None:
    subprocess.run([sys.executable, "-m", "locality.cli", "demo"], cwd=ROOT, env=system.environment, check=True)
