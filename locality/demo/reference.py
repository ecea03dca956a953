"""The tables in this package's own folder: invented places, people's names and words, real postcodes."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

Row = Mapping[str, str]
FOLDER = resources.files("locality.demo") / "data"


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of one of the CSV files."""
    with path_of(name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a text file that say something; ``#`` begins a remark."""
    text = path_of(name).read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and line[0] != "#")


def path_of(name: str) -> Path:
    """Where one of the files lies."""
    return Path(str(FOLDER / name))


def parts(cell: str) -> tuple[str, ...]:
    """A cell that holds several values with bars between them."""
    return tuple(part for part in cell.split("|") if part)
