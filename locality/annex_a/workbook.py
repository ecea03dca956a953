"""Opening a workbook: any file may come, so size and shape are judged before it is read."""

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from locality.annex_a import columns
from locality.annex_a.rows import Entry, Problem, Sheet, is_empty, read_row
from locality.annex_a.spelling import Cell

FILE_MAX = 100 * 2**20  # bytes as it lies on disk
UNPACKED_MAX = 1500 * 2**20
STRINGS_MAX = 300 * 2**20  # the one part that has to be held in memory
RATIO_MAX = 200  # unpacked to packed; text sheets reach about 30
RATIO_FROM = 10 * 2**20
ROWS_MAX = 500_000
BLANK_ROWS_MAX = 1000  # a run of empty rows ends a list
COLUMNS_MAX = 60
_PLAIN = (str, int, float, dt.date, dt.time, dt.timedelta, type(None))
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    SyntaxError,  # what both readers of XML raise, Python's own and lxml where it is installed
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    OverflowError,
    RuntimeError,
    NotImplementedError,
)


class UnusableWorkbook(Exception):
    """The file cannot be read at all; the message is one line for the person at the keyboard."""


@dataclass(slots=True)
class Reading:
    """What was read: entries that can be loaded, problems, and lines about whole sheets."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


def read_workbook(path: Path, *, today: dt.date) -> Reading:
    """Read lists 1 to 3. Raises ``UnusableWorkbook`` when the file has none that can be read."""
    _check_file(path)
    try:
        # Opened here, so that it is closed however far the reader came.
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")  # of styles and extensions, which do not matter here
            return _read(path.name, file, today)
    except UnusableWorkbook:
        raise
    except _BROKEN as error:
        msg = f"{path.name} is damaged. Save it again as an Excel workbook (.xlsx)."
        raise UnusableWorkbook(msg) from error
    except MemoryError as error:
        msg = f"{path.name} is too large to read on this machine."
        raise UnusableWorkbook(msg) from error


def _check_file(path: Path) -> None:
    not_one = "is not an Excel workbook (.xlsx). Save the export as .xlsx and try again."
    try:
        size = path.stat().st_size
        if path.is_dir() or not zipfile.is_zipfile(path):
            raise UnusableWorkbook(f"{path.name} {not_one}")
        with zipfile.ZipFile(path) as archive:
            parts = {part.filename.casefold(): part.file_size for part in archive.infolist()}
    except FileNotFoundError as error:
        raise UnusableWorkbook(f"There is no file {path}.") from error
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise UnusableWorkbook(f"{path.name} cannot be opened: {why}.") from error
    if "xl/workbook.xml" not in parts:
        raise UnusableWorkbook(f"{path.name} {not_one}")
    if _too_large(size, parts):
        unpacked = sum(parts.values()) // 2**20
        raise UnusableWorkbook(f"{path.name} unpacks to {unpacked:,} MB, more than such lists need. It was not opened.")


def _too_large(size: int, parts: Mapping[str, int]) -> bool:
    unpacked = sum(parts.values())
    strings = sum(n for name, n in parts.items() if name.endswith("sharedstrings.xml"))
    squeezed = unpacked > RATIO_FROM and unpacked > RATIO_MAX * max(size, 1)
    return size > FILE_MAX or unpacked > UNPACKED_MAX or strings > STRINGS_MAX or squeezed


def _read(file_name: str, file: BinaryIO, today: dt.date) -> Reading:
    reading = Reading()
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = _sheets(book)
        if not sheets:
            raise UnusableWorkbook(f"{file_name} has no sheet named List 1, List 2 or List 3.")
        for name, words in columns.LIST_NAMES.items():
            if name in sheets:
                _read_sheet(reading, name, _rows_of(sheets[name]), (book.epoch.date(), today))
            else:
                reading.notices.append(f"There is no sheet for {name}, so no {words} were read.")
    finally:
        book.close()
    return reading


def _sheets(book: Workbook) -> dict[str, ReadOnlyWorksheet]:
    found: dict[str, ReadOnlyWorksheet] = {}
    for sheet in book.worksheets:
        name = columns.list_of_sheet(sheet.title)
        if name and name not in found and isinstance(sheet, ReadOnlyWorksheet):
            found[name] = sheet
    return found


def _rows_of(sheet: ReadOnlyWorksheet) -> Iterator[tuple[Cell, ...]]:
    sheet.reset_dimensions()  # a sheet's own statement of its size is often wrong
    rows = sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX)  # type: ignore[misc] # stubs' slip
    for row in rows:
        yield tuple(cell if isinstance(cell, _PLAIN) else str(cell) for cell in row)


def _read_sheet(reading: Reading, name: str, rows: Iterator[tuple[Cell, ...]], days: tuple[dt.date, dt.date]) -> None:
    reading.rows[name] = 0
    top = list(islice(rows, columns.HEADING_ROWS))
    heading, places = columns.find_headings(name, top)
    if missing := columns.missing_columns(name, places):
        names = ", ".join(missing)
        reading.notices.append(f"{name} has no column {names}, so none of its rows were read.")
        return
    sheet = Sheet(list_name=name, places=places, epoch=days[0], today=days[1])
    for number, cells in _filled(chain(top[heading + 1 :], rows), start=heading + 2):
        if reading.rows[name] >= ROWS_MAX:
            reading.notices.append(f"{name} has more than {ROWS_MAX:,} rows; rows from {number:,} on were not read.")
            return
        reading.rows[name] += 1
        entry, problems = read_row(sheet, number, cells)
        reading.problems.extend(problems)
        if entry is not None:
            reading.entries.append(entry)


def _filled(rows: Iterable[tuple[Cell, ...]], *, start: int) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Rows with something in them and their numbers, up to a long run of empty ones."""
    blanks = 0
    for number, cells in enumerate(rows, start=start):
        blanks = blanks + 1 if is_empty(cells) else 0
        if blanks > BLANK_ROWS_MAX:
            return
        if blanks == 0:
            yield number, cells
