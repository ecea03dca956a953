"""The four-stage model and its moves: what may be proposed, who decides, who accepts, what counts when.

A stage is a dated professional decision about a child; nothing here computes one. Sources: domain reference 2.1 to 2.4.
Pure: the standard library and the kernel's reasons only.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.errors import Reason

STAGES = (1, 2, 3, 4)
STATUTORY_STAGE = 4
UNIVERSAL_STAGE = 1
TEXT_LIMIT = 4_000


class Direction(StrEnum):
    """What a row of the ledger does to a child's place on the triangle."""

    ENTER = "enter"
    UP = "up"
    DOWN = "down"
    ACROSS = "across"
    LEAVE = "leave"
    CORRECTION = "correction"


class MoveState(StrEnum):
    """Where a proposed move stands. Only an accepted move has happened (domain 2.4)."""

    PROPOSED = "proposed"
    MORE_INFO = "more_info"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


STATE_LABELS: dict[MoveState, str] = {
    MoveState.PROPOSED: "Proposed",
    MoveState.MORE_INFO: "More information asked for",
    MoveState.AGREED: "Agreed by a manager",
    MoveState.NOT_AGREED: "Not agreed",
    MoveState.ACCEPTED: "Accepted",
    MoveState.DECLINED: "Declined",
    MoveState.WITHDRAWN: "Withdrawn",
}
OPEN_STATES = frozenset({MoveState.PROPOSED, MoveState.MORE_INFO, MoveState.AGREED})


class Step(StrEnum):
    """What people do with a proposal."""

    AGREE = "agree"
    REFUSE = "refuse"
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


STEP_LABELS: dict[Step, str] = {
    Step.AGREE: "Agreed by a manager",
    Step.REFUSE: "Not agreed by a manager",
    Step.ASK: "More information asked for",
    Step.ANSWER: "Information added",
    Step.ACCEPT: "Accepted",
    Step.DECLINE: "Declined",
    Step.WITHDRAW: "Withdrawn",
}

# (state, step) → next state. What is not listed cannot be done.
TRANSITIONS: Mapping[tuple[MoveState, Step], MoveState] = {
    (MoveState.PROPOSED, Step.AGREE): MoveState.AGREED,
    (MoveState.PROPOSED, Step.REFUSE): MoveState.NOT_AGREED,
    (MoveState.PROPOSED, Step.ASK): MoveState.MORE_INFO,
    (MoveState.PROPOSED, Step.ACCEPT): MoveState.ACCEPTED,
    (MoveState.PROPOSED, Step.DECLINE): MoveState.DECLINED,
    (MoveState.PROPOSED, Step.WITHDRAW): MoveState.WITHDRAWN,
    (MoveState.MORE_INFO, Step.ANSWER): MoveState.PROPOSED,
    (MoveState.MORE_INFO, Step.DECLINE): MoveState.DECLINED,
    (MoveState.MORE_INFO, Step.WITHDRAW): MoveState.WITHDRAWN,
    (MoveState.AGREED, Step.ACCEPT): MoveState.ACCEPTED,
    (MoveState.AGREED, Step.DECLINE): MoveState.DECLINED,
    (MoveState.AGREED, Step.WITHDRAW): MoveState.WITHDRAWN,
}


class Agreement(StrEnum):
    """What a child or a parent says to a move (domain 2.3, point 3)."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    NOT_ASKED = "not_asked"


AGREEMENT_LABELS: dict[Agreement, str] = {
    Agreement.AGREED: "Agrees",
    Agreement.NOT_AGREED: "Does not agree",
    Agreement.NOT_ASKED: "Could not be asked",
}


class MoveReason(StrEnum):
    """Why a child moves; several may hold."""

    NEEDS_REDUCED = "needs_reduced"
    OUTCOMES_MET = "outcomes_met"
    PROGRESS_SUSTAINED = "progress_sustained"
    FAMILY_WISH = "family_wish"
    NEEDS_INCREASED = "needs_increased"
    OUTCOMES_NOT_MET = "outcomes_not_met"
    NEW_CONCERN = "new_concern"
    INCIDENT = "incident"


REASON_LABELS: dict[MoveReason, str] = {
    MoveReason.NEEDS_REDUCED: "Needs have become less",
    MoveReason.OUTCOMES_MET: "What the plan wanted has been reached",
    MoveReason.PROGRESS_SUSTAINED: "Progress has lasted",
    MoveReason.FAMILY_WISH: "The family asks for it",
    MoveReason.NEEDS_INCREASED: "Needs have become greater",
    MoveReason.OUTCOMES_NOT_MET: "The plan has not brought what it should",
    MoveReason.NEW_CONCERN: "A new concern has come up",
    MoveReason.INCIDENT: "Something has happened",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said to the move, and why their agreement is missing where it is."""

    answer: Agreement | None = None
    why: str = ""


