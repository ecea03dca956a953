"""Who acts is told to the database for one transaction; the next one on that connection knows nobody."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection

from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.uow import unit_of_work

_WHO = text(
    "SELECT pg_backend_pid() AS pid, coalesce(current_setting('locality.actor', true), '')"
    " || coalesce(current_setting('locality.reach', true), '')"
    " || coalesce(current_setting('locality.principals', true), '') AS who"
)


def _who(connection: Connection) -> tuple[int, str]:
    row = connection.execute(_WHO).one()
    return row.pid, row.who


def test_the_actor_of_a_unit_of_work_ends_with_its_transaction(app: Flask) -> None:
    with app.app_context():
        with unit_of_work(SYSTEM) as uow:
            pid, who = _who(uow.session.connection())
        assert who
        db.session.remove()
        with db.engine.connect() as same:
            assert _who(same) == (pid, "")


def test_an_actor_that_stays_on_a_connection_is_found(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT set_config('locality.actor', 'planted', false)"))
        connection.commit()
        assert _who(connection)[1] == "planted"
        connection.invalidate()
