"""Putting a workbook's rows together: one child from many rows, and no event twice. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from locality.annex_a.codes import NOT_YET_OBTAINED, SEX_NOT_KNOWN
from locality.annex_a.rows import VALUE_LEFT_OUT, Child, Entry, Problem


@dataclass(slots=True)
class Gathered:
    """Children by number, events in the workbook's order, and what did not fit together."""

    children: dict[str, Child] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def gather(entries: Iterable[Entry]) -> Gathered:
    """Keep each event once; later rows add what earlier ones did not know, and change nothing."""
    found = Gathered()
    seen: dict[tuple[str, ...], Entry] = {}
    where: dict[str, Entry] = {}
    for entry in entries:
        first = seen.setdefault(entry.identity(), entry)
        if first is not entry:
            found.problems.append(_doubled(entry, first))
            continue
        found.entries.append(entry)
        number = entry.child.number
        place = where.setdefault(number, entry)
        known = found.children.setdefault(number, entry.child)
        if known is not entry.child:
            found.problems.extend(_differences(known, entry, place))
            found.children[number] = _together(known, entry.child)
    return found


def _together(known: Child, other: Child) -> Child:
    undated = known.born_on is None and known.due_on is None
    return replace(
        known,
        sex=other.sex if known.sex == SEX_NOT_KNOWN else known.sex,
        ethnicity=other.ethnicity if known.ethnicity == NOT_YET_OBTAINED else known.ethnicity,
        born_on=other.born_on if undated else known.born_on,
        due_on=other.due_on if undated else known.due_on,
    )


def _doubled(entry: Entry, first: Entry) -> Problem:
    return Problem(
        list_name=entry.list_name,
        row=entry.row,
        column="Child Unique ID",
        value=entry.child.number,
        problem=f"This row says the same as row {first.row}.",
        cure="Delete one of the two.",
    )


def _differences(known: Child, entry: Entry, first: Entry) -> list[Problem]:
    other = entry.child
    pairs = (
        ("Date of Birth", _birthday(known), _birthday(other), ""),
        ("Gender", known.sex, other.sex, SEX_NOT_KNOWN),
        ("Ethnicity", known.ethnicity, other.ethnicity, NOT_YET_OBTAINED),
    )
    return [
        Problem(
            list_name=entry.list_name,
            row=entry.row,
            column=column,
            value=theirs,
            problem=f"The same child has another value in row {first.row} of {first.list_name}.",
            cure="Find out which is right and correct the other.",
            effect=VALUE_LEFT_OUT,
        )
        for column, ours, theirs, unknown in pairs
        if unknown not in {ours, theirs} and ours != theirs
    ]


def _birthday(child: Child) -> str:
    found = child.born_on or child.due_on
    return found.strftime("%d/%m/%Y") if found else ""
