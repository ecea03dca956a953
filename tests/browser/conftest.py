"""Windows for the people of the demonstration, watched throughout.

One running system serves the whole folder: journeys are about different families and find what they need by what they
made themselves.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from locality.running import postgres
from tests.browser import chromium
from tests.browser.axe import Axe, Sound
from tests.browser.running import copied
from tests.browser.window import Sessions, Window
from tests.support.live import LiveSystem
from tests.support.mail import MailServer, free_port

OpenWindow = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    with chromium.opened(chromium.program()) as opened:
        yield opened


@pytest.fixture(scope="session")
def post() -> Iterator[MailServer]:
    """The mail server to which the running system gives its messages."""
    opened = MailServer(free_port())
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture(scope="session")
def live(server: postgres.Address, tmp_path_factory: pytest.TempPathFactory, post: MailServer) -> Iterator[LiveSystem]:
    """The running system, on a copy of the demonstration."""
    with copied(server, "live_browser", tmp_path_factory, post) as system:
        yield system


@pytest.fixture(scope="session")
def axe(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Axe]:
    """axe, with what all processes of this run know of sound pages."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sound"
    folder.mkdir(exist_ok=True)
    opened = Axe(browser, Sound(folder))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sessions() -> Sessions:
    """Who has signed in on the running system."""
    return {}


@pytest.fixture
def window(browser: Browser, live: LiveSystem, axe: Axe, sessions: Sessions) -> Iterator[OpenWindow]:
    """``window(scripts=False)``: another person's window on the running system.

    No journey finds a form that another one left half written.
    """
    live.query("DELETE FROM draft RETURNING id")
    opened: list[Window] = []
    checked: set[str] = set()

    def another(*, scripts: bool = True) -> Window:
        one = Window(browser, live.address, scripts, checked, axe=axe, sessions=sessions)
        opened.append(one)
        return one

    yield another
    for one in opened:
        one.close()
