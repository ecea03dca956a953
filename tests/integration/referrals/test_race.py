"""Workers of a service accept the same offer at the same moment, each on a connection of their own, and all commit.

500 races on a real database. The threads stay, and go from one race to the next together: so it takes seconds.
"""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text

from locality.app import create_app
from locality.kernel.actor import SYSTEM, Actor, Role, Scope, ScopeKind
from locality.kernel.db import db
from locality.kernel.errors import Conflict
from locality.kernel.ids import OfferId, ServiceId
from locality.kernel.uow import unit_of_work
from locality.referrals import api
from locality.referrals.models import Offer, ServiceCapacity
from locality.running import postgres
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_school, an_agency
from tests.factories.referrals import a_child, a_referral, a_service
from tests.support.servers import TEMPLATE, settings_for

RACES = 500
_MADE = 10  # referrals made by the product; the others are copies of their rows
# A copy's ids are made of the original's id and its number, so that the rows that belong together find each other.
_COPIES = (
    (
        "INSERT INTO referral SELECT (jsonb_populate_record(r, jsonb_build_object('id', md5(concat(r.id, n))::uuid,"
        " 'reference', concat(r.reference, n)))).* FROM referral r, generate_series(2, :copies) n"
    ),
    (
        "INSERT INTO offer SELECT (jsonb_populate_record(o, jsonb_build_object('id', md5(concat(o.id, n))::uuid,"
        " 'referral_id', md5(concat(o.referral_id, n))::uuid))).* FROM offer o, generate_series(2, :copies) n"
    ),
    "UPDATE service_capacity SET offered = offered * :copies",
)
RACERS = ("Priya Shah", "Sean Byrne")


@pytest.fixture(scope="module")
def racecourse(server: postgres.Address) -> Iterator[Flask]:
    """An application on a database of its own, where what is done is really committed."""
    name = "locality_races"
    server.create_database(name, template=TEMPLATE)
    application = create_app(settings_for(server, name))
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[api.AcceptedReferral]:
    """What a higher room hears; nobody opens a case."""
    heard: list[api.AcceptedReferral] = []
    monkeypatch.setattr(api.accepted, "_functions", [lambda _uow, accepted: heard.append(accepted)])
    return heard


def test_of_several_at_once_one_has_it_and_the_others_are_told_who(
    racecourse: Flask, quiet: list[api.AcceptedReferral]
) -> None:
    with racecourse.app_context():
        service_id, racers, offers = _line_up()
    races = _race(racecourse, racers, offers)
    assert len(races) == RACES
    for answers in races:
        winners = [name for name, refusal in answers.items() if refusal is None]
        assert len(winners) == 1
        refusals = [refusal for refusal in answers.values() if refusal is not None]
        assert all(f"Already accepted by {winners[0]} at " in refusal for refusal in refusals)
    assert len({told.referral_id for told in quiet}) == len(quiet) == RACES
    with racecourse.app_context(), unit_of_work(SYSTEM) as uow:
        places = select(ServiceCapacity.taken, ServiceCapacity.offered).where(ServiceCapacity.service_id == service_id)
        assert tuple(uow.session.execute(places).one()) == (RACES, 0)
        owners = uow.session.execute(text("SELECT DISTINCT state, owner_principal FROM referral")).all()
        assert [tuple(row) for row in owners] == [("accepted", service_id)]


def _line_up() -> tuple[ServiceId, list[Actor], list[OfferId]]:
    with unit_of_work(SYSTEM) as uow:
        session = uow.session
        cluster = a_cluster(session)
        school = a_school(session, cluster=cluster)
        service_id = a_service(uow, an_agency(session), cluster=cluster, places=RACES)
        at_service = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id)
        racers = [an_actor(an_account(session, name=name), at_service) for name in RACERS]
        session.flush()
        for number in range(_MADE):
            a_referral(uow, a_child(uow, given_name=f"Child {number}", school=school))
        for statement in _COPIES:
            session.execute(text(statement), {"copies": RACES // _MADE})
    with unit_of_work(SYSTEM) as uow:
        return service_id, racers, list(uow.session.scalars(select(Offer.id)))


def _race(app: Flask, racers: list[Actor], offers: list[OfferId]) -> list[dict[str, str | None]]:
    """For each race each racer's name, with None for who has it and the message for who has not."""
    answers: list[dict[str, str | None]] = [{} for _ in offers]
    start = threading.Barrier(len(racers))

    def run(actor: Actor) -> None:
        with app.app_context():
            for offer_id, race in zip(offers, answers, strict=True):
                start.wait(timeout=60)
                race[actor.name] = _accept(actor, offer_id)
                db.session.remove()

    threads = [threading.Thread(target=run, args=(racer,)) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _accept(actor: Actor, offer_id: OfferId) -> str | None:
    try:
        with unit_of_work(actor) as uow:
            api.accept_offer(uow, offer_id)
    except Conflict as conflict:
        return str(conflict)
    return None
