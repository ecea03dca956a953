"""The database in a test: a real one, with everything that the test does rolled back at the end.

One outer transaction a test, or one above what tests of a file begin with (``tests.support.layers``); sessions work in
savepoints inside it, so code that commits really commits for itself and leaves nothing behind. Row-level security holds
as in service: the connection is the application's role.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, SessionTransaction

from locality.audit import log as audit
from locality.kernel.actor import SYSTEM, Actor
from locality.kernel.clock import frozen
from locality.kernel.db import bind_actor, db, set_actor
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.running import postgres
from tests.support.servers import settings_for

# A Tuesday morning, ten o'clock in England.
NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)

_MOST_PREPARED = 1_000

OpenUnit = Callable[..., AbstractContextManager[UnitOfWork]]


@pytest.fixture(scope="session")
def app(server: postgres.Address, worker_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, one a process; loaded here, so that unit tests start without it."""
    from locality.app import create_app

    application = create_app(settings_for(server, worker_database))
    application.testing = True
    if "PYTEST_XDIST_WORKER" in os.environ:  # what one process has made of a template the others need not make again
        compiled = tmp_path_factory.getbasetemp().parent / "templates"
        compiled.mkdir(exist_ok=True)
        application.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    yield application
    with application.app_context():
        db.engine.dispose()


@contextmanager
def in_use(app: Flask, opened: Connection) -> Iterator[None]:
    """All that the application does is done on this connection."""
    engine = db.engine
    db._app_engines[app][None] = opened  # type: ignore[assignment]
    try:
        yield
    finally:
        db.session.remove()
        db._app_engines[app][None] = engine


def keep_prepared(opened: Connection) -> None:
    """Let statements be planned once a process, and savepoints pass quickly.

    Without this the driver forgets statements with every rollback. It does so for tables that were made within what is
    rolled back, which no test does.
    """
    driver: Any = opened.connection.dbapi_connection
    driver.prepare_threshold, driver.prepared_max = 1, _MOST_PREPARED
    driver._prepared.clear = lambda: False
    dialect: Any = opened.dialect
    dialect.do_savepoint = lambda on, name: _at_once(on, f"SAVEPOINT {name}")
    dialect.do_release_savepoint = lambda on, name: _at_once(on, f"RELEASE SAVEPOINT {name}")
    dialect.do_rollback_to_savepoint = lambda on, name: _at_once(on, f"ROLLBACK TO SAVEPOINT {name}")


def _at_once(opened: Connection, savepoint: str) -> None:
    # Straight to the driver, a quarter of the work; never prepared, or thousands of names would push out what is
    # worth keeping.
    driver: Any = opened.connection.dbapi_connection
    driver.execute(savepoint, prepare=False)


def a_session() -> Session:
    """The application's session, bound to the system's actor."""
    db.session.configure(join_transaction_mode="create_savepoint")
    opened = db.session()
    bind_actor(opened, SYSTEM)
    return opened


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session bound to the system's actor, for arranging and for looking."""
    opened = a_session()
    yield opened
    audit.forget(opened)


@pytest.fixture
def clock() -> Iterator[dt.datetime]:
    """Holds the clock at ``NOW``."""
    with frozen(NOW):
        yield NOW


@pytest.fixture
def uow(session: Session, clock: dt.datetime) -> OpenUnit:
    """``with uow(actor) as unit:`` a unit of work at ``NOW``; afterwards the session is the system's again."""
    return units(session)


def units(session: Session) -> OpenUnit:
    """Opens units of work on a session; the clock is the caller's."""

    @contextmanager
    def opened(actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
        session.flush()
        try:
            with unit_of_work(actor) as unit:
                yield unit
        finally:
            bind_actor(session, SYSTEM)

    return opened


@event.listens_for(Session, "after_begin")
def _forget_the_last_actor(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    # In service a transaction that binds nobody sees nothing. Here transactions share an outer one, whose settings
    # would outlive the test's own arranging; a visitor's session must not inherit them.
    if session.info.get("actor") is None:
        set_actor(connection, Actor(account_id=None, name=""))
