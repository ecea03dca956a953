"""Statements straight through the driver, for what every page does.

SQLAlchemy's own way from a statement to its rows takes three to five times the driver's time, which a page with eight
statements notices, and ten times where a long statement is built anew. These run on the session's connection, in its
transaction and under its actor, and errors come as SQLAlchemy's own. Parameters of constant SQL are the driver's:
``%(name)s``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Select, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

_CONNECTION = "direct.connection"
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_NOTHING: Mapping[str, Any] = {}


def rows(session: Session, statement: LiteralString, values: Mapping[str, Any] = _NOTHING) -> list[Any]:
    """The rows of a statement as named tuples; none for a statement that returns nothing.

    What the session still has to write is written first. Raises what ``Session.execute`` raises.
    """
    session.flush()
    return rows_on(connection_of(session), statement, values)


def one_or_none(session: Session, statement: LiteralString, values: Mapping[str, Any] = _NOTHING) -> Any:
    """The first row of a statement that has one at most; None without a row."""
    found = rows(session, statement, values)
    return found[0] if found else None


def rows_on(connection: Connection, statement: LiteralString, values: Mapping[str, Any] = _NOTHING) -> list[Any]:
    """As ``rows``, on a connection."""
    return _send(connection, _driver(connection).cursor(row_factory=namedtuple_row), statement, values)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as the driver takes it: its text, its values in order, and how columns are read by their place."""

    text: LiteralString
    order: Sequence[str]
    constants: Mapping[str, Any]
    readers: Sequence[tuple[int, Callable[[Any], Any]]]


class Prepared:
    """A select that is put together once and goes straight through the driver from then on.

    What differs from time to time is a ``bindparam``; "one of these" is ``== any_(bindparam(...))``. What does not is a
    text, a number or a member of a ``StrEnum``. Its rows hold what those of ``Session.execute`` do, members of enums
    too.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement

    def rows(self, session: Session, **values: Any) -> list[Any]:
        """The rows as named tuples. What the session still has to write is written first; raises as ``rows`` does."""
        session.flush()
        sent, connection = self._compiled, connection_of(session)
        cursor = psycopg.RawCursor(_driver(connection), row_factory=self._row_maker)
        given = {**sent.constants, **values}
        return _send(connection, cursor, sent.text, [given[name] for name in sent.order])

    def one_or_none(self, session: Session, **values: Any) -> Any:
        """The first row of a select that has one at most; None without a row."""
        found = self.rows(session, **values)
        return found[0] if found else None

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled = self._statement.compile(dialect=_DIALECT)
        asked = [name for name, bind in compiled.binds.items() if bind.required]
        whole = compiled.construct_expanded_state(dict.fromkeys(asked))
        readers = (
            column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
            for column in self._statement.selected_columns
        )
        return _Compiled(
            text=whole.statement,
            order=whole.positiontup or (),
            constants={name: value for name, value in whole.parameters.items() if name not in asked},
            readers=[(place, reader) for place, reader in enumerate(readers) if reader is not None],
        )

    def _row_maker(self, cursor: "psycopg.Cursor[Any]") -> Callable[[Sequence[Any]], Any]:
        make, readers = namedtuple_row(cursor), self._compiled.readers

        def read(values: Sequence[Any]) -> Any:
            held = list(values)
            for place, reader in readers:
                held[place] = reader(held[place])
            return make(held)

        return read if readers else make


@contextmanager
def without_waiting(session: Session) -> Iterator[None]:
    """Send the statements within one after the other, and wait once, at the end, until all are done.

    For writes that belong together; none of them gives rows. Raises at the end what the first failure raises.
    """
    session.flush()
    connection = connection_of(session)
    try:
        with _driver(connection).pipeline():
            yield
    except psycopg.Error as error:
        raise _as_sqlalchemy_says(connection, "several statements", error) from error


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, which is begun when none runs."""
    held: Connection | None = session.info.get(_CONNECTION)
    return session.connection() if held is None or held.closed else held


def _send(
    connection: Connection,
    cursor: "psycopg.Cursor[Any]",
    statement: LiteralString,
    values: Mapping[str, Any] | list[Any],
) -> list[Any]:
    # Whoever counts or times statements hears of this one too.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, statement, values, None, False)  # noqa: FBT003 - as SQLAlchemy calls it
    try:
        cursor.execute(statement, values)
        # Not ``cursor.description``, which makes an object for every column only to be asked whether there is any.
        result = cursor.pgresult
        found: list[Any] = cursor.fetchall() if result is not None and result.nfields else []
    except psycopg.Error as error:
        raise _as_sqlalchemy_says(connection, statement, error) from error
    return found


def _driver(connection: Connection) -> "psycopg.Connection[Any]":
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


def _as_sqlalchemy_says(connection: Connection, statement: str, error: psycopg.Error) -> BaseException:
    lost = _driver(connection).closed
    said = DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost)
    if lost:
        connection.invalidate(error)
    return said


@event.listens_for(Session, "after_begin")
def _keep_connection(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[_CONNECTION] = connection


@event.listens_for(Session, "after_transaction_end")
def _forget_connection(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CONNECTION, None)
