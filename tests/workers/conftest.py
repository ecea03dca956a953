"""One running system for the tests that need a real broker and a real worker; whoever kills a part of it mends it."""

from collections.abc import Iterator

import pytest

from benchmarks.referring import Referring
from locality.demo.load import load_demo
from locality.running import postgres
from tests.support.live import LiveSystem, running
from tests.support.mail import MailServer, free_port
from tests.support.servers import TEMPLATE, own

# The least that has services, so many people without help that no test refers one twice, and a past year to rehearse.
_CHILDREN = 300


@pytest.fixture(scope="package")
def post() -> Iterator[MailServer]:
    """The mail server that the worker knows."""
    server = MailServer(free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def system(
    server: postgres.Address, tmp_path_factory: pytest.TempPathFactory, post: MailServer
) -> Iterator[LiveSystem]:
    """Web server, worker and beat on a small demonstration."""
    name = own("live_workers")
    server.create_database(name, template=TEMPLATE)
    load_demo(children=_CHILDREN, owner_url=server.url(postgres.OWNER, name))
    with running(server, name, tmp_path_factory.mktemp(name), extra=post.environment) as started:
        yield started
    server.drop_database(name)


@pytest.fixture
def live(system: LiveSystem) -> LiveSystem:
    """The running system, whole at the start of each test."""
    system.mend()
    return system


@pytest.fixture(scope="package")
def referring(system: LiveSystem) -> Iterator[Referring]:
    """Writes referrals as the front door does."""
    with Referring(system) as opened:
        yield opened
