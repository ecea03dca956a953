"""The columns of Annex A lists 1 to 3, and which heading of a sheet stands for which. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from locality.annex_a.reference import table
from locality.annex_a.spelling import Cell, key

CONTACTS, ASSESSMENTS, REFERRALS = "List 1", "List 2", "List 3"
LIST_NAMES = {CONTACTS: "contacts", ASSESSMENTS: "early help assessments", REFERRALS: "referrals"}
HEADING_ROWS = 20  # councils put titles and notes above the headings

_SHEET_WORDS = {
    CONTACTS: ("contact", "contacts"),
    ASSESSMENTS: ("earlyhelp", "earlyhelpassessments", "earlyhelpassessment", "assessments", "eha"),
    REFERRALS: ("referral", "referrals"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a list has."""

    name: str
    kind: str  # text, date or integer
    may_be_blank: bool

    def keys(self) -> frozenset[str]:
        """Every heading that means this column, squeezed to letters and digits."""
        others = (row["heading"] for row in table("headings.csv") if row["column"] == self.name)
        return frozenset(key(name) for name in (self.name, *others))


@cache
def columns_of(list_name: str) -> tuple[Column, ...]:
    """The columns of a list in Annex A's order."""
    rows = (row for row in table("annex-a-lists-1-3.csv") if row["list"] == list_name)
    return tuple(Column(row["column"], row["type"], row["may_be_blank"] == "yes") for row in rows)


def list_of_sheet(title: str) -> str | None:
    """The list that a title names (``List 1``, ``LIST_1 Contacts``, ``1. contacts``), or None."""
    squeezed = key(title).removeprefix("annexa").removeprefix("list")
    digits = squeezed[: len(squeezed) - len(squeezed.lstrip("0123456789"))]
    name = f"List {int(digits)}" if digits else ""
    if name in LIST_NAMES:
        return name
    named = (found for found, known in _SHEET_WORDS.items() if squeezed in known)
    return next(named, None)


def places(list_name: str, headings: Sequence[Cell]) -> dict[str, int]:
    """Where each column of a list stands in a row of headings; the first of two alike wins."""
    squeezed = [key(heading) for heading in headings]
    found: dict[str, int] = {}
    for column in columns_of(list_name):
        keys = column.keys()
        place = next((i for i, heading in enumerate(squeezed) if heading in keys), None)
        if place is not None:
            found[column.name] = place
    return found


def find_headings(list_name: str, rows: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]]:
    """Which row looks most like the list's headings, and where its columns stand.

    Nothing like them found: row 0 and an empty dict.
    """
    candidates = [(i, places(list_name, row)) for i, row in enumerate(rows[:HEADING_ROWS])]
    best = max(candidates, key=lambda found: len(found[1]), default=(0, {}))
    return best if len(best[1]) >= 2 else (0, {})


def missing_columns(list_name: str, found: dict[str, int]) -> tuple[str, ...]:
    """Names of the columns that a sheet has to have and has not."""
    return tuple(c.name for c in columns_of(list_name) if not c.may_be_blank and c.name not in found)
