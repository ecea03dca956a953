"""Promises about the database: the wall stands without the application, and migrations match the models."""

from collections.abc import Callable

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from locality import all_models
from locality.kernel.guard import plain_url, refuse_powerful_role
from locality.kernel.settings import SettingsError
from locality.migrations.runner import FOLDER, head, migrate
from locality.running import postgres
from tests.architecture.source import gaps_in_the_numbers

_OPEN_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
"""
_LOOSE_FUNCTIONS = """
SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosecdef
  AND NOT coalesce(array_to_string(p.proconfig, ',') LIKE '%search_path=%', false)
"""

Url = Callable[[str], str]


@pytest.fixture
def url(server: postgres.Address, worker_database: str) -> Url:
    """Where a role reaches a database with all migrations."""
    return lambda role: server.url(role, worker_database)


def _rows(url: Url, query: str, *planted: str):
    """The rows of a query, once some statements have been carried out; nothing of them stays."""
    with psycopg.connect(plain_url(url(postgres.OWNER))) as connection:
        for statement in planted:
            connection.execute(statement)
        rows = connection.execute(query).fetchall()
        connection.rollback()
        return rows


def test_every_table_is_behind_forced_row_level_security(url: Url) -> None:
    assert _rows(url, _OPEN_TABLES) == []


@pytest.mark.parametrize(
    "breach",
    [
        "CREATE TABLE planted (id uuid)",
        "ALTER TABLE person NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_table_in_front_of_the_wall_is_found(url: Url, breach: str) -> None:
    assert len(_rows(url, _OPEN_TABLES, breach)) == 1


def test_functions_with_their_owners_rights_fix_their_search_path(url: Url) -> None:
    assert _rows(url, _LOOSE_FUNCTIONS) == []
    loose = "CREATE FUNCTION planted() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
    assert _rows(url, _LOOSE_FUNCTIONS, loose) == [("planted",)]


def test_the_application_refuses_a_role_that_could_step_over_the_wall(url: Url) -> None:
    refuse_powerful_role(url(postgres.APP))
    for role in (postgres.OWNER, postgres.SUPERUSER):
        with pytest.raises(SettingsError, match="row-level security"):
            refuse_powerful_role(url(role))


def test_the_application_cannot_write_the_audit_log_but_by_its_function(url: Url) -> None:
    with psycopg.connect(plain_url(url(postgres.APP))) as connection:
        connection.execute(
            "SELECT set_config('locality.actor', 'x', true), set_config('locality.reach', 'system', true)"
        )
        for attempt in (
            "DELETE FROM audit_event",
            "UPDATE audit_event SET action = 'x'",
            "UPDATE audit_head SET seq = 0",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(attempt)


def test_migrations_are_numbered_without_gaps_and_head_is_the_last() -> None:
    names = [file.name for file in (FOLDER / "versions").glob("*.py")]
    assert gaps_in_the_numbers(names) == []
    assert head() == max(name[:4] for name in names if name[:4].isdigit())


def test_a_gap_or_a_number_used_twice_is_found() -> None:
    assert gaps_in_the_numbers(["0001_a.py", "0003_b.py"]) == ["0003"]
    assert gaps_in_the_numbers(["0001_a.py", "0001_b.py"]) == ["0001"]


@pytest.mark.parametrize("planted", [[], ["ALTER TABLE person ADD COLUMN planted integer"]], ids=["none", "one"])
def test_every_difference_between_models_and_migrations_is_found(url: Url, planted: list[str]) -> None:
    engine = create_engine(url(postgres.OWNER), poolclass=NullPool)
    with engine.connect() as connection:
        for statement in planted:
            connection.execute(text(statement))
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, all_models.metadata)
        connection.rollback()
    engine.dispose()
    assert len([d for d in differences if not _is_the_versions_table(d)]) == len(planted)


def test_migrations_go_up_down_and_up(server: postgres.Address) -> None:
    server.create_database("up_down_up")
    url = server.url(postgres.OWNER, "up_down_up")
    assert [migrate(url), migrate(url, "base"), migrate(url)] == [head(), "base", head()]
    server.drop_database("up_down_up")


def _is_the_versions_table(difference: object) -> bool:
    return "alembic_version" in str(difference)
