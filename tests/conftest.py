"""Where the suite begins; the fixtures themselves live in ``tests/support``."""

import pytest

pytest_plugins = (
    "tests.support.servers",
    "tests.support.database",
    "tests.support.web",
    "tests.support.live",
    "tests.support.mail",
)

# Files that start a whole system or a browser take longest: they go first, so that two processes end together.
_FIRST = ("tests/browser", "tests/workers", "tests/integration/running")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first."""
    items.sort(key=lambda item: not item.nodeid.startswith(_FIRST))
