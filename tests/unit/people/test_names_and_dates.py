"""Names as people write them, and the dates of a life."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.errors import Reason
from locality.people.rules.codes import (
    ContactKind,
    PersonKind,
    RelationKind,
    Sex,
    reasons_against_disabilities,
    relation_words,
)
from locality.people.rules.dates import (
    Life,
    age_on,
    reasons_against_age_of_child,
    reasons_against_expected_date,
    reasons_against_life,
    reasons_against_period,
)
from locality.people.rules.names import close_enough, display_name, fold, letters_apart
from locality.people.rules.reaching import reason_against_value

TODAY = dt.date(2026, 3, 3)
names = st.text("abcdefg", max_size=8)


@pytest.mark.parametrize(
    ("given_name", "family_name", "unborn", "shown"),
    [
        ("Leah", "Adeyemi", False, "Leah Adeyemi"),
        ("", "Novák", True, "Baby Novák"),
        ("", "", True, "Unborn baby"),
        ("Ada", "", True, "Ada"),
        ("", "", False, "Name not known"),
        ("Prince", "", False, "Prince"),
    ],
)
def test_a_name_is_shown_whole(given_name: str, family_name: str, unborn: bool, shown: str) -> None:
    assert display_name(given_name, family_name, unborn=unborn) == shown


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Siân O’Brien", "sian obrien"), ("Łukasz Ørsted-Smith", "lukasz orsted smith"), ("  STRAẞE ", "strasse")],
)
def test_names_compare_without_accents_case_and_marks(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("khan", "kahn", 1), ("smith", "smyth", 1), ("smith", "smithe", 1), ("leah", "lea", 1), ("amira", "omar", 3)],
)
def test_letters_apart_counts_slips_of_the_pen(one: str, other: str, apart: int) -> None:
    assert letters_apart(one, other, at_most=4) == apart


@given(names, names)
def test_letters_apart_is_the_same_both_ways(one: str, other: str) -> None:
    assert letters_apart(one, other) == letters_apart(other, one)
    assert (letters_apart(one, other) == 0) == (one == other)


def test_short_names_must_be_the_same() -> None:
    assert not close_enough("li", "lu")
    assert close_enough("whitworth", "whitwerht")


@pytest.mark.parametrize(
    ("born_on", "day", "years"),
    [
        (dt.date(2018, 3, 3), TODAY, 8),
        (dt.date(2018, 3, 4), TODAY, 7),
        (dt.date(2016, 2, 29), dt.date(2026, 2, 28), 9),
        (dt.date(2016, 2, 29), dt.date(2026, 3, 1), 10),
    ],
)
def test_age_is_whole_years(born_on: dt.date, day: dt.date, years: int) -> None:
    assert age_on(born_on, day) == years


def a_life(
    kind: PersonKind = PersonKind.CHILD,
    sex: Sex = Sex.UNKNOWN,
    born_on: dt.date | None = None,
    due_on: dt.date | None = None,
    died_on: dt.date | None = None,
) -> Life:
    return Life(kind=kind, sex=sex, born_on=born_on, due_on=due_on, died_on=died_on)


@pytest.mark.parametrize(
    "life",
    [
        a_life(),
        a_life(born_on=TODAY),
        a_life(due_on=TODAY + dt.timedelta(days=300)),
        a_life(due_on=TODAY - dt.timedelta(days=3_000)),
        a_life(kind=PersonKind.ADULT, sex=Sex.FEMALE, born_on=dt.date(1920, 1, 1)),
        a_life(born_on=dt.date(2020, 1, 1), died_on=dt.date(2020, 1, 1)),
    ],
    ids=["nothing known", "born today", "due in ten months", "an old record of a baby", "very old", "lived a day"],
)
def test_lives_that_can_be(life: Life) -> None:
    assert reasons_against_life(life, TODAY) == ()


@pytest.mark.parametrize(
    ("life", "field"),
    [
        (a_life(born_on=TODAY + dt.timedelta(days=1)), "born_on"),
        (a_life(born_on=dt.date(1900, 1, 1)), "born_on"),
        (a_life(born_on=TODAY, due_on=TODAY), "due_on"),
        (a_life(due_on=TODAY + dt.timedelta(days=302)), "due_on"),
        (a_life(kind=PersonKind.ADULT, due_on=TODAY), "due_on"),
        (a_life(sex=Sex.MALE, due_on=TODAY), "sex"),
        (a_life(died_on=TODAY + dt.timedelta(days=1)), "died_on"),
        (a_life(born_on=TODAY, died_on=dt.date(2020, 1, 1)), "died_on"),
    ],
)
def test_lives_that_cannot_be(life: Life, field: str) -> None:
    assert [reason.field for reason in reasons_against_life(life, TODAY)] == [field]


def test_a_child_entered_today_is_young() -> None:
    grown = a_life(born_on=dt.date(1999, 1, 1))
    assert [reason.field for reason in reasons_against_age_of_child(grown, TODAY)] == ["born_on"]
    assert reasons_against_age_of_child(a_life(born_on=dt.date(2001, 1, 1)), TODAY) == ()


def test_a_date_long_past_is_a_birth_to_record() -> None:
    assert reasons_against_expected_date(TODAY - dt.timedelta(days=61), TODAY)
    assert reasons_against_expected_date(TODAY + dt.timedelta(days=302), TODAY)
    assert reasons_against_expected_date(TODAY, TODAY) == ()
    assert reasons_against_expected_date(None, TODAY) == ()


def test_a_period_ends_after_it_begins() -> None:
    assert reasons_against_period(TODAY, dt.date(2026, 1, 1), field="until_on")[0].field == "until_on"
    assert reasons_against_period(None, TODAY, field="until_on") == ()


def test_no_disability_stands_alone() -> None:
    assert reasons_against_disabilities(["NONE"]) == ()
    assert reasons_against_disabilities(["MOB", "AUT"]) == ()
    assert reasons_against_disabilities(["NONE", "AUT"])[0] == Reason(
        "disabilities", "Select “No disability” or the disabilities, not both"
    )
    assert reasons_against_disabilities(["AUT", "AUT"])[0].field == "disabilities"


def test_a_relation_reads_from_both_sides() -> None:
    assert relation_words(RelationKind.MOTHER, turned=False) == "Mother"
    assert relation_words(RelationKind.MOTHER, turned=True) == "Child"
    assert relation_words(RelationKind.SIBLING, turned=True) == "Brother or sister"


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        (ContactKind.MOBILE, "07700 900 123", True),
        (ContactKind.PHONE, "+44 (0)1632 960001", True),
        (ContactKind.PHONE, "12345", False),
        (ContactKind.PHONE, "ring the bell", False),
        (ContactKind.EMAIL, "leah@example.org", True),
        (ContactKind.EMAIL, "leah@example", False),
        (ContactKind.EMAIL, "a b@example.org", False),
    ],
)
def test_a_number_or_address_can_be_reached(kind: ContactKind, value: str, fits: bool) -> None:
    assert (reason_against_value(kind, value) is None) is fits
