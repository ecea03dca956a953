"""How dates, times, names and numbers are written."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.web import formats

DAY = dt.date(2026, 3, 3)
SUMMER = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)  # already the next day in London


def test_days_are_british() -> None:
    assert formats.day(DAY) == "3 March 2026"
    assert formats.short_day(DAY) == "3\xa0Mar\xa02026"
    assert formats.weekday(DAY) == "Tuesday 3 March 2026"
    assert formats.month(DAY) == "March 2026"
    assert formats.day(None) == formats.NOT_KNOWN


def test_an_instant_is_read_in_london() -> None:
    assert formats.day(SUMMER) == "2 July 2026"
    assert formats.when(SUMMER) == "2 July 2026, 12:30am"


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (10, 42, "10:42am"),
        (0, 0, "midnight"),
        (12, 0, "midday"),
        (12, 5, "12:05pm"),
        (23, 59, "11:59pm"),
        (9, 0, "9:00am"),
    ],
)
def test_a_time_is_written(hour: int, minute: int, words: str) -> None:
    assert formats.clock_time(dt.datetime(2026, 3, 3, hour, minute, tzinfo=dt.UTC)) == words


@pytest.mark.parametrize(
    ("born_on", "words"),
    [
        (dt.date(2026, 3, 3), "0 days"),
        (dt.date(2026, 3, 2), "1 day"),
        (dt.date(2026, 2, 10), "3 weeks"),
        (dt.date(2025, 11, 30), "3 months"),
        (dt.date(2024, 3, 4), "23 months"),
        (dt.date(2024, 3, 3), "2 years"),
        (dt.date(2019, 3, 4), "6 years"),
        (dt.date(2026, 5, 2), "not yet born"),
        (None, "age not known"),
    ],
)
def test_an_age_is_written(born_on: dt.date | None, words: str) -> None:
    assert formats.age(born_on, DAY) == words


def test_born_on_the_29th_of_february_is_a_year_older_on_the_28th() -> None:
    assert formats.age(dt.date(2020, 2, 29), dt.date(2023, 2, 28)) == "3 years"


@given(st.dates(dt.date(1900, 1, 1), DAY), st.integers(0, 40_000))
def test_nobody_grows_younger(born_on: dt.date, days: int) -> None:
    later = DAY + dt.timedelta(days=days)
    assert formats.whole_months(born_on, later) >= formats.whole_months(born_on, DAY) >= 0


def test_numbers_and_names() -> None:
    assert formats.count(1, "child", "children") == "1 child"
    assert formats.count(1400, "child", "children") == "1,400 children"
    assert formats.count(2, "family", "families") == "2 families"
    assert formats.count(0, "day") == "0 days"
    assert formats.percent(0.1424) == "14.2%"
    assert formats.percent(None) == "–"
    assert formats.number(1400) == "1,400"
    assert formats.number(None) == "–"
    assert formats.names(["Leah"]) == "Leah"
    assert formats.names(["Leah", "Tom", "Ade"]) == "Leah, Tom and Ade"
    assert formats.names([]) == "Nobody"
    assert formats.nhs("9991234567") == "999 123 4567"
    assert formats.nhs("99") == "99"
    assert formats.nhs(None) == formats.NOT_KNOWN
