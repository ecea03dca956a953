"""Finding people who are on record already: the FEBRL sets beside an established library, and a child being entered."""

import json
import random
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psycopg
from sqlalchemy.orm import Session

from benchmarks import linking, results
from benchmarks.people import Registered, empty_database, officer_session
from benchmarks.register import Somebody
from benchmarks.slips import SLIPS, as_known, without_household
from benchmarks.system import ROOT
from locality.kernel.guard import plain_url
from locality.people.queries.matching import likely_matches
from locality.people.rules.matching import Probe
from locality.running import postgres

LIBRARY = ROOT / ".venv-bench" / "bin" / "python"
_CHILDREN = 300
_WARM_UP = 30
_UNKNOWN = 1000
_POSSIBLE = 10.0  # points from which the product offers somebody at all
# What a duplicate check cannot do without: the same birth date, or both names by their sound within a year.
_BARE = """
SELECT id, given_name, family_name, born_on, sex FROM bare_person WHERE born_on = %(born_on)s
UNION ALL
SELECT id, given_name, family_name, born_on, sex FROM bare_person
WHERE given_sound = dmetaphone(%(given)s) AND family_sound = dmetaphone(%(family)s) AND born_on <> %(born_on)s
  AND born_on BETWEEN %(born_on)s::date - 366 AND %(born_on)s::date + 366 LIMIT 500
"""
_BARE_TABLE = (
    """CREATE TABLE bare_person AS SELECT id, given_name, family_name, born_on, sex,
      dmetaphone(f_norm(given_name)) AS given_sound, dmetaphone(f_norm(family_name)) AS family_sound FROM person""",
    "CREATE INDEX ON bare_person (born_on)",
    "CREATE INDEX ON bare_person (family_sound, given_sound)",
    "VACUUM ANALYZE bare_person",
)