NOT_SAID = Said()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. ``urgent`` is an unplanned step-up: something has happened and nothing may hold it up."""

    from_stage: int
    to_stage: int
    urgent: bool = False
    reasons: tuple[MoveReason, ...] = ()
    evidence: str = ""
    risks_remaining: str = ""
    contingency: str = ""
    child: Said = NOT_SAID
    parent: Said = NOT_SAID
    on_protection_plan: bool | None = None
    has_receiver: bool = False
    receiver_is_proposer: bool = False

    @property
    def direction(self) -> Direction:
        """Up or down the triangle."""
        return Direction.UP if self.to_stage > self.from_stage else Direction.DOWN


def reasons_not_to_propose(proposal: Proposal) -> tuple[Reason, ...]:
    """Why the move cannot be proposed; empty when it can. Field names are those of the form.

    An urgent step-up is never refused for a missing field or agreement (domain 2.4 and mistake 5).
    """
    if proposal.to_stage not in STAGES or proposal.to_stage == proposal.from_stage:
        return (Reason("to_stage", "Select a stage other than the present one"),)
    if proposal.urgent:
        if proposal.direction is Direction.DOWN:
            return (Reason("urgent", "Only a move up can be urgent"),)
        return ()
    found = [*_missing_words(proposal), *_missing_agreement(proposal)]
    if proposal.direction is Direction.DOWN:
        found += _against_stepping_down(proposal)
    if not proposal.has_receiver:
        found.append(Reason("receiver", "Select who will take over. The move counts when they accept it"))
    return tuple(found)


def _missing_words(proposal: Proposal) -> list[Reason]:
    found = []
    if not proposal.reasons:
        found.append(Reason("reasons", "Select at least one reason"))
    if not proposal.evidence.strip():
        found.append(Reason("evidence", "Enter what has changed and how you know"))
    if proposal.direction is Direction.DOWN and not proposal.risks_remaining.strip():
        found.append(Reason("risks_remaining", "Enter what remains to be done or watched, or write ‘none’"))
    if proposal.direction is Direction.DOWN and not proposal.contingency.strip():
        found.append(Reason("contingency", "Enter what would bring the child back to more help"))
    return found


def _missing_agreement(proposal: Proposal) -> list[Reason]:
    found = []
    for who, said in (("child", proposal.child), ("parent", proposal.parent)):
        if said.answer is None:
            found.append(Reason(f"{who}_agreement", f"Select what the {who} says to the move"))
        elif said.answer is not Agreement.AGREED and not said.why.strip():
            found.append(Reason(f"{who}_agreement_why", f"Enter why the {who}’s agreement is missing"))
    return found


def _against_stepping_down(proposal: Proposal) -> list[Reason]:
    found = []
    if proposal.from_stage == STATUTORY_STAGE and proposal.on_protection_plan is None:
        found.append(Reason("on_protection_plan", "Select yes if the child is on a child protection plan"))
    if proposal.from_stage == STATUTORY_STAGE and proposal.on_protection_plan:
        # Domain 2.3, point 6: never straight from a child protection plan to early help.
        words = "A child on a protection plan becomes a child in need first, and steps down to early help from there"
        found.append(Reason("on_protection_plan", words))
    refused = proposal.parent.answer is Agreement.NOT_AGREED
    if refused and proposal.to_stage > UNIVERSAL_STAGE:
        words = "Early help is the family’s choice: without the parent’s agreement there is no step-down to it"
        found.append(Reason("parent_agreement", words))
    return found


def needs_manager(proposal: Proposal) -> bool:
    """Whether a manager must agree before the receiver can accept.

    Leaving social care and planned moves into it (domain 2.3, point 1; 2.4), and any move that somebody proposes to
    themself. Never for an urgent step-up.
    """
    if proposal.urgent:
        return False
    return proposal.receiver_is_proposer or STATUTORY_STAGE in {proposal.from_stage, proposal.to_stage}


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is known when somebody takes a step with a proposal."""

    state: MoveState
    step: Step
    needs_manager: bool
    is_receiver: bool
    is_proposer: bool
    is_manager: bool
    is_urgent: bool = False
    note: str = ""
    stage_now_is_from: bool = True


