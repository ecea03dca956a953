"""Promises about the database: the wall stands without the application, and migrations match the models."""

import re

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from locality import all_models
from locality.kernel.guard import plain_url, refuse_powerful_role
from locality.kernel.settings import SettingsError
from locality.migrations.runner import FOLDER, head, migrate
from locality.running import postgres
from tests.support.servers import TEMPLATE

_WALL = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
ORDER BY 1
"""
_LOOSE_FUNCTIONS = """
SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosecdef
  AND NOT coalesce(array_to_string(p.proconfig, ',') LIKE '%search_path=%', false)
"""


def _rows(server: postgres.Address, query: str, *, role: str = postgres.OWNER, database: str = TEMPLATE):
    with psycopg.connect(plain_url(server.url(role, database))) as connection:
        return connection.execute(query).fetchall()


def test_every_table_is_behind_forced_row_level_security(server: postgres.Address) -> None:
    rows = _rows(server, _WALL)
    assert len(rows) > 30
    assert [name for name, enabled, forced, policies in rows if not (enabled and forced and policies)] == []


def test_functions_with_their_owners_rights_fix_their_search_path(server: postgres.Address) -> None:
    assert _rows(server, _LOOSE_FUNCTIONS) == []


def test_a_connection_that_says_nothing_sees_nothing(server: postgres.Address) -> None:
    for table in ("person", "address", "contact", "referral", "access_grant", "audit_event", "element_answer"):
        assert _rows(server, f"SELECT count(*) FROM {table}", role=postgres.APP) == [(0,)]


def test_the_application_refuses_a_role_that_could_step_over_the_wall(server: postgres.Address) -> None:
    refuse_powerful_role(server.url(postgres.APP, TEMPLATE))
    for role in (postgres.OWNER, postgres.SUPERUSER):
        with pytest.raises(SettingsError, match="row-level security"):
            refuse_powerful_role(server.url(role, TEMPLATE))


def test_the_application_cannot_write_the_audit_log_but_by_its_function(server: postgres.Address) -> None:
    with psycopg.connect(plain_url(server.url(postgres.APP, TEMPLATE))) as connection:
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
    numbers = sorted(f.name[:4] for f in (FOLDER / "versions").glob("*.py") if re.match(r"\d{4}_", f.name))
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    assert head() == numbers[-1]


def test_models_match_migrations(server: postgres.Address) -> None:
    engine = create_engine(server.url(postgres.OWNER, TEMPLATE), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, all_models.metadata)
    engine.dispose()
    assert [d for d in differences if not _is_the_versions_table(d)] == []


def test_migrations_go_up_down_and_up(server: postgres.Address) -> None:
    server.create_database("up_down_up")
    url = server.url(postgres.OWNER, "up_down_up")
    assert [migrate(url), migrate(url, "base"), migrate(url)] == [head(), "base", head()]
    server.drop_database("up_down_up")


def _is_the_versions_table(difference: object) -> bool:
    return "alembic_version" in str(difference)
