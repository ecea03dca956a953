"""Counting attempts to sign in, and where a person may be led afterwards."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.accounts.rules.attempts import client_network, is_local_path, tidy_email, try_again_at

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


def minutes_ago(minutes: float) -> dt.datetime:
    return NOW - dt.timedelta(minutes=minutes)


def test_fewer_than_ten_attempts_are_let_through() -> None:
    assert try_again_at(tenth_by_account=None, hundredth_by_address=None, now=NOW) is None


def test_the_eleventh_attempt_waits_until_the_first_of_the_ten_is_fifteen_minutes_old() -> None:
    assert try_again_at(tenth_by_account=minutes_ago(5), hundredth_by_address=None, now=NOW) == NOW + dt.timedelta(
        minutes=10
    )


def test_after_fifteen_minutes_there_is_no_wait() -> None:
    assert try_again_at(tenth_by_account=minutes_ago(15), hundredth_by_address=None, now=NOW) is None


def test_the_hundred_and_first_from_one_address_waits_until_an_hour_is_over() -> None:
    assert try_again_at(tenth_by_account=None, hundredth_by_address=minutes_ago(20), now=NOW) == NOW + dt.timedelta(
        minutes=40
    )


def test_of_two_waits_the_longer_one_counts() -> None:
    until = try_again_at(tenth_by_account=minutes_ago(1), hundredth_by_address=minutes_ago(59), now=NOW)
    assert until == NOW + dt.timedelta(minutes=14)


@given(st.floats(0, 200), st.floats(0, 200))
def test_a_wait_is_never_in_the_past_nor_longer_than_an_hour(account: float, address: float) -> None:
    until = try_again_at(tenth_by_account=minutes_ago(account), hundredth_by_address=minutes_ago(address), now=NOW)
    assert until is None or NOW < until <= NOW + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        pytest.param("203.0.113.9", "203.0.113.9", id="an IPv4 address by itself"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="IPv6 by the subscriber's network"),
        pytest.param("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64", id="another address of the same subscriber"),
        pytest.param("::ffff:203.0.113.9", "203.0.113.9", id="IPv4 written as IPv6"),
        pytest.param(None, "unknown", id="no address at all"),
        pytest.param("not an address; --", "unknown", id="something a proxy made up"),
    ],
)
def test_attempts_are_counted_by_network(address: str | None, network: str) -> None:
    assert client_network(address) == network


def test_an_email_address_is_compared_without_case_and_blanks() -> None:
    assert tidy_email("  Amira.Khan@Example.ORG ") == "amira.khan@example.org"


@given(st.text())
def test_tidying_an_email_address_twice_changes_nothing(typed: str) -> None:
    assert tidy_email(tidy_email(typed)) == tidy_email(typed)


@pytest.mark.parametrize("target", ["/", "/people/1", "/search?q=a%20b", "/clusters/leigh/caseload?page=2&stage=3"])
def test_pages_of_ours_may_be_led_to(target: str) -> None:
    assert is_local_path(target)


@pytest.mark.parametrize(
    "target",
    [
        "", "people", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/a\x00b", " //evil.example", "/" + "a" * 2000,
    ],
)  # fmt: skip
def test_nothing_else_may_be_led_to(target: str) -> None:
    assert not is_local_path(target)
