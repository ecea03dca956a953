"""A register of made-up people of any size, loaded by COPY: families with their adults, children, homes and telephones.

The names are the demonstration's (many cultures, a long tail of surnames), the postcodes Southend's, the numbers out of
ranges that are never given out. The same seed and size give the same register.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from locality.demo.batch import COLUMNS
from locality.demo.copying import Lightened, copy_in, force_lifted
from locality.demo.identifiers import nhs_number
from locality.demo.names import BOY, GIRL, Culture, cultures
from locality.demo.reference import table
from locality.kernel.guard import plain_url
from locality.kernel.ids import encode_reference
from locality.running import postgres

_TABLES = ("person", "family", "family_member", "address", "contact_point")
_STREETS = ("Street", "Road", "Avenue", "Close", "Drive", "Lane", "Gardens", "Crescent")
TODAY = dt.date(2026, 3, 3)
_CHILDHOOD, _ADULTHOOD = 19 * 365, 30 * 365  # days over which birth dates of children and of adults spread
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of the register, as a benchmark needs to know them to ask for them again."""

    id: uuid.UUID
    given_name: str
    family_name: str
    sex: str
    born_on: dt.date
    lines: tuple[str, ...]
    postcode: str
    phone: str
    mother: str
    is_child: bool


class Register:
    """Families drawn one after the other; ``rows`` holds lines on their way to COPY, ``number`` the people so far."""

    def __init__(self, seed: int) -> None:
        self.rows: dict[str, list[str]] = {name: [] for name in _TABLES}
        self.number = 0
        self._rng = random.Random(seed)
        self._cultures = cultures()
        self._postcodes = [row["postcode"] for row in table("southend-postcodes.csv")]

    def family(self) -> list[Somebody]:
        """The next family: one or two adults and one to three children under one roof and one surname."""
        rng, culture = self._rng, self._cultures.pick(self._rng)
        surname = culture.surname(rng)
        street = self._cultures.pick(rng).surname(rng) or "High"
        lines = (f"{rng.randrange(1, 200)} {street} {rng.choice(_STREETS)}", "Southend-on-Sea")
        postcode, phone = rng.choice(self._postcodes), f"07{rng.randrange(10**9):09d}"
        kinds = [GIRL, *([BOY] if rng.random() < 0.6 else []), *rng.choices((GIRL, BOY), k=rng.randrange(1, 4))]
        adults = 2 if len(kinds) > 1 and kinds[1] == BOY and rng.random() < 0.6 else 1
        mother = ""
        people = []
        for place, kind in enumerate(kinds):
            one = self._somebody(culture, kind, surname, place >= adults, lines, postcode, phone, mother)
            mother = mother or f"{one.given_name} {one.family_name}".strip()
            people.append(one)
        self._write(people, surname)
        return people

    def _somebody(
        self, culture: Culture, kind: str, surname: str, is_child: bool,  # noqa: FBT001
        lines: tuple[str, ...], postcode: str, phone: str, mother: str,
    ) -> Somebody:  # fmt: skip
        rng = self._rng
        days = rng.randrange(_CHILDHOOD) if is_child else _CHILDHOOD + rng.randrange(_ADULTHOOD)
        return Somebody(
            id=uuid.UUID(int=rng.getrandbits(128), version=4),
            given_name=culture.given(rng, kind),
            family_name=surname,
            sex="F" if kind == GIRL else "M",
            born_on=TODAY - dt.timedelta(days=days),
            lines=lines, postcode=postcode, phone=phone, mother=mother, is_child=is_child,
        )  # fmt: skip

    def _write(self, people: list[Somebody], surname: str) -> None:
        family = uuid.UUID(int=self._rng.getrandbits(128), version=4)
        ids = ",".join(str(one.id) for one in people)
        self._row("family", family, encode_reference("FA", self.number), surname or "Family", f"{{{ids}}}", TODAY, 1)
        for one in people:
            self._person(one)
            self._row("family_member", self._id(), family, one.id, TODAY, None)
            lines = "{" + ",".join(f'"{line}"' for line in one.lines) + "}"
            self._row("address", self._id(), one.id, "home", lines, one.postcode, None, None, None, "f", TODAY, None)
            if not one.is_child:
                self._row("contact_point", self._id(), one.id, "mobile", one.phone, "", "f", None, None, TODAY)

    def _person(self, one: Somebody) -> None:
        self.number += 1
        self._row(
            "person", one.id, encode_reference("PE", self.number), "child" if one.is_child else "adult",
            one.given_name, one.family_name, "", "{}", one.sex, None, one.born_on, "f", None, None, "NOBT", "", "",
            None, "{}", nhs_number(self.number), "ABSENT", None, "{}", None, None, TODAY, None, 1,
        )  # fmt: skip

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self._rng.getrandbits(128), version=4)

    def _row(self, table_name: str, *values: object) -> None:
        self.rows[table_name].append("\t".join(r"\N" if value is None else str(value) for value in values) + "\n")


def load(address: postgres.Address, database: str, *, size: int, seed: int, keep: int = 20_000) -> list[Somebody]:
    """Fill an empty database with ``size`` people; gives about ``keep`` of them, spread over the whole register."""
    register = Register(seed)
    kept: list[Somebody] = []
    url = plain_url(address.url(postgres.OWNER, database))
    with psycopg.connect(url) as connection, force_lifted(connection, list(_TABLES)):
        connection.execute("SET maintenance_work_mem = '512MB'")
        bare = Lightened(connection, list(_TABLES))
        bare.drop()
        while register.number < size:
            people = register.family()
            if register.number * keep // size > len(kept):
                kept.append(people[-1])
            if len(register.rows["person"]) >= _BATCH:
                _send(connection, register)
        _send(connection, register)
        for _ in bare.restore():
            pass
    with psycopg.connect(url, autocommit=True) as connection:
        for name in (*_TABLES, "search_word"):
            connection.execute(f"VACUUM ANALYZE {name}")
    return kept


def _send(connection: psycopg.Connection, register: Register) -> None:
    for name, lines in register.rows.items():
        copy_in(connection, name, COLUMNS[name], "".join(lines).encode())
        lines.clear()


def children_of(people: list[Somebody]) -> Iterator[Somebody]:
    """Those who are children."""
    return (one for one in people if one.is_child)
