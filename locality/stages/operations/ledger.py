"""The ledger's hand: reading one child's course, and letting a row of it take effect.

Everything that follows from an effective row changes with it: the stay that ends, the stay that begins, the counts.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from locality.access import grants
from locality.clusters import api as clusters
from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import ClusterId, EpisodeId, LocalityId, PersonId, StageMoveId, new_id
from locality.kernel.uow import UnitOfWork
from locality.stages.models import StageMove, StageMoveStep, StageSpan
from locality.stages.operations.counting import add_to_counts, lock_counts
from locality.stages.rules.moves import (
    OPEN_STATES,
    Direction,
    MoveState,
    Step,
    reasons_against_date,
)
from locality.stages.rules.tally import Change, Position, Stay, replay, tally_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One effective row of a child's ledger that still counts."""

    move_id: StageMoveId
    episode_id: EpisodeId | None
    change: Change


@dataclass(frozen=True, slots=True)
class Course:
    """One child's effective moves, in order, and what follows: where the child stands and what comes next."""

    person_id: PersonId
    entries: tuple[Entry, ...]
    next_sequence: int

    @property
    def stays(self) -> tuple[Stay, ...]:
        """The child's stays so far."""
        return replay([entry.change for entry in self.entries]).stays

    @property
    def now(self) -> Position | None:
        """Where the child stands; None when the child is not helped at present."""
        return self.entries[-1].change.after if self.entries else None

    @property
    def episode_id(self) -> EpisodeId | None:
        """The episode in which the child is helped now."""
        return self.entries[-1].episode_id if self.entries else None

    @property
    def last_on(self) -> dt.date | None:
        """The date of the last move."""
        return self.entries[-1].change.on if self.entries else None


def position_of(stage: int, *, cluster_id: ClusterId, locality_id: LocalityId) -> Position:
    """A stage in a cluster, in every place that holds it."""
    return Position(stage, (clusters.AUTHORITY_PLACE, locality_id, cluster_id))


def position_in(uow: UnitOfWork, stage: int, cluster_id: ClusterId) -> Position:
    """A stage in a cluster whose locality is looked up. Raises ``NotFound`` for an unknown cluster."""
    cluster = clusters.find_cluster(uow.session, cluster_id=cluster_id)
    if cluster is None:
        raise NotFound("There is no such cluster")
    return position_of(stage, cluster_id=cluster.id, locality_id=cluster.locality_id)


def stage_of(position: Position | None) -> int | None:
    """The stage of a position; None off the triangle."""
    return None if position is None else position.stage


def load_course(uow: UnitOfWork, person_id: PersonId) -> Course:
    """A child's course, with nobody else changing it until the commit. The caller looks beyond its own grants."""
    lock_counts(uow)
    rows = uow.session.execute(
        select(
            StageMove.id, StageMove.sequence, StageMove.direction, StageMove.effective_on, StageMove.planned,
            StageMove.to_stage, StageMove.to_cluster_id, StageMove.to_locality_id, StageMove.corrects_id,
            StageSpan.episode_id,
        )
        .outerjoin(StageSpan, StageSpan.move_id == StageMove.id)
        .where(StageMove.person_id == person_id, StageMove.sequence.is_not(None))
        .order_by(StageMove.sequence)
    ).all()  # fmt: skip
    taken_back = {row.corrects_id for row in rows}
    entries: list[Entry] = []
    before: Position | None = None
    for row in rows:
        if row.direction is Direction.CORRECTION or row.id in taken_back:
            continue
        after = None
        if row.to_stage is not None:
            after = position_of(row.to_stage, cluster_id=row.to_cluster_id, locality_id=row.to_locality_id)
        change = Change(row.effective_on, row.direction, before, after, row.planned)
        entries.append(Entry(row.id, row.episode_id, change))
        before = after
    return Course(person_id, tuple(entries), (rows[-1].sequence if rows else 0) + 1)


def take_effect(uow: UnitOfWork, course: Course, *, move: StageMove, after: Position | None, on: dt.date) -> None:
    """Let a row of the ledger count from a date: end the present stay, begin the next, add to the counts.

    Raises ``RuleBroken`` when the date lies in the future or before the child's last move.
    """
    against = reasons_against_date(on, last_on=course.last_on, today=uow.today)
    if against:
        raise RuleBroken(against)
    before = course.now
    move.sequence, move.effective_on = course.next_sequence, on
    move.episode_id = move.episode_id or course.episode_id
    move.from_stage, move.from_locality_id, move.from_cluster_id = _columns(before)
    move.to_stage, move.to_locality_id, move.to_cluster_id = _columns(after)
    uow.session.flush()
    change = Change(on, move.direction, before, after, move.planned)
    add_to_counts(uow, tally_of(change, earlier=_ended(course.stays, on)))
    if before is not None:
        _end_stay(uow, course.entries[-1].move_id, on)
    if after is not None:
        _begin_stay(uow, course, move=move, after=after, on=on)


