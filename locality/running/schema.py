"""Which migration a database is at and which one this code needs; fast, without loading the tables."""

import psycopg

from locality.kernel.guard import plain_url
from locality.running.failure import CannotRun
from locality.running.place import ROOT


def needed() -> str:
    """The number of the newest migration of this code."""
    return (ROOT / "locality" / "migrations" / "HEAD").read_text(encoding="ascii").strip()


def found(database_url: str) -> str | None:
    """The number that a database is at; None when it is empty.

    Raises ``psycopg.OperationalError`` when it is away, ``CannotRun`` when its role may not know.
    """
    with psycopg.connect(plain_url(database_url), connect_timeout=5) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        except psycopg.errors.InsufficientPrivilege:
            raise CannotRun(
                "The role of DATABASE_URL may not see at which migration the database is.",
                cure="Run ./run migrate with DATABASE_OWNER_URL set.",
            ) from None
    return row[0] if row else None
