"""A whole running system on the demonstration, for as long as it is needed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from locality.running import postgres, valkey
from locality.running.child import Child
from locality.running.logs import Log
from tests.support.live import LiveSystem


@contextmanager
def running(server: postgres.Address, database: str, folder: Path) -> Iterator[LiveSystem]:
    """Web server, worker and beat on a database that holds the demonstration, with a broker of their own."""
    # A short path: a socket's is limited to 108 bytes.
    with tempfile.TemporaryDirectory(prefix="locality-mq-") as broker_folder:
        broker = valkey.Broker(Path(broker_folder), Path(broker_folder))
        child = Child(broker.program(), Log(folder / "broker.log"))
        system = LiveSystem(server, database, broker.url, folder, broker=child)
        try:
            system.start()
            yield system
        finally:
            system.stop()
