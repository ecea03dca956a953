"""Reading where children stand, how they came there, and which moves wait for whom."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.parts import GrantReason
from locality.access.scope import facts_about
from locality.kernel.actor import Actor, Role, ScopeKind
from locality.kernel.errors import NotFound
from locality.kernel.ids import ClusterId, EpisodeId, PersonId, StageMoveId
from locality.people import api as people
from locality.stages.models import StageMove, StageMoveStep, StageSpan
from locality.stages.rules.moves import (
    OPEN_STATES,
    Agreement,
    Direction,
    MoveState,
    Step,
    StepFacts,
    reasons_not_to_step,
    who_may,
)


@dataclass(frozen=True, slots=True)
class StageNow:
    """Where a child stands and since when."""

    person_id: PersonId
    stage: int
    cluster_id: ClusterId
    from_on: dt.date
    episode_id: EpisodeId | None
    move_id: StageMoveId


def current_stages(session: Session, children: Iterable[PersonId]) -> dict[PersonId, StageNow]:
    """Where each of these children stands; those off the triangle or hidden from the actor are left out."""
    rows = session.execute(
        select(
            StageSpan.person_id,
            StageSpan.stage,
            StageSpan.cluster_id,
            StageSpan.from_on,
            StageSpan.episode_id,
            StageSpan.move_id,
        ).where(StageSpan.person_id.in_(list(children)), StageSpan.is_now())
    )
    return {row.person_id: StageNow(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One row of a child's ledger, or a proposal, as pages show it."""

    id: StageMoveId
    person_id: PersonId
    direction: Direction
    state: MoveState
    from_stage: int | None
    to_stage: int | None
    planned: bool
    needs_manager: bool
    on_protection_plan: bool | None
    reasons: list[str]
    evidence: str
    risks_remaining: str
    contingency: str
    child_agreement: Agreement | None
    child_agreement_why: str
    parent_agreement: Agreement | None
    parent_agreement_why: str
    receiver_id: uuid.UUID | None
    receiver_name: str | None
    requested_by: uuid.UUID | None
    requested_by_name: str
    requested_at: dt.datetime
    settled_by_name: str | None
    settled_at: dt.datetime | None
    effective_on: dt.date | None
    corrects_id: StageMoveId | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in OPEN_STATES


_MOVE_COLUMNS = tuple(getattr(StageMove, name) for name in MoveRow.__dataclass_fields__)


