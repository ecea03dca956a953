"""Time: instants in UTC, dates in Europe/London, and working days of England.

The only module that reads the system clock. A unit of work carries the time that its edge took from a clock.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
WORKING_DAY_STARTS = dt.time(9, 0)
WORKING_DAY_ENDS = dt.time(17, 0)


class Clock(Protocol):
    """Tells the time as an aware UTC instant."""

    def now(self) -> dt.datetime:
        """The instant, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock (or the instant at which ``frozen`` holds it)."""

    def now(self) -> dt.datetime:
        """The instant, in UTC."""
        return _held[-1] if _held else dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for made-up histories."""

    instant: dt.datetime

    def now(self) -> dt.datetime:
        """The instant it was set to."""
        return self.instant


_held: list[dt.datetime] = []
SYSTEM_CLOCK: Clock = SystemClock()


@contextmanager
def frozen(instant: dt.datetime) -> Iterator[None]:
    """Hold the system clock at an instant; for tests."""
    _held.append(instant)
    try:
        yield
    finally:
        _held.pop()


def london(instant: dt.datetime) -> dt.datetime:
    """The instant as people in England read it on the wall."""
    return instant.astimezone(LONDON)


def london_date(instant: dt.datetime) -> dt.date:
    """The date in England at an instant."""
    return london(instant).date()


@lru_cache(maxsize=1)
def bank_holidays() -> frozenset[dt.date]:
    """England's bank holidays from gov.uk, 2012 to 2028, from the list shipped with the library (no call out).

    Only its list is read: the library itself loads all that calling out would need, at every start of every program.
    """
    listed = resources.files("govuk_bank_holidays").joinpath("bank-holidays.json").read_text("utf-8")
    return frozenset(dt.date.fromisoformat(day["date"]) for day in json.loads(listed)["england-and-wales"]["events"])


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday and no bank holiday in England."""
    return day.weekday() < 5 and day not in bank_holidays()


def add_working_days(day: dt.date, days: int) -> dt.date:
    """The working day ``days`` working days after ``day`` (before it, when negative).

    Nought gives ``day`` itself when it is one, else the next working day.
    """
    step = dt.timedelta(days=-1 if days < 0 else 1)
    for _ in range(abs(days)):
        day += step
        while not is_working_day(day):
            day += step
    while not is_working_day(day):
        day += step
    return day


def working_days_between(first: dt.date, last: dt.date) -> int:
    """How many working days lie after ``first`` up to and including ``last``; negative when ``last`` is earlier."""
    if last < first:
        return -working_days_between(last, first)
    whole = (last - first).days
    return sum(is_working_day(first + dt.timedelta(days=n)) for n in range(1, whole + 1))


def end_of_working_day(day: dt.date) -> dt.datetime:
    """Five o'clock in England on ``day``, as a UTC instant."""
    return dt.datetime.combine(day, WORKING_DAY_ENDS, LONDON).astimezone(dt.UTC)


def due_after_working_days(received_at: dt.datetime, days: int) -> dt.datetime:
    """When something received at an instant is due, ``days`` working days on.

    The clock starts on the day of receipt; what comes after hours (17:00) or on a day that is no working day counts
    from the next working day (``domain`` M05). Due at the same time of day, or at 17:00 when received out of hours.
    """
    local = london(received_at)
    in_hours = is_working_day(local.date()) and WORKING_DAY_STARTS <= local.time() < WORKING_DAY_ENDS
    if in_hours:
        due = dt.datetime.combine(add_working_days(local.date(), days), local.time(), LONDON)
        return due.astimezone(dt.UTC)
    early = is_working_day(local.date()) and local.time() < WORKING_DAY_STARTS
    start = local.date() if early else add_working_days(local.date() + dt.timedelta(days=1), 0)
    return end_of_working_day(add_working_days(start, days))
