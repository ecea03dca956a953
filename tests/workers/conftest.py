"""One running system for the tests that need a real broker and a real worker; whoever kills a part of it mends it."""

from collections.abc import Iterator

import pytest

from benchmarks.referring import Referring
from locality.running import postgres
from tests.support.live import LiveSystem, demonstration_once, running_on_copy
from tests.support.mail import MailServer, free_port
from tests.support.servers import own

# The least that has services, people without help to refer, and a past year to rehearse.
_CHILDREN = "900"


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
    folder = tmp_path_factory.mktemp("workers")
    template = demonstration_once(server, "small_demonstration", folder, "--children", _CHILDREN)
    with running_on_copy(server, template, own("live_workers"), folder, extra=post.environment) as running:
        yield running


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
