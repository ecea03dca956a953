"""Where the suite begins; the fixtures themselves live in ``tests/support``."""

pytest_plugins = (
    "tests.support.servers",
    "tests.support.database",
    "tests.support.web",
    "tests.support.live",
    "tests.support.mail",
)
