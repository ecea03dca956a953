"""Proposing a move, and what people then do with it. A move has happened when its receiver has accepted it."""

from dataclasses import dataclass

from sqlalchemy import select

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason, management_of
from locality.access.scope import elevated, facts_about
from locality.audit import log as audit
from locality.kernel.errors import NotAllowed, NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId, StageMoveId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.stages.models import StageMove
from locality.stages.operations.counting import lock_counts
from locality.stages.operations.ledger import (
    load_course,
    new_row,
    note_step,
    settle,
    take_effect,
    withdraw_open,
)
from locality.stages.operations.telling import Moved, Receiver, moved
from locality.stages.queries.stages import step_facts
from locality.stages.rules.moves import (
    NOT_SAID,
    OPEN_STATES,
    TRANSITIONS,
    MoveReason,
    MoveState,
    Proposal,
    Said,
    Step,
    move_sentence,
    needs_manager,
    reasons_not_to_propose,
    reasons_not_to_step,
    who_may,
)
from locality.stages.rules.tally import Position

_LOOK = "a child's present stage and open proposal, to follow on from them"


@dataclass(frozen=True, slots=True)
class ProposeMove:
    """A move up or down the triangle. ``move_id`` is made by the page, so that sending it twice proposes once.

    Without a receiver an urgent step-up goes to the front door.
    """

    move_id: StageMoveId
    person_id: PersonId
    to_stage: int
    urgent: bool = False
    reasons: tuple[MoveReason, ...] = ()
    evidence: str = ""
    risks_remaining: str = ""
    contingency: str = ""
    child: Said = NOT_SAID
    parent: Said = NOT_SAID
    on_protection_plan: bool | None = None
    receiver: Receiver | None = None


def propose_move(uow: UnitOfWork, command: ProposeMove) -> StageMoveId:
    """Propose a move and let its receiver see enough to decide.

    Raises ``RuleBroken`` with a reason for each field that stands against it. An urgent step-up takes the place of an
    open proposal; any other waits for it.
    """
    with elevated(uow.session, _LOOK):
        course = load_course(uow, command.person_id)
        if uow.session.get(StageMove, command.move_id) is not None:
            return command.move_id
        if course.now is None:
            raise RuleBroken("This child is not being helped at present, so there is no stage to move from")
        proposal = _proposal(uow, command, course.now.stage)
        against = reasons_not_to_propose(proposal) or _against_second(uow, command)
        if against:
            raise RuleBroken(against)
        withdraw_open(uow, command.person_id, "Overtaken by an urgent step-up")
        move = _row(uow, command, proposal, now=course.now)
        uow.session.add(move)
        uow.session.flush()
    reason = GrantReason.FRONT_DOOR if move.receiver_id == FRONT_DOOR else GrantReason.RECEIVING_SERVICE
    principal = move.receiver_id or FRONT_DOOR
    grants.give(uow, [move.person_id], principal=principal, reason=reason, record=move.id)
    _record(uow, move, "proposed")
    return move.id


def _against_second(uow: UnitOfWork, command: ProposeMove) -> tuple[Reason, ...]:
    if command.urgent:
        return ()
    open_move = select(StageMove.id).where(StageMove.person_id == command.person_id, StageMove.state.in_(OPEN_STATES))
    if uow.session.scalar(open_move) is None:
        return ()
    return (Reason(None, "A move has been proposed for this child already. Settle or withdraw it first"),)


def _proposal(uow: UnitOfWork, command: ProposeMove, from_stage: int) -> Proposal:
    receiver = command.receiver
    return Proposal(
        from_stage=from_stage, to_stage=command.to_stage, urgent=command.urgent, reasons=command.reasons,
        evidence=command.evidence, risks_remaining=command.risks_remaining, contingency=command.contingency,
        child=command.child, parent=command.parent, on_protection_plan=command.on_protection_plan,
        has_receiver=receiver is not None,
        receiver_is_proposer=receiver is not None and receiver.principal == uow.actor.account_id,
    )  # fmt: skip


