"""The clocks of offers: remind, tell the manager, offer elsewhere. Each step happens once; nothing is ever closed."""

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, or_, select, update

from locality.audit import log as audit
from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import lock_referral
from locality.referrals.operations.returned import expire_offer
from locality.referrals.rules import clocks
from locality.referrals.rules.clocks import ClockStep
from locality.referrals.rules.lifecycle import OfferState, ReferralState

MOST_AT_ONCE = 200  # offers a run: a run a minute keeps up with any backlog
_LINES = {
    ClockStep.REMIND: "The service was reminded: its answer is due.",
    ClockStep.TELL_MANAGER: "The front door’s manager was told: the answer is two working days late.",
}


def owe_looks(uow: UnitOfWork) -> int:
    """Owe a look at every offer whose due time has passed and that asks for something; returns how many.

    One piece of work for each offer: one that cannot be done holds up no other, and stands on the page of what failed.
    Owed at most once an hour for the same offer.
    """
    due = uow.session.execute(
        select(Offer.id, Offer.referral_id)
        .where(Offer.state == OfferState.OPEN, Offer.due_at <= uow.now, _something_to_do(uow))
        .order_by(Offer.reminded_at.is_not(None), Offer.due_at, Offer.id)
        .limit(MOST_AT_ONCE)
    ).all()
    for offer_id, referral_id in due:
        key = f"{offer_id}:{uow.now:%Y-%m-%dT%H}"
        outbox.enqueue(uow, "referrals.look_at_offer", key=key, offer_id=offer_id, referral_id=referral_id)
    return len(due)


def _something_to_do(uow: UnitOfWork) -> ColumnElement[bool]:
    """Leaves out what was told already and cannot be further yet: working days are never fewer than days."""
    return or_(
        Offer.reminded_at.is_(None),
        Offer.manager_told_at.is_(None) & (Offer.due_at <= uow.now - dt.timedelta(days=clocks.TELL_MANAGER_AFTER)),
        Offer.due_at <= uow.now - dt.timedelta(days=clocks.OFFER_ELSEWHERE_AFTER),
    )


def look_at_offer(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Do what an offer's due time asks for. Safe any number of times: what was done is kept on the offer."""
    referral = lock_referral(uow, referral_id)
    offer = uow.session.execute(
        select(Offer).where(Offer.id == offer_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    if offer.state is not OfferState.OPEN or referral.state is not ReferralState.RECEIVED:
        return
    for step in clocks.steps_due(offer.due_at, uow.now, waiting=False):
        if step is ClockStep.OFFER_ELSEWHERE:
            expire_offer(uow, referral)
        elif _not_done(offer, step):
            _mark(uow, offer, step)
            note_event(uow, referral_id, referral.about, _LINES[step])
            audit.record(uow, f"offer.{step.value}", subjects=referral.about, record=("referral", referral_id))


def _not_done(offer: Offer, step: ClockStep) -> bool:
    done_at = offer.reminded_at if step is ClockStep.REMIND else offer.manager_told_at
    return done_at is None


def _mark(uow: UnitOfWork, offer: Offer, step: ClockStep) -> None:
    column = Offer.reminded_at if step is ClockStep.REMIND else Offer.manager_told_at
    uow.session.execute(
        update(Offer).where(Offer.id == offer.id).values({column: uow.now}),
        execution_options={"synchronize_session": False},
    )
