"""Days as whole numbers, and their texts: quick enough for millions of rows."""

import datetime as dt
from functools import cache

from locality.kernel.clock import LONDON, due_after_working_days, is_working_day

FIRST = dt.date(2007, 1, 8)  # the service began with January 2007
FOREVER = dt.date.max.toordinal()
NULL = r"\N"  # COPY's way of writing nothing
OFFICE_OPENS, OFFICE_CLOSES = 9 * 60, 17 * 60


def number(day: dt.date) -> int:
    """A date as a whole number; the next day is one more."""
    return day.toordinal()


@cache
def text(day: int) -> str:
    """The date as the database reads it."""
    return dt.date.fromordinal(day).isoformat()


@cache
def month(day: int) -> str:
    """The first of the day's month, as the database reads it."""
    return text(day)[:8] + "01"


_CLOCK = tuple(f" {minute // 60:02d}:{minute % 60:02d}:00" for minute in range(24 * 60))


def stamp(day: int, minute: int) -> str:
    """An instant in England, so many minutes into the day, as the database reads it."""
    return text(day) + _CLOCK[minute] + _offset(day)


@cache
def _offset(day: int) -> str:
    noon = dt.datetime.combine(dt.date.fromordinal(day), dt.time(12), LONDON)
    return "+01" if noon.utcoffset() else "+00"


@cache
def working(day: int) -> int:
    """The day itself when people are at work, else the next such day."""
    while not is_working_day(dt.date.fromordinal(day)):
        day += 1
    return day


@cache
def working_before(day: int) -> int:
    """The day itself when people are at work, else the last such day before it."""
    while not is_working_day(dt.date.fromordinal(day)):
        day -= 1
    return day


@cache
def working_after(day: int, count: int) -> int:
    """The working day so many working days after a day."""
    for _ in range(count):
        day = working(day + 1)
    return working(day)


@cache
def due(day: int, minute: int, count: int) -> str:
    """When something received then is due, so many working days on."""
    received = dt.datetime.combine(dt.date.fromordinal(day), dt.time(minute // 60, minute % 60), LONDON)
    return due_after_working_days(received, count).isoformat(sep=" ")


def years_between(born: int, day: int) -> int:
    """Whole years of age on a day."""
    birth, on = dt.date.fromordinal(born), dt.date.fromordinal(day)
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@cache
def first_of_september(year: int) -> int:
    """The first school day of a school year."""
    return working(dt.date(year, 9, 2).toordinal())