def _row(uow: UnitOfWork, command: ProposeMove, proposal: Proposal, *, now: Position) -> StageMove:
    receiver = command.receiver or Receiver(FRONT_DOOR, "The front door", "")
    _authority, locality_id, cluster_id = now.places
    return new_row(
        uow, command.person_id, proposal.direction, id=command.move_id, state=MoveState.PROPOSED,
        from_stage=proposal.from_stage, to_stage=proposal.to_stage, from_cluster_id=cluster_id,
        from_locality_id=locality_id, to_cluster_id=cluster_id, to_locality_id=locality_id,
        planned=not proposal.urgent, on_protection_plan=proposal.on_protection_plan,
        needs_manager=needs_manager(proposal), reasons=[reason.value for reason in proposal.reasons],
        evidence=proposal.evidence, risks_remaining=proposal.risks_remaining, contingency=proposal.contingency,
        child_agreement=proposal.child.answer, child_agreement_why=proposal.child.why,
        parent_agreement=proposal.parent.answer, parent_agreement_why=proposal.parent.why,
        receiver_id=receiver.principal, receiver_name=receiver.name,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakeStep:
    """What somebody does with a proposal, and why."""

    move_id: StageMoveId
    step: Step
    note: str = ""


def take_step(uow: UnitOfWork, command: TakeStep) -> MoveState:
    """Agree, refuse, ask, answer, accept, decline or withdraw; returns where the proposal then stands.

    Raises ``NotFound``, ``NotAllowed`` (with who can) or ``RuleBroken``. On acceptance the move takes effect today and
    the higher rooms hear of it.
    """
    lock_counts(uow)
    move = uow.session.scalar(select(StageMove).where(StageMove.id == command.move_id).with_for_update())
    if move is None:
        raise NotFound("There is no such move")
    reasons = facts_about(uow.session, uow.actor, [move.person_id]).reasons
    facts = step_facts(uow.actor, move, reasons=reasons, step=command.step, note=command.note)
    refusal = who_may(facts)
    if refusal is not None:
        raise NotAllowed(refusal)
    against = reasons_not_to_step(facts)
    if against:
        raise RuleBroken(against)
    state = TRANSITIONS[facts.state, command.step]
    note_step(uow, move, command.step, command.note)
    if state is MoveState.ACCEPTED:
        _accept(uow, move)
    elif state in OPEN_STATES:
        move.state = state
        uow.session.flush()
    else:
        settle(uow, move, state)
    _record(uow, move, command.step.value)
    if state not in OPEN_STATES:
        # Who accepted sees the child by what the higher rooms gave: a role that has its own end.
        grants.end(uow, record=move.id)
    return state


def accept_move(uow: UnitOfWork, move_id: StageMoveId, *, note: str = "") -> None:
    """Accept a proposed move for its receiver; see ``take_step``."""
    take_step(uow, TakeStep(move_id, Step.ACCEPT, note))


def decline_move(uow: UnitOfWork, move_id: StageMoveId, *, note: str) -> None:
    """Decline a proposed move for its receiver, saying why; see ``take_step``."""
    take_step(uow, TakeStep(move_id, Step.DECLINE, note))


def _accept(uow: UnitOfWork, move: StageMove) -> None:
    stage = move.to_stage or 0
    with elevated(uow.session, "the child's course, of which the receiver sees only this move"):
        course = load_course(uow, move.person_id)
        now = course.now
        if now is None or now.stage != move.from_stage:
            raise RuleBroken("The child is no longer at the stage from which this move was proposed")
        after = Position(stage, now.places)
        take_effect(uow, course, move=move, after=after, on=uow.today)
        settle(uow, move, MoveState.ACCEPTED)
        line = move_sentence(move.direction, from_stage=now.stage, to_stage=stage)
        people.note_story(
            uow, [move.person_id], happened_on=uow.today, kind=people.StoryKind.STAGE,
            line=f"{line}; accepted by {_accepted_by(uow, move)}", record=("stage_move", move.id),
        )  # fmt: skip
        moved(uow, Moved.of(move, on=uow.today, stage=stage))


def _accepted_by(uow: UnitOfWork, move: StageMove) -> str:
    """The person who accepted, and for whom: the story names somebody whom a family can ask."""
    if move.receiver_id == uow.actor.account_id:
        return move.receiver_name or uow.actor.name
    if move.receiver_id == FRONT_DOOR:
        return f"{uow.actor.name} for the front door"
    if move.from_cluster_id is not None and move.receiver_id == management_of(move.from_cluster_id):
        return f"{uow.actor.name}, who manages the cluster"
    return f"{uow.actor.name} for {move.receiver_name}"


def _record(uow: UnitOfWork, move: StageMove, verb: str) -> None:
    audit.record(
        uow, f"stage_move.{verb}", subjects=[move.person_id], record=("stage_move", move.id),
        detail={"from": move.from_stage, "to": move.to_stage, "state": move.state.value},
    )  # fmt: skip
