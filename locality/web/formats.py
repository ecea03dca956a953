"""How dates, times, names and numbers are written for people in Britain."""

import datetime as dt
from collections.abc import Sequence

from locality.kernel.clock import london

NOT_KNOWN = "Not known"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(date: dt.date | None) -> str:
    """3 March 2026; an instant is taken as its date in London."""
    if date is None:
        return NOT_KNOWN
    date = _as_date(date)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def weekday(date: dt.date | None) -> str:
    """Tuesday 3 March 2026."""
    return NOT_KNOWN if date is None else f"{_WEEKDAYS[_as_date(date).weekday()]} {day(date)}"


def short_day(date: dt.date | None) -> str:
    """3 Mar 2026, for dense tables; held together by no-break spaces, so that it never takes two lines."""
    if date is None:
        return NOT_KNOWN
    date = _as_date(date)
    return f"{date.day}\N{NO-BREAK SPACE}{_MONTHS[date.month - 1][:3]}\N{NO-BREAK SPACE}{date.year}"


def month(date: dt.date | None) -> str:
    """March 2026."""
    return NOT_KNOWN if date is None else f"{_MONTHS[date.month - 1]} {date.year}"


def clock_time(instant: dt.datetime | None) -> str:
    """10:42am, in London; midday and midnight by name."""
    if instant is None:
        return NOT_KNOWN
    local = london(instant)
    if local.minute == 0 and local.hour in (0, 12):
        return "midnight" if local.hour == 0 else "midday"
    return f"{local.hour % 12 or 12}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"


def when(instant: dt.datetime | None) -> str:
    """3 March 2026, 10:42am, in London."""
    return NOT_KNOWN if instant is None else f"{day(instant)}, {clock_time(instant)}"


def age(born_on: dt.date | None, today: dt.date) -> str:
    """Age in words: days under two weeks, weeks under three months, months under two years, then years.

    A date still to come reads "not yet born".
    """
    if born_on is None:
        return "age not known"
    days = (today - born_on).days
    if days < 0:
        return "not yet born"
    if days < 14:
        return count(days, "day")
    months = whole_months(born_on, today)
    if months < 3:
        return count(days // 7, "week")
    return count(months, "month") if months < 24 else count(months // 12, "year")


def whole_months(since: dt.date, until: dt.date) -> int:
    """Whole months between two dates; someone born on the 31st is a month older on the last day of a short month."""
    months = (until.year - since.year) * 12 + until.month - since.month
    last_of_month = (until + dt.timedelta(days=1)).month != until.month
    return months if until.day >= since.day or last_of_month else months - 1


def count(number: int, one: str, many: str | None = None) -> str:
    """1 child, 2 children, 1,400 families: a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def number(value: float | None, places: int = 0) -> str:
    """1,400 or 14.2; a missing value reads as a dash."""
    return "–" if value is None else f"{value:,.{places}f}"


def percent(share: float | None, places: int = 1) -> str:
    """14.2% for 0.142; a missing value reads as a dash."""
    return "–" if share is None else f"{share * 100:.{places}f}%"


def names(people: Sequence[str]) -> str:
    """Leah, Tom and Ade."""
    *first, last = people or ("Nobody",)
    return f"{', '.join(first)} and {last}" if first else last


def nhs(digits: str | None) -> str:
    """999 123 4567."""
    if not digits:
        return NOT_KNOWN
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 10 else digits


def _as_date(date: dt.date) -> dt.date:
    return london(date).date() if isinstance(date, dt.datetime) else date


FILTERS = {
    "day": day, "weekday": weekday, "short_day": short_day, "month": month, "clock_time": clock_time, "when": when,
    "age": age, "count": count, "number": number, "percent": percent, "names": names, "nhs": nhs,
}  # fmt: skip
