"""``locality import annex-a``: a council's Annex A workbook, lists 1 to 3."""

import argparse
from pathlib import Path

from locality.annex_a import columns
from locality.annex_a.gathering import Gathered, gather
from locality.annex_a.loading import Loading, find_places, load
from locality.annex_a.problems import write_problems
from locality.annex_a.rows import LEFT_OUT, Problem
from locality.annex_a.workbook import Reading, UnusableWorkbook, read_workbook
from locality.kernel.actor import SYSTEM
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.errors import RuleBroken
from locality.kernel.progress import progress
from locality.kernel.uow import unit_of_work
from locality.web.registration import Command


def import_annex_a(path: Path, *, errors: Path | None = None, cluster: str | None = None) -> str:
    """Read and load a workbook; the summary for the person at the keyboard.

    What cannot be used goes to ``errors`` (beside the workbook, unless given). Raises ``RuleBroken`` in one line for a
    file that cannot be read at all, or when there is nowhere to put anybody.
    """
    today = london_date(SYSTEM_CLOCK.now())
    try:
        reading = read_workbook(path, today=today)
    except UnusableWorkbook as unusable:
        raise RuleBroken(str(unusable)) from unusable
    gathered = gather(reading.entries)
    with unit_of_work(SYSTEM) as uow:
        places = find_places(uow.session, cluster)
    with progress(len(gathered.entries), "Loading") as bar:
        loading = load(gathered, places, advance=bar.advance)
    problems = _in_order([*reading.problems, *gathered.problems, *loading.problems])
    lines = _summary(reading, gathered, loading)
    lines += _by_default(loading.placed_by_default, places.default.name)
    lines += [*reading.notices, *_errors(errors or path.with_name(f"{path.stem}-errors.csv"), problems)]
    return "\n".join(lines)


def _by_default(count: int, cluster: str) -> list[str]:
    if not count:
        return []
    which = "assessment names" if count == 1 else "assessments name"
    has = "it" if count == 1 else "them"
    return [
        f"{count:,} {which} no school or locality of ours; the {cluster} cluster has {has} (--cluster chooses another)."
    ]


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.list_name, problem.row))


def _summary(reading: Reading, gathered: Gathered, loading: Loading) -> list[str]:
    lines = [f"{'':<34}{'read':>8}{'loaded':>8}{'there':>8}{'refused':>9}"]
    for name, words in columns.LIST_NAMES.items():
        read = reading.rows.get(name, 0)
        tally = loading.lists[name]
        label = f"{name}, {words}"
        refused = read - tally.loaded - tally.there
        lines.append(f"{label:<34}{read:>8,}{tally.loaded:>8,}{tally.there:>8,}{refused:>9,}")
    children = len(gathered.children)
    lines.append(f"{children:,} children, {loading.new_children:,} of them new.")
    return lines


def _errors(path: Path, problems: list[Problem]) -> list[str]:
    if not problems:
        return []
    try:
        write_problems(path, problems)
    except OSError as error:
        return [f"The errors could not be written to {path}: {error.strerror}."]
    refused = len({(p.list_name, p.row) for p in problems if p.effect == LEFT_OUT})
    values = sum(problem.effect != LEFT_OUT for problem in problems)
    rows = f"{refused:,} {'row' if refused == 1 else 'rows'}"
    single = f"{values:,} single {'value' if values == 1 else 'values'}"
    return [f"{rows} and {single} could not be used. {path} says which, why, and the cure."]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the workbook (.xlsx)")
    parser.add_argument("--errors", type=Path, metavar="OUT.csv", help="where to write what cannot be used")
    parser.add_argument("--cluster", metavar="SLUG", help="the cluster of children whose school is not known")


def _run(parsed: argparse.Namespace) -> int:
    print(import_annex_a(parsed.file, errors=parsed.errors, cluster=parsed.cluster))  # noqa: T201 - its whole purpose
    return 0


COMMANDS = (
    Command(
        name="import annex-a",
        help="Load contacts, early help assessments and referrals from Annex A lists 1 to 3.",
        run=_run,
        arguments=_arguments,
        examples=(
            "locality import annex-a export.xlsx",
            "locality import annex-a export.xlsx --errors not-used.csv --cluster leigh",
        ),
    ),
)