def _columns(position: Position | None) -> tuple[int | None, LocalityId | None, ClusterId | None]:
    if position is None:
        return None, None, None
    _authority, locality_id, cluster_id = position.places
    return position.stage, LocalityId(locality_id), ClusterId(cluster_id)


def _ended(stays: tuple[Stay, ...], on: dt.date) -> list[Stay]:
    return [stay if stay.until_on is not None else Stay(stay.position, stay.from_on, on) for stay in stays]


def _end_stay(uow: UnitOfWork, move_id: StageMoveId, on: dt.date) -> None:
    uow.session.execute(update(StageSpan).where(StageSpan.move_id == move_id).values(until_on=on))


def _begin_stay(uow: UnitOfWork, course: Course, *, move: StageMove, after: Position, on: dt.date) -> None:
    stage, locality_id, cluster_id = _columns(after)
    values = {
        "move_id": move.id, "person_id": course.person_id, "episode_id": move.episode_id,
        "sequence": course.next_sequence, "stage": stage, "cluster_id": cluster_id, "locality_id": locality_id,
        "from_on": on, "until_on": None, "is_void": False,
    }  # fmt: skip
    uow.session.execute(insert(StageSpan).values(**values))


def attach_episode(uow: UnitOfWork, course: Course, episode_id: EpisodeId | None) -> None:
    """The child's present stay belongs to this episode from now on."""
    if episode_id is not None and course.entries and course.episode_id != episode_id:
        present = StageSpan.move_id == course.entries[-1].move_id
        uow.session.execute(update(StageSpan).where(present).values(episode_id=episode_id))


def note_step(uow: UnitOfWork, move: StageMove, step: Step, note: str) -> None:
    """Write down what was done with a proposal."""
    uow.session.add(
        StageMoveStep(
            id=new_id(), move_id=move.id, person_id=move.person_id, receiver_id=move.receiver_id, step=step, note=note,
            taken_by=uow.actor.account_id, taken_by_name=uow.actor.name, taken_at=uow.now,
        )
    )  # fmt: skip
    uow.session.flush()


def settle(uow: UnitOfWork, move: StageMove, state: MoveState) -> None:
    """Bring a proposal to an end: accepted or not, by whom and when."""
    move.state = state
    move.settled_by, move.settled_by_name, move.settled_at = uow.actor.account_id, uow.actor.name, uow.now
    uow.session.flush()


def withdraw_open(uow: UnitOfWork, person_id: PersonId, note: str) -> None:
    """Withdraw a proposal that events have overtaken. The caller looks beyond its own grants."""
    move = uow.session.scalar(
        select(StageMove).where(StageMove.person_id == person_id, StageMove.state.in_(OPEN_STATES)).with_for_update()
    )
    if move is not None:
        note_step(uow, move, Step.WITHDRAW, note)
        settle(uow, move, MoveState.WITHDRAWN)
        grants.end(uow, record=move.id)


def new_row(uow: UnitOfWork, person_id: PersonId, direction: Direction, **facts: object) -> StageMove:
    """A new row of the ledger, settled at once unless ``state`` says otherwise; every column is set here."""
    values: dict[str, object] = {
        "id": StageMoveId(new_id()), "person_id": person_id, "episode_id": None, "direction": direction,
        "state": MoveState.ACCEPTED, "sequence": None, "from_stage": None, "to_stage": None,
        "from_cluster_id": None, "from_locality_id": None, "to_cluster_id": None, "to_locality_id": None,
        "planned": True, "on_protection_plan": None, "needs_manager": False, "reasons": [], "evidence": "",
        "risks_remaining": "", "contingency": "", "child_agreement": None, "child_agreement_why": "",
        "parent_agreement": None, "parent_agreement_why": "", "receiver_id": None, "receiver_name": None,
        "requested_by": uow.actor.account_id, "requested_by_name": uow.actor.name, "requested_at": uow.now,
        "settled_by": None, "settled_by_name": None, "settled_at": None, "effective_on": None, "corrects_id": None,
    }  # fmt: skip
    values.update(facts)
    if values["state"] is MoveState.ACCEPTED:
        values |= {
            "settled_by": uow.actor.account_id, "settled_by_name": uow.actor.name, "settled_at": uow.now,
        }  # fmt: skip
    return StageMove(**values)
