"""What happens after acceptance: help starts, and one day the referral ends and its place is free again."""

import uuid

from sqlalchemy import select

from locality.access import grants
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import lock_list, lock_referral, move
from locality.referrals.operations.services import hold_place
from locality.referrals.operations.waiting import reckon
from locality.referrals.rules.lifecycle import OVER, OfferState, ReferralState, Verb


def start_referral(uow: UnitOfWork, referral_id: uuid.UUID) -> None:
    """Say that help has started. A referral that has started already stays as it is. Raises ``Conflict``."""
    with elevated(uow.session, "the referral behind a case, which its lead professional need not open"):
        referral = lock_referral(uow, referral_id)
        if referral.state is not ReferralState.STARTED:
            move(uow, referral, Verb.START)
            _note(uow, referral, "Help has started.", action="referral.started")


def end_referral(uow: UnitOfWork, referral_id: uuid.UUID, *, reason: str) -> None:
    """End an accepted referral: the service's place is free again and its access ends.

    ``reason`` is a sentence for the referral's history. One that is over already stays as it is. Raises ``Conflict``.
    """
    with elevated(uow.session, "the referral behind a case, which its lead professional need not open"):
        referral = lock_referral(uow, referral_id)
        if referral.state in OVER:
            return
        move(uow, referral, Verb.END, also={"ended_at": uow.now, "end_reason": reason})
        _note(uow, referral, "The referral ended.", action="referral.ended", words=reason)
        offers = uow.session.scalars(
            select(Offer).where(Offer.referral_id == referral_id, Offer.state == OfferState.ACCEPTED)
        ).all()
        for offer in offers:
            lock_list(uow, offer.service_id, offer.cluster_id)
            if offer.took_place:
                hold_place(uow, offer.service_id, offer.cluster_id, offered=0, taken=-1)
            reckon(uow, offer.service_id, offer.cluster_id)
    for offer in offers:
        grants.end(uow, record=offer.id)
    grants.end(uow, record=referral_id)


def _note(uow: UnitOfWork, referral: Referral, line: str, *, action: str, words: str = "") -> None:
    note_event(uow, referral.id, referral.about, line, words=words)
    audit.record(uow, action, subjects=referral.about, record=("referral", referral.id))
