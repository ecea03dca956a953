"""A service team's inbox: offers by due time, the waiting lists in their order, and places left."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.ids import OfferId, PersonId, ReferralId, ServiceId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people import api as people
from locality.referrals.rules.codes import ReferralKind, Urgency
from locality.referrals.rules.lifecycle import OfferState


@dataclass(frozen=True, slots=True)
class OfferedChild:
    """A child of an offer: what to call them and how old they are; no more is needed to decide whom to ask."""

    person_id: PersonId
    called: str
    born_on: dt.date | None
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One offer as a card. ``places`` and ``taken`` are None where the service counts none.

    ``is_next``: it stands first on the waiting list and a place is free. ``moved_*``: the last time it was moved ahead.
    """

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
    service_id: ServiceId
    places: int | None
    taken: int | None
    waiting_position: int | None
    expected_on: dt.date | None
    expected_basis: str | None
    listed_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by_name: str | None
    is_changed: bool
    is_next: bool
    moved_from: int | None
    moved_to: int | None
    moved_at: dt.datetime | None
    moved_by_name: str | None
    moved_why: str | None
    children: tuple[OfferedChild, ...]

    @property
    def places_left(self) -> int:
        """Places that are neither taken nor beyond what there is."""
        return max((self.places or 0) - (self.taken or 0), 0)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Places of a service in one cluster: what there is, what is taken and promised, and who waits."""

    service_name: str
    area: str
    places: int
    taken: int
    offered: int
    waiting: int


def list_offers(session: Session, services: Sequence[uuid.UUID], *, number: int) -> Page[OfferCard]:
    """A page of the live offers to these services; two statements.

    Whoever is next where a place is free, then what must be answered first, then the waiting lists in their order.
    """
    found = direct.rows(
        session,
        _OFFERS,
        {"services": list(services), "most": PAGE_SIZE + 1, "skipped": (number - 1) * PAGE_SIZE},
    )
    known = people.summaries(session, {person for row in found for person in row.about})
    return page_of([_card(row, known) for row in found], number)


def list_capacity(session: Session, services: Sequence[uuid.UUID]) -> tuple[Capacity, ...]:
    """Places of these services by cluster; one statement."""
    return tuple(Capacity(*row) for row in direct.rows(session, _CAPACITY, {"services": list(services)}))


_OFFERS: Final = """
    SELECT o.id, o.referral_id, r.reference, r.kind, s.name AS service_name, o.state, o.due_at, r.urgency, r.stage,
           r.need_codes, c.name AS area, r.why_here, o.service_id, p.places, p.taken, o.waiting_position,
           o.expected_on, o.expected_basis, o.listed_at, o.acknowledged_at, o.acknowledged_by_name,
           EXISTS (SELECT 1 FROM referral_change x WHERE x.referral_id = r.id) AS is_changed,
           (o.waiting_position = 1 AND p.places > p.taken + p.offered) IS TRUE AS is_next,
           j.from_place AS moved_from, j.to_place AS moved_to, j.moved_at, j.moved_by_name, j.reason AS moved_why,
           o.about
    FROM offer o JOIN referral r ON r.id = o.referral_id JOIN service s ON s.id = o.service_id
    LEFT JOIN cluster c ON c.id = o.cluster_id
    LEFT JOIN service_capacity p ON p.service_id = o.service_id AND p.cluster_id = o.cluster_id
    LEFT JOIN LATERAL (SELECT * FROM waiting_jump w WHERE w.offer_id = o.id AND o.state = 'waiting'
                       ORDER BY w.moved_at DESC LIMIT 1) j ON true
    WHERE o.service_id = ANY(%(services)s) AND o.state IN ('open', 'asked', 'waiting')
    ORDER BY is_next DESC, o.state = 'waiting', CASE WHEN o.state = 'waiting' THEN s.name END,
             CASE WHEN o.state = 'waiting' THEN c.name END, o.waiting_position, o.due_at, o.id
    LIMIT %(most)s OFFSET %(skipped)s
"""
_CAPACITY: Final = """
    SELECT s.name, c.name AS area, p.places, p.taken, p.offered,
           (SELECT count(*) FROM offer o WHERE o.service_id = p.service_id AND o.cluster_id = p.cluster_id
            AND o.state = 'waiting')::int AS waiting
    FROM service_capacity p JOIN service s ON s.id = p.service_id JOIN cluster c ON c.id = p.cluster_id
    WHERE p.service_id = ANY(%(services)s) ORDER BY s.name, c.name
"""


def _card(row: Any, known: dict[PersonId, people.PersonSummary]) -> OfferCard:
    children = tuple(
        OfferedChild(person, known[person].called, known[person].born_on, known[person].due_on)
        for person in row.about
        if person in known
    )
    values = row._asdict() | {
        "kind": ReferralKind(row.kind),
        "state": OfferState(row.state),
        "urgency": Urgency(row.urgency),
        "need_codes": tuple(row.need_codes),
    }
    del values["about"]
    return OfferCard(**values, children=children)
