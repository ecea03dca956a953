"""What routing needs, read in one statement however many services and referrals there are."""

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.people import api as people
from locality.referrals.rules import clocks, wishes
from locality.referrals.rules.codes import AgreementBasis, AreaKind, ReferralKind, Urgency
from locality.referrals.rules.conditions import Rule, from_store, in_order
from locality.referrals.rules.facts import ChildFacts, OpenCase, ReferralFacts, Room, Rules, ServiceFacts
from locality.referrals.rules.lifecycle import Party, ReferralState


@dataclass(frozen=True, slots=True)
class Routed:
    """A referral as the routing job needs it, locked."""

    id: uuid.UUID
    state: ReferralState
    about: tuple[uuid.UUID, ...]
    sender_kind: Party
    facts: ReferralFacts
    services: tuple[ServiceFacts, ...]
    rules: Rules


# Offers made in a transaction, by service and cluster: of the places left there they hold one each.
Taken = Counter[tuple[uuid.UUID, uuid.UUID | None]]

# Every service of a kind with its places by cluster, as JSON. A place that comes free is promised to whoever waits: a
# referral that comes later must not be told that it is free.
SERVICES: Final = """(SELECT json_agg(json_build_object(
                     'id', s.id, 'name', s.name, 'team', s.team_id, 'needs', s.needs, 'min', s.min_age,
                     'max', s.max_age, 'unborn', s.takes_unborn, 'stages', s.stages, 'area', s.area_kind,
                     'area_id', s.area_id, 'locality', coalesce(a.locality_id, s.area_id), 'waits', s.has_waiting_list,
                     'open', s.is_open, 'days', s.response_days, 'room', k.room, 'agency', s.agency_id,
                     'eligible', s.eligible_needs, 'languages', s.languages, 'access', s.access,
                     'east', g.easting, 'north', g.northing) ORDER BY s.name)
            FROM service s LEFT JOIN cluster a ON a.id = s.area_id LEFT JOIN postcode g ON g.postcode = s.postcode
            LEFT JOIN (SELECT c.service_id, json_agg(json_build_array(
                         c.cluster_id, c.places, c.taken, c.offered + coalesce(w.families, 0))) AS room
                       FROM service_capacity c
                       LEFT JOIN (SELECT o.service_id, o.cluster_id, count(*)::int AS families FROM offer o
                                  WHERE o.state = 'waiting' GROUP BY 1, 2) w
                         ON w.service_id = c.service_id AND w.cluster_id = c.cluster_id
                       GROUP BY c.service_id) k ON k.service_id = s.id
            WHERE s.kind = {kind})"""
# What the family needs and asked for; the worker whom it named by the team that the worker is in now.
WISHES: Final = """r.language, r.interpreter_needed, r.access_needs, r.preferred_service_id, r.preferred_agency_id,
           r.preferred_worker, r.unwanted_agencies,
           (SELECT w.team_id FROM worker w WHERE w.account_id = r.preferred_worker_id) AS preferred_team_id"""
# Where a child lives on a day, by the child's own record and those linked with it: places on the National Grid, and
# whether any of these homes must not be disclosed, for then none of them may be told by a distance either.
HOMES: Final = """(SELECT json_build_object('hidden', bool_or(a.do_not_disclose),
                       'at', json_agg(json_build_array(g.easting, g.northing)) FILTER (WHERE g.easting IS NOT NULL))
            FROM address a LEFT JOIN postcode g ON g.postcode = a.postcode
            WHERE a.person_id IN (
                SELECT c.person_id UNION ALL SELECT o.person_id FROM linked_person l
                JOIN linked_person o ON o.lead_id = l.lead_id WHERE l.person_id = c.person_id)
              AND a.kind <> 'letters' AND {lived_in})"""