def measure_sets(address: postgres.Address, report: results.Report) -> None:
    """FEBRL 4 linked, FEBRL 1 to 3 searched for duplicates; the library's figures for FEBRL 4 stand beside ours."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = _library(folder)
        _link(address, report, folder, library)
        for number in (1, 2, 3):
            _deduplicate(address, report, folder, number)


def _library(folder: Path) -> dict[str, float]:
    command = [str(LIBRARY), "-W", "ignore", str(ROOT / "benchmarks" / "linking_library.py"), str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _link(address: postgres.Address, report: results.Report, folder: Path, library: dict[str, float]) -> None:
    database = empty_database(address, "febrl4")
    second = linking.read(folder / "febrl4b.json")
    known = linking.load(address, database, second)
    truth = linking.read_links(folder / "febrl4.links.json")
    with officer_session(address, database) as session:
        found = linking.link(session, linking.read(folder / "febrl4a.json"), known, truth, one_to_one=True)
    size = len(second)
    for name in ("precision", "recall", "f1"):
        report.add(
            f"matching.febrl4.{name}", size=size, value=getattr(found, name), unit="", limit=library[name],
            note=f"library: ECM, {library['pairs']:,.0f} pairs" if name == "f1" else "",
        )  # fmt: skip
    report.add(
        "matching.pairs_per_s", size=size, value=found.pairs / found.seconds, unit="/s",
        limit=library["pairs"] / library["seconds"],
        note=f"{found.pairs:,} pairs weighed, {size / found.seconds:.0f} records/s; {found.within_reach:.2%} of the"
        " true pairs within reach",
    )  # fmt: skip


def _deduplicate(address: postgres.Address, report: results.Report, folder: Path, number: int) -> None:
    database = empty_database(address, f"febrl{number}")
    records = linking.read(folder / f"febrl{number}.json")
    known = linking.load(address, database, records)
    truth = linking.read_links(folder / f"febrl{number}.links.json")
    with officer_session(address, database) as session:
        found = linking.link(session, records, known, truth, one_to_one=False, threshold=_POSSIBLE)
    for name in ("precision", "recall", "f1"):
        report.add(
            f"matching.febrl{number}.{name}", size=len(records), value=getattr(found, name), unit="",
            note="duplicates, whatever is offered as the same person" if name == "f1" else "",
        )  # fmt: skip


def measure_entry(registered: Registered, report: results.Report) -> None:
    """A child on record is entered again with a slip: how long the look-up takes, and whether they are offered."""
    url = plain_url(registered.address.url(postgres.SUPERUSER, registered.database))
    children = [one for one in registered.people if one.is_child]
    with (
        psycopg.connect(url, autocommit=True) as bare,
        officer_session(registered.address, registered.database) as session,
    ):
        for statement in _BARE_TABLE:
            bare.execute(statement)
        for tag, alone in (("", True), ("_household", False)):
            _enter(session, bare, children, report, registered, tag=tag, alone=alone)
        _enter_unknown(session, bare, children, report, registered)


def _enter(
    session: Session, bare: psycopg.Connection, children: list[Somebody], report: results.Report,
    registered: Registered, *, tag: str, alone: bool,
) -> None:  # fmt: skip
    rng = random.Random(registered.seed)
    ours, theirs = [], []
    found: Counter[str] = Counter()
    bare_found = 0
    asked: Counter[str] = Counter()
    for number in range(_WARM_UP + _CHILDREN):
        one = rng.choice(children)
        for slip, make in SLIPS.items():
            probe = make(as_known(one), rng)
            if probe is None:
                continue
            probe = without_household(probe) if alone else probe
            seconds, offered = _ours(session, probe, one)
            bare_seconds, bare_offered = _bare(bare, probe, one)
            if number >= _WARM_UP:
                ours.append(seconds)
                theirs.append(bare_seconds)
                asked[slip] += 1
                found[slip] += offered
                bare_found += bare_offered
    size = registered.size
    what = "names, birth date and sex" if alone else "with home, telephone and mother"
    report.add_times(f"matching.entry{tag}", size=size, ours=ours, limits=theirs, note=what)
    report.add(
        f"matching.entry{tag}.found", size=size, value=found.total() / asked.total(), unit="", limit=0.95,
        note=f"{asked.total():,} planted, among the first ten; the bare query has {bare_found / asked.total():.1%}",
    )  # fmt: skip
    for slip in SLIPS:
        print(f"  {slip:<38} {found[slip] / max(asked[slip], 1):>7.1%} of {asked[slip]}")


def _enter_unknown(
    session: Session, bare: psycopg.Connection, children: list[Somebody], report: results.Report,
    registered: Registered,
) -> None:  # fmt: skip
    """A child who is on record nowhere: the first name of one, the surname of another, the birth date of a third."""
    rng = random.Random(registered.seed)
    ours, theirs = [], []
    for _ in range(_WARM_UP + _UNKNOWN):
        one, other, third = rng.sample(children, 3)
        probe = replace(without_household(as_known(one)), family_name=other.family_name, born_on=third.born_on)
        ours.append(_ours(session, probe, one)[0])
        theirs.append(_bare(bare, probe, one)[0])
    report.add_times(
        "matching.entry_unknown", size=registered.size, ours=ours[_WARM_UP:], limits=theirs[_WARM_UP:],
        note=f"{_UNKNOWN:,} children on record nowhere: names, birth date and sex",
    )  # fmt: skip


def _ours(session: Session, probe: Probe, one: Somebody) -> tuple[float, bool]:
    started = time.perf_counter()
    offered = likely_matches(session, probe)
    seconds = time.perf_counter() - started
    return seconds, any(match.person_id == one.id for match in offered)


def _bare(bare: psycopg.Connection, probe: Probe, one: Somebody) -> tuple[float, bool]:
    values = {"born_on": probe.born_on, "given": probe.given_name, "family": probe.family_name}
    started = time.perf_counter()
    rows = bare.execute(_BARE, values, prepare=True).fetchall()
    return time.perf_counter() - started, any(row[0] == one.id for row in rows)
