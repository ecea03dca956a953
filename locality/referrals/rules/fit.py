"""Whether and how well one service fits one referral: need, age, stage, eligibility, language, access, room, nearness.

Nearness goes by cluster and locality first, then by distance from home in the wide rings of ``nearness``: the reason
for a choice is read by several people and must not betray where a family lives.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from locality.referrals.rules import nearness, needs, wishes
from locality.referrals.rules.codes import AreaKind, ReferralKind
from locality.referrals.rules.directory import LANGUAGE_WORDS, Access
from locality.referrals.rules.facts import (
    OVERFLOW,
    Candidate,
    Near,
    Place,
    Question,
    ReferralFacts,
    Room,
    Rules,
    ServiceFacts,
)


def rank(question: Question, place: Place, named: Collection[uuid.UUID] = ()) -> tuple[Candidate, ...]:
    """Every service looked at: those that fit in their order, then those that do not, by name.

    ``named`` are services that an authority's rule asks first; the rule stands above need, stage and area.
    """
    asks = _asks(question, place)
    seen = [_look_at(asks, service, is_named=service.service_id in named) for service in question.services]
    kept = sorted((c for c in seen if c.kept), key=Candidate.order)
    dropped = sorted((c for c in seen if not c.kept), key=lambda c: (c.name, str(c.service_id)))
    return (*kept, *dropped)


def best(question: Question, place: Place, named: Collection[uuid.UUID] = ()) -> Candidate | None:
    """The first choice of ``rank``, found without a reason for every service that is dropped: for many at once."""
    asks = _asks(question, place)
    looked_at = (
        _look_at(asks, service, is_named=service.service_id in named)
        for service in question.services
        if service.service_id in named or _misfit(question.facts, service) is None
    )
    return first_choice(looked_at)


def first_choice(candidates: Iterable[Candidate]) -> Candidate | None:
    """The service to ask first. Reading a stored trace again gives the same service."""
    return min((c for c in candidates if c.kept), key=Candidate.order, default=None)


@dataclass(frozen=True, slots=True)
class _Asks:
    """What a referral asks of every service, worked out once."""

    facts: ReferralFacts
    rules: Rules
    place: Place
    sibling_teams: frozenset[uuid.UUID]
    homes: tuple[tuple[int, int], ...]


def _asks(question: Question, place: Place) -> _Asks:
    facts, rules = question.facts, question.rules
    teams: frozenset[uuid.UUID] = frozenset()
    if rules.siblings_together:
        teams = frozenset(c.team_id for c in facts.cases if c.is_sibling and c.team_id is not None)
    return _Asks(facts, rules, place, teams, facts.homes)


def _look_at(asks: _Asks, service: ServiceFacts, *, is_named: bool) -> Candidate:
    near = _near(service, asks.place)
    room = _room(service, asks.place, near)
    seen = _Seen(
        near=near,
        room=room,
        with_sibling=service.team_id is not None and service.team_id in asks.sibling_teams,
        is_wished=is_wished(asks.facts, service),
        far=nearness.ring(asks.homes, service.at, visits=Access.HOME_VISITS in service.access),
    )
    misfit = None if is_named else _misfit(asks.facts, service) or _no_room(service, seen, asks.rules)
    return Candidate(
        service_id=service.service_id,
        name=service.name,
        kept=misfit is None,
        why=misfit or (f"asked first by a rule, {_kept_why(seen)}" if is_named else _kept_why(seen)),
        near=near,
        free=None if room is None else room.free,
        places=None if room is None else room.places,
        with_sibling=seen.with_sibling,
        is_named=is_named,
        is_wished=seen.is_wished,
        far=seen.far,
        counts_in=_counts_in(service, asks.place, seen),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where a service stands towards one referral."""

    near: Near
    room: Room | None
    with_sibling: bool
    is_wished: bool
    far: int | None

    @property
    def is_full(self) -> bool:
        return self.room is not None and self.room.free < 1


def is_wished(facts: ReferralFacts, service: ServiceFacts) -> bool:
    """Whether a service is what the family asked for: by its name, its agency, or the team of a worker."""
    return (
        service.service_id == facts.preferred_id
        or (service.agency_id is not None and service.agency_id == facts.preferred_agency_id)
        or (service.team_id is not None and service.team_id == facts.preferred_team_id)
    )


def why_not(question: Question, service: ServiceFacts, place: Place, *, is_named: bool) -> str | None:
    """Why a service cannot take a referral; None when it can.

    A rule that names a service (``is_named``) stands above need, stage and area; never above ages, room, a language
    that nobody speaks, access that is not there, or an agency that the family does not want.
    """
    near = _near(service, place)
    room = _room(service, place, near)
    seen = _Seen(near, room, with_sibling=False, is_wished=False, far=None)
    usual = _misfit(question.facts, service) or _no_room(service, seen, question.rules)
    if usual is None or not is_named:
        return usual
    return _bar(question.facts, service) or _no_room_at_all(service, seen)


