"""The small parts from which invented families are made."""

import datetime as dt
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.demo import chance, days, identifiers
from locality.kernel.clock import LONDON, add_working_days, due_after_working_days
from locality.people.rules.identifiers import tidy_nhs_number, tidy_upn

DAYS = st.dates(min_value=dt.date(2007, 1, 1), max_value=dt.date(2027, 12, 31))


@given(st.integers(0, identifiers.MOST_CHILDREN - 1))
def test_nhs_numbers_are_valid_and_of_the_range_that_is_never_issued(child):
    number = identifiers.nhs_number(child)
    assert number is None or (number.startswith("999") and tidy_nhs_number(number) == number)


def test_no_two_children_share_an_nhs_number():
    made = [number for child in range(50_000) if (number := identifiers.nhs_number(child))]
    assert len(set(made)) == len(made)


@given(st.integers(0, identifiers.MOST_CHILDREN - 1), st.integers(1994, 2030))
def test_pupil_numbers_are_valid_and_of_no_local_authority(child, entered):
    upn = identifiers.upn(child, entered)
    assert upn[1:4] == "999"
    assert tidy_upn(upn) == upn


def test_addresses_for_post_and_telephone_are_fictitious():
    assert identifiers.email("Ẹniọlá", 12) == "nil12@family.locality.example"
    assert identifiers.email("李", 3) == "parent3@family.locality.example"
    assert identifiers.mobile(1234) == "07700 900234"
    assert identifiers.landline(7) == "01632 960007"


@given(DAYS, st.integers(0, 20))
def test_working_days_are_those_of_the_house(day, count):
    number = days.number(day)
    assert days.text(days.working_after(number, count)) == add_working_days(day, count).isoformat()


@given(DAYS, st.integers(0, 1439), st.integers(1, 5))
def test_what_is_due_is_due_when_the_house_says(day, minute, count):
    received = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), LONDON)
    found = dt.datetime.fromisoformat(days.due(days.number(day), minute, count))
    assert found == due_after_working_days(received, count)


@given(DAYS, st.integers(240, 1439))
def test_a_stamp_is_the_instant_in_england(day, minute):
    stamp = dt.datetime.fromisoformat(days.stamp(days.number(day), minute))
    assert stamp == dt.datetime.combine(day, dt.time(minute // 60, minute % 60), LONDON)


@given(DAYS, DAYS)
def test_age_is_whole_years(born, on):
    years = days.years_between(days.number(born), days.number(on))
    assert years == on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@pytest.mark.parametrize(("born", "age", "starts"), [("2015-08-31", 4, "2019-09-02"), ("2015-09-01", 4, "2020-09-02")])
def test_children_start_school_in_the_right_september(born, age, starts):
    from locality.demo.families import _september

    assert days.text(_september(days.number(dt.date.fromisoformat(born)), age)) == starts


def test_chance_is_the_same_for_the_same_place_in_the_work():
    assert chance.chance_for(7, "piece", 3).random() == chance.chance_for(7, "piece", 3).random()
    assert chance.chance_for(7, "piece", 3).random() != chance.chance_for(7, "piece", 4).random()
    assert chance.chance_for(7, "piece", 3).random() != chance.chance_for(8, "piece", 3).random()


def test_ids_are_random_uuids_and_never_the_same():
    ids = chance.Ids(random.Random(1))
    made = [uuid.UUID(ids()) for _ in range(2_000)]
    assert {found.version for found in made} == {4}
    assert {found.variant for found in made} == {uuid.RFC_4122}
    assert len(set(made)) == len(made)


def test_weighted_values_come_up_in_proportion():
    weighted = chance.Weighted({"often": 9, "seldom": 1, "never": 0})
    rng = random.Random(3)
    found = [weighted.pick(rng) for _ in range(5_000)]
    assert set(found) == {"often", "seldom"}
    assert 0.07 < found.count("seldom") / len(found) < 0.13


@given(st.integers(-5, 5), st.integers(0, 9), st.integers())
def test_between_stays_within_both_ends(low, span, seed):
    assert low <= chance.between(random.Random(seed), low, low + span) <= low + span
