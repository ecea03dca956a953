"""Periods of whole months, the running month counted up to today."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class PeriodChoice(StrEnum):
    """What a reader may choose; the third is the usual one."""

    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THREE_MONTHS = "3-months"
    TWELVE_MONTHS = "12-months"


PERIOD_LABELS: dict[PeriodChoice, str] = {
    PeriodChoice.THIS_MONTH: "This month so far",
    PeriodChoice.LAST_MONTH: "Last month",
    PeriodChoice.THREE_MONTHS: "Last 3 months",
    PeriodChoice.TWELVE_MONTHS: "Last 12 months",
}
# (months from the running month back to the first, and to the last)
_REACH: dict[PeriodChoice, tuple[int, int]] = {
    PeriodChoice.THIS_MONTH: (0, 0),
    PeriodChoice.LAST_MONTH: (1, 1),
    PeriodChoice.THREE_MONTHS: (2, 0),
    PeriodChoice.TWELVE_MONTHS: (11, 0),
}
# How many whole months are set beside as many before them: a month that is not over is compared with nothing.
_COMPARED: dict[PeriodChoice, int] = {
    PeriodChoice.THIS_MONTH: 1,
    PeriodChoice.LAST_MONTH: 1,
    PeriodChoice.THREE_MONTHS: 3,
    PeriodChoice.TWELVE_MONTHS: 12,
}
FINANCIAL_YEAR_STARTS = 4  # local authorities count from 1 April to 31 March (domain 5.0)


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last month (as their first days) and the last day that counts."""

    first: dt.date
    last: dt.date
    until_on: dt.date


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months that are over, from the first to the last (as their first days)."""

    first: dt.date
    last: dt.date


def add_months(month: dt.date, months: int) -> dt.date:
    """The month so many months later (earlier, when negative)."""
    index = month.year * 12 + month.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def month_of(day: dt.date) -> dt.date:
    """The first day of a date's month, which stands for the month."""
    return day.replace(day=1)


def period_of(choice: PeriodChoice, *, today: dt.date) -> Period:
    """The months that a choice means on a day."""
    back, until = _REACH[choice]
    running = month_of(today)
    last = add_months(running, -until)
    ends = today if last == running else add_months(last, 1) - dt.timedelta(days=1)
    return Period(add_months(running, -back), last, ends)


def spans_back(choice: PeriodChoice, *, today: dt.date, months: int) -> tuple[Span, ...]:
    """Spans of the length that a choice compares, oldest first: none overlaps, the last ends with the last whole month.

    They reach back as many months as ``months`` holds whole spans.
    """
    length, last = _COMPARED[choice], add_months(month_of(today), -1)
    ends = [add_months(last, -length * back) for back in range(months // length)]
    return tuple(Span(add_months(end, 1 - length), end) for end in reversed(ends))


def year_start(month: dt.date) -> dt.date:
    """The April in which a month's financial year began."""
    return dt.date(month.year if month.month >= FINANCIAL_YEAR_STARTS else month.year - 1, FINANCIAL_YEAR_STARTS, 1)
