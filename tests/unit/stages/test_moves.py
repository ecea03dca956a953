"""What may be proposed, who decides and who accepts."""

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.stages.rules.moves import (
    OPEN_STATES,
    TRANSITIONS,
    Agreement,
    Direction,
    MoveReason,
    MoveState,
    Proposal,
    Said,
    Step,
    StepFacts,
    move_sentence,
    needs_manager,
    reasons_against_date,
    reasons_not_to_propose,
    reasons_not_to_step,
    who_may,
)

AGREES = Said(Agreement.AGREED)
DOWN = Proposal(
    from_stage=3,
    to_stage=2,
    reasons=(MoveReason.OUTCOMES_MET,),
    evidence="Attendance has been 96 per cent since January",
    risks_remaining="none",
    contingency="Two missed appointments in a row",
    child=AGREES,
    parent=AGREES,
    has_receiver=True,
)
UP = replace(DOWN, from_stage=2, to_stage=3, reasons=(MoveReason.NEEDS_INCREASED,), risks_remaining="", contingency="")
URGENT = Proposal(from_stage=2, to_stage=4, urgent=True)


def _fields(proposal: Proposal) -> list[str | None]:
    return [reason.field for reason in reasons_not_to_propose(proposal)]


@pytest.mark.parametrize(
    ("proposal", "fields"),
    [
        pytest.param(DOWN, [], id="a full step-down"),
        pytest.param(UP, [], id="a planned step-up needs no contingency"),
        pytest.param(URGENT, [], id="an urgent step-up needs nothing at all"),
        pytest.param(replace(DOWN, to_stage=3), ["to_stage"], id="the same stage"),
        pytest.param(replace(DOWN, to_stage=5), ["to_stage"], id="no such stage"),
        pytest.param(replace(DOWN, urgent=True), ["urgent"], id="nothing urgent about stepping down"),
        pytest.param(replace(DOWN, reasons=()), ["reasons"], id="no reason"),
        pytest.param(replace(DOWN, evidence=" "), ["evidence"], id="blank evidence"),
        pytest.param(replace(DOWN, risks_remaining=""), ["risks_remaining"], id="no word of what remains"),
        pytest.param(replace(DOWN, contingency=""), ["contingency"], id="no way back up"),
        pytest.param(replace(DOWN, child=Said()), ["child_agreement"], id="child's word missing"),
        pytest.param(
            replace(DOWN, child=Said(Agreement.NOT_ASKED)), ["child_agreement_why"], id="child not asked, no reason"
        ),
        pytest.param(replace(DOWN, child=Said(Agreement.NOT_ASKED, "Unborn")), [], id="child not asked, with a reason"),
        pytest.param(
            replace(DOWN, parent=Said(Agreement.NOT_AGREED, "Wants to stop")), ["parent_agreement"], id="parent refuses"
        ),
        pytest.param(
            replace(DOWN, to_stage=1, parent=Said(Agreement.NOT_AGREED, "Wants to stop")),
            [],
            id="refused, to universal",
        ),
        pytest.param(replace(DOWN, has_receiver=False), ["receiver"], id="nobody to take over"),
        pytest.param(replace(DOWN, from_stage=4), ["on_protection_plan"], id="protection plan not asked about"),
        pytest.param(
            replace(DOWN, from_stage=4, on_protection_plan=True), ["on_protection_plan"], id="on a protection plan"
        ),
        pytest.param(replace(DOWN, from_stage=4, on_protection_plan=False), [], id="child in need steps down"),
    ],
)
def test_what_stands_against_a_proposal(proposal: Proposal, fields: list[str]) -> None:
    assert _fields(proposal) == fields


@given(
    st.builds(
        Proposal,
        from_stage=st.integers(1, 3),
        to_stage=st.just(4),
        urgent=st.just(True),
        evidence=st.text(max_size=5),
        child=st.builds(Said, st.sampled_from([None, *Agreement])),
        parent=st.builds(Said, st.sampled_from([None, *Agreement])),
        has_receiver=st.booleans(),
        receiver_is_proposer=st.booleans(),
    )
)
def test_nothing_holds_up_an_urgent_step_up(proposal: Proposal) -> None:
    assert reasons_not_to_propose(proposal) == ()
    assert not needs_manager(proposal)


