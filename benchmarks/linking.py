"""FEBRL records in the product's own tables, linked by the product's own matcher; the mapping is stated here.

given_name and surname → first name and surname; date_of_birth → birth date (one that no calendar has is left out);
street_number and address_1 → the first address line, address_2 and suburb → the next two; postcode → the postcode's
text, Australian as it is. state has no field of its own and is left out; soc_sec_id, the identifier, is never loaded.
"""

import datetime as dt
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.orm import Session

from benchmarks.register import COLUMNS, TODAY
from locality.demo.copying import copy_in, force_lifted
from locality.kernel.guard import plain_url
from locality.kernel.ids import encode_reference
from locality.people.queries.matching import candidates
from locality.people.rules.matching import Probe, match
from locality.running import postgres

Record = Mapping[str, str]
Scored = tuple[float, str, str]
TABLES = ("person", "address")
LIKELY = 15.0  # points from which the product says "likely the same"


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking found: how good it is against the labels, and how many pairs were weighed in how many seconds."""

    precision: float
    recall: float
    pairs: int
    seconds: float
    within_reach: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def read(path: Path) -> dict[str, Record]:
    """The records of a set, by their names."""
    records: dict[str, Record] = json.loads(path.read_text())
    return records


def read_links(path: Path) -> set[frozenset[str]]:
    """The pairs that are one person."""
    return {frozenset(pair) for pair in json.loads(path.read_text())}


def probe_of(record: Record) -> Probe:
    """A record as somebody who is being entered."""
    return Probe(
        given_name=record["given_name"],
        family_name=record["surname"],
        born_on=_date(record["date_of_birth"]),
        postcode=record["postcode"] or None,
        lines=_lines(record),
    )


def _lines(record: Record) -> tuple[str, ...]:
    street = f"{record['street_number']} {record['address_1']}".strip()
    return tuple(line for line in (street, record["address_2"], record["suburb"]) if line)


def _date(written: str) -> dt.date | None:
    try:
        return dt.date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


def load(address: postgres.Address, database: str, records: Mapping[str, Record]) -> dict[uuid.UUID, str]:
    """Fill an empty database with a set; gives which person is which record."""
    people = {uuid.uuid5(uuid.NAMESPACE_OID, name): name for name in records}
    rows: dict[str, list[str]] = {table: [] for table in TABLES}
    for number, (person, name) in enumerate(people.items()):
        probe = probe_of(records[name])
        rows["person"].append(_row(
            person, encode_reference("PE", number), "adult", probe.given_name, probe.family_name, "", "{}", "U", None,
            probe.born_on, "f", None, None, "NOBT", "", "", None, "{}", None, "ABSENT", None, "{}", None, None, TODAY,
            None, 1,
        ))  # fmt: skip
        lines = "{" + ",".join(f'"{line}"' for line in probe.lines) + "}"
        rows["address"].append(
            _row(uuid.uuid4(), person, "home", lines, probe.postcode, None, None, None, "f", TODAY, None)
        )
    with (
        psycopg.connect(plain_url(address.url(postgres.OWNER, database))) as connection,
        force_lifted(connection, list(TABLES)),
    ):
        for table in TABLES:
            copy_in(connection, table, COLUMNS[table], "".join(rows[table]).encode())
    with psycopg.connect(plain_url(address.url(postgres.OWNER, database)), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return people


def _row(*values: object) -> str:
    return "\t".join(r"\N" if value is None else str(value).replace("\\", "\\\\") for value in values) + "\n"


def link(
    session: Session, records: Mapping[str, Record], known: Mapping[uuid.UUID, str], truth: set[frozenset[str]],
    *, one_to_one: bool, threshold: float = LIKELY,
) -> Linked:  # fmt: skip
    """Ask for each record as if it were being entered, and link.

    ``one_to_one``: each record once, of everything that the product offers, heaviest first. Otherwise each pair that
    reaches the points at which the product says "likely".
    """
    started = time.perf_counter()
    weighed: set[frozenset[str]] = set()
    scored: list[Scored] = []
    for name, record in records.items():
        probe = probe_of(record)
        for candidate in candidates(session, probe):
            other = known[candidate.person_id]
            pair = frozenset((name, other))
            if name == other or pair in weighed:
                continue
            weighed.add(pair)
            found = match(probe, candidate)
            if found is not None:
                scored.append((found.weight, name, other))
    links = _assign(scored) if one_to_one else {frozenset(pair[1:]) for pair in scored if pair[0] >= threshold}
    right = len(links & truth)
    return Linked(
        precision=right / len(links),
        recall=right / len(truth),
        pairs=len(weighed),
        seconds=time.perf_counter() - started,
        within_reach=len(weighed & truth) / len(truth),
    )


def _assign(scored: Iterable[Scored]) -> set[frozenset[str]]:
    """The best pairs, each record once: heaviest first."""
    taken: set[str] = set()
    links = set()
    for _, one, other in sorted(scored, reverse=True):
        if one not in taken and other not in taken:
            taken |= {one, other}
            links.add(frozenset((one, other)))
    return links
