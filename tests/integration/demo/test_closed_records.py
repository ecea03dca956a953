"""A record that is closed to somebody shows them no row in any table, whatever grants, roles and addresses they hold.

Every table that says whom a row is about is asked, as the database's own catalogue names them.
"""

import dataclasses
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality import all_models
from locality.access.scope import facts_about
from locality.clusters.queries.caseload import caseload_numbers, list_cluster_numbers
from locality.kernel.actor import SYSTEM, Actor, Reach
from locality.kernel.db import bind_actor
from locality.kernel.ids import AccountId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.operations.restricting import NewRestriction, restrict
from locality.people.rules.restricting import REVIEW_WITHIN, Ground, Mode
from locality.running import postgres
from tests.integration.demo.conftest import NAME
from tests.support.database import NOW

OWN = {"restriction", "restriction_person", "restriction_account", "restriction_review"}
_COLUMNS = """
SELECT c.relname, a.attname, a.atttypid = 'uuid[]'::regtype AS many,
  EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = c.relname || '_closed'
    AND NOT p.polpermissive AND pg_get_expr(p.polqual, p.polrelid) LIKE '%%' || a.attname || '%%') AS walled
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (
  (a.atttypid = 'uuid[]'::regtype AND a.attname IN ('about', 'subjects'))
  OR (a.atttypid = 'uuid'::regtype AND (a.attname = 'person_id' OR (c.relname = 'person' AND a.attname = 'id')
    OR EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
      AND f.confrelid = 'person'::regclass AND f.conkey = ARRAY[a.attnum]))))
ORDER BY 1, 2
"""
_MUCH_ABOUT = """
SELECT g.person_id, g.principal_id FROM access_grant g JOIN account a ON a.id = g.principal_id
JOIN person p ON p.id = g.person_id AND p.kind = 'child' JOIN voice_entry v ON v.person_id = p.id
WHERE g.reason = 'lead_professional' AND g.until_at IS NULL
GROUP BY 1, 2 ORDER BY (SELECT count(*) FROM chronology_entry c WHERE c.person_id = g.person_id) DESC, 1 LIMIT 1
"""
TABLES = sorted(set(all_models.metadata.tables) - OWN)


@pytest.fixture(scope="session")
def columns(server: postgres.Address, worker_database: str) -> dict[str, list[tuple[str, bool, bool]]]:
    """By table: the columns that say whom a row is about, whether each holds several, and whether it is walled."""
    found: dict[str, list[tuple[str, bool, bool]]] = {}
    with server.connect(worker_database) as connection:
        for table, column, many, walled in connection.execute(_COLUMNS).fetchall():
            found.setdefault(table, []).append((column, many, walled))
    return found


@pytest.fixture(scope="session")
def whole(server: postgres.Address, loaded: object) -> tuple[PersonId, AccountId, tuple[uuid.UUID, ...]]:
    """A child about whom there is much, their lead professional, and every principal who holds a grant for them."""
    with server.connect(NAME) as plain:
        child, lead = plain.execute(_MUCH_ABOUT).fetchone()
        held = plain.execute("SELECT DISTINCT principal_id FROM access_grant WHERE person_id = %s", [child]).fetchall()
    return PersonId(child), AccountId(lead), tuple(row[0] for row in held)


def reader(whole: tuple[PersonId, AccountId, tuple[uuid.UUID, ...]], *, reach: Reach = Reach.NONE) -> Actor:
    """Somebody with every grant that anybody holds for the child."""
    return Actor(account_id=whole[1], name="Lea Leader", principals=(whole[1], *whole[2]), reach=reach)


def close(session: Session, child: PersonId, account: AccountId, *, mode: Mode) -> None:
    """Close the child's record."""
    bind_actor(session, SYSTEM)
    new = NewRestriction(
        id=new_id(), people=[child], mode=mode, accounts=[account], ground=Ground.OTHER, reason="A test", review_on=
        (NOW + REVIEW_WITHIN).date(), whole_family=True,
    )  # fmt: skip
    restrict(UnitOfWork(session=session, actor=SYSTEM, now=NOW), new)


def seen(session: Session, table: str, columns: list[tuple[str, bool, bool]], child: PersonId) -> int:
    """How many rows of a table about the child the bound actor sees."""
    about = " OR ".join(f":child = ANY({name})" if many else f"{name} = :child" for name, many, _ in columns)
    return int(session.execute(text(f"SELECT count(*) FROM {table} WHERE {about}"), {"child": child}).scalar_one())


