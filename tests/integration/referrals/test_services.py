"""The directory as it is kept: nothing is overwritten, places go by period, a closing service leaves nobody behind."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import ServiceId, new_id
from locality.kernel.outbox import OutboxMessage
from locality.referrals import jobs
from locality.referrals.models import Offer, Referral, RoutingDecision, Service, ServiceCapacity, ServiceEdition
from locality.referrals.operations.commands import NewService
from locality.referrals.operations.routing import route_referral
from locality.referrals.operations.services import add_service, change_service, set_capacity
from locality.referrals.operations.services_closing import close_service, reopen_service
from locality.referrals.operations.waiting import put_on_waiting_list
from locality.referrals.queries.directory import DirectoryWish, find_entry, list_directory
from locality.referrals.rules.codes import AreaKind
from locality.referrals.rules.directory import Access, Day
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from tests.factories.clusters import a_cluster
from tests.factories.referrals import a_child, a_referral, a_service
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit
from tests.support.layers import layer

BASE = {"name": "Young carers", "needs": ("7A",), "stages": (2, 3), "min_age": 5, "max_age": 17}


def a_command(town: Town, **changes: object) -> NewService:
    return NewService(**({"agency_id": town.agency.id} | BASE | changes))  # type: ignore[arg-type]


def names(session: Session, now: dt.datetime, **wish: object) -> list[str]:
    listed = list_directory(session, DirectoryWish(**wish), now=now)  # type: ignore[arg-type]
    return [entry.name for entry in listed.rows]


def test_what_an_entry_said_before_is_kept_with_who_changed_it_and_why(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow() as unit:
        service_id = add_service(unit, a_command(town))
    with uow() as unit:
        change_service(unit, service_id, a_command(town, max_age=25), version=1, why="The contract grew")
    first, second = session.scalars(
        select(ServiceEdition).where(ServiceEdition.service_id == service_id).order_by(ServiceEdition.number)
    )
    assert (first.content["max_age"], second.content["max_age"]) == (17, 25)
    assert (second.changed, second.why) == (["max_age"], "The contract grew")
    assert session.get_one(Service, service_id).version == 2


def test_a_service_from_before_versions_were_kept_keeps_what_it_said(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow() as unit:
        like = session.get_one(Service, add_service(unit, a_command(town, name="Another")))
        row = {column.name: getattr(like, column.name) for column in Service.__table__.columns}
        # As the demonstration and older installations have it: an entry without a version of its own.
        service_id = ServiceId(new_id())
        session.execute(insert(Service), [row | {"id": service_id, "name": "Young carers"}])
    with uow() as unit:
        change_service(unit, service_id, a_command(town, name="Carers"), version=1, why="")
    kept = session.execute(
        select(ServiceEdition.number, ServiceEdition.made_by_name, ServiceEdition.content["name"].astext)
        .where(ServiceEdition.service_id == service_id)
        .order_by(ServiceEdition.number)
    ).all()
    assert [(number, name) for number, _by, name in kept] == [(1, "Young carers"), (2, "Carers")]


def test_saving_without_a_difference_makes_no_version(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        service_id = add_service(unit, a_command(town))
    with uow() as unit:
        change_service(unit, service_id, a_command(town), version=1, why="Nothing")
    assert session.get_one(Service, service_id).version == 1


def test_two_people_who_change_one_entry_do_not_undo_each_other(uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        service_id = add_service(unit, a_command(town))
    with uow() as unit:
        change_service(unit, service_id, a_command(town, max_age=18), version=1, why="")
    with pytest.raises(Conflict, match="Somebody else changed"), uow() as unit:
        change_service(unit, service_id, a_command(town, max_age=19), version=1, why="")


@pytest.mark.parametrize("statement", ["UPDATE service_edition SET why = 'x'", "DELETE FROM service_edition"])
def test_the_database_itself_keeps_earlier_versions(
    session: Session, uow: OpenUnit, town: Town, statement: str
) -> None:
    with uow() as unit:
        add_service(unit, a_command(town))
    with pytest.raises(DatabaseError, match="stays as it was"), session.begin_nested():
        session.execute(text(statement))


def test_a_service_that_does_not_exist_cannot_be_changed(uow: OpenUnit, town: Town) -> None:
    with pytest.raises(NotFound), uow() as unit:
        change_service(unit, new_id(), a_command(town), version=1, why="")


def test_places_of_a_period_begin_on_their_day(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        today = unit.today
        set_capacity(unit, town.service_id, cluster_id=town.cluster.id, places=9, from_on=today + dt.timedelta(days=2))
    assert _places(session, town) == 6
    with uow() as unit:
        jobs.turn_directory(replace(unit, now=unit.now + dt.timedelta(days=1)))
    assert _places(session, town) == 6
    with uow() as unit:
        jobs.turn_directory(replace(unit, now=unit.now + dt.timedelta(days=2)))
    assert _places(session, town) == 9


def test_of_two_numbers_for_one_day_the_one_set_last_counts(session: Session, uow: OpenUnit, town: Town) -> None:
    for places in (9, 4):
        with uow() as unit:
            later = replace(unit, now=unit.now + dt.timedelta(seconds=10 - places))
            set_capacity(later, town.service_id, cluster_id=town.cluster.id, places=places)
    with uow() as unit:
        jobs.turn_directory(unit)
    assert _places(session, town) == 4


def test_a_service_opens_on_its_day(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        service_id = add_service(unit, a_command(town, opens_on=unit.today + dt.timedelta(days=1)))
    assert not session.get_one(Service, service_id).is_open
    with uow() as unit:
        jobs.turn_directory(replace(unit, now=unit.now + dt.timedelta(days=1)))
    session.expire_all()
    assert session.get_one(Service, service_id).is_open


def _places(session: Session, town: Town) -> int:
    session.expire_all()
    return session.get_one(ServiceCapacity, (town.service_id, town.cluster.id)).places


@layer
def offered(session: Session, uow: OpenUnit, town: Town) -> uuid.UUID:
    """A referral that waits for the answer of the town's service."""
    with uow() as unit:
        child = a_child(unit, school=town.school)
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, child, routed=False)
    with uow() as unit:
        route_referral(unit, referral_id)
    assert session.scalars(select(Offer.state).where(Offer.referral_id == referral_id)).all() == [OfferState.OPEN]
    return referral_id


