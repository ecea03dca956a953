"""Whether and how well one service fits one referral: need, age, stage, area, room, nearness.

Nearness goes by cluster and locality, never by home address: the reason for a choice is read by
several people and must not betray where a family lives.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace

from locality.referrals.rules.codes import AreaKind, ReferralKind
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
    teams = _sibling_teams(question.facts, question.rules)
    seen = [_look_at(question, service, place, teams) for service in question.services]
    if named:
        seen = [_put_first(c) if c.service_id in named else c for c in seen]
    kept = sorted((c for c in seen if c.kept), key=Candidate.order)
    dropped = sorted((c for c in seen if not c.kept), key=lambda c: (c.name, str(c.service_id)))
    return (*kept, *dropped)


def first_choice(candidates: Sequence[Candidate]) -> Candidate | None:
    """The service to ask first. Reading a stored trace again gives the same service."""
    return min((c for c in candidates if c.kept), key=Candidate.order, default=None)


def _sibling_teams(facts: ReferralFacts, rules: Rules) -> frozenset[uuid.UUID]:
    if not rules.siblings_together:
        return frozenset()
    return frozenset(c.team_id for c in facts.cases if c.is_sibling and c.team_id is not None)


def _look_at(question: Question, service: ServiceFacts, place: Place, sibling_teams: frozenset[uuid.UUID]) -> Candidate:
    near = _near(service, place)
    room = _room(service, place, near)
    seen = Candidate(
        service_id=service.service_id,
        name=service.name,
        kept=False,
        why="",
        near=near,
        free=None if room is None else room.free,
        places=None if room is None else room.places,
        with_sibling=service.team_id is not None and service.team_id in sibling_teams,
    )
    misfit = _misfit(question.facts, service) or _no_room(service, seen, question.rules)
    return replace(seen, kept=misfit is None, why=misfit or _kept_why(seen))


def _put_first(seen: Candidate) -> Candidate:
    return replace(seen, kept=True, is_named=True, why=f"asked first by a rule, {_kept_why(seen)}")


def why_not(question: Question, service: ServiceFacts, place: Place, *, is_named: bool) -> str | None:
    """Why a service cannot take a referral; None when it can.

    A rule that names a service (``is_named``) stands above need, stage and area; never above ages and room.
    """
    seen = _look_at(question, service, place, frozenset())
    if seen.kept:
        return None
    return (_bar(question.facts, service) or _no_room_at_all(service, seen)) if is_named else seen.why


def _bar(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    return _cannot(facts, service) or (None if _takes_ages(facts, service) else _ages(service))


def _no_room_at_all(service: ServiceFacts, seen: Candidate) -> str | None:
    if seen.free is None and service.room:
        return "Keeps no places for this cluster"
    return "Full, and keeps no waiting list" if seen.is_full and not service.has_waiting_list else None


def _cannot(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    if service.kind is not facts.kind:
        return "Does other work"
    if not service.is_open:
        return "Closed to new referrals"
    return "Was asked before" if service.service_id in facts.tried else None


def _misfit(facts: ReferralFacts, service: ServiceFacts) -> str | None:
    checks = (
        (_meets_need(facts, service), "Does not meet the need"),
        (_takes_ages(facts, service), _ages(service)),
        (_takes_stage(facts, service), "Does not work at this stage"),
    )
    return _cannot(facts, service) or next((why for fits, why in checks if not fits), None)


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


def _no_room(service: ServiceFacts, seen: Candidate, rules: Rules) -> str | None:
    if seen.near in OVERFLOW:
        return None if rules.overflow and not seen.is_full else "Works in another area"
    if seen.free is None and service.room:
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


def _kept_why(seen: Candidate) -> str:
    words = [_NEAR_WORDS[seen.near]]
    if seen.with_sibling:
        words.append("already helps a brother or sister")
    if seen.is_full:
        words.append(f"all {seen.places} places are taken, so there is a wait")
    elif seen.places is not None:
        words.append(f"{seen.free} of {seen.places} places left")
    return ", ".join(words)
