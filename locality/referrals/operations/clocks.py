"""The clocks of offers: remind, tell the manager, offer elsewhere. Each step happens once; nothing is ever closed.

An offer about which the service asked a question is due when the sender's answer is: the sender is reminded.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from locality.audit import log as audit
from locality.kernel import direct, outbox
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import Offer, Referral, Service
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
from locality.referrals.operations.offering import service_of
from locality.referrals.operations.returned import expire_offer
from locality.referrals.queries.team import address_of
from locality.referrals.rules import clocks
from locality.referrals.rules.clocks import ClockStep
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.lifecycle import OfferState, ReferralState


def owe_looks(uow: UnitOfWork) -> int:
    """Owe a look at every offer whose due time has passed and that asks for something; returns how many.

    One piece of work for each offer: one that cannot be done holds up no other, and stands on the page of what failed.
    Owed at most once an hour for the same offer.
    """
    due = uow.session.execute(
        select(Offer.id, Offer.referral_id)
        .join(Referral, Referral.id == Offer.referral_id)
        .where(Offer.state.in_([OfferState.OPEN, OfferState.ASKED]), Offer.due_at <= uow.now, _something_to_do(uow))
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
        and_(
            Offer.due_at <= uow.now - dt.timedelta(days=clocks.OFFER_ELSEWHERE_AFTER),
            Offer.state == OfferState.OPEN,
            Referral.kind != ReferralKind.SOCIAL_CARE,
        ),
    )


def look_at_offer(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Do what an offer's due time asks for. Safe any number of times: each step is a row that can be written once."""
    referral = lock_referral(uow, referral_id)
    offer = uow.session.execute(
        select(Offer).where(Offer.id == offer_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    is_open = (offer.state, referral.state) == (OfferState.OPEN, ReferralState.RECEIVED)
    if not is_open and (offer.state, referral.state) != (OfferState.ASKED, ReferralState.RETURNED_FOR_INFO):
        return
    elsewhere = is_open and referral.kind is not ReferralKind.SOCIAL_CARE
    steps = set(clocks.steps_due(offer.due_at, uow.now, may_go_elsewhere=elsewhere))
    if ClockStep.REMIND in steps and not is_open and is_kept_out(uow, referral, referral.sender_principal):
        # The sender could not answer, so the manager is told at once in their place.
        steps = {ClockStep.TELL_MANAGER}
        mark(uow, offer, Offer.reminded_at)
    for step in ClockStep:
        if step in steps and _is_first_time(uow, offer, step):
            _STEPS[step](uow, referral, offer)
            audit.record(uow, f"offer.{step.value}", subjects=referral.about, record=("referral", referral_id))


def _is_first_time(uow: UnitOfWork, offer: Offer, step: ClockStep) -> bool:
    """Keep that a step was taken for this due time; False when it was before."""
    row = {
        "offer": offer.id,
        "due_at": offer.due_at,
        "step": step.value,
        "about": list(offer.about),
        "now": uow.now,
    }
    return bool(direct.rows(uow.session, _NOTE_STEP, row))


_NOTE_STEP: Final = """
    INSERT INTO offer_notice (offer_id, due_at, step, about, given_at)
    VALUES (%(offer)s, %(due_at)s, %(step)s, %(about)s, %(now)s)
    ON CONFLICT DO NOTHING RETURNING step
"""


def _remind(uow: UnitOfWork, referral: Referral, offer: Offer) -> None:
    service = service_of(uow, offer)
    if offer.state is OfferState.ASKED:
        _remind_sender(uow, referral, offer, service)
        return
    if referral.kind is ReferralKind.SOCIAL_CARE:
        what = "has acknowledged but not decided" if offer.acknowledged_at else "has not acknowledged"
        line = f"{service.name} {what}: it was reminded. {referral.sender_name} should ring them."
    else:
        line = "The service was reminded: its answer is due."
    note_event(uow, referral.id, referral.about, line)
    mark(uow, offer, Offer.reminded_at)
    if messages.is_address(service.email):
        _write(uow, referral, offer, to=service.email, template="worker_answer_due", service=service.name)


def _remind_sender(uow: UnitOfWork, referral: Referral, offer: Offer, service: Service) -> None:
    """The front door is not written to: the question stands with its other work, as late."""
    line = f"{referral.sender_name} was reminded: {service.name} waits for an answer to its question."
    note_event(uow, referral.id, referral.about, line)
    mark(uow, offer, Offer.reminded_at)
    address = address_of(uow.session, referral.sender_principal)
    if messages.is_address(address):
        _write(uow, referral, offer, to=address, template="worker_question_due", service=service.name)


def _tell_manager(uow: UnitOfWork, referral: Referral, offer: Offer) -> None:
    """Managers are written to, and may read it until there is an answer."""
    service = service_of(uow, offer)
    asked = offer.state is OfferState.ASKED
    what = f"the answer to the question of {service.name}" if asked else "the answer"
    told = let_managers_read(uow, referral, record=offer.id, waits_for=referral.owner_principal)
    note_event(uow, referral.id, referral.about, f"{told.line}: {what} {how_late(offer.due_at, uow.now)}.")
    mark(uow, offer, Offer.manager_told_at)
    template = "worker_question_late" if asked else "worker_answer_late"
    closed = referral.owner_name if is_kept_out(uow, referral, referral.owner_principal) else ""
    for address in told.addresses:
        _write(uow, referral, offer, to=address, template=template, service=service.name, closed=closed)


def _offer_elsewhere(uow: UnitOfWork, referral: Referral, _offer: Offer) -> None:
    expire_offer(uow, referral)


_STEPS: Mapping[ClockStep, Callable[[UnitOfWork, Referral, Offer], None]] = {
    ClockStep.REMIND: _remind,
    ClockStep.TELL_MANAGER: _tell_manager,
    ClockStep.OFFER_ELSEWHERE: _offer_elsewhere,
}


def _write(
    uow: UnitOfWork, referral: Referral, offer: Offer, *, to: str, template: str, service: str, closed: str = ""
) -> None:
    sender = called(referral.sender_principal, referral.sender_name)
    late = Late(offer.id, referral.about, offer.due_at, {"service": service, "sender": sender})
    write(uow, referral, late, to=to, template=template, closed=closed)
