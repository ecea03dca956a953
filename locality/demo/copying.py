"""Getting many rows into the database at once, in one transaction that leaves everything as it was.

Under forced row-level security nobody may COPY, so the force is lifted and put back in the same transaction. Keys and
indexes are dropped and made again from the database's own words for them: building an index once is many times quicker
than keeping it row by row, and a foreign key is checked in one pass.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from psycopg import Connection, sql

Rows = tuple[object, ...]

_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), c.contype
FROM pg_constraint c WHERE c.conrelid = ANY(%s::regclass[]) AND c.contype IN ('p', 'u', 'f')
ORDER BY CASE c.contype WHEN 'f' THEN 1 ELSE 0 END, c.conname
"""
_POINTING_HERE = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), c.contype
FROM pg_constraint c
WHERE c.confrelid = ANY(%s::regclass[]) AND NOT c.conrelid = ANY(%s::regclass[]) AND c.contype = 'f'
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""
_LINKING: Final = (
    ("access_grant", "grants_reach_linked"),
    ("address", "linked_whereabouts_close"),
    ("contact_point", "linked_whereabouts_close"),
)
_FORCED = "SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND relforcerowsecurity"


def copy_in(connection: Connection[Rows], table: str, columns: Iterable[str], rows: bytes) -> None:
    """COPY rows in text form into a table."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(rows)


@contextmanager
def force_lifted(connection: Connection[Rows], tables: list[str]) -> Iterator[None]:
    """Let the tables' owner write them by COPY; forced again at the end, before anybody else sees the transaction."""
    forced = [str(name) for (name,) in connection.execute(_FORCED, [tables])]
    for table in forced:
        connection.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table)))
    yield
    for table in forced:
        connection.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(sql.Identifier(table)))


@contextmanager
def without_links(connection: Connection[Rows]) -> Iterator[None]:
    """Nobody is linked while the rows come in: no COPY need look for what a link would carry over or close.

    Looking would read every grant anew for each hidden address, since the grants have no index meanwhile.
    """
    for table, trigger in _LINKING:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    yield
    for table, trigger in _LINKING:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


class Lightened:
    """Tables without keys and indexes, and how to give them back."""

    def __init__(self, connection: Connection[Rows], tables: list[str]) -> None:
        self._connection = connection
        own = connection.execute(_CONSTRAINTS, [tables]).fetchall()
        pointing = connection.execute(_POINTING_HERE, [tables, tables]).fetchall()
        self._constraints = [(str(t), str(name), str(words), kind) for t, name, words, kind in (*own, *pointing)]
        self._indexes = [(str(name), str(words)) for name, words in connection.execute(_INDEXES, [tables])]

    @property
    def steps(self) -> int:
        """How many keys and indexes there are to make again."""
        return len(self._constraints) + len(self._indexes)

    def drop(self) -> None:
        """Drop them: what points first, then what is pointed at."""
        for table, name, _, _ in sorted(self._constraints, key=lambda found: found[3] != "f"):
            self._connection.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
            )
        for name, _ in self._indexes:
            self._connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))

    def restore(self) -> Iterator[None]:
        """Make them again, one a step: keys, then indexes, then foreign keys."""
        for table, name, words, kind in self._constraints:
            if kind != "f":
                self._add(table, name, words)
                yield
        for _, words in self._indexes:
            self._connection.execute(sql.SQL(words))
            yield
        for table, name, words, kind in self._constraints:
            if kind == "f":
                self._add(table, name, words)
                yield

    def _add(self, table: str, name: str, words: str) -> None:
        # The words are the database's own, from its catalogue.
        statement = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(sql.Identifier(table), sql.Identifier(name))
        self._connection.execute(statement + sql.SQL(words))
