"""The database in a test: a real one, with everything that the test does rolled back at the end.

One outer transaction a test; sessions work in savepoints inside it, so code that commits really commits for itself
and leaves nothing behind. Row-level security holds as in service: the connection is the application's role.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest
from flask import Flask
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

OpenUnit = Callable[..., AbstractContextManager[UnitOfWork]]
Made = TypeVar("Made")


@pytest.fixture(scope="session")
def app(server: postgres.Address, worker_database: str) -> Iterator[Flask]:
    """The application, one a process; loaded here, so that unit tests start without it."""
    from locality.app import create_app

    application = create_app(settings_for(server, worker_database))
    application.testing = True
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """The application's connection, inside the outer transaction that the test's end rolls back."""
    with app.app_context(), db.engine.connect() as opened:
        outer = opened.begin()
        with _in_use(app, opened):
            yield opened
        outer.rollback()


@contextmanager
def _in_use(app: Flask, opened: Connection) -> Iterator[None]:
    """All that the application does is done on this connection."""
    engine = db.engine
    db._app_engines[app][None] = opened  # type: ignore[assignment]
    try:
        yield
    finally:
        db.session.remove()
        db._app_engines[app][None] = engine


@dataclass(frozen=True)
class Scene(Generic[Made]):
    """What all tests of a folder begin with, made once; each test works in a savepoint above it."""

    app: Flask
    connection: Connection
    made: Made

    @contextmanager
    def for_one_test(self) -> Iterator[Connection]:
        """The scene's connection, in a savepoint that the test's end rolls back."""
        with self.app.app_context():
            test = self.connection.begin_nested()
            with _in_use(self.app, self.connection):
                yield self.connection
            test.rollback()


@contextmanager
def scene(app: Flask, make: Callable[[Session, OpenUnit], Made]) -> Iterator[Scene[Made]]:
    """Make a scene at ``NOW``, for a fixture of a folder that overrides ``connection`` with ``for_one_test``."""
    with app.app_context():
        opened = db.engine.connect()
        outer = opened.begin()
        with _in_use(app, opened), frozen(NOW):
            session = a_session()
            session.expire_on_commit = False  # what was made is read by tests after this session is gone
            made = make(session, units(session))
            session.commit()
    yield Scene(app, opened, made)
    outer.rollback()
    opened.close()


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
