"""Writing an offer: the row, the place that it holds, and the service's right to read the referral."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from locality.access import grants
from locality.access.parts import GrantReason
from locality.kernel import direct
from locality.kernel.ids import OfferId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Service
from locality.referrals.operations.moving import Owner
from locality.referrals.operations.services import hold_place
from locality.referrals.rules.lifecycle import OfferState, Party


@dataclass(frozen=True, slots=True)
class NewOffer:
    """One referral to be offered to one service, to be answered by ``due_at``."""

    referral_id: uuid.UUID
    about: Sequence[uuid.UUID]
    service_id: uuid.UUID
    cluster_id: uuid.UUID | None
    due_at: dt.datetime


# The offer and the place that it holds in one round trip. Where a service counts no places nothing is held.
_OFFER: Final = """
    WITH held AS (UPDATE service_capacity SET offered = offered + 1
                  WHERE service_id = %(service_id)s AND cluster_id = %(cluster_id)s)
    INSERT INTO offer (id, referral_id, service_id, cluster_id, about, state, offered_at, due_at, took_place)
    VALUES (%(id)s, %(referral_id)s, %(service_id)s, %(cluster_id)s, %(about)s, %(state)s, %(now)s, %(due_at)s, false)
"""


def write_offer(uow: UnitOfWork, new: NewOffer) -> OfferId:
    """Offer a referral to a service; the caller moves the referral."""
    offer_id = OfferId(new_id())
    direct.rows(
        uow.session,
        _OFFER,
        {
            "id": offer_id,
            "referral_id": new.referral_id,
            "service_id": new.service_id,
            "cluster_id": new.cluster_id,
            "about": list(new.about),
            "state": OfferState.OPEN.value,
            "now": uow.now,
            "due_at": new.due_at,
        },
    )
    grants.give(uow, new.about, principal=new.service_id, reason=GrantReason.RECEIVING_SERVICE, record=offer_id)
    return offer_id


def leave_open(uow: UnitOfWork, offer: Offer, *, taken: int = 0) -> bool:
    """Free the place that an open offer held, or turn it into a taken one; False where the service counts none.

    An offer on the waiting list holds no place.
    """
    held = 0 if offer.state is OfferState.WAITING else -1
    return hold_place(uow, offer.service_id, offer.cluster_id, offered=held, taken=taken)


def end_managers_reading(uow: UnitOfWork, offer: Offer) -> None:
    """Whoever was asked to see to a late answer reads no more of it once there is one: yes, later or a question."""
    if offer.manager_told_at is not None:
        grants.end(uow, record=offer.id, reason=GrantReason.SEES_TO_REFERRAL)


def service_of(uow: UnitOfWork, offer: Offer) -> Service:
    """The service to which a referral is offered."""
    return uow.session.execute(select(Service).where(Service.id == offer.service_id)).scalar_one()


def owner_of(service: Service) -> Owner:
    """A service as the owner of what it is offered."""
    return Owner(service.id, Party.SERVICE, service.name)
