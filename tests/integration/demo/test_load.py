"""Loading: once, by seed, and never over anybody's data."""

import uuid

import pytest
from sqlalchemy import create_engine, text

from locality.accounts.operations.passwords import password_matches
from locality.demo import days, load
from locality.demo.load import demo_accounts, load_demo
from locality.demo.making import Register, make_piece
from locality.kernel.actor import ROLE_LABELS, Role
from locality.kernel.clock import london
from locality.kernel.errors import RuleBroken
from locality.running import postgres
from tests.integration.demo.conftest import CHILDREN, NAME, SEED
from tests.support.database import NOW
from tests.support.servers import TEMPLATE

TABLES = {
    "person",
    "address",
    "contact",
    "referral",
    "offer",
    "episode",
    "element_answer",
    "stage_move",
    "caseload_entry",
    "contact_decision",
    "told_fact",
    "access_grant",
}


def register_of(seed):
    """The register that a seed makes."""
    local = london(NOW)
    return Register(seed, CHILDREN, days.number(local.date()), local.hour * 60 + local.minute)


def made(register):
    """All that a load would copy into the database: how many children, and each table's rows."""
    with load._pieces(register) as pieces:
        sizes, tables = zip(*pieces, strict=True)
    return sum(sizes), {name: b"".join(piece.get(name, b"") for piece in tables) for name in set().union(*tables)}


def test_processes_that_share_the_work_make_what_one_makes_and_so_does_the_same_seed(monkeypatch):
    alone = made(register_of(SEED))
    monkeypatch.setattr(load, "_ALONE", 0)
    assert made(register_of(SEED)) == alone
    assert alone[0] == CHILDREN
    assert set(alone[1]) >= TABLES


def test_what_the_database_adds_to_the_rows_has_ids_that_follow_from_them(plain):
    follows = "SELECT id = md5(concat(linked_from, person_id))::uuid FROM access_grant WHERE linked_from IS NOT NULL"
    assert {row[0] for row in plain.execute(follows)} == {True}


def people_of(seed):
    """The first people of the register that a seed makes."""
    rows = make_piece(register_of(seed), 0)["person"].splitlines()
    return {uuid.UUID(row.partition(b"\t")[0].decode()) for row in rows}


def test_the_seed_decides_who_is_there_and_another_makes_others(plain):
    there = {row[0] for row in plain.execute("SELECT id FROM person")}
    assert people_of(SEED) <= there
    assert not people_of(SEED + 1) & there


def test_a_database_in_use_is_refused_in_one_line(server, loaded):
    with pytest.raises(RuleBroken, match="This database holds people already"):
        load_demo(children=10, owner_url=server.url(postgres.OWNER, NAME), now=NOW)


@pytest.mark.parametrize("children", [0, -1, 1_000_001])
def test_a_number_that_cannot_be_made_is_refused(children):
    with pytest.raises(RuleBroken, match="from 1 to 1,000,000"):
        load_demo(children=children, owner_url="postgresql+psycopg://nobody@/nowhere")


def test_a_load_that_is_interrupted_leaves_nothing(server, monkeypatch):
    server.create_database("demo_f", template=TEMPLATE)
    monkeypatch.setattr(load, "make_counts", lambda session, now: (_ for _ in ()).throw(KeyboardInterrupt))
    url = server.url(postgres.OWNER, "demo_f")
    with pytest.raises(KeyboardInterrupt):
        load_demo(children=20, owner_url=url, now=NOW)
    engine = create_engine(url)
    with engine.connect() as connection:
        forced = "SELECT count(*) FROM pg_class WHERE relname IN ('person', 'address') AND relforcerowsecurity"
        assert connection.execute(text("SELECT count(*) FROM person")).scalar_one() == 0
        assert connection.execute(text(forced)).scalar_one() == 2
    engine.dispose()
    server.drop_database("demo_f")


def test_every_role_has_an_account_and_the_password_opens_it(plain):
    listed = demo_accounts()
    assert {account.role for account in listed} == set(ROLE_LABELS.values())
    assert listed[0].email == "spoc@demo.locality.example"
    hashes = dict(
        plain.execute("SELECT a.email, s.password_hash FROM account a JOIN account_secret s ON s.account_id = a.id")
    )
    assert {account.email for account in listed} == set(hashes)
    assert password_matches(hashes[listed[0].email], listed[0].password)


def test_first_of_each_role_are_the_named_ones():
    first = {}
    for account in demo_accounts():
        first.setdefault(account.role, account.email)
    assert first == {
        ROLE_LABELS[Role.SPOC_OFFICER]: "spoc@demo.locality.example",
        ROLE_LABELS[Role.LEAD_PROFESSIONAL]: "lead@demo.locality.example",
        ROLE_LABELS[Role.SERVICE_WORKER]: "service@demo.locality.example",
        ROLE_LABELS[Role.CLUSTER_MEMBER]: "cluster@demo.locality.example",
        ROLE_LABELS[Role.SUPERVISOR]: "supervisor@demo.locality.example",
        ROLE_LABELS[Role.MANAGER]: "manager@demo.locality.example",
        ROLE_LABELS[Role.DATA_PROTECTION]: "dataprotection@demo.locality.example",
        ROLE_LABELS[Role.ADMINISTRATOR]: "administrator@demo.locality.example",
    }
