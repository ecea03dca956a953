"""Meetings: times as people write them, what one needs, and chasing of reviews around bank holidays."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.chasing import ChaseStep, remind_up_to, step_due
from locality.caf.rules.leading import reasons_against_answer, reasons_against_asking
from locality.caf.rules.meetings import Attendance, MeetingFacts, came, names_in, reasons_against_meeting
from locality.caf.rules.outcomes import (
    Achieved,
    Checked,
    Occasion,
    needs_in_words,
    reasons_against_check,
    reasons_against_need,
    standing,
)
from locality.caf.rules.planning import GoalFacts, Pace, pace_of, reasons_against_goal
from locality.caf.rules.reviews import TimeLimits, first_meeting_due, limits, suggested_review, use_limits
from locality.web.formats import clock_time
from locality.web.typed import read_time

TODAY = dt.date(2026, 3, 3)
MEETING = MeetingFacts(
    dt.date(2026, 3, 12), dt.time(15, 30), 60, "Friars School, room 2", "", 3, ("Leah", "Grace", "Adeyemi")
)


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("3:30pm", dt.time(15, 30)), ("3.30 PM", dt.time(15, 30)), ("3pm", dt.time(15)), ("15:30", dt.time(15, 30)),
        ("1530", dt.time(15, 30)), ("9", dt.time(9)), ("3", dt.time(15)), ("12am", dt.time(0)), ("12pm", dt.time(12)),
        ("09:00", dt.time(9)), ("03:00", dt.time(3)), ("25:00", None), ("13pm", None), ("noon", None), ("", None),
        ("3:60", None), ("\x00", None), ("३pm", dt.time(15)),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed: str, time: dt.time | None) -> None:
    assert read_time(typed, by_day=True) == time


@given(st.times().map(lambda time: time.replace(second=0, microsecond=0)))
def test_a_time_as_pages_write_it_is_read_back(time: dt.time) -> None:
    shown = clock_time(dt.datetime.combine(dt.date(2026, 1, 5), time, dt.UTC))
    assert shown in ("midday", "midnight") or read_time(shown, by_day=True) == time


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"on": dt.date(2026, 3, 2)}, ["on"]),
        ({"on": dt.date(2026, 3, 14)}, ["on"]),
        ({"on": dt.date(2026, 4, 6)}, ["on"]),
        ({"on": dt.date(2027, 3, 3)}, ["on"]),
        ({"at": dt.time(3)}, ["at"]),
        ({"minutes": 5}, ["minutes"]),
        ({"place": ""}, ["place"]),
        ({"place": "At LEAH’s school"}, ["place"]),
        ({"purpose": "About the Adeyemi family"}, ["purpose"]),
        ({"guests": 0}, ["guests"]),
    ],
    ids=["as it should be", "yesterday", "a Saturday", "Easter Monday", "next year", "at night", "five minutes",
         "nowhere", "a child’s name in the place", "a surname in the message", "nobody"],
)  # fmt: skip
def test_a_meeting_needs_what_it_needs(changes: dict[str, object], fields: list[str]) -> None:
    reasons = reasons_against_meeting(replace(MEETING, **changes), today=TODAY)  # type: ignore[arg-type]
    assert [reason.field for reason in reasons] == fields


def test_a_name_within_another_word_is_no_name() -> None:
    assert names_in("Graceland Hall", ("Grace",)) == ()
    assert names_in("grace’s house", ("Grace",)) == ("Grace",)


def test_who_came_is_listed() -> None:
    assert (
        came([("Leah", Attendance.CAME), ("Sean", Attendance.APOLOGIES), ("Amira", Attendance.CAME)]) == "Leah, Amira"
    )


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (dt.date(2026, 3, 30), None),
        (dt.date(2026, 3, 31), ChaseStep.REMIND),
        (dt.date(2026, 4, 9), ChaseStep.REMIND),
        (dt.date(2026, 4, 10), ChaseStep.DUE),
        (dt.date(2026, 4, 15), ChaseStep.DUE),
        (dt.date(2026, 4, 16), ChaseStep.SUPERVISOR),
    ],
    ids=["too early", "five working days before, Easter between", "on the day", "the day after", "a week less a day",
         "five working days late"],
)  # fmt: skip
def test_reviews_are_chased_by_working_days(today: dt.date, step: ChaseStep | None) -> None:
    assert step_due(dt.date(2026, 4, 9), today=today) is step


@given(st.dates(dt.date(2020, 1, 1), dt.date(2027, 12, 1)), st.integers(0, 40))
def test_chasing_never_goes_back(due_on: dt.date, days: int) -> None:
    order = [None, *ChaseStep]
    first = due_on - dt.timedelta(days=12) + dt.timedelta(days=days)
    before, after = (step_due(due_on, today=first + dt.timedelta(days=n)) for n in (0, 1))
    assert order.index(before) <= order.index(after)
    assert before is None or due_on <= remind_up_to(first)


def test_the_localitys_own_limits_hold() -> None:
    usual = limits()
    use_limits(TimeLimits(first_meeting_days=5, first_review_weeks=4))
    try:
        assert first_meeting_due(TODAY) == dt.date(2026, 3, 10)
        assert suggested_review(TODAY, is_first=True) == dt.date(2026, 3, 31)
    finally:
        use_limits(usual)


def test_asking_somebody_to_lead_needs_a_reason_and_a_no_as_well() -> None:
    assert reasons_against_asking(reason="Closer to home", is_same=False, is_waiting=False) == ()
    assert [r.field for r in reasons_against_asking(reason="", is_same=False, is_waiting=False)] == ["reason"]
    assert [r.field for r in reasons_against_asking(reason="x", is_same=True, is_waiting=False)] == ["account_id"]
    assert [r.field for r in reasons_against_asking(reason="x", is_same=False, is_waiting=True)] == [None]
    assert reasons_against_answer(accepts=True, words="") == ()
    assert [r.field for r in reasons_against_answer(accepts=False, words="")] == ["answer"]


def test_a_goal_says_what_changes_how_it_is_known_and_which_needs_it_answers() -> None:
    good = GoalFacts("Leah sleeps", "She is not tired at school", "", ("D1.1a", "D2.3"), 3)
    assert reasons_against_goal(good) == ()
    empty = reasons_against_goal(GoalFacts("", "", ""))
    assert [reason.field for reason in empty] == ["change_wanted", "how_we_know", "element_codes"]
    odd = reasons_against_goal(replace(good, element_codes=("D9",), outcome_code=11))
    assert [reason.field for reason in odd] == ["element_codes", "outcome_code"]


def test_an_action_is_late_after_its_day_and_soon_within_a_week() -> None:
    days = {-1: Pace.LATE, 0: Pace.SOON, 7: Pace.SOON, 8: Pace.ON_TIME}
    assert {n: pace_of(TODAY + dt.timedelta(days=n), today=TODAY) for n in days} == days


def test_a_need_stands_as_the_latest_look_found_it() -> None:
    looks = [
        Checked(Occasion.CLOSURE, Achieved.ACHIEVED, dt.date(2026, 3, 1)),
        Checked(Occasion.BASELINE, Achieved.NOT_YET, dt.date(2025, 9, 1)),
    ]
    assert standing(looks) is Achieved.ACHIEVED
    assert standing([]) is Achieved.NOT_YET
    assert needs_in_words([Achieved.ACHIEVED, Achieved.PARTLY]) == "2 needs: 1 achieved, 1 in part, 0 not yet."


def test_a_need_and_a_look_at_it_want_evidence() -> None:
    assert [r.field for r in reasons_against_need(None, "", "")] == ["outcome_code", "need", "evidence"]
    late, opened = dt.date(2026, 3, 4), dt.date(2025, 9, 1)
    assert [r.field for r in reasons_against_check("", checked_on=late, opened_on=opened, today=TODAY)] == [
        "evidence",
        "checked_on",
    ]
    assert reasons_against_check("Seen", checked_on=TODAY, opened_on=opened, today=TODAY) == ()
