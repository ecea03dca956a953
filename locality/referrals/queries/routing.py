"""What routing needs, read in one statement however many services and referrals there are."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.people import api as people
from locality.referrals.rules import clocks
from locality.referrals.rules.codes import AgreementBasis, AreaKind, ReferralKind, Urgency
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


# A child's open case is the one behind the child's present stage. Own cases are those of a referred child; the others
# are of brothers and sisters in the same family. One statement, because this is read for every referral.
_FACTS: Final = """
    SELECT r.id, r.state, r.kind, r.urgency, r.immediate_danger, r.agreement, r.stage, r.need_codes, r.about,
           r.sender_principal, r.sender_kind,
           (SELECT json_agg(json_build_object('born', p.born_on, 'due', p.due_on, 'cluster', c.cluster_id,
                                              'locality', c.locality_id, 'how', c.placed_how) ORDER BY c.position)
            FROM referral_child c JOIN person p ON p.id = c.person_id WHERE c.referral_id = r.id) AS children,
           (SELECT json_agg(json_build_object('episode', e.episode_id, 'lead', e.lead_account_id,
                                              'name', e.lead_name, 'cluster', e.cluster_id, 'locality', l.locality_id,
                                              'team', e.team_id, 'own', s.own) ORDER BY e.reference)
            FROM (SELECT episode_id, bool_or(person_id = ANY(r.about)) AS own FROM stage_span
                  WHERE person_id = ANY(r.about || coalesce(f.about, '{}')) AND until_on IS NULL AND NOT is_void
                  GROUP BY episode_id) s
            JOIN caseload_entry e ON e.episode_id = s.episode_id JOIN cluster l ON l.id = e.cluster_id) AS cases,
           (SELECT array_agg(o.service_id) FROM offer o WHERE o.referral_id = r.id) AS tried,
           (SELECT json_build_object('version', version, 'rules', rules) FROM rule_set
            WHERE live_from <= %(now)s ORDER BY version DESC LIMIT 1) AS rules,
           (SELECT json_agg(json_build_object(
                     'id', s.id, 'name', s.name, 'team', s.team_id, 'needs', s.needs, 'min', s.min_age,
                     'max', s.max_age, 'unborn', s.takes_unborn, 'stages', s.stages, 'area', s.area_kind,
                     'area_id', s.area_id, 'locality', coalesce(a.locality_id, s.area_id), 'waits', s.has_waiting_list,
                     'open', s.is_open, 'days', s.response_days, 'room', k.room) ORDER BY s.name)
            FROM service s LEFT JOIN cluster a ON a.id = s.area_id
            LEFT JOIN (SELECT service_id, json_agg(json_build_array(cluster_id, places, taken, offered)) AS room
                       FROM service_capacity GROUP BY service_id) k ON k.service_id = s.id
            WHERE s.kind = r.kind) AS services
    FROM referral r LEFT JOIN family f ON f.id = r.family_id
    WHERE r.id = %(referral_id)s
    FOR UPDATE OF r
"""


def lock_for_routing(session: Session, referral_id: uuid.UUID, *, today: dt.date, now: dt.datetime) -> Routed | None:
    """A referral, locked, with all that routing may use: facts, services with their room, the rules that are live.

    None when there is no such referral.
    """
    row = direct.one_or_none(session, _FACTS, {"referral_id": referral_id, "now": now})
    if row is None:
        return None
    kind = ReferralKind(row.kind)
    facts = ReferralFacts(
        kind=kind,
        urgency=Urgency(row.urgency),
        immediate_danger=row.immediate_danger,
        agreement=AgreementBasis(row.agreement),
        stage=row.stage,
        need_codes=tuple(row.need_codes),
        children=tuple(_child(child, today) for child in row.children or ()),
        cases=tuple(_case(case) for case in row.cases or ()),
        sender_id=row.sender_principal,
        tried=frozenset(row.tried or ()),
    )
    return Routed(
        id=row.id,
        state=ReferralState(row.state),
        about=tuple(row.about),
        sender_kind=Party(row.sender_kind),
        facts=facts,
        services=tuple(_service(stored, kind) for stored in row.services or ()),
        rules=_rules(row.rules),
    )


def _child(stored: Mapping[str, Any], today: dt.date) -> ChildFacts:
    born = None if stored["born"] is None else dt.date.fromisoformat(stored["born"])
    return ChildFacts(
        age=None if born is None else people.age_on(born, today),
        unborn=stored["due"] is not None,
        cluster_id=_id(stored["cluster"]),
        locality_id=_id(stored["locality"]),
        placed_how=stored["how"],
    )


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


def _service(stored: Mapping[str, Any], kind: ReferralKind) -> ServiceFacts:
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
    )


def _room(stored: Sequence[Sequence[Any]]) -> dict[uuid.UUID, Room]:
    return {_known(cluster): Room(places, taken, offered) for cluster, places, taken, offered in stored}


def _rules(stored: Mapping[str, Any] | None) -> Rules:
    if stored is None:
        return Rules(version=0)
    rules = stored["rules"]
    return Rules(
        version=stored["version"],
        routine_days=rules.get("routine_days", clocks.ROUTINE_WORKING_DAYS),
        overflow=rules.get("overflow", True),
        siblings_together=rules.get("siblings_together", True),
    )


@lru_cache(maxsize=4096)
def _known(stored: str) -> uuid.UUID:
    """The ids of services, clusters and teams come again with every referral."""
    return uuid.UUID(stored)


def _id(stored: str | None) -> uuid.UUID | None:
    return None if stored is None else _known(stored)