def test_a_service_does_not_close_while_referrals_wait_for_it(
    session: Session, uow: OpenUnit, town: Town, offered: uuid.UUID
) -> None:
    assert offered
    with pytest.raises(RuleBroken, match="1 referral waits"), uow() as unit:
        close_service(unit, town.service_id, from_on=unit.today, offer_elsewhere=False, why="The contract ends")
    session.expire_all()
    assert session.get_one(Service, town.service_id).is_open


def test_a_service_that_closes_has_its_referrals_offered_to_the_next(
    session: Session, uow: OpenUnit, town: Town, offered: uuid.UUID
) -> None:
    with uow() as unit:
        other = a_service(unit, town.agency, cluster=town.cluster, name="Second choice")
        close_service(unit, town.service_id, from_on=unit.today, offer_elsewhere=True, why="The contract ends")
    _work_through(session, uow)
    states = dict(session.execute(select(Offer.service_id, Offer.state).where(Offer.referral_id == offered)).all())
    assert states == {town.service_id: OfferState.CLOSED, other: OfferState.OPEN}
    assert session.get_one(Referral, offered).owner_principal == other
    capacity = session.get_one(ServiceCapacity, (town.service_id, town.cluster.id))
    assert (capacity.taken, capacity.offered) == (0, 0)


def test_whoever_is_on_the_waiting_list_of_a_closed_service_is_offered_elsewhere_too(
    session: Session, uow: OpenUnit, town: Town, offered: uuid.UUID
) -> None:
    offer_id = session.scalars(select(Offer.id).where(Offer.referral_id == offered)).one()
    with uow(town.worker) as unit:
        put_on_waiting_list(unit, offer_id, expected_on=unit.today + dt.timedelta(days=30))
    with uow() as unit:
        close_service(unit, town.service_id, from_on=unit.today, offer_elsewhere=True, why="The contract ends")
    _work_through(session, uow)
    # No other service fits: the front door decides, and nobody is left without an owner.
    assert session.get_one(Referral, offered).state is ReferralState.UNPLACED
    results = session.scalars(select(RoutingDecision.result).where(RoutingDecision.referral_id == offered)).all()
    assert len(results) == 2