@pytest.mark.parametrize("table", TABLES)
def test_every_table_that_says_whom_a_row_is_about_is_walled(
    columns: dict[str, list[tuple[str, bool, bool]]], table: str
) -> None:
    assert [name for name, _many, walled in columns.get(table, []) if not walled] == []


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("reach", [Reach.NONE, Reach.PEOPLE_INDEX])
def test_no_table_shows_a_row_about_somebody_whose_record_is_closed(
    session: Session, whole: tuple[PersonId, AccountId, tuple[uuid.UUID, ...]],
    columns: dict[str, list[tuple[str, bool, bool]]], mode: Mode, reach: Reach,
) -> None:  # fmt: skip
    child, lead, _principals = whole
    actor = reader(whole, reach=reach)
    bind_actor(session, actor)
    before = {table: seen(session, table, named, child) for table, named in columns.items() if table not in OWN}
    assert sum(1 for rows in before.values() if rows) > 25, "the reader sees much before, or the test shows nothing"
    close(session, child, lead if mode is Mode.CLOSED_TO else AccountId(_somebody_else(session, lead)), mode=mode)
    bind_actor(session, dataclasses.replace(actor))
    assert {table: seen(session, table, columns[table], child) for table in before if before[table]} == {
        table: 0 for table in before if before[table]
    }
    facts = facts_about(session, actor, [child])
    assert (facts.closed, facts.grants) == (True, ())


def test_whoever_is_not_kept_out_sees_as_before(
    session: Session, whole: tuple[PersonId, AccountId, tuple[uuid.UUID, ...]],
    columns: dict[str, list[tuple[str, bool, bool]]],
) -> None:  # fmt: skip
    child, lead, _principals = whole
    actor = reader(whole)
    bind_actor(session, actor)
    before = {table: seen(session, table, named, child) for table, named in columns.items() if table not in OWN}
    close(session, child, lead, mode=Mode.OPEN_TO)
    close(session, child, AccountId(_somebody_else(session, lead)), mode=Mode.CLOSED_TO)
    bind_actor(session, dataclasses.replace(actor))
    after = {table: seen(session, table, named, child) for table, named in columns.items() if table not in OWN}
    after["audit_event"] = before["audit_event"]  # closing is on record too
    assert after == before


def test_the_caseload_has_no_line_of_a_closed_family(
    session: Session, whole: tuple[PersonId, AccountId, tuple[uuid.UUID, ...]]
) -> None:
    child, lead, _principals = whole
    actor = reader(whole)
    bind_actor(session, actor)
    of_child = "SELECT count(*) FROM caseload_entry e JOIN episode_child c ON c.episode_id = e.episode_id"
    lines = "SELECT count(*) FROM caseload_entry"
    before = session.execute(text(lines)).scalar_one()
    assert session.execute(text(f"{of_child} WHERE c.person_id = :child"), {"child": child}).scalar_one() > 0
    close(session, child, lead, mode=Mode.CLOSED_TO)
    bind_actor(session, dataclasses.replace(actor))
    assert session.execute(text(lines)).scalar_one() < before


def test_the_counts_of_a_caseload_are_without_a_closed_family(
    session: Session, whole: tuple[PersonId, AccountId, tuple[uuid.UUID, ...]]
) -> None:
    child, lead, _principals = whole
    of_child = "SELECT e.cluster_id, e.children FROM caseload_entry e JOIN episode_child c USING (episode_id)"
    cluster, children = session.execute(text(f"{of_child} WHERE c.person_id = :child"), {"child": child}).one()
    actor = reader(whole)
    bind_actor(session, actor)
    before = caseload_numbers(session, cluster, today=NOW.date())
    assert (before.families, before.children) == _of(session, cluster)
    close(session, child, lead, mode=Mode.CLOSED_TO)
    bind_actor(session, dataclasses.replace(actor))
    after = caseload_numbers(session, cluster, today=NOW.date())
    assert (after.families, after.children) == (before.families - 1, before.children - children)
    assert sum(after.by_stage.values()) == sum(before.by_stage.values()) - 1
    assert _of(session, cluster) == (after.families, after.children)


def _of(session: Session, cluster: uuid.UUID) -> tuple[int, int]:
    """The families and children of a cluster, as the list of clusters has them."""
    return next((one.families, one.children) for one in list_cluster_numbers(session) if one.cluster.id == cluster)


def _somebody_else(session: Session, lead: AccountId) -> uuid.UUID:
    bind_actor(session, SYSTEM)
    found = session.execute(text("SELECT id FROM account WHERE id <> :lead ORDER BY id LIMIT 1"), {"lead": lead})
    one: uuid.UUID = found.scalar_one()
    return one