# A child's open case is the one behind the child's present stage; a lead who can sign in no more is none. Own cases are
# those of a referred child; the others are of brothers and sisters in the same family; joined by plain equality, for
# nothing else may use an index under row-level security. One statement, because this is read for every referral.
_FACTS: Final = f"""
    SELECT r.id, r.state, r.kind, r.urgency, r.immediate_danger, r.agreement, r.stage, r.need_codes, r.about,
           r.sender_principal, r.sender_kind, {WISHES},
           (SELECT json_agg(json_build_object(
                     'born', p.born_on, 'due', p.due_on, 'cluster', c.cluster_id, 'locality', c.locality_id,
                     'how', c.placed_how, 'language', p.first_language, 'interpreter', p.interpreter_needed,
                     'lives', {HOMES.format(lived_in="a.until_on IS NULL")},
                     'schools', CASE WHEN live.asks_of_children THEN (
                       SELECT json_agg(e.school_id) FROM enrolment e
                       WHERE e.person_id = c.person_id AND e.until_on IS NULL) END,
                     'homes', CASE WHEN live.asks_of_children THEN (
                       SELECT json_agg(a.postcode) FROM address a
                       WHERE a.person_id = c.person_id AND a.until_on IS NULL AND a.kind <> 'letters'
                         AND NOT a.do_not_disclose AND a.postcode IS NOT NULL) END) ORDER BY c.position)
            FROM referral_child c JOIN person p ON p.id = c.person_id WHERE c.referral_id = r.id) AS children,
           (SELECT json_agg(json_build_object('episode', e.episode_id, 'lead', w.id,
                                              'name', e.lead_name, 'cluster', e.cluster_id, 'locality', l.locality_id,
                                              'team', e.team_id, 'own', s.own) ORDER BY e.reference)
            FROM (SELECT n.episode_id, bool_or(n.person_id = ANY(r.about)) AS own
                  FROM unnest(r.about || coalesce(f.about, '{{}}')) m (id) JOIN stage_span n ON n.person_id = m.id
                  WHERE n.until_on IS NULL AND NOT n.is_void GROUP BY n.episode_id) s
            JOIN caseload_entry e ON e.episode_id = s.episode_id JOIN cluster l ON l.id = e.cluster_id
            LEFT JOIN account w ON w.id = e.lead_account_id AND w.active) AS cases,
           (SELECT array_agg(o.service_id) FROM offer o WHERE o.referral_id = r.id) AS tried,
           live.version AS rules_version, live.rules - 'ordered' AS settings,
           (live.rules -> 'ordered')::text AS ordered,
           CASE r.kind WHEN 'early_help' THEN {SERVICES.format(kind="'early_help'")}
             ELSE {SERVICES.format(kind="'social_care'")} END::text AS services
    FROM referral r LEFT JOIN family f ON f.id = r.family_id
    CROSS JOIN (SELECT version, rules, asks_of_children FROM rule_set
                WHERE state = 'approved' AND live_from <= %(now)s ORDER BY live_from DESC LIMIT 1) live
    WHERE r.id = ANY(%(ids)s)
    ORDER BY r.id
    FOR UPDATE OF r
"""  # noqa: S608 - constants, no input
# One by itself: for a list of any length the server would plan anew each time, which costs several times the reading.
_FACTS_OF_ONE: Final = _FACTS.replace("r.id = ANY(%(ids)s)", "r.id = %(id)s")


def lock_for_routing(
    session: Session, referral_ids: Sequence[uuid.UUID], *, today: dt.date, now: dt.datetime
) -> list[Routed]:
    """Referrals, locked, each with all that routing may use: facts, services with their room, the rules that are live.

    In the order of their ids; those that are not there are left out.
    """
    # The services of a kind are the same for every row, and read from its text once.
    services: dict[tuple[str, str], tuple[ServiceFacts, ...]] = {}
    found = []
    statement = _FACTS_OF_ONE if len(referral_ids) == 1 else _FACTS
    values = {"ids": list(referral_ids), "id": referral_ids[0] if referral_ids else None, "now": now}
    for row in direct.rows(session, statement, values):
        known = (row.kind, row.services)
        if known not in services:
            kind = ReferralKind(row.kind)
            services[known] = tuple(service_of(stored, kind) for stored in json.loads(row.services or "[]"))
        found.append(
            Routed(
                id=row.id,
                state=ReferralState(row.state),
                about=tuple(row.about),
                sender_kind=Party(row.sender_kind),
                facts=facts_of(row, today),
                services=services[known],
                rules=rules_of(row.rules_version, row.settings, row.ordered),
            )
        )
    return found


def with_places_taken(services: tuple[ServiceFacts, ...], taken: Taken) -> tuple[ServiceFacts, ...]:
    """Services whose places are fewer by those that referrals before this one in the same transaction were offered."""
    return tuple(_with_places_taken(service, taken) for service in services) if taken else services


def _with_places_taken(service: ServiceFacts, taken: Taken) -> ServiceFacts:
    room = {
        cluster: replace(places, offered=places.offered + taken[service.service_id, cluster])
        for cluster, places in service.room.items()
        if taken[service.service_id, cluster]
    }
    return replace(service, room={**service.room, **room}) if room else service


_PROMISE: Final = (
    "SELECT promise_places(%(services)s::uuid[], %(clusters)s::uuid[], %(families)s::integer[]) AS is_kept"
)


def promise_places(session: Session, taken: Taken, promised: Taken) -> bool:
    """Lock the places that offers are about to take, unless fewer are free by now than ``promised``: then False.

    Locked in one order, so that nobody waits in a ring; of a promise that cannot be kept nothing stays locked.
    """
    values = {
        "services": [service for service, _ in taken],
        "clusters": [cluster for _, cluster in taken],
        "families": [promised[place] for place in taken],
    }
    return bool(direct.rows(session, _PROMISE, values)[0].is_kept)


def lock_places(session: Session, places: Iterable[tuple[uuid.UUID, uuid.UUID | None]]) -> None:
    """Lock places that an operation is about to free or take, in the order in which routing locks them."""
    promise_places(session, Counter(places), Counter())


