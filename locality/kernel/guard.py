"""Refuses to serve with a database role that row-level security would not hold."""

import psycopg

from locality.kernel.settings import SettingsError

_POWER = """
SELECT rolsuper OR rolbypassrls AS bypasses,
       EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                 AND pg_has_role(c.relowner, 'USAGE')) AS owns
FROM pg_roles WHERE rolname = current_user
"""


def refuse_powerful_role(database_url: str) -> None:
    """Raise ``SettingsError`` unless the role of ``DATABASE_URL`` is held by row-level security."""
    try:
        with psycopg.connect(plain_url(database_url), connect_timeout=5) as connection:
            row = connection.execute(_POWER).fetchone()
    except psycopg.OperationalError as error:
        msg = f"The database of DATABASE_URL does not answer: {str(error).strip().splitlines()[0]}"
        raise SettingsError(msg) from error
    if row is None or row[0] or row[1]:
        raise SettingsError(
            "The role of DATABASE_URL is a superuser, bypasses row-level security or owns tables. Use the role"
            " locality_app, which `locality migrate` prepares; the owner belongs in DATABASE_OWNER_URL."
        )


def plain_url(database_url: str) -> str:
    """The URL as psycopg itself reads it, without SQLAlchemy's driver name."""
    return database_url.replace("postgresql+psycopg://", "postgresql://", 1)