def list_moves(session: Session, person_id: PersonId, *, also: Iterable[PersonId] = ()) -> tuple[MoveRow, ...]:
    """A child's ledger and proposals, latest first; ``also`` those under other records of the same child."""
    rows = session.execute(
        select(*_MOVE_COLUMNS)
        .where(StageMove.person_id.in_([person_id, *also]))
        .order_by(StageMove.requested_at.desc(), StageMove.sequence.desc().nulls_first())
    )
    return tuple(MoveRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class StepRow:
    """What somebody did with a proposal."""

    step: Step
    note: str
    taken_by_name: str
    taken_at: dt.datetime


@dataclass(frozen=True, slots=True)
class MovePage:
    """A move with what was done with it."""

    move: MoveRow
    steps: tuple[StepRow, ...]


def find_move(session: Session, move_id: StageMoveId) -> MovePage | None:
    """A move and its steps; None when there is none that the actor may see. One statement."""
    rows = session.execute(
        select(
            *_MOVE_COLUMNS,
            StageMoveStep.step,
            StageMoveStep.note,
            StageMoveStep.taken_by_name,
            StageMoveStep.taken_at,
        )
        .outerjoin(StageMoveStep, StageMoveStep.move_id == StageMove.id)
        .where(StageMove.id == move_id)
        .order_by(StageMoveStep.taken_at, StageMoveStep.id)
    ).all()
    if not rows:
        return None
    width = len(_MOVE_COLUMNS)
    steps = tuple(StepRow(*row[width:]) for row in rows if row[width] is not None)
    return MovePage(MoveRow(*rows[0][:width]), steps)


def get_move(session: Session, move_id: StageMoveId) -> MovePage:
    """A move and its steps. Raises ``NotFound``."""
    found = find_move(session, move_id)
    if found is None:
        raise NotFound("There is no such move")
    return found


class Waiting(Protocol):
    """What of a move decides who may do what with it now."""

    @property
    def state(self) -> MoveState:
        """Where it stands."""

    @property
    def needs_manager(self) -> bool:
        """Whether a manager has to agree first."""

    @property
    def planned(self) -> bool:
        """Whether it is no urgent step-up."""

    @property
    def receiver_id(self) -> uuid.UUID | None:
        """The principal that it is addressed to."""

    @property
    def requested_by(self) -> uuid.UUID | None:
        """The account that proposed it."""


def step_facts(
    actor: Actor, move: Waiting, *, reasons: frozenset[GrantReason], step: Step, note: str = ""
) -> StepFacts:
    """What the rules ask when an actor who sees the child for these reasons takes a step with a move."""
    oversees = not reasons.isdisjoint({GrantReason.SUPERVISOR, GrantReason.MANAGEMENT})
    return StepFacts(
        state=move.state,
        step=step,
        needs_manager=move.needs_manager,
        is_receiver=move.receiver_id in actor.principals,
        is_proposer=actor.account_id is not None and move.requested_by == actor.account_id,
        is_manager=oversees and actor.has(Role.SUPERVISOR, Role.MANAGER),
        is_urgent=not move.planned,
        note=note,
    )


def steps_for(actor: Actor, move: Waiting, reasons: frozenset[GrantReason]) -> tuple[Step, ...]:
    """The steps that an actor may take with a move now."""
    every = (step_facts(actor, move, reasons=reasons, step=step, note="given") for step in Step)
    return tuple(facts.step for facts in every if who_may(facts) is None and not reasons_not_to_step(facts))


def waits_for(move: MoveRow) -> str | None:
    """Whom a move waits for, in words; None when it is settled."""
    if move.state is MoveState.MORE_INFO:
        return f"It waits for {move.requested_by_name} to add what was asked for."
    if move.state is MoveState.PROPOSED and move.needs_manager:
        return "It waits for a supervisor or manager to agree."
    return f"It waits for {move.receiver_name} to accept." if move.is_open else None


@dataclass(frozen=True, slots=True)
class WaitingMove:
    """A proposed move that waits for this actor: to accept, or as a manager to decide."""

    id: StageMoveId
    person_id: PersonId
    from_stage: int | None
    to_stage: int | None
    urgent: bool
    requested_by_name: str
    requested_at: dt.datetime
    to_decide: bool


def moves_waiting(session: Session, actor: Actor, *, most: int = 20) -> tuple[WaitingMove, ...]:
    """Moves that wait for the actor, urgent ones and then the oldest first; one statement."""
    of_another = or_(StageMove.planned.is_(False), StageMove.requested_by.is_distinct_from(actor.account_id))
    for_receiver = and_(
        StageMove.receiver_id.in_(actor.principals),
        or_(StageMove.state == MoveState.AGREED, and_(_PROPOSED, StageMove.needs_manager.is_(False), of_another)),
    )
    clusters = actor.scope_ids(ScopeKind.CLUSTER, Role.SUPERVISOR, Role.MANAGER)
    for_manager = and_(
        _PROPOSED, StageMove.needs_manager.is_(True), StageMove.from_cluster_id.in_(clusters),
        StageMove.requested_by.is_distinct_from(actor.account_id),
    )  # fmt: skip
    rows = session.execute(
        select(
            StageMove.id,
            StageMove.person_id,
            StageMove.from_stage,
            StageMove.to_stage,
            StageMove.planned.is_(False),
            StageMove.requested_by_name,
            StageMove.requested_at,
            for_manager,
        )
        .where(or_(for_receiver, for_manager))
        .order_by(StageMove.planned, StageMove.requested_at)
        .limit(most)
    )
    return tuple(WaitingMove(*row) for row in rows)


def fill_stages(sources: list[people.StandingSource]) -> None:
    """Say where somebody stands, for the heading of their pages."""
    sources.append(_STANDING)


_STANDING = people.StandingSource(
    ("stage", "stage_since"),
    "SELECT stage, from_on AS stage_since FROM stage_span WHERE person_id = p.id AND until_on IS NULL AND NOT is_void",
)


def child_facts(session: Session, actor: Actor, *, person_id: PersonId, **_others: uuid.UUID) -> AccessFacts:
    """What the policy asks about a child's stages."""
    return facts_about(session, actor, [person_id], record=("person", person_id))


def move_facts(session: Session, actor: Actor, *, move_id: StageMoveId) -> AccessFacts | None:
    """What the policy asks about a move; its receiver holds it while it waits. None when there is none to be seen."""
    row = session.execute(
        select(StageMove.person_id, StageMove.receiver_id, StageMove.state).where(StageMove.id == move_id)
    ).one_or_none()
    if row is None:
        return None
    waits = row.state in OPEN_STATES and row.receiver_id is not None
    return facts_about(
        session, actor, [row.person_id], record=("stage_move", move_id), holders=[row.receiver_id] if waits else []
    )


_PROPOSED = StageMove.state == MoveState.PROPOSED
