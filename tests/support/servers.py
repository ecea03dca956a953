"""Real servers for the suite: one PostgreSQL and one broker a run, started when first asked for."""

import os
from collections.abc import Iterator

import pytest

from locality.kernel.settings import Settings
from locality.migrations.runner import migrate
from locality.running import postgres, valkey

TEMPLATE = "locality_template"
SECRET = "a-secret-for-tests-only-0123456789abcdef"


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Address]:
    """A throw-away PostgreSQL whose ``locality_template`` database holds all migrations."""
    with postgres.temporary(fsync=False) as address:
        address.create_database(TEMPLATE)
        migrate(address.url(postgres.OWNER, TEMPLATE))
        yield address


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A throw-away Redis-compatible server."""
    with valkey.temporary() as url:
        yield url


@pytest.fixture(scope="session")
def worker_database(server: postgres.Address) -> str:
    """The name of this test process's own clone of the template."""
    name = f"locality_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server.create_database(name, template=TEMPLATE)
    return name


def settings_for(server: postgres.Address, database: str, *, redis_url: str = "redis://127.0.0.1:1/0") -> Settings:
    """Settings of an application on a database of the test server; the broker is absent unless given."""
    return Settings(
        database_url=server.url(postgres.APP, database),
        database_owner_url=server.url(postgres.OWNER, database),
        redis_url=redis_url,
        secret_key=SECRET,
        demonstration=True,
        argon2_fast=True,
    )