def test_what_was_offered_while_the_service_was_closing_is_found_by_the_next_turn(
    session: Session, uow: OpenUnit, town: Town, offered: uuid.UUID
) -> None:
    with uow() as unit:
        tomorrow = unit.today + dt.timedelta(days=1)
        close_service(unit, town.service_id, from_on=tomorrow, offer_elsewhere=True, why="The contract ends")
    assert session.get_one(Service, town.service_id).is_open
    with uow() as unit:
        jobs.turn_directory(replace(unit, now=unit.now + dt.timedelta(days=1)))
    _work_through(session, uow)
    assert session.get_one(Referral, offered).state is ReferralState.UNPLACED


def test_a_service_that_reopened_keeps_what_waits_for_it(
    session: Session, uow: OpenUnit, town: Town, offered: uuid.UUID
) -> None:
    with uow() as unit:
        close_service(unit, town.service_id, from_on=unit.today, offer_elsewhere=True, why="A mistake")
        reopen_service(unit, town.service_id, why="It was a mistake")
    _work_through(session, uow)
    assert session.get_one(Referral, offered).state is ReferralState.RECEIVED
    with pytest.raises(RuleBroken), uow() as unit:
        reopen_service(unit, town.service_id, why=" ")


def _work_through(session: Session, uow: OpenUnit) -> None:
    moves = session.scalars(select(OutboxMessage).where(OutboxMessage.task == "referrals.offer_elsewhere")).all()
    assert moves
    for message in moves:
        ids = {name: uuid.UUID(value) for name, value in message.payload.items()}
        for _again in range(2):
            with uow() as unit:
                jobs.offer_elsewhere(unit, **ids)
        with uow() as unit:
            jobs.route(unit, referral_id=ids["referral_id"])
    session.expire_all()


def test_the_directory_is_filtered_by_what_a_reader_asks(session: Session, uow: OpenUnit, town: Town) -> None:
    far = a_cluster(session, name="Leigh", prefixes=("SS9",))
    with uow() as unit:
        carers = a_command(
            town, languages=("en", "ur"), days=(Day.SATURDAY,), access=(Access.CRECHE,), takes_unborn=True
        )
        add_service(unit, carers)
        add_service(unit, a_command(town, name="Everything", needs=(), stages=(), min_age=0, max_age=4))
        add_service(
            unit, a_command(town, name="Only Leigh", area_kind=AreaKind.CLUSTER, area_id=far.id, needs=("ATTENDANCE",))
        )
        now = unit.now
        session.execute(
            update(ServiceCapacity).where(ServiceCapacity.service_id == town.service_id).values(taken=5, offered=1)
        )
    everybody = ["Everything", "Family support", "Only Leigh", "Young carers"]
    assert names(session, now) == everybody
    assert names(session, now, need="7A") == ["Everything", "Young carers"]
    assert names(session, now, age=3) == ["Everything", "Family support"]
    assert names(session, now, stage=1) == ["Everything"]
    assert names(session, now, language="ur") == ["Young carers"]
    assert names(session, now, day=Day.SATURDAY, access=Access.CRECHE) == ["Young carers"]
    assert names(session, now, cluster=town.cluster.id) == ["Everything", "Family support", "Young carers"]
    assert names(session, now, free=True) == ["Everything", "Only Leigh", "Young carers"]
    assert names(session, now, free=True, cluster=town.cluster.id) == ["Everything", "Young carers"]


def test_who_waits_is_counted_for_readers_who_may_not_see_whose_offers_these_are(
    session: Session, uow: OpenUnit, town: Town, offered: uuid.UUID
) -> None:
    assert offered
    with uow(town.second_officer) as unit:
        unit.session.execute(text("SELECT set_config('locality.principals', '{}', true)"))
        assert unit.session.scalars(select(Offer.id)).all() == []
        entry = find_entry(unit.session, town.service_id, now=unit.now)
    assert entry is not None
    assert (entry.live, entry.waiting, entry.accepted) == (1, 0, 0)


def test_counting_who_waits_opens_nothing_else(session: Session) -> None:
    columns = session.execute(text("SELECT * FROM service_demand(ARRAY[]::uuid[], now())")).keys()
    assert list(columns) == ["service_id", "live", "waiting", "accepted", "usual_days"]


def test_a_closed_service_is_listed_only_when_asked_for(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        service_id: ServiceId = add_service(unit, a_command(town))
        close_service(unit, service_id, from_on=unit.today, offer_elsewhere=False, why="The contract ends")
        now = unit.now
    assert names(session, now) == ["Family support"]
    assert names(session, now, closed=True) == ["Family support", "Young carers"]
