"""Taking in an authority's list of postcodes, in place of the one before."""

import csv
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import text

from locality.audit import log
from locality.kernel.errors import RuleBroken
from locality.kernel.uow import UnitOfWork
from locality.people.rules.identifiers import tidy_postcode

COLUMNS = ("postcode", "easting", "northing")
# The National Grid of Great Britain: 700 km by 1,300 km.
_EAST, _NORTH = 700_000, 1_300_000

_BATCH = 10_000
# COPY is refused under row-level security; whole columns at a time are as quick for a list of this kind.
_ADD = text(
    "INSERT INTO postcode SELECT * FROM unnest(:postcodes ::text[], :eastings ::int[], :northings ::int[])"
    " ON CONFLICT DO NOTHING"
)

_Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class ImportedPostcodes:
    """How many postcodes the list holds now, and the lines of the file that could not be used, each with the cure."""

    taken: int
    refused: tuple[str, ...]


def import_postcodes(uow: UnitOfWork, path: Path, *, advance: Callable[[int], None]) -> ImportedPostcodes:
    """Replace the list of postcodes by a CSV file's, in one transaction.

    The file has the columns ``postcode``, ``easting`` and ``northing`` (metres on the National Grid) under these
    headings, in any order; others are ignored, and of a postcode that comes twice the first line counts. ``advance`` is
    told of each line read. Raises ``RuleBroken`` for a file without these columns or without a usable line, ``OSError``
    for one that cannot be opened.
    """
    refused: list[str] = []
    uow.session.execute(text("DELETE FROM postcode"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        for batch in _batches(_places(file, refused, advance)):
            postcodes, eastings, northings = zip(*batch, strict=True)
            uow.session.execute(
                _ADD, {"postcodes": list(postcodes), "eastings": list(eastings), "northings": list(northings)}
            )
    taken = int(uow.session.execute(text("SELECT count(*) FROM postcode")).scalar_one())
    if not taken:
        raise RuleBroken("The file has no line with a postcode, an easting and a northing")
    log.record(uow, "postcodes.imported", detail={"taken": taken, "refused": len(refused)})
    return ImportedPostcodes(taken, tuple(refused))


def _batches(places: Iterator[_Place]) -> Iterator[list[_Place]]:
    while batch := list(itertools.islice(places, _BATCH)):
        yield batch


def _places(file: TextIO, refused: list[str], advance: Callable[[int], None]) -> Iterator[_Place]:
    """Each line's place; a line that cannot be used becomes a sentence in ``refused``."""
    try:
        reader = csv.DictReader(file)
        headings = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
        missing = [column for column in COLUMNS if column not in headings]
        if missing:
            raise RuleBroken(f"The file needs the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}")
        for row in reader:
            advance(1)
            place = _place(*((row[headings[column]] or "").strip() for column in COLUMNS))
            if isinstance(place, str):
                refused.append(f"Line {reader.line_num}: {place}")
            else:
                yield place
    except (csv.Error, UnicodeDecodeError) as error:
        raise RuleBroken("The file is not a CSV file in UTF-8") from error


def _place(postcode: str, easting: str, northing: str) -> _Place | str:
    tidy = tidy_postcode(postcode)
    if tidy is None:
        return "write a full postcode, like SS1 2AB"
    if not (easting.isascii() and easting.isdigit() and northing.isascii() and northing.isdigit()):
        return "give easting and northing in whole metres"
    east, north = int(easting[:9]), int(northing[:9])
    if east > _EAST or north > _NORTH:
        return "easting goes up to 700000 and northing up to 1300000"
    return tidy, east, north