def _bar(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    return (
        _cannot(facts, service)
        or (None if _takes_ages(facts, service) else _ages(service))
        or _shut_out(facts, service)
    )


def _no_room_at_all(service: ServiceFacts, seen: _Seen) -> str | None:
    if seen.room is None and service.room:
        return "Keeps no places for this cluster"
    return "Full, and keeps no waiting list" if seen.is_full and not service.has_waiting_list else None


def _cannot(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    if service.kind is not facts.kind:
        return "Does other work"
    if not service.is_open:
        return "Closed to new referrals"
    return "Was asked before" if service.service_id in facts.tried else None


def _misfit(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    """Why a service does not fit a referral, in the order in which it is asked (domain 3.6, step 6)."""
    return _cannot(facts, service) or _does_not_help(facts, service) or _shut_out(facts, service)


def _does_not_help(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    if not _meets_need(facts, service):
        return "Does not meet the need"
    if not _takes_ages(facts, service):
        return _ages(service)
    if not _takes_stage(facts, service):
        return "Does not work at this stage"
    if service.eligible and service.eligible.isdisjoint(facts.need_codes):
        return f"Only for families with: {needs.words_for(sorted(service.eligible))}"
    return None


def _shut_out(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    """Why the family could not use the service or does not want to; social care sees to that itself."""
    if facts.kind is ReferralKind.SOCIAL_CARE:
        return None
    if service.agency_id is not None and service.agency_id in facts.unwanted:
        return "The family does not want its agency"
    if not wishes.speaks(service.languages, service.access, language=facts.language, interpreter=facts.interpreter):
        named = LANGUAGE_WORDS.get(facts.language)
        return f"Nobody there speaks {named}, and it has no interpreter" if named else "Has no interpreter"
    missing = wishes.unmet_access(facts.access, service.access)
    return f"Does not offer what the family needs: {wishes.access_words(missing)}" if missing else None


def _meets_need(facts: ReferralFacts, service: ServiceFacts) -> bool:
    if facts.kind is ReferralKind.SOCIAL_CARE or not service.needs:
        return True
    return not service.needs.isdisjoint(facts.need_codes)


def _takes_ages(facts: ReferralFacts, service: ServiceFacts) -> bool:
    # One child of suitable age is enough: help for brothers and sisters is help for a family.
    return any(
        service.takes_unborn if child.unborn else child.age is None or service.min_age <= child.age <= service.max_age
        for child in facts.children
    )


def _takes_stage(facts: ReferralFacts, service: ServiceFacts) -> bool:
    return facts.stage is None or not service.stages or facts.stage in service.stages


def _ages(service: ServiceFacts) -> str:
    unborn = " and unborn babies" if service.takes_unborn else ""
    return f"Takes children aged {service.min_age} to {service.max_age}{unborn} only"


def _near(service: ServiceFacts, place: Place) -> Near:
    if service.area_kind is AreaKind.AUTHORITY:
        return Near.AUTHORITY
    own_locality = place.locality_id is not None and service.area_locality_id == place.locality_id
    if service.area_kind is AreaKind.LOCALITY:
        return Near.LOCALITY if own_locality else Near.ELSEWHERE
    if place.cluster_id is not None and service.area_id == place.cluster_id:
        return Near.CLUSTER
    return Near.NEIGHBOUR if own_locality else Near.ELSEWHERE


def _room(service: ServiceFacts, place: Place, near: Near) -> Room | None:
    """The places kept for the referral's cluster; all there are for one without a cluster, or from elsewhere."""
    if near not in OVERFLOW and place.cluster_id is not None:
        return service.room.get(place.cluster_id)
    rooms = service.room.values()
    if not rooms:
        return Room(0, 0, 0) if near in OVERFLOW else None
    return Room(
        places=sum(room.places for room in rooms),
        taken=sum(room.taken for room in rooms),
        offered=sum(room.offered for room in rooms),
    )


def _counts_in(service: ServiceFacts, place: Place, seen: _Seen) -> uuid.UUID | None:
    """The cluster of whose places an offer takes one: the family's own; from elsewhere, the one with most room."""
    is_own = seen.near not in OVERFLOW and place.cluster_id is not None
    if is_own or seen.room is None or seen.is_full:
        return place.cluster_id
    return min(service.room, key=lambda cluster: (-service.room[cluster].free, str(cluster)))


def _no_room(service: ServiceFacts, seen: _Seen, rules: Rules) -> str | None:
    if seen.near in OVERFLOW:
        return None if rules.overflow and not seen.is_full else "Works in another area"
    if seen.room is None and service.room:
        return "Keeps no places for this cluster"
    if seen.is_full and not service.has_waiting_list:
        return "Full, and keeps no waiting list"
    return None


_NEAR_WORDS = {
    Near.CLUSTER: "works in this cluster",
    Near.LOCALITY: "works in this locality",
    Near.AUTHORITY: "works in the whole area",
    Near.NEIGHBOUR: "works in a neighbouring cluster",
    Near.ELSEWHERE: "works in another locality",
}


def _kept_why(seen: _Seen) -> str:
    words = [_NEAR_WORDS[seen.near]]
    if seen.is_wished:
        words.append("the family asked for it")
    if seen.with_sibling:
        words.append("already helps a brother or sister")
    if seen.far is not None:
        words.append(nearness.words(seen.far))
    if seen.room is not None and seen.is_full:
        words.append(f"all {seen.room.places} places were taken or promised, so there is a wait")
    elif seen.room is not None:
        free = "1 place was" if seen.room.free == 1 else f"{seen.room.free} places were"
        words.append(f"{free} free when it was sent")
    return ", ".join(words)
