"""A small demonstration locality, loaded once for these tests, with every scene in it."""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from locality.app import create_app
from locality.demo.load import Loaded, load_demo
from locality.kernel.actor import SYSTEM
from locality.kernel.clock import frozen
from locality.kernel.db import bind_actor, db
from locality.running import postgres
from tests.support.database import NOW
from tests.support.servers import TEMPLATE, own, settings_for

NAME = own("locality_demonstration")
CHILDREN = 700  # more than one piece of the register holds
SEED = 11


@pytest.fixture(scope="session")
def loaded(server: postgres.Address) -> Loaded:
    """The demonstration in a database of its own."""
    server.create_database(NAME, template=TEMPLATE)
    return load_demo(children=CHILDREN, seed=SEED, owner_url=server.url(postgres.OWNER, NAME), now=NOW)


@pytest.fixture
def plain(server: postgres.Address, loaded: Loaded) -> Iterator[psycopg.Connection]:
    """A connection that sees everything, for counting."""
    with server.connect(NAME) as connection:
        yield connection


@pytest.fixture(scope="session")
def demo_app(server: postgres.Address, loaded: Loaded) -> Iterator[Flask]:
    """The application on the demonstration."""
    application = create_app(settings_for(server, NAME))
    application.testing = True
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def session(demo_app: Flask) -> Iterator[Session]:
    """The application's own session at the demonstration's moment, as the system."""
    with demo_app.app_context(), frozen(NOW):
        opened = db.session()
        bind_actor(opened, SYSTEM)
        yield opened
        opened.rollback()
        db.session.remove()


@pytest.fixture
def today() -> dt.date:
    """The day on which the histories stop."""
    return NOW.date()
