"""A service team's inbox: offers by due time, and the waiting list in its order."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, and_, select
from sqlalchemy.orm import Session

from locality.clusters.models import Cluster
from locality.kernel.ids import OfferId, PersonId, ReferralId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people import api as people
from locality.referrals.models import Offer, Referral, Service, ServiceCapacity
from locality.referrals.rules.codes import ReferralKind, Urgency
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OfferState


@dataclass(frozen=True, slots=True)
class OfferedChild:
    """A child of an offer: what to call them and how old they are; no more is needed to decide whom to ask."""

    person_id: PersonId
    called: str
    born_on: dt.date | None
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One offer as a card. ``places`` and ``taken`` are None where the service counts none."""

    id: OfferId
    referral_id: ReferralId
    reference: str
    kind: ReferralKind
    service_name: str
    state: OfferState
    due_at: dt.datetime
    urgency: Urgency
    stage: int | None
    need_codes: tuple[str, ...]
    area: str | None
    why_here: str
    places: int | None
    taken: int | None
    waiting_position: int | None
    expected_on: dt.date | None
    children: tuple[OfferedChild, ...]

    @property
    def places_left(self) -> int:
        """Places that are neither taken nor beyond what there is."""
        return max((self.places or 0) - (self.taken or 0), 0)


def list_offers(session: Session, services: Sequence[uuid.UUID], *, number: int) -> Page[OfferCard]:
    """A page of the live offers to these services, what must be answered first on top; two statements."""
    rows = session.execute(
        select(
            Offer.id,
            Offer.referral_id,
            Referral.reference,
            Referral.kind,
            Service.name.label("service_name"),
            Offer.state,
            Offer.due_at,
            Referral.urgency,
            Referral.stage,
            Referral.need_codes,
            Cluster.name.label("area"),
            Referral.why_here,
            ServiceCapacity.places,
            ServiceCapacity.taken,
            Offer.waiting_position,
            Offer.expected_on,
            Offer.about,
        )
        .join(Referral, Referral.id == Offer.referral_id)
        .join(Service, Service.id == Offer.service_id)
        .outerjoin(Cluster, Cluster.id == Offer.cluster_id)
        .outerjoin(
            ServiceCapacity,
            and_(ServiceCapacity.service_id == Offer.service_id, ServiceCapacity.cluster_id == Offer.cluster_id),
        )
        .where(Offer.service_id.in_(list(services)), Offer.state.in_(LIVE_OFFERS))
        .order_by(Offer.state == OfferState.WAITING, Offer.waiting_position, Offer.due_at, Offer.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).mappings()
    found = list(rows)
    known = people.summaries(session, {person for row in found for person in row["about"]})
    return page_of([_card(row, known) for row in found], number)


def _card(row: RowMapping, known: dict[PersonId, people.PersonSummary]) -> OfferCard:
    children = tuple(
        OfferedChild(person, known[person].called, known[person].born_on, known[person].due_on)
        for person in row["about"]
        if person in known
    )
    values = dict(row)
    del values["about"]
    values["need_codes"] = tuple(values["need_codes"])
    return OfferCard(**values, children=children)
