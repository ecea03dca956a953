"""Waiting lists on the database: order, reasons for jumping it, gaps, dates, and what a freed place does."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import OfferId
from locality.referrals import api, jobs
from locality.referrals.models import Offer, Referral, ReferralEvent, ServiceCapacity, WaitingJump
from locality.referrals.operations import returned
from locality.referrals.operations.waiting import move_ahead, place_anew, put_on_waiting_list, reckon_all
from locality.referrals.rules.codes import Urgency
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from tests.factories.referrals import a_child, a_referral, a_service
from tests.integration.referrals.conftest import Town
from tests.support.database import NOW, OpenUnit


@pytest.fixture(autouse=True)
def _nobody_opens_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.accepted, "_functions", [])


def wait(session: Session, uow: OpenUnit, town: Town, name: str, *, urgency: Urgency = Urgency.ROUTINE) -> OfferId:
    """A family put on the list of the town's service."""
    with uow(town.officer) as unit:
        child = a_child(unit, given_name=name, school=town.school)
        referral_id = a_referral(unit, child, urgency=urgency, routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    offer_id = session.scalars(select(Offer.id).where(Offer.referral_id == referral_id)).one()
    with uow(town.worker) as unit:
        put_on_waiting_list(unit, offer_id)
    return offer_id


def order(session: Session) -> list[OfferId]:
    """The list, first to last; its places are 1, 2, 3 without a gap."""
    session.expire_all()
    rows = session.execute(
        select(Offer.id, Offer.waiting_position)
        .where(Offer.state == OfferState.WAITING)
        .order_by(Offer.waiting_position)
    ).all()
    assert [row.waiting_position for row in rows] == list(range(1, len(rows) + 1))
    return [row.id for row in rows]


def test_urgent_first_then_who_waited_longest(session: Session, uow: OpenUnit, town: Town) -> None:
    ann, ben = wait(session, uow, town, "Ann"), wait(session, uow, town, "Ben")
    cem = wait(session, uow, town, "Cem", urgency=Urgency.URGENT)
    assert order(session) == [cem, ann, ben]


def test_moving_ahead_keeps_the_reason_and_everybody_else_in_order(session: Session, uow: OpenUnit, town: Town) -> None:
    ann, ben, cem = (wait(session, uow, town, name) for name in ("Ann", "Ben", "Cem"))
    with uow(town.worker) as unit:
        move_ahead(unit, cem, to_place=1, reason="Her mother goes into hospital on Friday.")
    assert order(session) == [cem, ann, ben]
    jump = session.scalars(select(WaitingJump)).one()
    assert (jump.from_place, jump.to_place, jump.moved_by_name) == (3, 1, "Priya Shah")
    line = session.scalars(select(ReferralEvent).where(ReferralEvent.line.like("Moved ahead%"))).one()
    assert line.line == "Moved ahead of 2 families on the waiting list, from place 3 to 1."
    assert line.words == "Her mother goes into hospital on Friday."


def test_whoever_becomes_urgent_is_not_moved_back_from_where_somebody_put_them_meanwhile(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    ann, ben, cem = (
        wait(session, uow, town, name, urgency=urgency)
        for name, urgency in (("Ann", Urgency.URGENT), ("Ben", Urgency.ROUTINE), ("Cem", Urgency.ROUTINE))
    )
    session.expire_all()
    read_before = session.get_one(Offer, cem)
    assert read_before.waiting_position == 3
    session.expunge(read_before)
    with uow(town.worker) as unit:
        move_ahead(unit, cem, to_place=1, reason="A baby is due.")
    with uow() as unit:
        referral = unit.session.get_one(Referral, read_before.referral_id)
        referral.urgency = Urgency.URGENT
        unit.session.flush()
        place_anew(unit, read_before, referral)
    assert order(session) == [cem, ann, ben]


def test_who_comes_later_is_not_offered_the_place_that_came_free_for_who_waits(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    wait(session, uow, town, "Ann")
    with uow() as unit:
        unit.session.execute(text("UPDATE service_capacity SET places = 1, taken = 0, offered = 0"))
        other = a_service(unit, town.agency, cluster=town.cluster, name="Parents together")
    with uow(town.officer) as unit:
        later = a_referral(unit, a_child(unit, given_name="Ben", school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=later)
    assert session.scalars(select(Offer.service_id).where(Offer.referral_id == later)).one() == other


def test_a_reason_once_given_stays(session: Session, uow: OpenUnit, town: Town) -> None:
    wait(session, uow, town, "Ann")
    ben = wait(session, uow, town, "Ben")
    with uow(town.worker) as unit:
        move_ahead(unit, ben, to_place=1, reason="A baby is due.")
    with pytest.raises(DBAPIError, match="stays as it was"), uow() as unit:
        unit.session.execute(text("UPDATE waiting_jump SET reason = 'Another'"))


@pytest.mark.parametrize(("place", "reason"), [(1, ""), (2, "Because"), (9, "Because"), (0, "Because")])
def test_moving_without_a_reason_or_not_ahead_changes_nothing(
    session: Session, uow: OpenUnit, town: Town, place: int, reason: str
) -> None:
    ann, ben = wait(session, uow, town, "Ann"), wait(session, uow, town, "Ben")
    with pytest.raises(RuleBroken), uow(town.worker) as unit:
        move_ahead(unit, ben, to_place=place, reason=reason)
    assert order(session) == [ann, ben]


def test_who_is_not_first_is_not_accepted_past_the_others(session: Session, uow: OpenUnit, town: Town) -> None:
    ann, ben = wait(session, uow, town, "Ann"), wait(session, uow, town, "Ben")
    with pytest.raises(RuleBroken, match="1 family stands before this one"), uow(town.worker) as unit:
        api.accept_offer(unit, ben)
    with uow(town.worker) as unit:
        api.accept_offer(unit, ann)
        api.accept_offer(unit, ben)
    assert order(session) == []


def test_whoever_leaves_the_list_leaves_no_gap(session: Session, uow: OpenUnit, town: Town) -> None:
    ann, ben, cem = (wait(session, uow, town, name) for name in ("Ann", "Ben", "Cem"))
    referral_id = session.scalars(select(Offer.referral_id).where(Offer.id == ann)).one()
    with uow(town.officer) as unit:
        returned.withdraw(unit, referral_id, reason="They moved away.")
    assert order(session) == [ben, cem]
    with pytest.raises(NotFound), uow(town.worker) as unit:  # what the service had to do with it has ended
        move_ahead(unit, ann, to_place=1, reason="Because")


def test_dates_are_reckoned_anew_when_places_change(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        unit.session.execute(text("UPDATE service_capacity SET places = 0"))
    offer_id = wait(session, uow, town, "Ann")
    before = session.get_one(Offer, offer_id)
    assert before.expected_on == dt.date(2026, 5, 26)
    assert "reckoned as if each family is helped for 12 weeks" in (before.expected_basis or "")
    with uow() as unit:
        unit.session.execute(text("UPDATE service_capacity SET places = 3"))
        reckon_all(unit)
    session.expire_all()
    after = session.get_one(Offer, offer_id)
    assert (after.expected_on, after.expected_basis) == (dt.date(2026, 3, 10), "3 of 3 places are free")


def test_a_date_that_the_service_named_stands_until_it_has_gone_by(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    offer_id = session.scalars(select(Offer.id)).one()
    with uow(town.worker) as unit:
        put_on_waiting_list(unit, offer_id, expected_on=dt.date(2026, 4, 1))
    with uow() as unit:
        reckon_all(unit)
        assert unit.session.get_one(Offer, offer_id).expected_on == dt.date(2026, 4, 1)
        reckon_all(type(unit)(session=unit.session, actor=unit.actor, now=NOW + dt.timedelta(days=60)))
    session.expire_all()
    assert session.get_one(Offer, offer_id).expected_on == dt.date(2026, 5, 11)


def test_a_freed_place_brings_the_dates_forward(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        unit.session.execute(text("UPDATE service_capacity SET places = 1"))
    helped = wait(session, uow, town, "Ann")
    with uow(town.worker) as unit:
        helped_referral = api.accept_offer(unit, helped)
    waiting = wait(session, uow, town, "Ben")
    assert session.get_one(Offer, waiting).expected_on == dt.date(2026, 5, 26)
    with uow(town.worker) as unit:
        api.start_referral(unit, helped_referral)
        api.end_referral(unit, helped_referral, reason="Needs met.")
    session.expire_all()
    assert session.get_one(Offer, waiting).expected_on == dt.date(2026, 3, 10)
    assert session.scalars(select(ServiceCapacity.taken)).one() == 0


def test_accepting_names_the_worker_and_the_service_keeps_the_referral(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    offer_id = wait(session, uow, town, "Ann")
    role = "INSERT INTO role_assignment (id, account_id, role, scope_kind, scope_id, from_on, given_at) VALUES"
    with uow() as unit:
        unit.session.execute(
            text(f"{role} (gen_random_uuid(), :who, 'service_worker', 'service', :service, '2026-01-01', now())"),
            {"who": town.colleague.account_id, "service": town.service_id},
        )
    assert town.colleague.account_id is not None
    with uow(town.worker) as unit:
        referral_id = api.accept_offer(unit, offer_id, worker=town.colleague.account_id)
    session.expire_all()
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.allocated_worker) == (ReferralState.ALLOCATED, "Sean Byrne")
    assert (referral.owner_principal, referral.owner_name) == (town.service_id, "Family support")


def test_nobody_from_elsewhere_is_named(session: Session, uow: OpenUnit, town: Town) -> None:
    offer_id = wait(session, uow, town, "Ann")
    assert town.officer.account_id is not None
    with pytest.raises(RuleBroken, match="Select somebody who works in Family support"), uow(town.worker) as unit:
        api.accept_offer(unit, offer_id, worker=town.officer.account_id)
    assert order(session) == [offer_id]
