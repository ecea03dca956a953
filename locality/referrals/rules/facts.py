"""What routing knows and what it answers: frozen facts in, a route with its trace out."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from locality.referrals.rules import clocks, nearness
from locality.referrals.rules.codes import AgreementBasis, AreaKind, ReferralKind, Urgency
from locality.referrals.rules.conditions import Rule


class RouteResult(StrEnum):
    """What comes of routing."""

    OFFER = "offer"
    LEAD = "lead"
    PERSON = "person"


class Near(StrEnum):
    """How near a service works; the order of this enum is the order of choice."""

    CLUSTER = "cluster"
    LOCALITY = "locality"
    AUTHORITY = "authority"
    NEIGHBOUR = "neighbour"
    ELSEWHERE = "elsewhere"


# Asked only when everybody nearer is full (Middlesbrough: managers avoid it where they can).
OVERFLOW = frozenset({Near.NEIGHBOUR, Near.ELSEWHERE})


_NEARNESS = {near: place for place, near in enumerate(Near)}


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """A referred child as routing sees one: an age and a place, no name. Unborn: ``age`` is None.

    Schools and the areas of homes that may be disclosed ("SS3") are there when a rule asks for them. ``homes`` are
    places on the National Grid in metres, and none of them is there when any home of the child must not be disclosed.
    """

    age: int | None
    unborn: bool
    cluster_id: uuid.UUID | None
    locality_id: uuid.UUID | None
    placed_how: str
    schools: tuple[uuid.UUID, ...] = ()
    postcode_areas: tuple[str, ...] = ()
    language: str = ""
    homes: tuple[tuple[int, int], ...] = ()
    hides_home: bool = False


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open early help case of a referred child, or (``is_sibling``) of a brother or sister."""

    episode_id: uuid.UUID
    lead_account_id: uuid.UUID | None
    lead_name: str
    cluster_id: uuid.UUID | None
    locality_id: uuid.UUID | None
    team_id: uuid.UUID | None
    is_sibling: bool


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """Everything about a referral that routing may use.

    ``language`` is a code of the directory's, ``access`` codes of what the family needs; the ``preferred`` are a
    service, an agency and the team of a worker that the family asked for, ``unwanted`` agencies that it does not want.
    """

    kind: ReferralKind
    urgency: Urgency
    immediate_danger: bool
    agreement: AgreementBasis
    stage: int | None
    need_codes: tuple[str, ...]
    children: tuple[ChildFacts, ...]
    cases: tuple[OpenCase, ...]
    sender_id: uuid.UUID
    tried: frozenset[uuid.UUID]
    language: str = ""
    interpreter: bool | None = None
    access: frozenset[str] = frozenset()
    preferred_id: uuid.UUID | None = None
    preferred_agency_id: uuid.UUID | None = None
    preferred_team_id: uuid.UUID | None = None
    preferred_worker: str = ""
    unwanted: frozenset[uuid.UUID] = frozenset()

    @property
    def homes(self) -> tuple[tuple[int, int], ...]:
        """Where the family lives; nothing as soon as a home of any of its children must not be disclosed."""
        if any(child.hides_home for child in self.children):
            return ()
        return tuple(home for child in self.children for home in child.homes)

    @property
    def has_wish(self) -> bool:
        """Whether the family asked for a service, an agency or a worker."""
        return bool(self.preferred_id or self.preferred_agency_id or self.preferred_worker)


@dataclass(frozen=True, slots=True)
class Room:
    """Places of a service in one cluster: how many there are, taken, and promised: by live offers or to who waits."""

    places: int
    taken: int
    offered: int

    @property
    def free(self) -> int:
        """Places left; never below nought."""
        return max(self.places - self.taken - self.offered, 0)


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service as the directory has it. ``room`` is by cluster.

    ``eligible`` are the needs of which a family must have one, ``at`` is its place on the National Grid in metres.
    """

    service_id: uuid.UUID
    name: str
    kind: ReferralKind
    team_id: uuid.UUID | None
    needs: frozenset[str]
    min_age: int
    max_age: int
    takes_unborn: bool
    stages: frozenset[int]
    area_kind: AreaKind
    area_id: uuid.UUID | None
    area_locality_id: uuid.UUID | None
    has_waiting_list: bool
    is_open: bool
    response_days: int
    room: Mapping[uuid.UUID, Room]
    agency_id: uuid.UUID | None = None
    eligible: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    access: frozenset[str] = frozenset()
    at: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules that an authority sets; ``ordered`` are looked at from the first to the last."""

    version: int
    routine_days: int = clocks.ROUTINE_WORKING_DAYS
    overflow: bool = True
    siblings_together: bool = True
    ordered: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """The cluster and locality that a referral belongs to, and how that was found."""

    cluster_id: uuid.UUID | None
    locality_id: uuid.UUID | None
    how: str


@dataclass(frozen=True, slots=True)
class Step:
    """One rule looked at: what was found, and whether it decided the matter."""

    rule: str
    found: str
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One service looked at: dropped for a reason, or kept with what placed it in the order.

    ``far`` is a ring of ``nearness`` around the family's home; None when no home may be told. ``counts_in`` is the
    cluster of whose places an offer takes one, or on whose list the family would wait.
    """

    service_id: uuid.UUID
    name: str
    kept: bool
    why: str
    near: Near
    free: int | None = None
    places: int | None = None
    with_sibling: bool = False
    is_named: bool = False
    is_wished: bool = False
    far: int | None = None
    counts_in: uuid.UUID | None = None

    def order(self) -> tuple[bool, bool, bool, bool, int, int, int, str, str]:
        """The place in the order of choice.

        Named by a rule; free places; the family's wish, which takes nobody out of their own area; siblings together;
        nearness by cluster and locality, then by distance; most room.
        """
        return (
            not self.is_named,
            self.is_full,
            not self.is_wished or self.near in OVERFLOW,
            not self.with_sibling,
            _NEARNESS[self.near],
            nearness.UNKNOWN if self.far is None else self.far,
            -(self.free or 0),
            self.name,
            str(self.service_id),
        )

    @property
    def is_full(self) -> bool:
        """Whether a family would have to wait. A service that states no places has room."""
        return self.free is not None and self.free < 1


@dataclass(frozen=True, slots=True)
class SpokenRule:
    """The authority's rule that spoke for a referral: ``sends`` says where to."""

    id: uuid.UUID
    name: str
    sends: str


@dataclass(frozen=True, slots=True)
class Route:
    """The decision and everything that explains it."""

    result: RouteResult
    line: str
    place: Place
    due_at: dt.datetime
    rules: int
    steps: tuple[Step, ...]
    candidates: tuple[Candidate, ...] = ()
    service: Candidate | None = None
    lead: OpenCase | None = None
    rule: SpokenRule | None = None

    @property
    def out_of_locality(self) -> bool:
        """Whether the chosen service works in another locality, because those nearer are full."""
        return self.service is not None and self.service.near is Near.ELSEWHERE


@dataclass(frozen=True, slots=True)
class Question:
    """What routing is asked: one referral, every service, the rules, the time, and whether to explain the answer."""

    facts: ReferralFacts
    services: tuple[ServiceFacts, ...]
    rules: Rules
    now: dt.datetime
    explain: bool = True
