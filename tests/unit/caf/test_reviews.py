"""Dates of assessments, meetings and reviews."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.reviews import (
    HeldReview,
    assessment_due,
    first_meeting_due,
    is_drifting,
    latest_review,
    reasons_against_date,
    reasons_against_review,
    suggested_review,
)
from locality.kernel.clock import is_working_day

TODAY = dt.date(2026, 3, 3)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2027, 12, 31))
HELD = HeldReview(held_on=TODAY, present="All", progress="Better", next_on=dt.date(2026, 4, 14))


@given(DAYS, st.booleans())
def test_a_suggested_review_can_always_be_planned(held_on: dt.date, is_first: bool) -> None:
    suggested = suggested_review(held_on, is_first=is_first)
    assert is_working_day(suggested)
    assert reasons_against_date(suggested, after=held_on, today=held_on) == ()


@given(DAYS, DAYS)
def test_a_date_is_refused_exactly_when_it_will_not_do(planned_on: dt.date, today: dt.date) -> None:
    will_do = today < planned_on <= latest_review(today) and is_working_day(planned_on)
    assert bool(reasons_against_date(planned_on, after=today, today=today)) is not will_do


@pytest.mark.parametrize(
    ("planned_on", "words"),
    [
        (dt.date(2026, 3, 3), "must be in the future"),
        (dt.date(2026, 3, 8), "Sunday 8 March 2026 is not a working day"),
        (dt.date(2026, 4, 3), "Friday 3 April 2026 is not a working day"),
        (dt.date(2026, 5, 27), "Choose a day up to 26 May 2026"),
    ],
    ids=["today", "a Sunday", "Good Friday", "a day beyond twelve weeks"],
)
def test_days_that_will_not_do(planned_on: dt.date, words: str) -> None:
    (reason,) = reasons_against_date(planned_on, after=TODAY, today=TODAY)
    assert words in reason.message


def test_time_limits_run_over_working_days() -> None:
    assert assessment_due(dt.date(2026, 3, 20)) == dt.date(2026, 4, 21)  # Easter lies between
    assert first_meeting_due(dt.date(2026, 3, 3)) == dt.date(2026, 3, 24)


@pytest.mark.parametrize(
    ("review", "field"),
    [
        (replace(HELD, held_on=TODAY + dt.timedelta(days=1)), "held_on"),
        (replace(HELD, held_on=dt.date(2025, 1, 1)), "held_on"),
        (replace(HELD, present=""), "present"),
        (replace(HELD, progress=""), "progress"),
        (replace(HELD, next_on=None), "next_on"),
        (replace(HELD, closes_next=True), "next_on"),
    ],
    ids=["in the future", "before the help", "nobody there", "nothing said", "no next date", "a date and an end"],
)
def test_a_review_needs_what_it_needs(review: HeldReview, field: str) -> None:
    reasons = reasons_against_review(review, opened_on=dt.date(2025, 6, 1), today=TODAY)
    assert [reason.field for reason in reasons] == [field]


def test_a_last_review_has_no_next() -> None:
    last = replace(HELD, next_on=None, closes_next=True)
    assert reasons_against_review(last, opened_on=TODAY, today=TODAY) == ()


def test_a_year_is_drift() -> None:
    assert is_drifting(dt.date(2025, 3, 3), today=TODAY)
    assert not is_drifting(dt.date(2025, 3, 4), today=TODAY)
