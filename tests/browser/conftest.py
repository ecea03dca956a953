"""Windows for the people of the demonstration, each signed in once and watched throughout."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.browser.window import Window
from tests.support.live import LiveSystem

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


@pytest.fixture
def window(browser: Browser, live: LiveSystem) -> Iterator[OpenWindow]:
    """``window(scripts=False)``: another person's window on the running system."""
    opened: list[Window] = []

    def another(*, scripts: bool = True) -> Window:
        opened.append(Window(browser, live.address, scripts))
        return opened[-1]

    yield another
    for one in opened:
        one.close()
