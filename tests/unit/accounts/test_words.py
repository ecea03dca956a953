"""Codes of background work, in words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.accounts.rules.mending import age_words, error_words, is_healthy, task_words

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (dt.timedelta(seconds=59), "less than a minute"),
        (dt.timedelta(seconds=60), "1 minute"),
        (dt.timedelta(minutes=59, seconds=59), "59 minutes"),
        (dt.timedelta(hours=1), "1 hour"),
        (dt.timedelta(hours=23, minutes=59), "23 hours"),
        (dt.timedelta(days=2), "2 days"),
        (dt.timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_an_age_is_told_in_words(age: dt.timedelta, words: str) -> None:
    assert age_words(age) == words


@given(st.timedeltas(max_value=dt.timedelta(days=36500)))
def test_every_age_can_be_told(age: dt.timedelta) -> None:
    assert age_words(age)


def test_background_work_is_well_while_what_is_due_is_young() -> None:
    assert is_healthy(oldest_due_at=None, failed=0, now=NOW)
    assert is_healthy(oldest_due_at=NOW - dt.timedelta(seconds=59), failed=0, now=NOW)


def test_background_work_is_not_well_when_due_work_grows_old() -> None:
    assert not is_healthy(oldest_due_at=NOW - dt.timedelta(seconds=60), failed=0, now=NOW)


def test_background_work_is_not_well_while_something_failed() -> None:
    assert not is_healthy(oldest_due_at=None, failed=1, now=NOW)


def test_a_task_is_told_in_the_words_of_its_room() -> None:
    assert task_words("referrals.route", {"referrals.route": "find a service for a referral"}) == (
        "Find a service for a referral"
    )


def test_a_task_that_no_room_knows_any_more_is_told_from_its_name() -> None:
    assert task_words("referrals.send_letter", {}) == "Send letter (referrals)"


def test_what_went_wrong_is_said_for_whoever_decides_what_to_do_next() -> None:
    assert error_words("PerhapsDone") == "It may have gone already: ask before you try again"
    assert error_words("OperationalError") == "OperationalError"
    assert error_words(None) is None
