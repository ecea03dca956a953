"""Working days and due times."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel import clock

days = st.dates(dt.date(2013, 1, 1), dt.date(2028, 6, 1))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.LONDON).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-03T10:00", "2026-03-04T10:00"),  # Tuesday morning: Wednesday morning
        ("2026-03-03T17:00", "2026-03-05T17:00"),  # after hours counts from Wednesday
        ("2026-03-03T07:30", "2026-03-04T17:00"),  # before hours counts from that day
        ("2026-03-06T16:59", "2026-03-09T16:59"),  # Friday: Monday
        ("2026-03-07T11:00", "2026-03-10T17:00"),  # Saturday counts from Monday
        ("2026-04-02T12:00", "2026-04-07T12:00"),  # over Good Friday and Easter Monday
        ("2026-12-24T12:00", "2026-12-29T12:00"),  # Christmas, Boxing Day (a Saturday, so Monday instead)
        ("2026-03-27T12:00", "2026-03-30T12:00"),  # over the change to summer time: the same wall clock
    ],
)
def test_due_in_one_working_day(received: str, due: str) -> None:
    assert clock.due_after_working_days(at(received), 1) == at(due)


@given(days, st.integers(1, 60))
def test_adding_working_days_counts_exactly_those(day: dt.date, count: int) -> None:
    end = clock.add_working_days(day, count)
    assert clock.is_working_day(end)
    assert clock.working_days_between(day, end) == count


@given(days, st.integers(1, 60))
def test_going_back_undoes_going_forward_from_a_working_day(day: dt.date, count: int) -> None:
    start = clock.add_working_days(day, 0)
    assert clock.add_working_days(clock.add_working_days(start, count), -count) == start


@given(days)
def test_no_days_on_is_the_day_itself_or_the_next_working_one(day: dt.date) -> None:
    found = clock.add_working_days(day, 0)
    assert found == day if clock.is_working_day(day) else found > day


@given(st.datetimes(dt.datetime(2013, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC)), st.integers(1, 10))
def test_a_time_limit_ends_later_and_on_a_working_day(received: dt.datetime, count: int) -> None:
    due = clock.due_after_working_days(received, count)
    assert due > received
    assert clock.is_working_day(clock.london_date(due))


instants = st.datetimes(dt.datetime(2013, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC))


@given(instants, st.integers(1, 10))
def test_the_wall_clock_of_receipt_is_kept_over_holidays_and_the_change_of_clocks(
    received: dt.datetime, count: int
) -> None:
    local, due = clock.london(received), clock.london(clock.due_after_working_days(received, count))
    is_day, time = clock.is_working_day(local.date()), local.time()
    if is_day and clock.WORKING_DAY_STARTS <= time < clock.WORKING_DAY_ENDS:
        assert due.time() == time
        assert clock.working_days_between(local.date(), due.date()) == count
        return
    counted_from = clock.add_working_days(local.date(), 1 if is_day and time >= clock.WORKING_DAY_ENDS else 0)
    assert due.time() == clock.WORKING_DAY_ENDS
    assert clock.working_days_between(counted_from, due.date()) == count


@given(instants, st.timedeltas(dt.timedelta(0), dt.timedelta(days=20)), st.integers(1, 10))
def test_what_comes_later_is_due_earlier_by_no_more_than_a_day_of_work(
    received: dt.datetime, later: dt.timedelta, count: int
) -> None:
    first, second = (clock.due_after_working_days(at, count) for at in (received, received + later))
    assert second >= first - dt.timedelta(hours=9)


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_a_day_of_work_is_a_day_of_work_when_the_clocks_change(change: str) -> None:
    friday = dt.date.fromisoformat(change) - dt.timedelta(days=2)
    due = clock.due_after_working_days(at(f"{friday}T11:15"), 1)
    assert clock.london(due).isoformat()[:16] == f"{friday + dt.timedelta(days=3)}T11:15"


def test_the_date_is_londons() -> None:
    assert clock.london_date(dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)) == dt.date(2026, 7, 2)


def test_the_clock_can_be_held() -> None:
    moment = at("2026-03-03T10:00")
    with clock.frozen(moment):
        assert clock.SYSTEM_CLOCK.now() == moment
    assert clock.SYSTEM_CLOCK.now() > moment
