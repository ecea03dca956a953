"""Waiting lists: whose turn it is, when a place is to be expected, and what the family is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.clock import is_working_day
from locality.referrals.rules import family_words
from locality.referrals.rules.family_words import Standing
from locality.referrals.rules.lifecycle import ReferralState
from locality.referrals.rules.waiting import (
    Turnover,
    Waiting,
    expected,
    fair_place,
    jump_words,
    reasons_not_to_accept,
    reasons_not_to_move,
)

TODAY = dt.date(2026, 3, 3)  # a Tuesday
SINCE = dt.datetime(2026, 2, 2, 9, 0, tzinfo=dt.UTC)


def waits(days: int, *, urgent: bool = False, moved: bool = False) -> Waiting:
    return Waiting(is_urgent=urgent, since=SINCE + dt.timedelta(days=days), was_moved=moved)


def test_a_routine_family_joins_behind_all_who_have_waited_longer() -> None:
    assert fair_place(waits(5), [waits(0), waits(1), waits(9)]) == 3


def test_an_urgent_family_stands_before_routine_ones_and_behind_urgent_ones() -> None:
    assert fair_place(waits(9, urgent=True), [waits(0, urgent=True), waits(1), waits(2)]) == 2


def test_nobody_who_was_moved_ahead_is_passed_by_the_clock_alone() -> None:
    assert fair_place(waits(0), [waits(9, moved=True), waits(5)]) == 2


def test_the_first_on_an_empty_list_is_first() -> None:
    assert fair_place(waits(0), []) == 1


_waiting = st.builds(waits, st.integers(0, 60), urgent=st.booleans(), moved=st.booleans())


@given(st.lists(st.builds(waits, st.integers(0, 60), urgent=st.booleans()), max_size=12))
def test_a_list_that_is_only_joined_is_in_fair_order(joined: list[Waiting]) -> None:
    queue: list[Waiting] = []
    for one in joined:
        queue.insert(fair_place(one, queue) - 1, one)
    assert queue == sorted(queue, key=lambda one: (not one.is_urgent, one.since))


@given(_waiting, st.lists(_waiting, max_size=12))
def test_a_place_is_on_the_list_or_just_behind_it(newcomer: Waiting, queue: list[Waiting]) -> None:
    assert 1 <= fair_place(newcomer, queue) <= len(queue) + 1


@pytest.mark.parametrize(
    ("from_place", "to_place", "reason", "field"),
    [
        (3, 3, "Because", "to_place"),
        (3, 4, "Because", "to_place"),
        (3, 0, "Because", "to_place"),
        (3, 1, " ", "reason"),
    ],
)
def test_a_family_is_moved_ahead_only_and_with_a_reason(
    from_place: int, to_place: int, reason: str, field: str
) -> None:
    assert [found.field for found in reasons_not_to_move(from_place, to_place, reason)] == [field]


def test_moving_from_fourth_to_first_passes_three() -> None:
    assert reasons_not_to_move(4, 1, "Her mother goes to hospital") == ()
    assert (jump_words(4, 1), jump_words(2, 1)) == ("ahead of 3 families", "ahead of 1 family")


def test_only_the_first_on_the_list_gets_the_place() -> None:
    assert reasons_not_to_accept(1) == ()
    assert "2 families stand before this one" in reasons_not_to_accept(3)[0].message


def test_a_free_place_is_there_as_soon_as_the_service_answers() -> None:
    found = expected(1, Turnover(places=6, held=5, freed=0, response_days=2), TODAY)
    assert (found.on, found.basis) == (dt.date(2026, 3, 5), "1 of 6 places are free")


def test_a_date_comes_from_how_often_a_place_came_free() -> None:
    found = expected(2, Turnover(places=6, held=6, freed=13, response_days=5), TODAY)
    assert (found.on, found.basis) == (dt.date(2026, 3, 31), "13 places came free in the last 26 weeks")


def test_where_nobody_has_gone_yet_the_basis_says_so() -> None:
    found = expected(1, Turnover(places=6, held=6, freed=0, response_days=5), TODAY)
    assert found.on == dt.date(2026, 3, 17)
    assert "No place came free in the last 26 weeks" in found.basis


_turnovers = st.builds(
    Turnover,
    places=st.one_of(st.none(), st.integers(0, 40)),
    held=st.integers(0, 40),
    freed=st.integers(0, 60),
    response_days=st.integers(1, 15),
)


@given(_turnovers, st.integers(1, 30))
def test_who_stands_further_back_never_waits_shorter(turnover: Turnover, place: int) -> None:
    assert expected(place, turnover, TODAY).on <= expected(place + 1, turnover, TODAY).on


@given(_turnovers, st.integers(1, 30), st.integers(1, 20))
def test_more_places_never_lengthen_a_wait(turnover: Turnover, place: int, more: int) -> None:
    larger = Turnover((turnover.places or 0) + more, turnover.held, turnover.freed, turnover.response_days)
    assert expected(place, larger, TODAY).on <= expected(place, turnover, TODAY).on


@given(_turnovers, st.integers(1, 30))
def test_a_place_is_expected_on_a_day_on_which_people_work(turnover: Turnover, place: int) -> None:
    found = expected(place, turnover, TODAY)
    assert is_working_day(found.on)
    assert found.on > TODAY
    assert found.basis


@pytest.mark.parametrize("state", list(ReferralState))
@pytest.mark.parametrize("place", [None, 1, 4])
def test_the_family_is_told_where_it_stands_and_what_is_next(state: ReferralState, place: int | None) -> None:
    due = dt.datetime(2026, 3, 10, 10, 0, tzinfo=dt.UTC)
    told = family_words.told(Standing(state, "Family support", "Priya Shah", place, TODAY, due))
    assert told.now.endswith(".")
    assert told.next_step.endswith(".")
    if place == 1:
        assert "You are next on their list" in told.now


def test_a_family_is_not_told_that_their_own_lead_said_yes_nor_that_help_ended_which_never_began() -> None:
    due = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
    passed = Standing(ReferralState.ALLOCATED, "Rosa Marin", "", None, None, due, is_with_lead=True)
    assert family_words.told(passed).now == "Rosa Marin helps you now. We asked them to help with this too."
    withdrawn = Standing(ReferralState.WITHDRAWN, "Family support", "", None, None, due)
    assert family_words.told(withdrawn).now == "We no longer ask anybody for this help."
