"""A database that is locked, or lost in the middle, is a plain page that says so: never a 500, and typed words stay."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import event

from locality.accounts.operations.sessions import StartSession, start_session
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.db import db
from locality.kernel.guard import plain_url
from locality.kernel.ids import AccountId, new_id
from locality.kernel.uow import unit_of_work
from locality.running import postgres
from locality.web.session import COOKIE
from tests.factories.accounts import an_account
from tests.support.servers import TEMPLATE, settings_for

WORDS = "Mornings are hard for all of them since the move"


@pytest.fixture(scope="module")
def busy_app(server: postgres.Address) -> Iterator[Flask]:
    from locality.app import create_app

    server.create_database("busy", template=TEMPLATE)
    app = create_app(settings_for(server, "busy"))
    with app.app_context():
        # A lock is waited for much less long than in service, so that the test is quick.
        @event.listens_for(db.engine, "connect")
        def hurry(raw: psycopg.Connection, _record: object) -> None:
            raw.execute("SET lock_timeout = '100ms'")
            raw.commit()

    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(busy_app: Flask) -> FlaskClient:
    with busy_app.app_context(), unit_of_work(SYSTEM) as uow:
        account = an_account(uow.session, roles=[Role.MANAGER])
        token = start_session(uow, StartSession(AccountId(account.id)))
    client = busy_app.test_client()
    client.set_cookie(COOKIE, token)
    assert client.get("/account").status_code == 200
    return client


@contextmanager
def locked(server: postgres.Address, table: str) -> Iterator[None]:
    """Nobody else can read or write a table, as while it is being altered."""
    with psycopg.connect(plain_url(server.url(postgres.SUPERUSER, "busy"))) as other:
        other.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(table)))
        yield
        other.rollback()


@pytest.mark.parametrize("table", ["signed_in_session", "audit_head", "access_grant", "caseload_tally"])
def test_a_page_that_waits_too_long_says_that_locality_is_busy(
    client: FlaskClient, server: postgres.Address, table: str
) -> None:
    path = "/clusters" if table == "caseload_tally" else f"/people/{new_id()}"
    usual = client.get(path).status_code
    with locked(server, table):
        answer = client.get(path)
    assert answer.status_code == 503
    assert "Locality is busy at the moment" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get(path).status_code == usual


def test_what_was_typed_stands_on_the_page_even_when_nobody_can_be_looked_up(
    client: FlaskClient, server: postgres.Address
) -> None:
    with locked(server, "signed_in_session"):
        answer = client.post("/search", data={"q": WORDS})
    assert answer.status_code == 503
    assert WORDS in answer.text


def test_a_connection_lost_in_the_middle_is_busy_too_and_the_next_page_opens(
    client: FlaskClient, busy_app: Flask, server: postgres.Address, caplog: pytest.LogCaptureFixture
) -> None:
    with busy_app.app_context():
        engine = db.engine

    def lose(connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "caseload_tally" in statement:
            with server.connect() as other:
                other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'busy'")

    event.listen(engine, "before_cursor_execute", lose)
    try:
        with caplog.at_level(logging.ERROR):
            answer = client.get("/clusters")
    finally:
        event.remove(engine, "before_cursor_execute", lose)
    assert answer.status_code == 503
    assert "AdminShutdown" in caplog.text
    assert client.get("/clusters").status_code == 200


def test_that_somebody_was_here_can_wait(
    client: FlaskClient, server: postgres.Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note on the session's row that is due once a minute must not cost anybody their page."""
    import datetime as dt

    from locality.web import session

    monkeypatch.setattr(session, "TOUCH_AFTER", dt.timedelta(0))
    with psycopg.connect(plain_url(server.url(postgres.SUPERUSER, "busy"))) as other:
        other.execute("SELECT 1 FROM signed_in_session FOR UPDATE")
        assert client.get("/account").status_code == 200
        other.rollback()
