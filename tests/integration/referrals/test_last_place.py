"""A free place is promised once: two referrals routed at the same moment, each on a connection of its own, and commit.

Beside it: a place that a service gives to a family from elsewhere is a place less.
"""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.app import create_app
from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.ids import ReferralId, ServiceId, new_id
from locality.kernel.uow import unit_of_work
from locality.referrals import jobs
from locality.referrals.models import Offer, ServiceCapacity
from locality.referrals.rules.codes import AreaKind
from locality.running import postgres
from tests.factories.clusters import a_cluster, a_school, an_agency
from tests.factories.referrals import a_child, a_referral, a_service
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit
from tests.support.servers import TEMPLATE, settings_for

RACES = 25
PLACES = 3
_SAID = text("SELECT line FROM routing_decision WHERE referral_id = ANY(:pair) AND service_id = :service")
_ONE_LEFT = text("UPDATE service_capacity SET offered = :places - 1 WHERE service_id = :service")


@pytest.fixture(scope="module")
def racecourse(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own, where what is done is really committed."""
    name = "locality_last_places"
    server.create_database(name, template=TEMPLATE)
    application = create_app(settings_for(server, name))
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("has_other", [True, False], ids=["the next candidate", "the waiting list"])
def test_of_two_routed_at_once_one_is_promised_the_last_place_and_the_other_is_routed_on(
    racecourse: Flask, has_other: bool
) -> None:
    with racecourse.app_context():
        first, other, pairs = _line_up(has_other=has_other)
    for pair in pairs:
        with racecourse.app_context(), unit_of_work(SYSTEM) as uow:
            uow.session.execute(_ONE_LEFT, {"places": PLACES, "service": first})
        _route_at_once(racecourse, pair)
        with racecourse.app_context(), unit_of_work(SYSTEM) as uow:
            offers = select(Offer.service_id).where(Offer.referral_id.in_(pair))
            assert sorted(uow.session.scalars(offers)) == sorted([first, other or first])
            held = select(ServiceCapacity.offered).where(ServiceCapacity.service_id == first)
            assert uow.session.scalars(held).one() == (PLACES if other else PLACES + 1)
            said = sorted(uow.session.scalars(_SAID, {"pair": list(pair), "service": first}))
            assert ["1 place was free when it was sent" in line for line in said] == [True] + [False] * (other is None)
            assert ["so there is a wait" in line for line in said] == [False] + [True] * (other is None)


def _line_up(*, has_other: bool) -> tuple[ServiceId, ServiceId | None, list[tuple[ReferralId, ReferralId]]]:
    """A service with few places, perhaps another that is asked after it, and pairs of referrals."""
    mark = new_id().hex[-6:]
    with unit_of_work(SYSTEM) as uow:
        cluster = a_cluster(uow.session, name=f"Shoebury {mark}")
        school = a_school(uow.session, cluster=cluster, urn=str(new_id().int % 100_000 + 800_000))
        agency = an_agency(uow.session, name=f"Estuary {mark}")
        near = {"area_kind": AreaKind.CLUSTER, "area_id": cluster.id, "name": f"Near {mark}"}
        first = a_service(uow, agency, cluster=cluster, places=PLACES, **near)
        everywhere = {"name": f"Everywhere {mark}", "has_waiting_list": False}
        other = a_service(uow, agency, cluster=cluster, places=RACES, **everywhere) if has_other else None
        sent = [
            a_referral(uow, a_child(uow, given_name=f"Child {n}", school=school), routed=False)
            for n in range(2 * RACES)
        ]
        return first, other, list(zip(sent[::2], sent[1::2], strict=True))


def _route_at_once(app: Flask, pair: tuple[ReferralId, ReferralId]) -> None:
    start = threading.Barrier(len(pair))

    def run(referral_id: ReferralId) -> None:
        with app.app_context():
            try:
                with unit_of_work(SYSTEM) as uow:
                    start.wait(timeout=60)
                    jobs.route(uow, referral_id=referral_id)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(one,)) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_family_from_elsewhere_takes_a_place_like_any_other(session: Session, uow: OpenUnit, town: Town) -> None:
    away = a_cluster(session, name="Leigh", position=2)
    school = a_school(session, cluster=away, name="Leigh Primary", urn="999002")
    with uow() as unit:
        unit.session.execute(text("UPDATE service_capacity SET places = 0"))
        nearby = a_service(
            unit, town.agency, name="In Shoebury", cluster=town.cluster, places=1,
            area_kind=AreaKind.CLUSTER, area_id=town.cluster.id, has_waiting_list=False,
        )  # fmt: skip
        first, second = (a_referral(unit, a_child(unit, given_name=name, school=school)) for name in ("Ada", "Tom"))
    offered = {row.referral_id: row.service_id for row in session.execute(select(Offer.referral_id, Offer.service_id))}
    assert offered[first] == nearby
    assert offered.get(second) != nearby
    held = select(ServiceCapacity.offered).where(ServiceCapacity.service_id == nearby)
    assert session.scalars(held).one() == 1
