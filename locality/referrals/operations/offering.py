"""Writing an offer: the row, the place that it holds, and the service's right to read the referral."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from locality.access import grants
from locality.access.parts import GrantReason
from locality.kernel.ids import OfferId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer
from locality.referrals.operations.services import hold_place
from locality.referrals.rules.lifecycle import OfferState


@dataclass(frozen=True, slots=True)
class NewOffer:
    """One referral to be offered to one service, to be answered by ``due_at``."""

    referral_id: uuid.UUID
    about: Sequence[uuid.UUID]
    service_id: uuid.UUID
    cluster_id: uuid.UUID | None
    due_at: dt.datetime


def write_offer(uow: UnitOfWork, new: NewOffer) -> OfferId:
    """Offer a referral to a service; the caller moves the referral."""
    offer_id = OfferId(new_id())
    row = {
        "id": offer_id,
        "referral_id": new.referral_id,
        "service_id": new.service_id,
        "cluster_id": new.cluster_id,
        "about": list(new.about),
        "state": OfferState.OPEN,
        "offered_at": uow.now,
        "due_at": new.due_at,
        "took_place": False,
    }
    uow.session.execute(insert(Offer), [row])
    hold_place(uow, new.service_id, new.cluster_id, offered=1, taken=0)
    grants.give(uow, new.about, principal=new.service_id, reason=GrantReason.RECEIVING_SERVICE, record=offer_id)
    return offer_id