_MANAGERS = frozenset({Step.AGREE, Step.REFUSE, Step.ASK})
_RECEIVERS = frozenset({Step.ACCEPT, Step.DECLINE})
_NEED_NOTE: Mapping[Step, str] = {
    Step.REFUSE: "Enter why the move is not agreed",
    Step.ASK: "Enter what you need to know",
    Step.ANSWER: "Enter what was asked for",
    Step.DECLINE: "Enter why you decline",
    Step.WITHDRAW: "Enter why the move is withdrawn",
}


def who_may(facts: StepFacts) -> str | None:
    """Who may take the step, when this actor may not; None when they may."""
    if facts.step in _MANAGERS and (not facts.is_manager or facts.is_proposer):
        return "A supervisor or manager other than the proposer decides this"
    if facts.step in _RECEIVERS and not facts.is_receiver:
        return "Only the receiver can accept or decline this move"
    if facts.step in {Step.ANSWER, Step.WITHDRAW} and not (facts.is_proposer or facts.is_manager):
        return "Only the proposer or a manager can do this"
    return None


def reasons_not_to_step(facts: StepFacts) -> tuple[Reason, ...]:
    """Why the step cannot be taken by somebody who may take it; empty when it can."""
    if (facts.state, facts.step) not in TRANSITIONS:
        return (Reason(None, f"This move is already settled or waits for somebody else: {_now(facts.state)}"),)
    if facts.step is Step.ACCEPT and facts.needs_manager and facts.state is not MoveState.AGREED:
        return (Reason(None, "A manager has to agree to this move before it can be accepted"),)
    if facts.step is Step.ACCEPT and _is_own(facts):
        words = "You proposed this move. Another supervisor or manager has to agree to it, or somebody else accepts it"
        return (Reason(None, words),)
    if facts.step is Step.ACCEPT and not facts.stage_now_is_from:
        return (Reason(None, "The child is no longer at the stage from which this move was proposed"),)
    if facts.step in _NEED_NOTE and not facts.note.strip():
        return (Reason("note", _NEED_NOTE[facts.step]),)
    return ()


def _is_own(facts: StepFacts) -> bool:
    """Whether one person alone would propose and accept: also where a receiver left and those in their place are asked.

    Nothing may hold up an urgent step-up.
    """
    return facts.is_proposer and not facts.is_urgent and facts.state is not MoveState.AGREED


def _now(state: MoveState) -> str:
    return STATE_LABELS[state].lower()


def reasons_against_date(on: dt.date, *, last_on: dt.date | None, today: dt.date) -> tuple[Reason, ...]:
    """A child's moves follow one another in time and none lies in the future."""
    if on > today:
        return (Reason("on", "The date must be today or in the past"),)
    if last_on is not None and on < last_on:
        return (Reason("on", "The date must not be before the child’s last move"),)
    return ()


def move_sentence(direction: Direction, *, from_stage: int | None, to_stage: int | None) -> str:
    """One line of the story for an effective move."""
    if direction is Direction.ENTER:
        return f"Help began at stage {to_stage}"
    if direction is Direction.LEAVE:
        return f"Help ended at stage {from_stage}"
    if direction is Direction.ACROSS:
        return f"Moved to another cluster at stage {to_stage}"
    if direction is Direction.CORRECTION:
        return "The last stage entry was a mistake and was taken back"
    return f"Moved {direction.value} from stage {from_stage} to stage {to_stage}"
