"""Moves that follow from other work: a child's help begins, goes on in another cluster, ends; and taking one back."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import update

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.errors import NotAllowed, NotFound, Reason, RuleBroken
from locality.kernel.ids import ClusterId, EpisodeId, PersonId, StageMoveId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.stages.models import StageMove, StageSpan
from locality.stages.operations.counting import add_to_counts
from locality.stages.operations.ledger import (
    Course,
    attach_episode,
    load_course,
    new_row,
    position_in,
    stage_of,
    take_effect,
    withdraw_open,
)
from locality.stages.operations.telling import Moved, moved
from locality.stages.rules.moves import STAGES, Direction, move_sentence
from locality.stages.rules.tally import Position, tally_of

_LOOK = "a child's earlier stages, to follow on from them"


@dataclass(frozen=True, slots=True)
class PlaceChild:
    """A child's help begins at a stage in a cluster; ``on`` None for today, ``why`` says by whose decision."""

    person_id: PersonId
    stage: int
    cluster_id: ClusterId
    episode_id: EpisodeId | None = None
    on: dt.date | None = None
    why: str = ""


def place_child(uow: UnitOfWork, command: PlaceChild) -> int:
    """Put a child on the triangle; returns the stage at which the child then stands.

    A child who is on it already keeps a higher stage: only an accepted step-down lowers it. A higher stage or another
    cluster than before is recorded as a move. Raises ``RuleBroken`` for a stage that does not exist or a date before
    the child's last move.
    """
    if command.stage not in STAGES:
        raise RuleBroken([Reason("stage", "Select a stage")])
    with elevated(uow.session, _LOOK):
        course = load_course(uow, command.person_id)
        stage = command.stage if course.now is None else max(command.stage, course.now.stage)
        after = position_in(uow, stage, command.cluster_id)
        if course.now == after:
            attach_episode(uow, course, command.episode_id)
            return after.stage
        direction = _direction(course.now, after)
        _make(uow, course, direction=direction, after=after, on=command.on, why=command.why,
              episode_id=command.episode_id)  # fmt: skip
    return after.stage


def transfer_child(
    uow: UnitOfWork, *, person_id: PersonId, cluster_id: ClusterId, on: dt.date | None = None, why: str = ""
) -> None:
    """The child's help goes on at the same stage in another cluster. Nothing happens for a child off the triangle."""
    with elevated(uow.session, _LOOK):
        course = load_course(uow, person_id)
        if course.now is None:
            return
        after = position_in(uow, course.now.stage, cluster_id)
        if after != course.now:
            _make(uow, course, direction=Direction.ACROSS, after=after, on=on, why=why, episode_id=None)


def leave(uow: UnitOfWork, *, person_id: PersonId, on: dt.date | None = None, why: str = "") -> None:
    """The child's help has ended: off the triangle. An open proposal is withdrawn; nothing happens a second time."""
    with elevated(uow.session, _LOOK):
        course = load_course(uow, person_id)
        if course.now is not None:
            _make(uow, course, direction=Direction.LEAVE, after=None, on=on, why=why, episode_id=None)


def correct_last(uow: UnitOfWork, *, person_id: PersonId, move_id: StageMoveId, why: str) -> None:
    """Take back a child's last effective move, which was entered by mistake; the counts go back with it.

    The mistaken row stays; a new row names it. Raises ``NotFound`` for a move that is not this child's,
    ``NotAllowed`` when a later move follows it, ``RuleBroken`` without a reason.
    """
    if not why.strip():
        raise RuleBroken([Reason("why", "Enter what was wrong")])
    with elevated(uow.session, _LOOK):
        course = load_course(uow, person_id)
        if move_id not in {entry.move_id for entry in course.entries}:
            raise NotFound("There is no such move")
        if course.entries[-1].move_id != move_id:
            raise NotAllowed("Only the last move can be taken back. Take back the later moves first")
        last = course.entries[-1].change
        row = new_row(uow, person_id, Direction.CORRECTION, corrects_id=move_id, evidence=why)
        row.sequence, row.effective_on = course.next_sequence, uow.today
        row.from_stage, row.to_stage = stage_of(last.after), stage_of(last.before)
        uow.session.add(row)
        uow.session.flush()
        _take_back(uow, course)
        withdraw_open(uow, person_id, "The stage was corrected")
        _tell(uow, row, before=last.after, after=last.before)


def _direction(before: Position | None, after: Position) -> Direction:
    if before is None:
        return Direction.ENTER
    return Direction.UP if after.stage > before.stage else Direction.ACROSS


def _make(
    uow: UnitOfWork,
    course: Course,
    *,
    direction: Direction,
    after: Position | None,
    on: dt.date | None,
    why: str,
    episode_id: EpisodeId | None,
) -> None:
    before = course.now
    withdraw_open(uow, course.person_id, "Overtaken by another change")
    row = new_row(uow, course.person_id, direction, evidence=why, episode_id=episode_id)
    uow.session.add(row)
    take_effect(uow, course, move=row, after=after, on=on or uow.today)
    _tell(uow, row, before=before, after=after)


def _tell(uow: UnitOfWork, row: StageMove, *, before: Position | None, after: Position | None) -> None:
    on = row.effective_on or uow.today
    line = move_sentence(
        row.direction,
        from_stage=stage_of(before),
        to_stage=stage_of(after),
    )
    people.note_story(
        uow, [row.person_id], happened_on=on, kind=people.StoryKind.STAGE, line=line, record=("stage_move", row.id)
    )
    audit.record(
        uow, f"stage.{row.direction.value}", subjects=[row.person_id], record=("stage_move", row.id),
        detail={"from": stage_of(before), "to": stage_of(after)},
    )  # fmt: skip
    moved(uow, Moved.of(row, on=on, stage=stage_of(after)))


def _take_back(uow: UnitOfWork, course: Course) -> None:
    last = course.entries[-1]
    earlier = course.entries[:-1]
    before_it = Course(course.person_id, earlier, 0).stays
    ended = [s if s.until_on is not None else type(s)(s.position, s.from_on, last.change.on) for s in before_it]
    add_to_counts(uow, tally_of(last.change, earlier=ended).undone())
    if last.change.after is not None:
        uow.session.execute(update(StageSpan).where(StageSpan.move_id == last.move_id).values(is_void=True))
    if last.change.before is not None:
        uow.session.execute(update(StageSpan).where(StageSpan.move_id == earlier[-1].move_id).values(until_on=None))
