"""What may be somebody's password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.accounts.rules.passwords import PASSWORD_MAX, PASSWORD_MIN, reasons_against_password

TOO_EASY = "Choose a password that is harder to guess. Three random words work well"
ABOUT_ME = "Password must not contain your name or email address"


def said(password: str) -> list[str]:
    reasons = reasons_against_password(password, email="amira.khan@example.org", name="Amira Khan")
    return [reason.message for reason in reasons]


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("lantern biscuit harbour", id="three random words"),
        pytest.param("ünïcödé wörds tøo", id="letters of other alphabets"),
        pytest.param("x9!Kq2#Lm7@P", id="twelve characters of all kinds"),
        pytest.param("amira walked along the sea front", id="a long one that happens to hold a name"),
    ],
)
def test_a_good_password_is_taken(password: str) -> None:
    assert said(password) == []


@pytest.mark.parametrize(
    ("password", "message"),
    [
        pytest.param("", "Password must be 12 characters or more", id="nothing"),
        pytest.param("elevenchars", "Password must be 12 characters or more", id="one character short"),
        pytest.param("a b" * 43, "Password must be 128 characters or fewer", id="one character too long"),
        pytest.param("Password1234", TOO_EASY, id="on the list, however spelt"),
        pytest.param("Southend2026!", TOO_EASY, id="a place with a year round it"),
        pytest.param("safe-guarding-1", TOO_EASY, id="a word of the trade"),
        pytest.param("aabbaabbaabb", TOO_EASY, id="two characters over and over"),
        pytest.param("AmiraKhan123", ABOUT_ME, id="their name and three digits"),
        pytest.param("amira.khan2026", ABOUT_ME, id="their email address and a year"),
    ],
)
def test_a_bad_password_is_refused_with_one_reason(password: str, message: str) -> None:
    assert said(password) == [message]


@given(st.text(max_size=PASSWORD_MIN - 1))
def test_nothing_short_is_taken(password: str) -> None:
    assert len(said(password)) == 1


@given(st.text(min_size=0, max_size=PASSWORD_MAX + 20), st.text(max_size=60), st.text(max_size=60))
def test_any_text_gets_an_answer(password: str, email: str, name: str) -> None:
    assert len(reasons_against_password(password, email=email, name=name)) <= 1


def test_the_reason_belongs_to_the_field_that_was_asked_about() -> None:
    (reason,) = reasons_against_password("short", email="", name="", field="new_password")
    assert reason.field == "new_password"
