"""Which services help a child, for the child's record: those that have taken a referral on and still work on it."""

import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

from sqlalchemy import Select, func, select

from locality.clusters.models import Agency
from locality.people import api as people
from locality.referrals.models import Offer, Referral, ReferralChild, Service
from locality.referrals.rules.lifecycle import OfferState, ReferralState

_PLACE = 30
_HELPING = (ReferralState.ACCEPTED, ReferralState.ALLOCATED, ReferralState.STARTED)


def add_professionals(selects: list[Select[Any]], asked: Sequence[uuid.UUID]) -> None:
    """Add the services with an accepted referral of these children; who reads it is decided by the referral."""
    selects.append(
        select(
            *people.professional_row(
                place=_PLACE,
                name=Service.name,
                what=func.concat_ws(", ", "Service", func.nullif(Referral.allocated_worker, "")),
                organisation=Agency.name,
                reach=func.coalesce(Referral.allocated_team, ""),
                since=func.timezone("Europe/London", Offer.responded_at),
            )
        )
        .join(Referral, Referral.id == Offer.referral_id)
        .join(ReferralChild, ReferralChild.referral_id == Referral.id)
        .join(Service, Service.id == Offer.service_id)
        .join(Agency, Agency.id == Service.agency_id)
        .where(
            ReferralChild.person_id.in_(list(asked)),
            Offer.state == OfferState.ACCEPTED,
            Referral.state.in_(_HELPING),
        )
    )


def name_services(selects: list[LiteralString]) -> None:
    """What services are called, where one holds a grant."""
    selects.append("SELECT id, name, 'service' AS kind FROM service")
