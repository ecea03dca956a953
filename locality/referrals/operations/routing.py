"""Routing in the background: decide by the pure rules, keep the trace, offer or hand over."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Final

from psycopg.types.json import Jsonb

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.audit import log as audit
from locality.kernel import direct
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.operations.moving import THE_FRONT_DOOR, Owner
from locality.referrals.operations.offering import NewOffer, write_offer
from locality.referrals.queries.routing import Routed, Taken, lock_for_routing, promise_places, with_places_taken
from locality.referrals.rules import routing, trace
from locality.referrals.rules.facts import Candidate, OpenCase, Route
from locality.referrals.rules.lifecycle import Party, ReferralState, Verb, next_move


def route_referral(uow: UnitOfWork, referral_id: uuid.UUID) -> None:
    """Find the service for a sent referral and offer it, or hand it to a person who can.

    Does nothing for a referral that is not (or no longer) waiting to be routed: a second delivery is harmless.
    """
    route_referrals(uow, [referral_id])


def route_referrals(uow: UnitOfWork, referral_ids: Sequence[uuid.UUID]) -> None:
    """As ``route_referral``, for several in one transaction; a place that one takes is taken for those after it."""
    decided = _decide_all(uow, referral_ids)
    while not _is_kept(uow, decided):
        # Somebody else was promised the last place meanwhile: with the facts of now, the next candidate has its turn.
        decided = _decide_all(uow, referral_ids)
    with direct.without_waiting(uow.session):
        for routed, route in decided:
            _carry_out(uow, routed, route)


def _decide_all(uow: UnitOfWork, referral_ids: Sequence[uuid.UUID]) -> list[tuple[Routed, Route]]:
    found = lock_for_routing(uow.session, referral_ids, today=uow.today, now=uow.now)
    taken: Taken = Counter()
    return [(routed, _decided(uow, routed, taken)) for routed in found if routed.state is ReferralState.SENT]


def _decided(uow: UnitOfWork, routed: Routed, taken: Taken) -> Route:
    services = with_places_taken(routed.services, taken)
    route = routing.route(routed.facts, services, rules=routed.rules, now=uow.now)
    if route.service is not None:
        taken[route.service.service_id, route.service.counts_in] += 1
    return route


def _is_kept(uow: UnitOfWork, decided: Sequence[tuple[Routed, Route]]) -> bool:
    """Whether every free place that was found is still free; from now on nobody else is promised it."""
    chosen = [route.service for _, route in decided if route.service is not None and route.service.free is not None]
    if not chosen:
        return True
    taken: Taken = Counter((service.service_id, service.counts_in) for service in chosen)
    promised: Taken = Counter((service.service_id, service.counts_in) for service in chosen if not service.is_full)
    return promise_places(uow.session, taken, promised)


def _carry_out(uow: UnitOfWork, routed: Routed, route: Route) -> None:
    if route.service is not None:
        _offer(uow, routed, route, route.service)
    elif route.lead is not None:
        _pass_to_lead(uow, routed, route, route.lead)
    else:
        _hand_to_person(uow, routed, route)
    audit.record(
        uow,
        "referral.routed",
        subjects=routed.about,
        record=("referral", routed.id),
        detail={"result": route.result.value, "rule_set": route.rules, "candidates": len(route.candidates)},
    )


def _offer(uow: UnitOfWork, routed: Routed, route: Route, service: Candidate) -> None:
    write_offer(uow, NewOffer(routed.id, routed.about, service.service_id, service.counts_in, route.due_at))
    _decide(uow, routed, route, Verb.OFFER, Owner(service.service_id, Party.SERVICE, service.name))


def _pass_to_lead(uow: UnitOfWork, routed: Routed, route: Route, case: OpenCase) -> None:
    if case.lead_account_id is None:
        message = "an open case to which a referral is passed has a lead professional"
        raise ValueError(message)
    # A brother or sister who is not in the case yet: the lead must be able to read what came.
    grants.give(
        uow,
        routed.about,
        principal=case.lead_account_id,
        reason=GrantReason.RECEIVING_SERVICE,
        record=routed.id,
    )
    _decide(uow, routed, route, Verb.PASS_TO_LEAD, Owner(case.lead_account_id, Party.WORKER, case.lead_name))


def _hand_to_person(uow: UnitOfWork, routed: Routed, route: Route) -> None:
    if routed.sender_kind is not Party.FRONT_DOOR:
        grants.give(uow, routed.about, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=routed.id)
    _decide(uow, routed, route, Verb.HAND_TO_PERSON, THE_FRONT_DOOR)


# The decision with its trace and the referral's next state in one round trip: every referral passes here.
_DECIDE: Final = """
    WITH decision AS (
      INSERT INTO routing_decision (id, referral_id, about, decided_at, rule_set, result, service_id, line, trace)
      VALUES (%(decision_id)s, %(referral_id)s, %(about)s, %(now)s, %(rule_set)s, %(result)s, %(service_id)s, %(line)s,
              %(trace)s))
    UPDATE referral SET state = %(after)s, owner_principal = %(owner)s, owner_kind = %(owner_kind)s,
      owner_name = %(owner_name)s, cluster_id = %(cluster_id)s, locality_id = %(locality_id)s,
      out_of_locality = %(out_of_locality)s, why_here = %(line)s, response_due_at = %(due_at)s, version = version + 1
    WHERE id = %(referral_id)s AND state = %(before)s
"""


def _decide(uow: UnitOfWork, routed: Routed, route: Route, verb: Verb, owner: Owner) -> None:
    step = next_move(routed.state, verb)
    direct.rows(
        uow.session,
        _DECIDE,
        {
            "decision_id": new_id(),
            "referral_id": routed.id,
            "about": list(routed.about),
            "now": uow.now,
            "rule_set": route.rules,
            "result": route.result.value,
            "service_id": None if route.service is None else route.service.service_id,
            "line": route.line,
            "trace": Jsonb(trace.to_store(routed.facts, route)),
            "after": step.after.value,
            "before": step.before.value,
            "owner": owner.principal,
            "owner_kind": owner.party.value,
            "owner_name": owner.name,
            "cluster_id": route.place.cluster_id,
            "locality_id": route.place.locality_id,
            "out_of_locality": route.out_of_locality,
            "due_at": route.due_at,
        },
    )
