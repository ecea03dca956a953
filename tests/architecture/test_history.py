"""Nothing is overwritten that someone once relied on, and nothing is deleted but by name."""

import psycopg
import pytest

from locality.kernel.guard import plain_url
from locality.running import postgres
from tests.architecture import history, source
from tests.architecture.source import Source


@pytest.fixture
def rows(server: postgres.Address, worker_database: str):
    """Asks the database a question, once something was planted in it; nothing of that stays."""

    def ask(query: str, *planted: str, **values: object) -> list[str]:
        with psycopg.connect(plain_url(server.url(postgres.OWNER, worker_database))) as connection:
            for statement in planted:
                connection.execute(statement)
            found = [row[0] for row in connection.execute(query, values)]
            connection.rollback()
            return found

    return ask


def test_rows_are_taken_only_from_tables_that_may_lose_them() -> None:
    assert history.rows_taken_away(source.product()) == []


@pytest.mark.parametrize(
    "text",
    [
        "uow.session.execute(delete(StageMove))",
        "uow.session.delete(found)",
        "SQL = 'DELETE FROM contact WHERE id = 1'",
        "SQL = 'TRUNCATE referral'",
        "Contact.__table__.delete()",
    ],
)
def test_a_row_that_is_taken_from_a_record_is_found(text: str) -> None:
    assert len(history.rows_taken_away([Source("locality/caf/operations/planted.py", text)])) == 1


def test_the_tables_that_may_lose_rows_are_those_that_do(rows) -> None:
    followers = set(rows(history.FOLLOWS, may=[]))
    assert set(history.MAY_LOSE_ROWS) - history.tables_that_lose_rows(source.product()) - followers == set()


def test_no_key_and_no_function_of_the_database_takes_rows_from_a_record(rows) -> None:
    may = list(history.MAY_LOSE_ROWS)
    assert rows(history.FOLLOWS, may=may) == []
    assert rows(history.TAKEN_BY_FUNCTIONS, may=may) == []
    key = "ALTER TABLE offer ADD CONSTRAINT planted FOREIGN KEY (referral_id) REFERENCES referral ON DELETE CASCADE"
    assert rows(history.FOLLOWS, key, may=may) == ["offer"]
    function = "CREATE FUNCTION planted() RETURNS void LANGUAGE sql AS 'DELETE FROM contact'"
    assert rows(history.TAKEN_BY_FUNCTIONS, function, may=may) == ["planted"]


def test_what_stands_is_guarded_by_the_database_itself(rows) -> None:
    named = [*history.STAND, *history.NEVER_CHANGED]
    assert len(rows("SELECT relname FROM pg_class WHERE relname = ANY(%(named)s)", named=named)) == len(named)
    assert rows(history.UNGUARDED, stand=list(history.STAND)) == []
    assert rows(history.CHANGEABLE, stand=list(history.NEVER_CHANGED)) == []


@pytest.mark.parametrize(
    "breach",
    [
        "DROP TRIGGER agreement_stands ON agreement",
        "ALTER TABLE agreement DISABLE TRIGGER agreement_stands",
    ],
)
def test_a_record_that_lost_its_guard_is_found(rows, breach: str) -> None:
    assert rows(history.UNGUARDED, breach, stand=list(history.STAND)) == ["agreement"]


def test_a_log_that_may_be_changed_is_found(rows) -> None:
    grant = "GRANT UPDATE ON stage_move_step TO locality_app"
    assert rows(history.CHANGEABLE, grant, stand=list(history.NEVER_CHANGED)) == ["stage_move_step"]
