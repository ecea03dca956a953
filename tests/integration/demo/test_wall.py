"""Without the application: whoever connects as its role and does not say who is asking sees nothing of anything."""

from contextlib import closing

import psycopg
from psycopg.sql import SQL, Identifier

from locality.kernel.guard import plain_url
from locality.running import postgres
from tests.integration.demo.conftest import NAME

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
"""


def test_a_connection_that_says_nothing_sees_no_row_of_any_table(
    server: postgres.Address, plain: psycopg.Connection
) -> None:
    tables = [name for (name,) in plain.execute(_TABLES)]
    filled = {name for name in tables if _shows(plain, name)}
    with closing(psycopg.connect(plain_url(server.url(postgres.APP, NAME)))) as silent:
        seen = {name for name in filled if _shows(silent, name)}
    assert filled >= {"person", "address", "contact", "referral", "access_grant", "audit_event", "element_answer"}
    assert seen == set()


def _shows(connection: psycopg.Connection, table: str) -> bool:
    """Whether a connection is shown a row of a table; one that may not even ask is shown none."""
    try:
        with connection.transaction():
            return connection.execute(SQL("SELECT 1 FROM {} LIMIT 1").format(Identifier(table))).fetchone() is not None
    except psycopg.errors.InsufficientPrivilege:
        return False
