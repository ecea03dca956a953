"""Runs migrations as the database's owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

FOLDER = Path(__file__).parent
# One migration run at a time on a database, however many processes start together.
_LOCK = 4_517_203_991


def head() -> str:
    """The number of the migration that this code needs."""
    return (FOLDER / "HEAD").read_text(encoding="utf-8").strip()


def migrate(owner_url: str, to: str = "head") -> str:
    """Bring the database to a migration, up or down; returns the number reached (``base`` when none is left)."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        before = current(connection)
        connection.commit()
        target = head() if to == "head" else to
        if before != target:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(FOLDER))
            go = command.upgrade if target != "base" and (before or "") < target else command.downgrade
            go(config, target)
            if target != "base":
                connection.execute(text("GRANT SELECT ON alembic_version TO locality_app"))
            connection.commit()
        reached = current(connection)
    engine.dispose()
    return reached or "base"


def current(connection: Connection) -> str | None:
    """The migration that a database is at; None for an empty one."""
    exists = connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one()
    if exists is None:
        return None
    number: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return number