@pytest.mark.parametrize(
    ("proposal", "manager"),
    [
        pytest.param(DOWN, False, id="three to two"),
        pytest.param(replace(DOWN, from_stage=4), True, id="leaving social care"),
        pytest.param(replace(UP, to_stage=4), True, id="planned into social care"),
        pytest.param(replace(DOWN, receiver_is_proposer=True), True, id="to oneself"),
    ],
)
def test_when_a_manager_has_to_agree(proposal: Proposal, *, manager: bool) -> None:
    assert needs_manager(proposal) is manager


WAITING = StepFacts(
    state=MoveState.PROPOSED,
    step=Step.ACCEPT,
    needs_manager=False,
    is_receiver=True,
    is_proposer=False,
    is_manager=False,
    note="Said why",
)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        pytest.param(WAITING, False, id="the receiver accepts"),
        pytest.param(replace(WAITING, is_receiver=False, is_manager=True), True, id="a manager cannot accept for them"),
        pytest.param(replace(WAITING, step=Step.AGREE), True, id="the receiver cannot agree as manager"),
        pytest.param(replace(WAITING, step=Step.AGREE, is_manager=True), False, id="a manager agrees"),
        pytest.param(replace(WAITING, step=Step.AGREE, is_manager=True, is_proposer=True), True, id="not to one's own"),
        pytest.param(replace(WAITING, step=Step.WITHDRAW), True, id="the receiver cannot withdraw"),
        pytest.param(replace(WAITING, step=Step.WITHDRAW, is_proposer=True), False, id="the proposer withdraws"),
    ],
)
def test_who_may_take_a_step(facts: StepFacts, *, refused: bool) -> None:
    assert (who_may(facts) is not None) is refused


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        pytest.param(replace(WAITING, needs_manager=True), "manager has to agree", id="not yet agreed"),
        pytest.param(replace(WAITING, stage_now_is_from=False), "no longer at the stage", id="overtaken"),
        pytest.param(replace(WAITING, step=Step.DECLINE, note=" "), "why you decline", id="no reason given"),
        pytest.param(replace(WAITING, is_proposer=True), "You proposed this", id="nobody accepts what they proposed"),
        pytest.param(replace(WAITING, state=MoveState.ACCEPTED), "accepted", id="accepted already"),
    ],
)
def test_what_stands_against_a_step(facts: StepFacts, words: str) -> None:
    assert [reason.message for reason in reasons_not_to_step(facts) if words in reason.message]


def test_an_agreed_move_can_be_accepted() -> None:
    own = replace(WAITING, is_proposer=True)
    assert reasons_not_to_step(replace(own, state=MoveState.AGREED)) == ()
    assert reasons_not_to_step(replace(own, is_urgent=True)) == (), "nothing holds up an urgent step-up"
    assert reasons_not_to_step(replace(WAITING, needs_manager=True, state=MoveState.AGREED)) == ()


def test_settled_moves_stay_settled_and_no_open_state_is_a_trap() -> None:
    settled = [(state, step) for state, step in product(MoveState, Step) if state not in OPEN_STATES]
    assert [pair for pair in settled if pair in TRANSITIONS] == []
    ways_out = {state for state, _step in TRANSITIONS}
    assert ways_out == OPEN_STATES


def test_moves_follow_one_another_and_none_is_in_the_future() -> None:
    today, last = dt.date(2026, 3, 3), dt.date(2026, 2, 1)
    assert reasons_against_date(today, last_on=last, today=today) == ()
    assert reasons_against_date(last, last_on=last, today=today) == ()
    assert reasons_against_date(dt.date(2026, 3, 4), last_on=last, today=today)
    assert reasons_against_date(dt.date(2026, 1, 31), last_on=last, today=today)


@pytest.mark.parametrize(
    ("direction", "line"),
    [
        (Direction.ENTER, "Help began at stage 2"),
        (Direction.DOWN, "Moved down from stage 3 to stage 2"),
        (Direction.UP, "Moved up from stage 3 to stage 2"),
        (Direction.ACROSS, "Moved to another cluster at stage 2"),
        (Direction.LEAVE, "Help ended at stage 3"),
    ],
)
def test_a_move_in_one_line(direction: Direction, line: str) -> None:
    assert move_sentence(direction, from_stage=3, to_stage=2) == line
