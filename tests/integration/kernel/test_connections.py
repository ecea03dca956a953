"""Connections that the server ended are replaced before they are used; statements straight through the driver."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.guard import plain_url
from locality.kernel.receipts import PeriodicRun
from locality.running import postgres
from tests.support.database import NOW


@pytest.fixture
def engine(server: postgres.Address, worker_database: str) -> Iterator[Engine]:
    made = create_engine(server.url(postgres.APP, worker_database), pool_size=1)
    yield made
    made.dispose()


def _end_all_but_ours(server: postgres.Address, engine: Engine) -> None:
    database = engine.url.database
    with psycopg.connect(plain_url(server.url(postgres.SUPERUSER, str(database))), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'to be ended'"
        )


def test_a_connection_that_the_server_ended_is_replaced(server: postgres.Address, engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET application_name = 'to be ended'"))
        connection.commit()
        first = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    _end_all_but_ours(server, engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != first


def test_one_that_is_ended_in_use_says_so_and_the_next_works(server: postgres.Address, engine: Engine) -> None:
    with Session(engine) as session:
        direct.rows(session, "SET application_name = 'to be ended'")
        session.commit()
        direct.rows(session, "SELECT 1")
        _end_all_but_ours(server, engine)
        with pytest.raises(OperationalError) as said:
            direct.rows(session, "SELECT 1")
        assert said.value.connection_invalidated
        session.rollback()
        assert direct.rows(session, "SELECT 1 AS n")[0].n == 1


def test_what_the_session_still_has_to_write_is_written_first(session: Session) -> None:
    session.add(PeriodicRun(job="wait", period=NOW, claimed_at=NOW))
    assert [run.job for run in direct.rows(session, "SELECT job FROM periodic_run")] == ["wait"]


def test_whoever_counts_statements_hears_of_these_too(session: Session) -> None:
    heard: list[str] = []
    engine = session.connection().engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert direct.one_or_none(session, "SELECT %(n)s::int AS n", {"n": 7}).n == 7
        assert direct.one_or_none(session, "SELECT 1 WHERE false") is None
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert heard == ["SELECT %(n)s::int AS n", "SELECT 1 WHERE false"]


def test_a_broken_constraint_is_an_integrity_error_as_everywhere(session: Session) -> None:
    with pytest.raises(IntegrityError):
        direct.rows(session, "INSERT INTO periodic_run (job, period, claimed_at) VALUES ('x', NULL, now())")
    session.rollback()


_CLAIM = "INSERT INTO periodic_run (job, period, claimed_at) VALUES (%(job)s, now(), now())"


def test_writes_sent_without_waiting_land_in_their_order(session: Session) -> None:
    with direct.without_waiting(session):
        direct.rows(session, _CLAIM, {"job": "first"})
        direct.rows(session, "UPDATE periodic_run SET job = 'second' WHERE job = 'first'")
    assert [run.job for run in direct.rows(session, "SELECT job FROM periodic_run")] == ["second"]


def test_the_first_failure_of_writes_sent_without_waiting_is_told_at_the_end(session: Session) -> None:
    with pytest.raises(IntegrityError), direct.without_waiting(session):
        direct.rows(session, _CLAIM, {"job": None})
        direct.rows(session, _CLAIM, {"job": "after it"})
    session.rollback()
    assert direct.rows(session, "SELECT job FROM periodic_run") == []
