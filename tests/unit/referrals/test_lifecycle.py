"""The life of a referral: no dead end, always an owner, and the states of the field's own list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.errors import Conflict
from locality.referrals.rules.lifecycle import (
    CAME_BACK,
    MOVES,
    OVER,
    STATE_WORDS,
    UNANSWERED,
    Move,
    Party,
    ReferralState,
    Verb,
    find_move,
    next_move,
)

# Who holds a referral that stands in a state, as the pages say.
OWNER_OF = {move.after: move.owner for move in MOVES}


def reachable_from(state: ReferralState) -> set[ReferralState]:
    found, todo = set(), [state]
    while todo:
        here = todo.pop()
        after = [move.after for move in MOVES if move.before is here]
        todo.extend(set(after) - found)
        found.update(after)
    return found


@pytest.mark.parametrize("state", [state for state in ReferralState if state not in OVER])
def test_no_state_is_a_trap(state: ReferralState) -> None:
    assert reachable_from(state) & OVER


@pytest.mark.parametrize("state", [state for state in ReferralState if state is not ReferralState.DRAFT])
def test_every_state_can_be_reached(state: ReferralState) -> None:
    assert state in reachable_from(ReferralState.DRAFT)


@pytest.mark.parametrize("state", sorted(OVER))
def test_what_is_over_stays_over(state: ReferralState) -> None:
    assert not [move for move in MOVES if move.before is state]


@pytest.mark.parametrize("state", list(ReferralState))
def test_every_state_has_words(state: ReferralState) -> None:
    assert STATE_WORDS[state]


def test_a_move_is_listed_once() -> None:
    pairs = [(move.before, move.verb) for move in MOVES]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.before} {move.verb}")
def test_every_move_says_who_makes_it_and_who_owns_the_referral_afterwards(move: object) -> None:
    assert move.by  # type: ignore[attr-defined]
    assert isinstance(move.owner, Party)  # type: ignore[attr-defined]
    assert move.owner is not Party.SYSTEM  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", [Verb.DECLINE, Verb.EXPIRE, Verb.ASK])
def test_whatever_a_service_does_not_take_goes_back_to_the_sender(verb: Verb) -> None:
    owners = {move.owner for move in MOVES if move.verb is verb}
    assert owners == {Party.SENDER}


def test_a_referral_without_a_service_is_with_a_person_of_the_front_door() -> None:
    assert next_move(ReferralState.SENT, Verb.HAND_TO_PERSON).owner is Party.FRONT_DOOR


@pytest.mark.parametrize("state", sorted(CAME_BACK))
def test_what_came_back_can_be_sent_on_or_withdrawn_by_its_sender(state: ReferralState) -> None:
    verbs = {move.verb for move in MOVES if move.before is state and move.by & {Party.SENDER, Party.FRONT_DOOR}}
    assert Verb.WITHDRAW in verbs
    assert verbs & {Verb.SEND_AGAIN, Verb.ANSWER}


def test_no_clock_closes_a_referral() -> None:
    by_clock_alone = [move for move in MOVES if move.by == {Party.SYSTEM}]
    assert not [move for move in by_clock_alone if move.after in OVER]


# Whom the database lets a referral be with (the constraint referral_owner_check), by its state.
MAY_OWN = {
    ReferralState.RECEIVED: {Party.SERVICE},
    ReferralState.WAITLISTED: {Party.SERVICE},
    ReferralState.ACCEPTED: {Party.SERVICE},
    ReferralState.UNPLACED: {Party.FRONT_DOOR},
    ReferralState.SENT: {Party.SENDER},
    ReferralState.RETURNED_FOR_INFO: {Party.SENDER},
    ReferralState.DECLINED: {Party.SENDER},
    ReferralState.EXPIRED: {Party.SENDER},
    ReferralState.ALLOCATED: {Party.SERVICE, Party.WORKER},
    ReferralState.STARTED: {Party.SERVICE, Party.WORKER},
}


@pytest.mark.parametrize(
    "move", [move for move in MOVES if move.after in MAY_OWN], ids=lambda m: f"{m.before} {m.verb}"
)
def test_every_move_hands_the_referral_to_whom_the_database_expects(move: Move) -> None:
    assert move.owner in MAY_OWN[move.after]


@given(st.lists(st.sampled_from(list(Verb)), max_size=30))
def test_whatever_is_tried_a_referral_has_exactly_one_owner(verbs: list[Verb]) -> None:
    state, owner = ReferralState.SENT, Party.SENDER
    for verb in verbs:
        move = find_move(state, verb)
        if move is not None:
            state, owner = move.after, move.owner
        assert owner in {Party.SENDER, Party.FRONT_DOOR, Party.SERVICE, Party.WORKER}
        assert state in OVER or reachable_from(state) & OVER


def test_a_move_that_is_not_allowed_says_where_the_referral_stands() -> None:
    with pytest.raises(Conflict, match="Accepted"):
        next_move(ReferralState.ACCEPTED, Verb.DECLINE)


def test_nobody_has_answered_an_unanswered_referral() -> None:
    assert not UNANSWERED & {ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WAITLISTED}
