"""Whether somebody being entered is on record already."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.people.rules import weights
from locality.people.rules.codes import Sex
from locality.people.rules.matching import (
    Candidate,
    KnownPlace,
    Match,
    Probe,
    Strength,
    Verdict,
    compare,
    likely_dates,
    match,
)

BORN = dt.date(2018, 5, 3)


def leah(**changed: object) -> Candidate:
    values: dict[str, object] = {
        "person_id": uuid.UUID(int=1), "reference": "PE-2222-222", "name": "Leah Adeyemi", "given_name": "Leah",
        "family_name": "Adeyemi", "known_as": "", "previous_names": (), "born_on": BORN, "due_on": None,
        "sex": Sex.FEMALE, "nhs_number": None, "upn": None,
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


def test_the_same_address_helps_and_another_does_not_rule_out() -> None:
    probe = Probe(given_name="Leah", family_name="Adeyemi", postcode="SS2 6ER", lines=("12 High St",))
    same = found(probe, leah(places=(KnownPlace(("12 High Street",), "SS2 6ER"),)))
    before = found(probe, leah(places=(KnownPlace(("12 High Street",), "SS2 6ER", now=False),)))
    other = found(probe, leah(places=(KnownPlace(("3 Low Road",), "SS9 1AA"),)))
    assert same.weight > before.weight > other.weight
    assert "same postcode · same address" in same.why
    assert "same address as before" in before.why


def test_of_several_addresses_the_one_that_fits_is_compared() -> None:
    probe = Probe(given_name="Leah", family_name="Adeyemi", postcode="SS2 6ER")
    places = (KnownPlace(("3 Low Road",), "SS9 1AA"), KnownPlace(("12 High Street",), "SS2 6ER"))
    assert "same postcode" in found(probe, leah(places=places)).why


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Katie", "Catherine", "first name may be a short form"),
        ("Bill", "William", "first name may be a short form"),
        ("Mohammed", "Muhammad", "first name may be a short form"),
        ("Shawna", "Shauna", "first name nearly the same"),
        ("Philippa", "Filipa", "first name sounds the same"),
        ("Leah Grace", "Leah", "part of the first name is the same"),
    ],
)
def test_first_names_that_are_one(one: str, other: str, words: str) -> None:
    matched = found(Probe(given_name=one, family_name="Adeyemi", born_on=BORN), leah(given_name=other))
    assert words in matched.why
    assert matched.strength in (Strength.VERY_LIKELY, Strength.LIKELY)


def test_twins_are_told_apart_and_said() -> None:
    probe = Probe(
        given_name="Tom", family_name="Adeyemi", born_on=BORN, sex=Sex.MALE, postcode="SS2 6ER", lines=("12 High St",)
    )
    matched = found(probe, leah(places=(KnownPlace(("12 High Street",), "SS2 6ER"),), same_phone=True))
    assert matched.strength is Strength.POSSIBLE
    assert "may be a twin or sibling" in matched.why


def test_a_father_and_a_son_of_one_name_are_possibly_the_same_and_no_more() -> None:
    probe = Probe(
        given_name="Leah",
        family_name="Adeyemi",
        born_on=dt.date(1990, 11, 27),
        postcode="SS2 6ER",
        lines=("12 High St",),
    )
    matched = found(probe, leah(places=(KnownPlace(("12 High Street",), "SS2 6ER"),), same_phone=True))
    assert matched.strength is Strength.POSSIBLE


def test_a_number_says_that_twins_are_one() -> None:
    probe = Probe(given_name="Tom", family_name="Adeyemi", born_on=BORN, nhs_number="9990000018")
    assert found(probe, leah(nhs_number="9990000018")).strength is Strength.VERY_LIKELY


def test_another_child_of_the_household_is_not_the_same_person() -> None:
    probe = Probe(
        given_name="Zara", family_name="Adeyemi", born_on=dt.date(2022, 11, 9), postcode="SS2 6ER",
        lines=("12 High St",), adults=("Ngozi Adeyemi",),
    )  # fmt: skip
    places = (KnownPlace(("12 High Street",), "SS2 6ER"),)
    matched = found(probe, leah(places=places, same_phone=True, adults=("Ngozi Adeyemi",)))
    assert matched.strength is Strength.HOUSEHOLD


def test_an_unborn_baby_is_known_by_its_mother() -> None:
    baby = leah(given_name="", born_on=None, due_on=dt.date(2026, 5, 2), sex=Sex.UNKNOWN, adults=("Ngozi Adeyemi",))
    probe = Probe(family_name="Okafor", due_on=dt.date(2026, 5, 9), adults=("Ngosi Adeyemi",))
    matched = match(probe, baby)
    assert matched is None or matched.strength is not Strength.VERY_LIKELY
    mothers = found(Probe(family_name="Adeyemi", due_on=dt.date(2026, 5, 9), adults=("Ngosi Adeyemi",)), baby)
    assert mothers.strength in (Strength.LIKELY, Strength.VERY_LIKELY)
    assert "same adult, Ngozi Adeyemi" in mothers.why


@given(st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)))
def test_likely_dates_hold_the_date_itself_and_no_year_far_away(born_on: dt.date) -> None:
    dates = likely_dates(born_on)
    assert born_on in dates
    assert all(abs(one.year - born_on.year) <= 10 for one in dates)


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_names_can_be_compared(one: str, two: str, three: str, four: str) -> None:
    matched = match(Probe(given_name=one, family_name=two), leah(given_name=three, family_name=four))
    assert matched is None or matched.findings


PLACES = [(), (KnownPlace(("12 High Street",), "SS2 6ER"),), (KnownPlace(("3 Low Road",), "SS9 1AA"),)]
a_name = st.sampled_from(["", "Leah", "Lea", "Tom", "Katie", "Catherine", "Adeyemi", "Adeyomi", "Nowak", "李"])
a_day = st.one_of(st.none(), st.dates(dt.date(2015, 1, 1), dt.date(2015, 12, 31)))
somebody = st.builds(
    leah,
    given_name=a_name, family_name=a_name, born_on=a_day, sex=st.sampled_from(Sex),
    nhs_number=st.sampled_from([None, "9990000018", "9990000026"]), places=st.sampled_from(PLACES),
)  # fmt: skip


def as_probe(one: Candidate) -> Probe:
    """The same person as somebody who is being entered."""
    place = one.places[0] if one.places else None
    return Probe(
        given_name=one.given_name, family_name=one.family_name, born_on=one.born_on, sex=one.sex,
        nhs_number=one.nhs_number, postcode=place and place.postcode, lines=place.lines if place else (),
    )  # fmt: skip


@given(somebody, somebody)
def test_it_does_not_matter_which_of_the_two_came_first(one: Candidate, other: Candidate) -> None:
    there, back = compare(as_probe(one), other), compare(as_probe(other), one)
    assert weights.total(there) == pytest.approx(weights.total(back))
    assert [f.verdict for f in there] == [f.verdict for f in back]


@given(somebody, somebody)
def test_every_finding_has_words_and_only_what_is_missing_weighs_nothing(one: Candidate, other: Candidate) -> None:
    for finding in compare(as_probe(one), other):
        assert finding.words
        assert (finding.verdict is Verdict.MISSING) == (finding.weight == 0)


@given(somebody, somebody, st.sampled_from(["given_name", "family_name", "born_on", "sex", "nhs_number"]))
def test_a_fact_that_turns_out_to_agree_never_lowers_the_score(one: Candidate, other: Candidate, fact: str) -> None:
    before = compare(as_probe(one), other)
    agreeing = replace(one, **{fact: getattr(other, fact)})
    if getattr(one, fact) and getattr(other, fact) and not any(f.fact == "name" for f in before):
        assert weights.total(compare(as_probe(agreeing), other)) >= weights.total(before)


def test_a_match_is_explained_fact_by_fact() -> None:
    matched = found(Probe(given_name="Lea", family_name="Adeyemi", born_on=BORN, sex=Sex.MALE), leah())
    explained = dict(matched.explained)
    assert list(explained) == ["Agrees", "Close", "Differs", "Not known"]
    assert "same surname (+9)" in explained["Agrees"]
    assert "different sex (−5)" in explained["Differs"]
    assert "NHS number" in explained["Not known"]