def facts_of(row: Any, today: dt.date) -> ReferralFacts:
    """What routing may use of a referral's row, with ages as they are on a day."""
    children = row.children or ()
    interpreter = _interpreter(row, children)
    return ReferralFacts(
        kind=ReferralKind(row.kind),
        urgency=Urgency(row.urgency),
        immediate_danger=row.immediate_danger,
        agreement=AgreementBasis(row.agreement),
        stage=row.stage,
        need_codes=tuple(row.need_codes),
        children=tuple(_child(child, today) for child in children),
        cases=tuple(_case(case) for case in row.cases or ()),
        sender_id=row.sender_principal,
        tried=frozenset(row.tried or ()),
        language=row.language or (_language(children) if interpreter else ""),
        interpreter=interpreter,
        access=frozenset(row.access_needs),
        preferred_id=row.preferred_service_id,
        preferred_agency_id=row.preferred_agency_id,
        preferred_team_id=row.preferred_team_id,
        preferred_worker=row.preferred_worker,
        unwanted=frozenset(row.unwanted_agencies),
    )


def _interpreter(row: Any, children: Sequence[Mapping[str, Any]]) -> bool | None:
    """As the referral says; where nobody asked, as a child's details say."""
    if row.interpreter_needed is not None:
        return bool(row.interpreter_needed)
    return True if any(child["interpreter"] for child in children) else None


def _language(children: Sequence[Mapping[str, Any]]) -> str:
    return next((code for child in children if (code := wishes.language_code(child["language"] or ""))), "")


def _child(stored: Mapping[str, Any], today: dt.date) -> ChildFacts:
    born = None if stored["born"] is None else dt.date.fromisoformat(stored["born"])
    return ChildFacts(
        age=None if born is None else people.age_on(born, today),
        unborn=stored["due"] is not None,
        cluster_id=_id(stored["cluster"]),
        locality_id=_id(stored["locality"]),
        placed_how=stored["how"],
        schools=tuple(_known(school) for school in stored["schools"] or ()),
        postcode_areas=tuple(area for postcode in stored["homes"] or () for area in _areas(postcode)),
        language=stored["language"] or "",
        homes=tuple((east, north) for east, north in stored["lives"]["at"] or ()),
        hides_home=bool(stored["lives"]["hidden"]),
    )


def _areas(postcode: str) -> tuple[str, ...]:
    """The areas in which a postcode lies: SS3 and SS3 9 for SS3 9AA."""
    outward, _, inward = postcode.partition(" ")
    return outward, f"{outward} {inward[:1]}"


def _case(stored: Mapping[str, Any]) -> OpenCase:
    return OpenCase(
        episode_id=uuid.UUID(stored["episode"]),
        lead_account_id=_id(stored["lead"]),
        lead_name=stored["name"] or "",
        cluster_id=_id(stored["cluster"]),
        locality_id=_id(stored["locality"]),
        team_id=_id(stored["team"]),
        is_sibling=not stored["own"],
    )


def service_of(stored: Mapping[str, Any], kind: ReferralKind) -> ServiceFacts:
    """A service as the statement gives it."""
    return ServiceFacts(
        service_id=_known(stored["id"]),
        name=stored["name"],
        kind=kind,
        team_id=_id(stored["team"]),
        needs=frozenset(stored["needs"]),
        min_age=stored["min"],
        max_age=stored["max"],
        takes_unborn=stored["unborn"],
        stages=frozenset(stored["stages"]),
        area_kind=AreaKind(stored["area"]),
        area_id=_id(stored["area_id"]),
        area_locality_id=_id(stored["locality"]),
        has_waiting_list=stored["waits"],
        is_open=stored["open"],
        response_days=stored["days"],
        room=_room(stored["room"] or ()),
        agency_id=_id(stored["agency"]),
        eligible=frozenset(stored["eligible"]),
        languages=frozenset(stored["languages"]),
        access=frozenset(stored["access"]),
        at=None if stored["east"] is None else (stored["east"], stored["north"]),
    )


def _room(stored: Sequence[Sequence[Any]]) -> dict[uuid.UUID, Room]:
    return {_known(cluster): Room(places, taken, offered) for cluster, places, taken, offered in stored}


def rules_of(version: int, settings: Mapping[str, Any], ordered: str | None) -> Rules:
    """A set of rules as the statement gives it: its settings, and its rules as text, which come again and again."""
    return Rules(
        version=version,
        routine_days=settings.get("routine_days", clocks.ROUTINE_WORKING_DAYS),
        overflow=settings.get("overflow", True),
        siblings_together=settings.get("siblings_together", True),
        ordered=() if ordered is None else _ordered(ordered),
    )


@lru_cache(maxsize=64)
def _ordered(text: str) -> tuple[Rule, ...]:
    return in_order([from_store(stored) for stored in json.loads(text)])


@lru_cache(maxsize=4096)
def _known(stored: str) -> uuid.UUID:
    """The ids of services, clusters and teams come again with every referral."""
    return uuid.UUID(stored)


def _id(stored: str | None) -> uuid.UUID | None:
    return None if stored is None else _known(stored)
