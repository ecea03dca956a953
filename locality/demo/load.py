"""Loading the demonstration locality: invented people only, the same for the same seed, in one transaction."""

import datetime as dt
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import cast

from flask import current_app
from psycopg import Connection as Raw
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from locality.accounts import api as accounts
from locality.demo import days
from locality.demo.batch import COLUMNS
from locality.demo.copying import Lightened, Rows, copy_in, force_lifted, without_links
from locality.demo.counts import STEPS, make_counts
from locality.demo.identifiers import MOST_CHILDREN
from locality.demo.making import PIECE, Register, make_piece
from locality.demo.places import places
from locality.demo.world import Worker, build
from locality.kernel.actor import ROLE_LABELS, Role
from locality.kernel.clock import SYSTEM_CLOCK, london
from locality.kernel.errors import RuleBroken
from locality.kernel.progress import progress
from locality.kernel.settings import Settings

DEFAULT_CHILDREN = 4_800
DEFAULT_SEED = 2007
# Documented and shared by all demonstration accounts: they open nothing but invented people.
PASSWORD = "lantern-groyne-samphire"  # noqa: S105
_ALONE = 10  # pieces: a smaller register is made faster in this process than others can be started
_TOGETHER = 4  # pieces in one COPY
_SPARE_REFERENCES = 1_000_000
_COUNTED = (
    "referral_month", "stage_month", "stage_return", "caseload_tally", "reuse_month", "quality_month",
    "quality_item_month",
)  # fmt: skip
_HEAVY = frozenset(COLUMNS) - {"locality", "cluster", "postcode_area", "agency", "team", "account_secret"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded."""

    children: int
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as."""

    role: str
    name: str
    email: str
    password: str


def load_demo(
    *,
    children: int | None = None,
    seed: int = DEFAULT_SEED,
    owner_url: str | None = None,
    now: dt.datetime | None = None,
) -> Loaded:
    """Load the demonstration into an empty database, as its owner.

    ``children`` is how many are on record (4,800 unless given, at most 1,000,000); histories stop at ``now``. Nothing
    is left behind when it is interrupted. Raises ``RuleBroken`` when the database holds anybody already.
    """
    count = DEFAULT_CHILDREN if children is None else children
    if not 1 <= count <= MOST_CHILDREN:
        raise RuleBroken(f"The number of children must be from 1 to {MOST_CHILDREN:,}")
    moment = now or SYSTEM_CLOCK.now()
    local = london(moment)
    register = Register(seed, count, days.number(local.date()), local.hour * 60 + local.minute)
    url = owner_url or _settings().database_owner_url
    if not url:
        raise RuleBroken("DATABASE_OWNER_URL is not set: only the owner of the database can load it in bulk")
    password = accounts.hash_password(PASSWORD, fast=bool(current_app) and _settings().argon2_fast)
    started = SYSTEM_CLOCK.now()
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        rows = _load(connection, register, moment, places(register, password))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # So that the first readers need not mark every row as settled, and indexes alone answer where they can.
        connection.execute(text(f"VACUUM {', '.join(sorted(COLUMNS))}"))
    engine.dispose()
    return Loaded(count, rows, (SYSTEM_CLOCK.now() - started).total_seconds())


def demo_accounts() -> tuple[DemoAccount, ...]:
    """The accounts to sign in with, one for each role first; known without a database."""
    workers = [worker for worker in build(DEFAULT_SEED, 0).workers if worker.signs_in]
    order = list(Role)
    first = sorted(workers, key=lambda worker: (order.index(_role_of(worker)), worker.email.count(".") > 2))
    return tuple(DemoAccount(ROLE_LABELS[_role_of(w)], w.name, w.email, PASSWORD) for w in first)


def _settings() -> Settings:
    return cast("Settings", current_app.config["LOCALITY"])


def _role_of(worker: Worker) -> Role:
    return Role(worker.duties[0].role)


def _load(connection: Connection, register: Register, now: dt.datetime, first: dict[str, bytes]) -> int:
    raw = cast("Raw[Rows]", connection.connection.driver_connection)
    _refuse_when_used(connection)
    connection.execute(text("SET LOCAL maintenance_work_mem = '384MB'"))
    connection.execute(text("SET LOCAL work_mem = '128MB'"))
    rows = 0
    with (
        force_lifted(raw, [*COLUMNS, *_COUNTED]),
        without_links(raw),
    ):
        light = Lightened(raw, sorted(_HEAVY))
        light.drop()
        rows += _copy(raw, first)
        with progress(register.children, "Families") as bar, _pieces(register) as pieces:
            for size, piece in pieces:
                rows += _copy(raw, piece)
                bar.advance(size)
        with progress(light.steps + STEPS, "Keys and counts") as bar:
            for _ in light.restore():
                bar.advance()
            connection.execute(text("ANALYZE"))
            with Session(bind=connection) as session:
                for _ in make_counts(session, now):
                    bar.advance()
    _finish(connection, register)
    return rows


def _refuse_when_used(connection: Connection) -> None:
    for table, words in (("person", "people"), ("account", "accounts"), ("cluster", "clusters")):
        if connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {table})")).scalar_one():  # noqa: S608
            message = f"This database holds {words} already. The demonstration is loaded into an empty one only"
            raise RuleBroken(message)


def _copy(raw: "Raw[Rows]", tables: dict[str, bytes]) -> int:
    for table, rows in tables.items():
        copy_in(raw, table, COLUMNS[table], rows)
    return sum(rows.count(b"\n") for rows in tables.values())


@contextmanager
def _pieces(register: Register) -> Iterator[Iterator[tuple[int, dict[str, bytes]]]]:
    """The register's pieces in order, a few at a time, each with how many children it holds."""
    if register.pieces <= _ALONE:
        yield ((register.size_of(n), make_piece(register, n)) for n in range(register.pieces))
        return
    # Fresh processes: this one holds a database connection that must not be shared.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 2, mp_context=context) as pool:
        try:
            yield _made_ahead(pool, register)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _made_ahead(pool: ProcessPoolExecutor, register: Register) -> Iterator[tuple[int, dict[str, bytes]]]:
    numbers = iter(range(0, register.pieces, _TOGETHER))
    ahead: deque[Future[tuple[int, dict[str, bytes]]]] = deque(
        pool.submit(make_group, register, n) for n in islice(numbers, 2 * (os.cpu_count() or 2))
    )
    while ahead:
        yield ahead.popleft().result()
        ahead.extend(pool.submit(make_group, register, n) for n in islice(numbers, 1))


def make_group(register: Register, first: int) -> tuple[int, dict[str, bytes]]:
    """Several pieces as one."""
    found: dict[str, list[bytes]] = {}
    numbers = range(first, min(first + _TOGETHER, register.pieces))
    for number in numbers:
        for table, rows in make_piece(register, number).items():
            found.setdefault(table, []).append(rows)
    return sum(map(register.size_of, numbers)), {table: b"".join(rows) for table, rows in found.items()}


def _finish(connection: Connection, register: Register) -> None:
    beyond = 1000 + register.pieces * PIECE * 40 + _SPARE_REFERENCES
    connection.execute(text("SELECT setval('reference_number', :beyond)"), {"beyond": beyond})
    connection.execute(
        text(
            "SELECT audit_append(NULL, 'Locality', 'demo.loaded', 'done', '{}', NULL, NULL, NULL, NULL,"
            " jsonb_build_object('children', CAST(:children AS int), 'seed', CAST(:seed AS bigint)))"
        ),
        {"children": register.children, "seed": register.seed},
    )
