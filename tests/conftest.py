"""Where the suite begins; the fixtures themselves live in ``tests/support``."""

import gc

import pytest
from hypothesis import settings

# A busy machine is no defect: no example of a property is timed.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

pytest_plugins = (
    "tests.support.servers",
    "tests.support.database",
    "tests.support.web",
    "tests.support.layers",
    "tests.support.mail",
    "tests.support.sharing",
)

# What takes longest goes first, so that processes end together; of the first two one makes the demonstration that
# browsers look at, and the other does not need it.
_FIRST = (
    "tests/browser/test_every_page.py",
    "tests/workers/test_faults.py",
    "tests/browser/test_journey",
    "tests/workers/",
    "tests/browser/",
    "tests/integration/running/",
    "tests/integration/demo/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first."""
    items.sort(key=lambda item: _place(item.nodeid))


def pytest_collection_finish() -> None:
    """What was loaded so far stays to the end: it need not be looked through for what may go."""
    gc.freeze()


def _place(nodeid: str) -> int:
    return next((place for place, start in enumerate(_FIRST) if nodeid.startswith(start)), len(_FIRST))
