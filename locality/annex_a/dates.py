"""Dates as exports write them: real dates, British text, a spreadsheet's day numbers. Pure."""

import datetime as dt
import re

from locality.annex_a.spelling import Cell, Unrecognised, tidy

EARLIEST = dt.date(1900, 1, 1)
_EPOCH = dt.date(1899, 12, 30)  # day 0 of a spreadsheet that counts 1900 as a leap year
_SERIALS = range(1, 73_051)  # to the end of 2099
_CURE = "Write the date as day/month/year, such as 3/3/2026."
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_RUN_TOGETHER = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_WITH_MONTH = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ \-/]([a-z]{3,9})\.?,?[ \-/](\d{4}|\d{2})")
_CLOCK_TIME = re.compile(r"[ t]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[ap]m)?z?$")


def date(value: Cell, *, epoch: dt.date = _EPOCH) -> dt.date:
    """The date in a cell; ``epoch`` is the workbook's day 0. Raises ``Unrecognised``."""
    if isinstance(value, dt.datetime):
        return _checked(value.date())
    if isinstance(value, dt.date):
        return _checked(value)
    if isinstance(value, bool | dt.time | dt.timedelta):
        raise Unrecognised("This is not a date.", _CURE)
    if isinstance(value, int | float):
        return _from_serial(float(value), epoch)
    return _from_text(tidy(value).casefold(), epoch)


def _checked(found: dt.date) -> dt.date:
    if found < EARLIEST:
        raise Unrecognised("This date is before 1900.", _CURE)
    return found


def _from_serial(serial: float, epoch: dt.date) -> dt.date:
    if not _SERIALS.start <= serial < _SERIALS.stop:
        raise Unrecognised("This number is not a spreadsheet's day number.", _CURE)
    return _checked(epoch + dt.timedelta(days=int(serial)))


def _from_text(text: str, epoch: dt.date) -> dt.date:
    text = _CLOCK_TIME.sub("", text)
    if match := _NUMBERS.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        return _made(_whole_year(year), month, day)
    if match := _ISO.fullmatch(text) or _RUN_TOGETHER.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _made(year, month, day)
    if match := _WITH_MONTH.fullmatch(text):
        name = match.group(2)[:3]
        if name in _MONTHS:
            return _made(_whole_year(int(match.group(3))), _MONTHS.index(name) + 1, int(match.group(1)))
    if re.fullmatch(r"\d{4,5}(\.\d+)?", text):
        return _from_serial(float(text), epoch)
    raise Unrecognised("This is not a date.", _CURE)


def _whole_year(year: int) -> int:
    # The Single UNIX convention: 69 to 99 are 19xx, which no child of today contradicts.
    if year >= 100:
        return year
    return year + (1900 if year >= 69 else 2000)


def _made(year: int, month: int, day: int) -> dt.date:
    try:
        return _checked(dt.date(year, month, day))
    except ValueError:
        pass
    if 1 <= day <= 12 < month <= 31:
        raise Unrecognised("This date seems to put the month first.", _CURE)
    raise Unrecognised("There is no such date.", _CURE)
