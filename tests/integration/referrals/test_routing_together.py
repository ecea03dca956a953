"""Several referrals routed in one transaction: as each by itself, with the places that those before it took."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.referrals import jobs
from locality.referrals.models import Offer, Referral, RoutingDecision, ServiceCapacity
from locality.referrals.rules import trace
from locality.referrals.rules.facts import RouteResult
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from tests.factories.referrals import a_child, a_referral, a_service
from tests.integration.referrals.conftest import Town
from tests.integration.referrals.test_routing import counted
from tests.support.database import OpenUnit

_HELD = select(ServiceCapacity.service_id, ServiceCapacity.offered)


def sent(uow: OpenUnit, town: Town, count: int) -> list[uuid.UUID]:
    with uow(town.officer) as unit:
        return [a_referral(unit, a_child(unit, school=town.school), routed=False) for _ in range(count)]


def route(uow: OpenUnit, referral_ids: Sequence[uuid.UUID]) -> None:
    with uow() as unit:
        jobs.route_together(unit, [{"referral_id": referral_id} for referral_id in referral_ids])


def test_each_is_offered_decided_and_in_the_log_once(session: Session, uow: OpenUnit, town: Town) -> None:
    referral_ids = sent(uow, town, 3)
    route(uow, referral_ids)
    route(uow, referral_ids)
    assert sorted(session.scalars(select(Offer.referral_id))) == sorted(referral_ids)
    assert set(session.scalars(select(Referral.state))) == {ReferralState.RECEIVED}
    assert sorted(session.scalars(select(RoutingDecision.referral_id))) == sorted(referral_ids)
    logged = select(AuditEvent.record_id).where(AuditEvent.action == "referral.routed")
    assert sorted(session.scalars(logged)) == sorted(referral_ids)  # type: ignore[type-var]


def test_a_place_that_one_takes_is_taken_for_those_after_it(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        other = a_service(unit, town.agency, name="Second service", cluster=town.cluster, places=2)
    referral_ids = sent(uow, town, 8)
    route(uow, referral_ids)
    held = {row.service_id: row.offered for row in session.execute(_HELD)}
    assert held == {town.service_id: 6, other: 2}
    for stored, result, service_id in session.execute(
        select(RoutingDecision.trace, RoutingDecision.result, RoutingDecision.service_id)
    ):
        assert trace.replay(stored) == (RouteResult(result), service_id)
    offered = select(func.count()).where(Offer.state == OfferState.OPEN)
    assert session.execute(offered).scalar_one() == 8


def test_what_is_not_there_or_routed_already_is_left_out(session: Session, uow: OpenUnit, town: Town) -> None:
    (referral_id,) = sent(uow, town, 1)
    route(uow, [uuid.UUID(int=1), referral_id])
    assert session.get_one(Referral, referral_id).state is ReferralState.RECEIVED


def test_facts_are_read_in_one_statement_however_many_there_are(session: Session, uow: OpenUnit, town: Town) -> None:
    referral_ids = sent(uow, town, 5)
    with counted(session) as statements:
        route(uow, referral_ids)
    assert sum("FROM referral_child" in statement for statement in statements) == 1
