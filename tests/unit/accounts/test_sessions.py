"""The clocks of a session."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.accounts.rules.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT, device_words, session_ends_at

STARTED = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)


def after(hours: float) -> dt.datetime:
    return STARTED + dt.timedelta(hours=hours)


def test_a_session_ends_twenty_minutes_after_it_was_last_used() -> None:
    assert session_ends_at(started_at=STARTED, seen_at=after(2)) == after(2) + dt.timedelta(minutes=20)


def test_a_session_ends_after_twelve_hours_however_busy_it_is() -> None:
    assert session_ends_at(started_at=STARTED, seen_at=after(11.9)) == after(12)


@given(st.floats(0, 24))
def test_no_session_outlives_either_limit(hours: float) -> None:
    ends = session_ends_at(started_at=STARTED, seen_at=after(hours))
    assert ends <= STARTED + ABSOLUTE_LIMIT
    assert ends <= after(hours) + IDLE_LIMIT


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Chromebook"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "Unknown device"),
        ("Firefox", "Firefox"),
        ("SomethingElse (Windows)", "A browser on Windows"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words
