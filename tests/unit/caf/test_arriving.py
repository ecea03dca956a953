"""Texts of one page that arrive in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.arriving import NO_PAGE, Arrival, Sending, Standing, arrival_of
from locality.drafts.rules import is_past
from locality.kernel.ids import new_id

HERE, THERE = new_id(), new_id()


@pytest.mark.parametrize(
    ("sending", "seen", "standing", "arrival"),
    [
        (NO_PAGE, 3, Standing(3, None, 0), Arrival.NEXT),
        (NO_PAGE, 2, Standing(3, None, 0), Arrival.CROSSED),
        (Sending(HERE, 1, is_draft=True), 0, Standing(1, THERE, 4), Arrival.CROSSED),
        (Sending(HERE, 1), 0, Standing(1, HERE, 1), Arrival.NEXT),
        (Sending(HERE, 1, is_draft=True), 0, Standing(1, HERE, 1), Arrival.PAST),
        (Sending(HERE, 1, is_draft=True), 0, Standing(2, HERE, 2), Arrival.PAST),
        (Sending(HERE, 1), 0, Standing(2, HERE, 2), Arrival.PAST),
        (Sending(HERE, 3, is_draft=True), 0, Standing(2, HERE, 2), Arrival.NEXT),
    ],
)
def test_what_a_text_is_to_the_one_that_stands_there(
    sending: Sending, seen: int, standing: Standing, arrival: Arrival
) -> None:
    assert arrival_of(sending, seen=seen, standing=standing) is arrival


@given(st.permutations(range(1, 6)), st.integers(0, 5))
def test_in_whatever_order_one_page_arrives_its_latest_stands_and_nobody_crosses(order: list[int], saved: int) -> None:
    standing = Standing(0, None, 0)
    for turn in order:
        sending = Sending(HERE, turn, is_draft=turn != saved)
        arrival = arrival_of(sending, seen=0, standing=standing)
        assert arrival is not Arrival.CROSSED
        if arrival is Arrival.NEXT:
            standing = Standing(standing.version + 1, HERE, turn)
    assert standing.turn == 5


def test_what_was_typed_before_a_form_went_is_past_and_what_came_after_is_not() -> None:
    assert not is_past(7, sent=None)
    assert is_past(7, sent=7)
    assert is_past(None, sent=0)
    assert not is_past(8, sent=7)
