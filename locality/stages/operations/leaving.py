"""Moves that wait for somebody who left: others are asked in their place, and nothing waits for nobody.

What was proposed never changes, so a proposal to somebody who is gone is withdrawn and made anew to those who manage
the child's cluster, or to the front door where nobody does. Agreement that a manager gave before stays.
"""

import uuid
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import or_, select

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason, management_of
from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.audit import log as audit
from locality.clusters import api as clusters
from locality.kernel.actor import SYSTEM
from locality.kernel.ids import AccountId, StageMoveId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.stages.models import StageMove
from locality.stages.operations.ledger import new_row, note_step, settle
from locality.stages.rules.moves import OPEN_STATES, MoveState, Step

# What a proposal made anew has from the one before it.
_KEPT = (
    "state", "from_stage", "to_stage", "from_cluster_id", "from_locality_id", "to_cluster_id", "to_locality_id",
    "planned", "on_protection_plan", "needs_manager", "reasons", "evidence", "risks_remaining", "contingency",
    "child_agreement", "child_agreement_why", "parent_agreement", "parent_agreement_why", "requested_by",
    "requested_by_name", "requested_at", "episode_id",
)  # fmt: skip


def when_disabled(uow: UnitOfWork, _account_id: AccountId) -> None:
    """Pass on at once what waits for somebody who can sign in no more."""
    pass_on(uow)


def pass_on(uow: UnitOfWork) -> None:
    """Pass on every move that waits for somebody who is gone, or for managers of a cluster that has none any more.

    Safe any number of times.
    """
    unit = replace(uow, actor=SYSTEM)
    with elevated(uow.session, "moves that wait for somebody who left, whose children the actor need not see"):
        open_moves = select(
            StageMove.id, StageMove.receiver_id, StageMove.requested_by, StageMove.from_cluster_id
        ).where(StageMove.state.in_(OPEN_STATES))
        asked = uow.session.execute(open_moves).all()
        people_asked = {AccountId(one) for row in asked for one in row[1:3] if one is not None}
        gone = accounts.gone_among(uow.session, people_asked, today=uow.today)
        if gone:
            _pass_on_from(unit, gone)
        with_managers = {row[3] for row in asked if row[3] is not None and row[1] == management_of(row[3])}
        unmanaged = with_managers - accounts.overseen(uow.session, with_managers, today=uow.today)
        if unmanaged:
            _pass_on_unmanaged(unit, unmanaged)


def _pass_on_from(uow: UnitOfWork, gone: dict[AccountId, str]) -> None:
    waits = (
        select(StageMove)
        .where(
            StageMove.state.in_(OPEN_STATES),
            or_(
                StageMove.receiver_id.in_(gone),
                StageMove.requested_by.in_(gone) & (StageMove.state == MoveState.MORE_INFO),
            ),
        )
        .order_by(StageMove.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for move in uow.session.scalars(waits).all():
        if move.state is MoveState.MORE_INFO and move.requested_by in gone:
            _give_back(uow, move, gone[move.requested_by])
        if move.receiver_id in gone:
            name = gone[AccountId(move.receiver_id)]
            _ask_others(uow, move, why=f"{name} works here no more and cannot accept")


def _pass_on_unmanaged(uow: UnitOfWork, clusters_: Collection[uuid.UUID]) -> None:
    """The front door is asked where the last of those who managed the cluster left."""
    asked = [management_of(one) for one in clusters_]
    waits = select(StageMove).where(StageMove.state.in_(OPEN_STATES), StageMove.receiver_id.in_(asked))
    locked = waits.order_by(StageMove.id).with_for_update().execution_options(populate_existing=True)
    for move in uow.session.scalars(locked).all():
        _ask_others(uow, move, why="Nobody manages the cluster any more")


def _give_back(uow: UnitOfWork, move: StageMove, name: str) -> None:
    """To whoever asked the proposer for more: nobody can add it."""
    note_step(uow, move, Step.ANSWER, f"{name} proposed this, works here no more and can add nothing. Decide as it is")
    move.state = MoveState.PROPOSED
    uow.session.flush()
    _record(uow, move, "given_back")


def _ask_others(uow: UnitOfWork, move: StageMove, *, why: str) -> None:
    principal, called = _in_their_place(uow, move)
    facts = {field: getattr(move, field) for field in _KEPT}
    line = f"{why}. Now asked: {called}"
    note_step(uow, move, Step.WITHDRAW, line)
    settle(uow, move, MoveState.WITHDRAWN)
    made = new_row(
        uow, move.person_id, move.direction, **facts,
        id=StageMoveId(new_id()), receiver_id=principal, receiver_name=called,
        settled_by=None, settled_by_name=None, settled_at=None,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    note_step(uow, made, Step.ANSWER, line)
    reason = GrantReason.FRONT_DOOR if principal == FRONT_DOOR else GrantReason.RECEIVING_SERVICE
    grants.give(uow, [made.person_id], principal=principal, reason=reason, record=made.id)
    people.note_story(
        uow, [made.person_id], happened_on=uow.today, kind=people.StoryKind.STAGE, line=line,
        record=("stage_move", made.id),
    )  # fmt: skip
    _record(uow, made, "passed_on")
    grants.end(uow, record=move.id)


def _in_their_place(uow: UnitOfWork, move: StageMove) -> tuple[uuid.UUID, str]:
    found = clusters.find_management(uow.session, move.from_cluster_id, today=uow.today)
    return (FRONT_DOOR, "The front door") if found is None else (found.principal, found.name)


def _record(uow: UnitOfWork, move: StageMove, verb: str) -> None:
    audit.record(uow, f"stage_move.{verb}", subjects=[move.person_id], record=("stage_move", move.id))
