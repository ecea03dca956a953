"""Finding people by name in a register: misspelt names, whole names, and the worst of single terms."""

import random
import time

from sqlalchemy.orm import Session

from benchmarks import results
from benchmarks.people import Registered, officer_session
from benchmarks.register import Somebody
from benchmarks.slips import mistype
from locality.search.find import find_people
from locality.search.terms import read_terms

_NAMES = 600
_WARM_UP = 30
_SHOWN = 20
_P50_MS, _P95_MS, _FOUND, _WORST = 30.0, 60.0, 0.97, 4.0
# Common first names and surnames, short beginnings, and what nobody is called.
TERMS = (
    "mohammed", "olivia", "smith", "khan", "ali", "jones", "li", "o", "a", "jo", "sam", "ta", "son", "hill",
    "wood hill", "mary smith", "ali khan", "xyzzy", "qqq", "zz", "smyht", "van der", "de", "mc",
)  # fmt: skip


def measure(registered: Registered, report: results.Report) -> None:
    """Time and success of one typing error in either name; the slowest term beside the median one."""
    rng = random.Random(registered.seed)
    named = [one for one in registered.people if one.family_name]
    with officer_session(registered.address, registered.database) as session:
        asked = [_misspelt(session, rng.choice(named), rng) for _ in range(_WARM_UP + _NAMES)][_WARM_UP:]
        whole = [_seconds(session, f"{one.given_name} {one.family_name}") for one in rng.sample(named, _NAMES)]
        terms = sorted((min(_seconds(session, term) for _ in range(5)), term) for term in TERMS)
    seconds = [one for one, _ in asked]
    size = registered.size
    for share, name, limit in ((0.5, "p50", _P50_MS), (0.95, "p95", _P95_MS)):
        report.add(
            f"search.names.{name}_ms", size=size, value=results.percentile(seconds, share), unit="ms", limit=limit,
            note=f"one typing error; spelt right {results.percentile(whole, share):.1f} ms",
        )  # fmt: skip
    report.add(
        "search.names.found", size=size, value=sum(found for _, found in asked) / len(asked), unit="", limit=_FOUND,
        note=f"of {len(asked)} misspelt, among the first {_SHOWN}",
    )  # fmt: skip
    worst, term = terms[-1]
    middle = results.median([one for one, _ in terms])
    report.add(
        "search.names.worst_ms", size=size, value=1000 * worst, unit="ms", limit=_WORST * middle,
        note=f"“{term}” of {len(TERMS)} terms; the median one takes {middle:.1f} ms",
    )  # fmt: skip


def _misspelt(session: Session, one: Somebody, rng: random.Random) -> tuple[float, bool]:
    """Seconds for a name with one typing error in either part, and whether the name as it is was shown."""
    if rng.random() < 0.5:
        typed = f"{mistype(one.given_name, rng)} {one.family_name}"
    else:
        typed = f"{one.given_name} {mistype(one.family_name, rng)}"
    started = time.perf_counter()
    found = find_people(session, read_terms(typed))
    seconds = time.perf_counter() - started
    shown = [(row.given_name, row.family_name) for row in found.people.rows[:_SHOWN]]
    return seconds, (one.given_name, one.family_name) in shown


def _seconds(session: Session, typed: str) -> float:
    started = time.perf_counter()
    find_people(session, read_terms(typed))
    return time.perf_counter() - started
