"""Referrals that came back: sent again, offered by hand, withdrawn, or given back by a lead professional."""

import uuid

from sqlalchemy import select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import OfferId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral, Service
from locality.referrals.operations.commands import AgreementNow
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import (
    THE_FRONT_DOOR,
    Owner,
    lock_list,
    lock_referral,
    move,
    must_have_sent,
    must_own,
    sender_of,
)
from locality.referrals.operations.offering import NewOffer, leave_open, write_offer
from locality.referrals.operations.revising import agree_anew
from locality.referrals.operations.sending import enqueue_routing
from locality.referrals.operations.waiting import reckon
from locality.referrals.rules import clocks
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OfferState, Party, Verb, next_move

_QUIETLY = {"synchronize_session": False}
_NOT_ASKED = AgreementNow()
_OUT_OF_HAND = "a referral leaves its owner, who may have seen it by that alone"


def send_again(uow: UnitOfWork, referral_id: uuid.UUID, *, agreement: AgreementNow = _NOT_ASKED) -> None:
    """Send a referral that came back on its way again; services asked before are not asked twice.

    One without agreement asks for it anew (``RuleBroken``): the family took it back, or nobody had asked.
    """
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    next_move(referral.state, Verb.SEND_AGAIN)
    agree_anew(uow, referral, agreement)
    move(uow, referral, Verb.SEND_AGAIN, owner=sender_of(referral))
    _note(uow, referral, "Sent again, to find another service.", action="referral.sent_again")
    enqueue_routing(uow, referral_id, version=referral.version + 1)
    close_to_managers(uow, referral)


def offer_by_hand(
    uow: UnitOfWork,
    referral_id: uuid.UUID,
    *,
    service_id: uuid.UUID,
    reason: str,
    agreement: AgreementNow = _NOT_ASKED,
) -> OfferId:
    """Offer a referral that came back to a service that a person chose, with the reason for the choice.

    ``agreement`` as for ``send_again``.
    """
    if not reason.strip():
        raise RuleBroken([Reason("reason", "Enter why you chose this service")])
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    service = uow.session.execute(
        select(Service).where(Service.id == service_id, Service.kind == referral.kind, Service.is_open)
    ).scalar_one_or_none()
    if service is None:
        raise NotFound([Reason("service_id", "Select a service from the list")])
    next_move(referral.state, Verb.OFFER)
    agree_anew(uow, referral, agreement)
    days = clocks.working_days_to_answer(referral.kind, referral.urgency, service.response_days)
    due_at = clocks.answer_due(uow.now, days)
    why_here = f"{uow.actor.name} chose {service.name}: {reason.strip()}"
    owner = Owner(service.id, Party.SERVICE, service.name)
    with elevated(uow.session, _OUT_OF_HAND):
        offer_id = write_offer(uow, NewOffer(referral_id, referral.about, service_id, referral.cluster_id, due_at))
        move(uow, referral, Verb.OFFER, owner=owner, due_at=due_at, also={"why_here": why_here})
    _note(uow, referral, f"Offered to {service.name} by hand.", action="referral.offered", words=reason)
    close_to_managers(uow, referral)
    return offer_id


def withdraw(uow: UnitOfWork, referral_id: uuid.UUID, *, reason: str) -> None:
    """Withdraw a referral that nobody has accepted yet; a live offer ends with it."""
    if not reason.strip():
        raise RuleBroken([Reason("reason", "Enter why you are withdrawing the referral")])
    referral = lock_referral(uow, referral_id)
    must_have_sent(uow, referral)
    move(uow, referral, Verb.WITHDRAW, owner=sender_of(referral), also={"ended_at": uow.now, "end_reason": reason})
    offer = end_live_offer(uow, referral, OfferState.WITHDRAWN)
    _note(uow, referral, "Withdrawn by the sender.", action="referral.withdrawn", words=reason)
    if offer is not None:
        grants.end(uow, record=offer.id)
    grants.end(uow, record=referral.id, principal=FRONT_DOOR)
    close_to_managers(uow, referral)


