"""``./run bench``: each figure beside its limit, measured in the same run on the same machine."""

import argparse
import sys
from collections.abc import Callable

from benchmarks import (
    data,
    documents,
    matching,
    pages,
    people,
    rehearsing,
    results,
    routing,
    saving,
    searching,
    startup,
)
from benchmarks.system import Bench, running

SIZES = (20_000, 200_000)


def main(words: list[str]) -> int:
    """Run what was asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="PREFIX", help="figures whose names begin so")
    parser.add_argument(
        "--size",
        type=int,
        metavar="CHILDREN",
        help="one size instead of 20,000 and 200,000; of people, for matching and search",
    )
    parser.add_argument("--seed", type=int, default=2007)
    wanted = parser.parse_args(words)
    report = results.Report(wanted.seed)
    print(f"{results.machine()}; seed {wanted.seed}")

    def asked(*names: str) -> bool:
        return any(name.startswith(wanted.only) or wanted.only.startswith(name) for name in names)

    if asked("startup", "memory"):
        startup.measure(report)
    if asked("caf"):
        documents.measure(report)
    for size in (wanted.size,) if wanted.size else SIZES:
        if asked("page", "save", "saving", "routing", "rehearsal", "demo", "insight"):
            _measure_size(wanted, report, size, asked)
    if asked("matching", "search"):
        _people(report, wanted, asked)
    report.write()
    return 0


def _measure_size(wanted: argparse.Namespace, report: results.Report, size: int, asked: Callable[..., bool]) -> None:
    """What is measured on a demonstration of a size; ``saving`` alone does without the recount."""
    with running(size, wanted.seed) as (system, seconds):
        if asked("page", "save", "routing", "rehearsal", "demo", "insight"):
            data.measure(system, report, size, loading_seconds=seconds)
        if asked("page", "save"):
            pages.measure(system, report, size, only=wanted.only)
        if asked("saving"):
            saving.measure(system, report, size)
        _work(system, report, size, asked)


def _work(system: Bench, report: results.Report, size: int, asked: Callable[..., bool]) -> None:
    """Work in the background."""
    if asked("routing"):
        routing.measure(system, report, size)
    if asked("rehearsal"):
        rehearsing.measure(system, report, size)


def _people(report: results.Report, wanted: argparse.Namespace, asked: Callable[..., bool]) -> None:
    """Finding people; ``--size`` is then the number of people in the register."""
    with people.server() as address:
        if asked("matching.febrl", "matching.pairs"):
            matching.measure_sets(address, report)
        if not asked("matching.entry", "search"):
            return
        registered = people.register(address, wanted.size or people.SIZE, wanted.seed)
        if asked("matching.entry"):
            matching.measure_entry(registered, report)
        if asked("search"):
            searching.measure(registered, report)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
