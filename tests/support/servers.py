"""The suite's real server: one PostgreSQL, started when first asked for.

Where several processes share a run, the one that started them keeps one PostgreSQL for all: what takes long to make is
made once. Databases are each process's own, by name or because a file runs in one process.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from locality.kernel.settings import Settings
from locality.migrations.runner import migrate
from locality.running import postgres

SECRET = "a-secret-for-tests-only-0123456789abcdef"
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
_LENT = "postgres"

# Holds all migrations. Every process copies it, so nobody connects to it: to look, there is ``worker_database``.
TEMPLATE = "locality_template"


def own(name: str) -> str:
    """A database's name that no other process of this run uses."""
    return f"{name}_{_PROCESS}" if _PROCESS else name


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of this run where the server is that all of them share."""
    node.workerinput[_LENT] = str(_shared_server(node.config).sockets)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[postgres.Address]:
    """A throw-away PostgreSQL whose ``TEMPLATE`` database holds all migrations."""
    lent = getattr(request.config, "workerinput", {}).get(_LENT)
    with ExitStack() as until_the_end:
        here = postgres.Address(Path(lent)) if lent else until_the_end.enter_context(postgres.temporary(fsync=False))
        made_once(here, TEMPLATE, lambda name: _migrated(here, name))
        yield here


def made_once(server: postgres.Address, name: str, make: Callable[[str], None]) -> None:
    """Have a database made once in a run: whoever asks first makes it, under another name; others wait until it is."""
    with server.connect() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            unfinished = f"{name}_unfinished"
            server.drop_database(unfinished)
            make(unfinished)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def worker_database(server: postgres.Address) -> str:
    """The name of this test process's own clone of the template."""
    name = own("locality_test")
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


def _shared_server(config: pytest.Config) -> postgres.Address:
    """The server that this process keeps for those it starts, from the first until its own end."""
    if _KEPT not in config.stash:
        until_the_end = ExitStack()
        config.add_cleanup(until_the_end.close)
        config.stash[_KEPT] = until_the_end.enter_context(postgres.temporary(fsync=False))
    return config.stash[_KEPT]


_KEPT = pytest.StashKey[postgres.Address]()


def _migrated(server: postgres.Address, name: str) -> None:
    server.create_database(name)
    migrate(server.url(postgres.OWNER, name))