def give_back(uow: UnitOfWork, referral_id: uuid.UUID, *, reason: str) -> None:
    """Give a referral that was passed to an open case back to the front door, which decides."""
    if not reason.strip():
        raise RuleBroken([Reason("reason", "Enter why you are giving it back")])
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    _must_be_passed_on(referral)
    due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
    with elevated(uow.session, _OUT_OF_HAND):
        move(uow, referral, Verb.GIVE_BACK, owner=THE_FRONT_DOOR, due_at=due_at)
    if referral.sender_kind is not Party.FRONT_DOOR:
        grants.give(uow, referral.about, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=referral.id)
    line = f"{uow.actor.name} gave the referral back to the front door."
    _note(uow, referral, line, action="referral.given_back", words=reason)
    grants.end(uow, record=referral.id, reason=GrantReason.RECEIVING_SERVICE)
    close_to_managers(uow, referral)


def take_up(uow: UnitOfWork, referral_id: uuid.UUID, *, reason: str) -> None:
    """Say that a referral which was passed to an open case is part of its plan now; the referral ends."""
    if not reason.strip():
        raise RuleBroken([Reason("reason", "Enter what you will do about it")])
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    _must_be_passed_on(referral)
    move(uow, referral, Verb.END, also={"ended_at": uow.now, "end_reason": reason})
    line = f"{uow.actor.name} took it into the plan of the open case."
    _note(uow, referral, line, action="referral.taken_up", words=reason)
    grants.end(uow, record=referral.id)


def _must_be_passed_on(referral: Referral) -> None:
    """A service that accepted a referral ends it with its case, and cannot hand it back by this way."""
    if referral.owner_kind is not Party.WORKER:
        raise Conflict([Reason(None, f"{referral.owner_name} accepted this referral. It ends when the help ends")])


def expire_offer(uow: UnitOfWork, referral: Referral) -> None:
    """Offer a referral elsewhere whose service did not answer; it is never closed by a clock."""
    offer = end_live_offer(uow, referral, OfferState.EXPIRED)
    move(uow, referral, Verb.EXPIRE, owner=sender_of(referral))
    again = lock_referral(uow, referral.id)
    move(uow, again, Verb.SEND_AGAIN, owner=sender_of(again))
    _note(uow, again, "The service did not answer in time: offered elsewhere.", action="referral.expired")
    enqueue_routing(uow, again.id, version=again.version + 1)
    if offer is not None:
        grants.end(uow, record=offer.id)


def end_live_offer(uow: UnitOfWork, referral: Referral, state: OfferState) -> Offer | None:
    """End the offer that still waits for an answer, if there is one, and free what it held."""
    live = uow.session.execute(
        select(Offer.id, Offer.service_id, Offer.cluster_id).where(
            Offer.referral_id == referral.id, Offer.state.in_(LIVE_OFFERS)
        )
    ).one_or_none()
    if live is None:
        return None
    lock_list(uow, live.service_id, live.cluster_id)
    offer = uow.session.execute(
        select(Offer).where(Offer.id == live.id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    leave_open(uow, offer)
    uow.session.execute(
        update(Offer).where(Offer.id == offer.id).values(state=state, waiting_position=None),
        execution_options=_QUIETLY,
    )
    reckon(uow, live.service_id, live.cluster_id)
    return offer


def close_to_managers(uow: UnitOfWork, referral: Referral) -> None:
    """Whoever was asked to see to a referral that stood still reads no more of it once it goes on."""
    if referral.manager_told_at is not None:
        grants.end(uow, record=referral.id, reason=GrantReason.SEES_TO_REFERRAL)


def _note(uow: UnitOfWork, referral: Referral, line: str, *, action: str, words: str = "") -> None:
    note_event(uow, referral.id, referral.about, line, words=words)
    audit.record(uow, action, subjects=referral.about, record=("referral", referral.id))
