"""Dates as councils write them."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.annex_a import dates
from locality.annex_a.spelling import Unrecognised

MARCH = dt.date(2020, 3, 16)
WAYS = [
    dt.datetime.fromisoformat("2020-03-16"),
    dt.datetime.fromisoformat("2020-03-16T14:30"),
    dt.date(2020, 3, 16),
    "16/03/2020",
    "16/3/2020",
    "16/03/20",
    "16-03-2020",
    "16.03.2020",
    "16 03 2020",
    " 16/03/2020\xa0",
    "16/03/2020 00:00:00",
    "16/03/2020 14:30",
    "2020-03-16",
    "2020-03-16T00:00:00",
    "2020-03-16 00:00:00",
    "2020/03/16",
    "20200316",
    "16 March 2020",
    "16th March 2020",
    "16-Mar-2020",
    "16-Mar-20",
    "Monday, 16 March 2020",
    43906,
    43906.75,
    "43906",
    "43906.0",
]


@pytest.mark.parametrize("cell", WAYS)
def test_a_date_is_recognised_however_written(cell):
    assert dates.date(cell) == MARCH


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("03/16/2020", "This date seems to put the month first."),
        ("31/02/2020", "There is no such date."),
        ("29/02/2019", "There is no such date."),
        ("00/01/2020", "There is no such date."),
        ("16/03/1820", "This date is before 1900."),
        ("soon", "This is not a date."),
        ("16/03", "This is not a date."),
        ("16 Nonsense 2020", "This is not a date."),
        (True, "This is not a date."),
        (dt.time(12, 0), "This is not a date."),
        (dt.timedelta(days=3), "This is not a date."),
        (99999999, "This number is not a spreadsheet's day number."),
        (-4, "This number is not a spreadsheet's day number."),
        (float("nan"), "This number is not a spreadsheet's day number."),
        (float("inf"), "This number is not a spreadsheet's day number."),
    ],
)
def test_what_is_not_a_date_is_refused_with_a_cure(cell, problem):
    with pytest.raises(Unrecognised) as refused:
        dates.date(cell)
    assert refused.value.problem == problem
    assert refused.value.cure == "Write the date as day/month/year, such as 3/3/2026."


def test_a_workbook_that_counts_from_1904_is_read_by_its_own_day_0():
    assert dates.date(42444, epoch=dt.date(1904, 1, 1)) == MARCH


@given(st.dates(min_value=dt.date(1969, 1, 1), max_value=dt.date(2068, 12, 31)))
def test_day_month_year_is_read_back_as_written(day):
    assert dates.date(day.strftime("%d/%m/%Y")) == day
    assert dates.date(day.strftime("%d/%m/%y")) == day
    assert dates.date(day.isoformat()) == day
    assert dates.date((day - dt.date(1899, 12, 30)).days) == day


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats()))
def test_no_cell_breaks_the_reader(cell):
    with contextlib.suppress(Unrecognised):
        assert dates.date(cell) >= dates.EARLIEST
