"""Row-level security as SQL for migrations: the second wall, which holds when the application forgets.

Every table has it, enabled and forced; the web and worker role (``locality_app``) owns nothing and cannot bypass it.
The transaction says who acts (``kernel.db.bind_actor``); a transaction that says nothing sees nothing.

The owner has a policy of its own on each table, for functions that run with the owner's rights. COPY into a table is
refused under forced row-level security: bulk loading (``demo``) lifts the force inside its own transaction.
"""

from locality.access.parts import Part

APP_ROLE = "locality_app"

FUNCTIONS = """
CREATE FUNCTION app_actor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('locality.actor', true), '');
CREATE FUNCTION app_reach() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(nullif(current_setting('locality.reach', true), ''), 'none');
CREATE FUNCTION app_principals() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(nullif(current_setting('locality.principals', true), ''), '{}')::uuid[];
"""
DROP_FUNCTIONS = "DROP FUNCTION app_principals(); DROP FUNCTION app_reach(); DROP FUNCTION app_actor();"

BOUND = "(SELECT app_actor()) <> ''"
SYSTEM = "(SELECT app_reach()) = 'system'"
PRINCIPALS = "((SELECT app_principals())::uuid[])"


def granted(part: Part, people: str) -> str:
    """The SQL condition that an open grant for ``people`` (an SQL expression of type uuid[]) opens a part."""
    return (
        f"EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = ANY({people})"
        f" AND g.principal_id = ANY({PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())"
        f" AND '{part.value}' = ANY(g.parts))"
    )


def granted_person(part: Part, person: str) -> str:
    """The SQL condition that an open grant for one ``person`` (an SQL expression of type uuid) opens a part."""
    return (
        f"EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = {person}"
        f" AND g.principal_id = ANY({PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())"
        f" AND '{part.value}' = ANY(g.parts))"
    )


def granted_row(part_column: str, person: str) -> str:
    """The SQL condition that an open grant for one ``person`` opens the part that the row itself names."""
    return (
        f"EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = {person}"
        f" AND g.principal_id = ANY({PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())"
        f" AND {part_column} = ANY(g.parts))"
    )


def protect(table: str, *, read: str, write: str | None = None, change: str | None = None, delete: str = SYSTEM) -> str:
    """Enable and force row-level security on a table with these conditions.

    ``read`` guards reading and choosing rows to change; ``write`` guards new values and new rows (any bound actor,
    unless given); ``change`` guards changing rows, where not everybody who reads a row may; ``delete`` guards deletion
    (the system alone, unless given).

    From migration 0021 on, whom a row is about may be closed to the reader besides (``access.closing``).
    """
    check = BOUND if write is None else write
    changed = (read, check) if change is None else (change, change)
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP_ROLE} USING ({read});
CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP_ROLE} WITH CHECK ({check});
CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP_ROLE} USING ({changed[0]}) WITH CHECK ({changed[1]});
CREATE POLICY {table}_remove ON {table} FOR DELETE TO {APP_ROLE} USING ({delete});
GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE};
DO $$ BEGIN
  IF to_regprocedure('close_table(regclass)') IS NOT NULL THEN PERFORM close_table('{table}'); END IF;
END $$;
"""


def protect_person_rows(
    table: str,
    part: Part,
    *,
    column: str = "person_id",
    index_readable: bool = False,
    also: str | None = None,
) -> str:
    """A table with one person a row: an open grant for that person must open the part.

    ``index_readable`` lets the front door's index of people read it too; ``also`` is a further way in (SQL).
    """
    ways = [SYSTEM, granted_person(part, f"{table}.{column}")]
    if index_readable:
        ways.append("(SELECT app_reach()) = 'people_index'")
    if also:
        ways.append(f"({also})")
    return protect(table, read=" OR ".join(ways))


def protect_about_rows(
    table: str, part: Part, *, column: str = "about", also: str | None = None, change: str | None = None
) -> str:
    """A table whose rows are about several people (``uuid[]``): an open grant for any of them must open the part.

    ``change`` guards changing rows, where not everybody who reads a row may.
    """
    ways = [SYSTEM, granted(part, f"{table}.{column}")]
    if also:
        ways.append(f"({also})")
    return protect(table, read=" OR ".join(ways), change=change)


def open_reference(table: str) -> str:
    """Reference data: any bound actor reads it and, through guarded pages, changes it."""
    return protect(table, read=BOUND, delete=BOUND)


def restrict(table: str, name: str, condition: str) -> str:
    """A further condition that every reader must meet, whatever else lets them in (do-not-disclose, sealing)."""
    return (
        f"CREATE POLICY {table}_{name} ON {table} AS RESTRICTIVE FOR ALL TO {APP_ROLE}"
        f" USING ({condition}) WITH CHECK (true);"
    )


def unprotect(table: str) -> str:
    """Undo, for a migration's way down; dropping the table does the same."""
    return f"DROP TABLE IF EXISTS {table} CASCADE;"
