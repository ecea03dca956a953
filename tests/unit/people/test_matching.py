"""Whether somebody being entered is on record already."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.people.rules.codes import Sex
from locality.people.rules.matching import Candidate, Match, Probe, Strength, Verdict, likely_dates, match

BORN = dt.date(2018, 5, 3)


def leah(**changed: object) -> Candidate:
    values: dict[str, object] = {
        "person_id": uuid.UUID(int=1), "reference": "PE-2222-222", "name": "Leah Adeyemi", "given_name": "Leah",
        "family_name": "Adeyemi", "known_as": "", "previous_names": (), "born_on": BORN, "due_on": None,
        "sex": Sex.FEMALE, "nhs_number": None, "upn": None, "same_postcode": None,
    }  # fmt: skip
    return Candidate(**(values | changed))  # type: ignore[arg-type]


def born(year: int, month: int, day: int) -> Probe:
    return Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(year, month, day))


def found(probe: Probe, candidate: Candidate) -> Match:
    matched = match(probe, candidate)
    assert matched is not None
    return matched


def test_the_same_names_and_birth_date_are_very_likely_one_person() -> None:
    matched = found(Probe(given_name="LEAH", family_name="Adeyemi", born_on=BORN), leah())
    assert matched.strength is Strength.VERY_LIKELY
    assert matched.why == "same birth date · same first name · same surname"


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (Probe(given_name="Leah", family_name="Adeyomi", born_on=BORN), "surname differs by one letter"),
        (Probe(given_name="Lea", family_name="Adeyemi", born_on=BORN), "first name nearly the same"),
        (
            Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2018, 3, 5)),
            "day and month of birth swapped",
        ),
        (
            Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2019, 5, 3)),
            "birth date differs by one figure",
        ),
        (
            Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2018, 5, 4)),
            "birth date differs by one figure",
        ),
        (Probe(given_name="Adeyemi", family_name="Leah", born_on=BORN), "first name and surname swapped"),
        (Probe(given_name="Leah", family_name="Adeyemi-Jones", born_on=BORN), "part of the surname is the same"),
    ],
)
def test_slips_are_likely_one_person_and_said(probe: Probe, words: str) -> None:
    matched = found(probe, leah())
    assert matched.strength in (Strength.VERY_LIKELY, Strength.LIKELY)
    assert words in matched.why


def test_the_day_before_is_a_slip() -> None:
    probe = Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2018, 5, 9))
    assert "birth date differs by one day" in found(probe, leah(born_on=dt.date(2018, 5, 10))).why


def test_another_nhs_number_speaks_loudly_against() -> None:
    probe = Probe(given_name="Leah", family_name="Adeyemi", born_on=BORN, nhs_number="9990000018")
    matched = found(probe, leah(nhs_number="9990000026"))
    assert "different NHS number" in matched.why
    assert matched.strength is Strength.LIKELY


def test_two_babies_due_about_the_same_time() -> None:
    baby = leah(given_name="", born_on=None, due_on=dt.date(2026, 5, 2), sex=Sex.UNKNOWN)
    assert "due about the same time" in found(Probe(family_name="Adeyemi", due_on=dt.date(2026, 5, 20)), baby).why
    assert match(Probe(family_name="Adeyemi", due_on=dt.date(2026, 9, 20)), baby) is None


def test_a_name_before_counts_as_the_surname() -> None:
    matched = found(Probe(given_name="Leah", family_name="Okafor", born_on=BORN), leah(previous_names=("Okafor",)))
    assert "same surname as before" in matched.why


def test_an_nhs_number_outweighs_other_names() -> None:
    probe = Probe(given_name="Lee", family_name="Other", born_on=BORN, nhs_number="9990000018")
    matched = found(probe, leah(nhs_number="9990000018"))
    assert "same NHS number" in matched.why
    assert "different surname" in matched.why


def test_twins_are_possible_and_no_more() -> None:
    matched = found(Probe(given_name="Tom", family_name="Adeyemi", born_on=BORN, sex=Sex.MALE), leah())
    assert matched.strength is Strength.POSSIBLE


def test_a_namesake_of_another_birth_date_is_nobody() -> None:
    assert match(Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2010, 11, 20)), leah()) is None


def test_what_is_missing_neither_speaks_for_nor_against() -> None:
    matched = found(Probe(given_name="Leah", family_name="Adeyemi"), leah())
    missing = {one.fact for one in matched.findings if one.verdict is Verdict.MISSING}
    assert {"NHS number", "birth date", "sex", "postcode"} <= missing
    assert all(one.weight == 0 for one in matched.findings if one.verdict is Verdict.MISSING)


def test_a_baby_born_near_the_date_due_is_found() -> None:
    baby = leah(given_name="", born_on=None, due_on=dt.date(2026, 5, 2), sex=Sex.UNKNOWN)
    matched = found(Probe(given_name="Ada", family_name="Adeyemi", born_on=dt.date(2026, 4, 20)), baby)
    assert "born near the date due" in matched.why


def test_the_same_address_helps_and_another_does_not_hurt() -> None:
    probe = Probe(given_name="Leah", family_name="Adeyemi", postcode="SS2 6ER")
    same, other = found(probe, leah(same_postcode=True)), found(probe, leah(same_postcode=False))
    assert same.weight > other.weight
    assert "same postcode" in same.why


@given(st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)))
def test_likely_dates_hold_the_date_itself_and_no_year_far_away(born_on: dt.date) -> None:
    dates = likely_dates(born_on)
    assert born_on in dates
    assert all(abs(one.year - born_on.year) <= 10 for one in dates)


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_names_can_be_compared(one: str, two: str, three: str, four: str) -> None:
    matched = match(Probe(given_name=one, family_name=two), leah(given_name=three, family_name=four))
    assert matched is None or matched.weight >= 3
