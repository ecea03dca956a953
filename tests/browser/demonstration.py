"""Who works in the demonstration locality: the accounts that ``locality users --demo`` lists."""

from dataclasses import dataclass
from functools import cache

from locality.demo.load import DEFAULT_SEED, PASSWORD, demo_accounts
from locality.demo.world import build


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in."""

    role: str
    name: str
    email: str
    password: str


@cache
def people() -> tuple[Person, ...]:
    """Everybody, the first of each role before the others of that role."""
    return tuple(Person(one.role, one.name, one.email, one.password) for one in demo_accounts())


def first_of_each_role() -> tuple[Person, ...]:
    """One person for each role."""
    return tuple({one.role: one for one in reversed(people())}.values())


def signed_in_as(name: str) -> Person:
    """The person at an address of the demonstration: ``signed_in_as("manager")``."""
    return next(one for one in people() if one.email.partition("@")[0] == name)


def worker_of(service: str) -> Person:
    """Somebody who answers for a service."""
    return _holding("service", service)


def supervisor_of(cluster: str) -> Person:
    """The supervisor of a cluster, by its short name."""
    return _holding("cluster", cluster, role="supervisor")


def _holding(kind: str, where: str, role: str = "") -> Person:
    worker = next(
        worker
        for worker in build(DEFAULT_SEED, 0).workers
        for duty in worker.duties
        if worker.signs_in and (duty.kind, duty.where) == (kind, where) and role in {"", duty.role}
    )
    return Person("", worker.name, worker.email, PASSWORD)
