"""The clocks of disagreements: whoever is asked is reminded, then the manager is told. Safe any number of times.

A disagreement is never settled, nor moved up, by a clock: people do that.
"""

import datetime as dt
import uuid

from sqlalchemy import or_, select

from locality.audit import log as audit
from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import Disagreement, Referral
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
from locality.referrals.queries.team import address_of
from locality.referrals.rules import clocks
from locality.referrals.rules.clocks import ClockStep
from locality.referrals.rules.disagreeing import LEVEL_WORDS


def owe_looks(uow: UnitOfWork) -> int:
    """Owe a look at every open disagreement whose answer is late and that asks for something; returns how many.

    Owed at most once an hour for the same disagreement.
    """
    told_after = uow.now - dt.timedelta(days=clocks.TELL_MANAGER_AFTER)
    late = uow.session.execute(
        select(Disagreement.id, Disagreement.referral_id)
        .where(
            Disagreement.settled_at.is_(None),
            Disagreement.due_at <= uow.now,
            or_(
                Disagreement.reminded_at.is_(None),
                Disagreement.manager_told_at.is_(None) & (Disagreement.due_at <= told_after),
            ),
        )
        .order_by(Disagreement.reminded_at.is_not(None), Disagreement.due_at, Disagreement.id)
        .limit(MOST_AT_ONCE)
    ).all()
    for disagreement_id, referral_id in late:
        outbox.enqueue(
            uow,
            "referrals.look_at_disagreement",
            key=f"{disagreement_id}:{uow.now:%Y-%m-%dT%H}",
            disagreement_id=disagreement_id,
            referral_id=referral_id,
        )
    return len(late)


def look_at_disagreement(uow: UnitOfWork, *, disagreement_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Do what the due time of a disagreement's answer asks for: each step once for each turn."""
    referral = lock_referral(uow, referral_id)
    found = uow.session.execute(
        select(Disagreement)
        .where(Disagreement.id == disagreement_id, Disagreement.settled_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        return
    steps = set(clocks.steps_due(found.due_at, uow.now, may_go_elsewhere=False))
    if ClockStep.REMIND in steps and found.reminded_at is None:
        mark(uow, found, Disagreement.reminded_at)
        if is_kept_out(uow, referral, found.waits_principal):
            steps.add(ClockStep.TELL_MANAGER)  # at once: whoever is asked can open it no more
        else:
            _remind(uow, referral, found)
    if ClockStep.TELL_MANAGER in steps and found.manager_told_at is None:
        _tell_manager(uow, referral, found)


def _remind(uow: UnitOfWork, referral: Referral, found: Disagreement) -> None:
    line = f"{found.waits_name} was reminded: an answer to the disagreement is due."
    _note(uow, referral, found, line, step=ClockStep.REMIND)
    address = address_of(uow.session, found.waits_principal)
    if messages.is_address(address):
        _write(uow, referral, found, to=address, template="worker_disagreement_due")


def _tell_manager(uow: UnitOfWork, referral: Referral, found: Disagreement) -> None:
    """The managers may read the referral until the disagreement is settled."""
    told = let_managers_read(uow, referral, record=found.id, waits_for=found.waits_principal)
    line = f"{told.line}: the answer to the disagreement {how_late(found.due_at, uow.now)}."
    _note(uow, referral, found, line, step=ClockStep.TELL_MANAGER)
    mark(uow, found, Disagreement.manager_told_at)
    closed = found.waits_name if is_kept_out(uow, referral, found.waits_principal) else ""
    for address in told.addresses:
        _write(uow, referral, found, to=address, template="worker_disagreement_late", closed=closed)


def _note(uow: UnitOfWork, referral: Referral, found: Disagreement, line: str, *, step: ClockStep) -> None:
    note_event(uow, referral.id, found.about, line)
    audit.record(uow, f"disagreement.{step.value}", subjects=found.about, record=("disagreement", found.id))


def _write(
    uow: UnitOfWork, referral: Referral, found: Disagreement, *, to: str, template: str, closed: str = ""
) -> None:
    """Nothing of what was said goes into it."""
    waits = called(found.waits_principal, found.waits_name)
    late = Late(found.id, found.about, found.due_at, {"stage": LEVEL_WORDS[found.stage].lower(), "waits": waits})
    write(uow, referral, late, to=to, template=template, closed=closed)
