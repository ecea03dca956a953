"""The clocks of what waits for its owner: a referral that came back, or that was passed to whoever leads a case.

Whoever has it is reminded when it is due, and the manager is told two working days later. It stays with its owner:
nothing is offered, closed or taken away by a clock.
"""

import datetime as dt
import uuid

from sqlalchemy import false, func, or_, select

from locality.audit import log as audit
from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import Referral
from locality.referrals.operations.chasing import (
    MOST_AT_ONCE,
    Late,
    called,
    how_late,
    is_kept_out,
    let_managers_read,
    mark,
    write,
)
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import lock_referral
from locality.referrals.queries.came_back import stands_with_owner
from locality.referrals.queries.team import address_of
from locality.referrals.rules import clocks
from locality.referrals.rules.clocks import ClockStep
from locality.referrals.rules.lifecycle import Party, waits_with_owner


def owe_looks(uow: UnitOfWork) -> int:
    """Owe a look at every referral that its owner should have moved on and that asks for something; how many.

    Owed at most once an hour for the same referral.
    """
    told_after = uow.now - dt.timedelta(days=clocks.TELL_MANAGER_AFTER)
    late = uow.session.scalars(
        select(Referral.id)
        .where(
            stands_with_owner(),
            Referral.owner_kind != Party.SERVICE,
            Referral.response_due_at <= uow.now,
            or_(
                Referral.reminded_at.is_(None) | (Referral.reminded_at < Referral.response_due_at),
                (Referral.manager_told_at.is_(None) | (Referral.manager_told_at < Referral.response_due_at))
                & (Referral.response_due_at <= told_after),
            ),
        )
        .order_by(
            func.coalesce(Referral.reminded_at >= Referral.response_due_at, false()),
            Referral.response_due_at,
            Referral.id,
        )
        .limit(MOST_AT_ONCE)
    ).all()
    for referral_id in late:
        key = f"{referral_id}:{uow.now:%Y-%m-%dT%H}"
        outbox.enqueue(uow, "referrals.look_at_referral", key=key, referral_id=referral_id)
    return len(late)


def look_at_referral(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Do what the due time of a referral that waits for its owner asks for: each step once."""
    referral = lock_referral(uow, referral_id)
    waits = waits_with_owner(referral.state, referral.kind, no_further_action=referral.no_further_action)
    if not waits or referral.owner_kind is Party.SERVICE:
        return
    steps = set(clocks.steps_due(referral.response_due_at, uow.now, may_go_elsewhere=False))
    if ClockStep.REMIND in steps and not _is_done(referral, referral.reminded_at):
        mark(uow, referral, Referral.reminded_at)
        if is_kept_out(uow, referral, referral.owner_principal):
            steps.add(ClockStep.TELL_MANAGER)  # at once: whoever has it can open it no more
        else:
            _remind(uow, referral)
    if ClockStep.TELL_MANAGER in steps and not _is_done(referral, referral.manager_told_at):
        _tell_manager(uow, referral)


def _is_done(referral: Referral, at: dt.datetime | None) -> bool:
    return at is not None and at >= referral.response_due_at


def _remind(uow: UnitOfWork, referral: Referral) -> None:
    """The front door is not written to: the referral stands with its other work, as late."""
    line = f"{referral.owner_name} was reminded: this referral waits for the next step."
    _note(uow, referral, line, step=ClockStep.REMIND)
    address = address_of(uow.session, referral.owner_principal)
    if messages.is_address(address):
        _write(uow, referral, to=address, template="worker_referral_waits")


def _tell_manager(uow: UnitOfWork, referral: Referral) -> None:
    told = let_managers_read(uow, referral, record=referral.id, waits_for=referral.owner_principal)
    line = f"{told.line}: the next step {how_late(referral.response_due_at, uow.now)}."
    _note(uow, referral, line, step=ClockStep.TELL_MANAGER)
    mark(uow, referral, Referral.manager_told_at)
    closed = referral.owner_name if is_kept_out(uow, referral, referral.owner_principal) else ""
    for address in told.addresses:
        _write(uow, referral, to=address, template="worker_referral_stands", closed=closed)


def _note(uow: UnitOfWork, referral: Referral, line: str, *, step: ClockStep) -> None:
    note_event(uow, referral.id, referral.about, line)
    audit.record(uow, f"referral.{step.value}", subjects=referral.about, record=("referral", referral.id))


def _write(uow: UnitOfWork, referral: Referral, *, to: str, template: str, closed: str = "") -> None:
    owner = called(referral.owner_principal, referral.owner_name)
    late = Late(referral.id, referral.about, referral.response_due_at, {"owner": owner})
    write(uow, referral, late, to=to, template=template, closed=closed)
