"""A database of its own with a made-up register in it, and the front door's officer who asks it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks.register import Somebody, load
from locality.kernel.actor import Actor, Reach
from locality.kernel.db import bind_actor
from locality.migrations.runner import migrate
from locality.running import postgres

SIZE = 1_000_000
_EMPTY = "locality_empty"
OFFICER = Actor(account_id=None, name="Bench", reach=Reach.PEOPLE_INDEX)


@dataclass(frozen=True, slots=True)
class Registered:
    """A loaded register: where it is, some of its people, and how long loading took."""

    address: postgres.Address
    database: str
    size: int
    seed: int
    people: list[Somebody]
    seconds: float


@contextmanager
def server() -> Iterator[postgres.Address]:
    """A throw-away server, as durable as in service, with an empty migrated database to copy."""
    with postgres.temporary(fsync=True) as address:
        address.create_database(_EMPTY)
        migrate(address.url(postgres.OWNER, _EMPTY))
        yield address


def empty_database(address: postgres.Address, name: str) -> str:
    """A migrated database without a row in it."""
    address.create_database(name, template=_EMPTY)
    return name


def register(address: postgres.Address, size: int, seed: int) -> Registered:
    """A database with ``size`` people."""
    name = empty_database(address, "register")
    started = time.perf_counter()
    people = load(address, name, size=size, seed=seed)
    seconds = time.perf_counter() - started
    print(f"register of {size:,} people loaded in {seconds:.0f} s", flush=True)
    return Registered(address, name, size, seed, people, seconds)


@contextmanager
def officer_session(address: postgres.Address, database: str) -> Iterator[Session]:
    """A session of the application's own role, behind row-level security, as the front door has it."""
    engine = create_engine(address.url(postgres.APP, database))
    try:
        with Session(engine) as session:
            bind_actor(session, OFFICER)
            yield session
    finally:
        engine.dispose()
