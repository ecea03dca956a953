"""A service's answers, what comes back, and the clocks."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.clock import frozen
from locality.kernel.errors import Conflict, NotAllowed, NotFound, RuleBroken
from locality.kernel.ids import OfferId, ReferralId, new_id
from locality.kernel.outbox import OutboxMessage
from locality.referrals import api, jobs
from locality.referrals.models import Offer, OfferNotice, Referral, ReferralEvent, ReferralMonth, ServiceCapacity
from locality.referrals.operations import returned
from locality.referrals.operations.commands import AcceptedReferral, ImportedContact, ImportedReferral
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.rules.clocks import ClockStep
from locality.referrals.rules.codes import DeclineReason, ReferralKind, Source
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_child, a_referral, a_service, a_social_care_referral, social_care
from tests.integration.referrals.conftest import Town
from tests.support.database import NOW, OpenUnit
from tests.support.layers import layer

AUTHORITY_MANAGER = Scope(Role.MANAGER, ScopeKind.AUTHORITY)


@layer
def offered(session: Session, uow: OpenUnit, town: Town) -> tuple[ReferralId, OfferId]:
    """A referral of the front door, offered to the service of the town."""
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    return referral_id, session.scalars(select(Offer.id)).one()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[AcceptedReferral]:
    """What a higher room hears of acceptances; nobody else listens meanwhile."""
    told: list[AcceptedReferral] = []
    monkeypatch.setattr(api.accepted, "_functions", [lambda _uow, accepted: told.append(accepted)])
    return told


def state_of(session: Session, referral_id: ReferralId) -> ReferralState:
    session.expire_all()
    return session.get_one(Referral, referral_id).state


def places(session: Session) -> tuple[int, int]:
    row = session.execute(select(ServiceCapacity.taken, ServiceCapacity.offered)).one()
    return row.taken, row.offered


def test_accepting_takes_a_place_and_opens_the_case_in_the_same_transaction(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId], heard: list[AcceptedReferral]
) -> None:
    with uow(town.worker) as unit:
        api.accept_offer(unit, offered[1])
    assert state_of(session, offered[0]) is ReferralState.ACCEPTED
    assert places(session) == (1, 0)
    (told,) = heard
    assert (told.referral_id, told.service_name, told.stage) == (offered[0], "Family support", 2)
    assert (told.accepted_by, told.cluster_id) == (town.worker.account_id, town.cluster.id)


def test_who_comes_second_is_told_who_has_it(
    uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId], heard: list[AcceptedReferral]
) -> None:
    with uow(town.worker) as unit:
        api.accept_offer(unit, offered[1])
    with (
        uow(town.colleague) as unit,
        pytest.raises(Conflict, match="Already accepted by Priya Shah at 10:00 on"),
    ):
        api.accept_offer(unit, offered[1])
    assert len(heard) == 1


def test_what_a_higher_room_refuses_is_not_accepted(
    session: Session,
    uow: OpenUnit,
    town: Town,
    offered: tuple[ReferralId, OfferId],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_uow: object, _accepted: AcceptedReferral) -> None:
        raise RuleBroken("The case cannot be opened")

    monkeypatch.setattr(api.accepted, "_functions", [refuse])
    with pytest.raises(RuleBroken), uow(town.worker) as unit:
        api.accept_offer(unit, offered[1])
    assert state_of(session, offered[0]) is ReferralState.RECEIVED
    assert places(session) == (0, 1)


def test_a_stranger_cannot_answer(uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]) -> None:
    with uow(town.second_officer.__class__(account_id=None, name="Nobody")) as unit, pytest.raises(NotFound):
        api.accept_offer(unit, offered[1])


def test_a_decline_goes_back_to_the_sender_and_ends_the_services_access(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.NO_CAPACITY, note="Full until May")
    referral = session.get_one(Referral, offered[0])
    assert (referral.state, referral.owner_principal) == (ReferralState.DECLINED, FRONT_DOOR)
    assert places(session) == (0, 0)
    open_grants = select(AccessGrant.principal_id).where(AccessGrant.until_at.is_(None))
    assert set(session.scalars(open_grants)) == {FRONT_DOOR}
    with uow(town.worker) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == []


def test_a_question_goes_to_the_sender_and_its_answer_back(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    referral_id, offer_id = offered
    with uow(town.worker) as unit:
        api.ask_about_offer(unit, offer_id, question="Is her mother at home in the mornings?")
    assert state_of(session, referral_id) is ReferralState.RETURNED_FOR_INFO
    with uow(town.worker) as unit, pytest.raises(NotAllowed, match="The front door has this referral"):
        api.answer_question(unit, referral_id, answer="Yes")
    with uow(town.officer) as unit:
        api.answer_question(unit, referral_id, answer="Yes, until ten.")
    assert state_of(session, referral_id) is ReferralState.RECEIVED
    words = session.scalars(select(ReferralEvent.words).order_by(ReferralEvent.at)).all()
    assert set(words) == {"Is her mother at home in the mornings?", "Yes, until ten."}


def test_a_waiting_list_keeps_its_order_and_holds_no_place(
    session: Session, uow: OpenUnit, town: Town, heard: list[AcceptedReferral]
) -> None:
    positions = []
    for name in ("Ann", "Ben", "Cem"):
        with uow() as unit:
            referral_id = a_referral(unit, a_child(unit, given_name=name, school=town.school))
        offer_id = session.scalars(select(Offer.id).where(Offer.referral_id == referral_id)).one()
        with uow(town.worker) as unit:
            positions.append(api.put_on_waiting_list(unit, offer_id, expected_on=dt.date(2026, 5, 1)))
    assert positions == [1, 2, 3]
    assert places(session) == (0, 0)
    first = session.scalars(select(Offer.id).where(Offer.waiting_position == 1)).one()
    with uow(town.worker) as unit:
        api.accept_offer(unit, first)
    session.expire_all()
    left = session.scalars(select(Offer.waiting_position).where(Offer.state == OfferState.WAITING)).all()
    assert sorted(left) == [1, 2]  # type: ignore[type-var]
    assert places(session) == (1, 0)


def test_a_date_in_the_past_is_no_expected_date(uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]) -> None:
    with uow(town.worker) as unit, pytest.raises(RuleBroken):
        api.put_on_waiting_list(unit, offered[1], expected_on=dt.date(2026, 3, 2))


def test_what_came_back_is_sent_again_and_not_to_the_same_service(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow() as unit:
        other = a_service(unit, town.agency, cluster=town.cluster, name="Parents together")
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.OUTSIDE_CRITERIA)
    with uow(town.officer) as unit:
        returned.send_again(unit, offered[0])
    assert len(session.scalars(select(OutboxMessage.id).where(OutboxMessage.task == "referrals.route")).all()) == 2
    with uow() as unit:
        jobs.route(unit, referral_id=offered[0])
    live = session.scalars(select(Offer.service_id).where(Offer.state == OfferState.OPEN)).one()
    assert live == other


def test_a_person_may_choose_the_service_and_says_why(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.INCOMPLETE)
    with uow(town.officer) as unit, pytest.raises(NotFound):
        returned.offer_by_hand(unit, offered[0], service_id=new_id(), reason="Because")
    with uow(town.officer) as unit:
        returned.offer_by_hand(unit, offered[0], service_id=town.service_id, reason="They have all details now.")
    referral = session.get_one(Referral, offered[0])
    assert referral.state is ReferralState.RECEIVED
    assert referral.why_here == "Mary Osei chose Family support: They have all details now."


def test_only_the_sender_withdraws(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.officer) as unit:
        returned.withdraw(unit, offered[0], reason="The family moved away.")
    assert state_of(session, offered[0]) is ReferralState.WITHDRAWN
    assert session.scalars(select(Offer.state)).one() is OfferState.WITHDRAWN
    assert places(session) == (0, 0)


def test_ending_frees_the_place_and_the_access(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId], heard: list[AcceptedReferral]
) -> None:
    with uow(town.worker) as unit:
        api.accept_offer(unit, offered[1])
        api.start_referral(unit, offered[0])
        api.end_referral(unit, offered[0], reason="Needs met.")
        api.end_referral(unit, offered[0], reason="Needs met.")
    assert state_of(session, offered[0]) is ReferralState.ENDED
    assert places(session) == (0, 0)
    assert session.scalars(select(AccessGrant.id).where(AccessGrant.until_at.is_(None))).all() == []


def test_social_cares_no_is_no_further_action(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        social_care(unit, town.agency)
        referral_id = refer_to_social_care(unit, a_social_care_referral(a_child(unit)))
        jobs.route(unit, referral_id=referral_id)
        offer_id = unit.session.scalars(select(Offer.id)).one()
        api.decline_offer(unit, offer_id, reason=DeclineReason.OUTSIDE_CRITERIA)
    referral = session.get_one(Referral, referral_id)
    assert (referral.no_further_action, referral.owner_principal) == (True, FRONT_DOOR)


# --- Clocks: the offer was due on Tuesday 10 March at ten ----------------------------------------------------------


def run_at(uow: OpenUnit, at: dt.datetime) -> None:
    """The clocks at an instant, and then the work that they owe."""
    with uow() as unit, frozen(at):
        then = type(unit)(session=unit.session, actor=unit.actor, now=at)
        jobs.clocks(then)
        owed = text("DELETE FROM outbox_message WHERE task = 'referrals.look_at_offer' RETURNING payload")
        for (payload,) in unit.session.execute(owed).all():
            jobs.look_at_offer(then, **{name: uuid.UUID(value) for name, value in payload.items()})


def lines(session: Session) -> list[str]:
    return list(session.scalars(select(ReferralEvent.line).order_by(ReferralEvent.at)))


def test_nothing_happens_before_the_answer_is_due(
    session: Session, uow: OpenUnit, offered: tuple[ReferralId, OfferId]
) -> None:
    run_at(uow, NOW + dt.timedelta(days=6))
    assert lines(session) == []


def test_at_the_due_time_the_service_is_reminded_once(
    session: Session, uow: OpenUnit, offered: tuple[ReferralId, OfferId]
) -> None:
    for minute in range(3):
        run_at(uow, dt.datetime(2026, 3, 10, 10, minute, tzinfo=dt.UTC))
    assert lines(session) == ["The service was reminded: its answer is due."]


def test_two_working_days_later_the_manager_is_told(
    session: Session, uow: OpenUnit, offered: tuple[ReferralId, OfferId]
) -> None:
    run_at(uow, dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    run_at(uow, dt.datetime(2026, 3, 13, 12, 0, tzinfo=dt.UTC))
    assert len(lines(session)) == 2
    assert session.scalars(select(Offer.manager_told_at)).one() is not None


def test_five_working_days_later_it_is_offered_elsewhere_and_never_closed(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow() as unit:
        other = a_service(unit, town.agency, cluster=town.cluster, name="Parents together")
    run_at(uow, dt.datetime(2026, 3, 17, 12, 0, tzinfo=dt.UTC))
    assert state_of(session, offered[0]) is ReferralState.SENT
    with uow() as unit:
        jobs.route(unit, referral_id=offered[0])
    assert session.scalars(select(Offer.service_id).where(Offer.state == OfferState.OPEN)).one() == other
    assert session.scalars(select(Offer.state).where(Offer.id == offered[1])).one() is OfferState.EXPIRED


def test_each_step_is_taken_once_however_often_and_late_the_clock_looks(
    session: Session, uow: OpenUnit, offered: tuple[ReferralId, OfferId]
) -> None:
    for hour in (9, 12, 15):
        run_at(uow, dt.datetime(2026, 3, 13, hour, 0, tzinfo=dt.UTC))
    steps = session.scalars(select(OfferNotice.step).order_by(OfferNotice.step)).all()
    assert steps == [ClockStep.REMIND, ClockStep.TELL_MANAGER]
    assert len(lines(session)) == 2


def test_a_question_that_was_answered_starts_the_clock_again(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    run_at(uow, dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC))
    with uow(town.worker) as unit:
        api.ask_about_offer(unit, offered[1], question="Which days?")
    with uow(town.officer) as unit:
        at = dt.datetime(2026, 3, 10, 12, 30, tzinfo=dt.UTC)
        api.answer_question(type(unit)(session=unit.session, actor=unit.actor, now=at), offered[0], answer="Mondays.")
    run_at(uow, dt.datetime(2026, 3, 16, 13, 0, tzinfo=dt.UTC))
    assert session.execute(text("SELECT count(*) FROM offer_notice")).scalar_one() == 1
    run_at(uow, dt.datetime(2026, 3, 17, 13, 0, tzinfo=dt.UTC))
    assert session.execute(text("SELECT count(*) FROM offer_notice")).scalar_one() == 2


def test_the_service_and_the_manager_are_written_to_once_and_no_child_is_named(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId]
) -> None:
    an_account(session, name="Grace Lin", email="grace@manager.example", roles=[AUTHORITY_MANAGER])
    with uow() as unit:
        unit.session.execute(text("UPDATE service SET email = 'team@service.example'"))
    for _ in range(2):
        run_at(uow, dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    rows = session.execute(text("SELECT to_address, subject || body FROM message_text ORDER BY 1")).all()
    assert [row[0] for row in rows] == ["grace@manager.example", "team@service.example"]
    assert not [row for row in rows if "Leah" in row[1]]


def test_a_manager_may_read_what_is_late_until_it_is_answered(
    session: Session, uow: OpenUnit, town: Town, offered: tuple[ReferralId, OfferId], heard: list[AcceptedReferral]
) -> None:
    manager = an_actor(an_account(session, name="Grace Lin"), Scope(Role.MANAGER, ScopeKind.CLUSTER, town.cluster.id))
    with uow(manager) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == []
    run_at(uow, dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    with uow(manager) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [offered[0]]
    with uow(town.worker) as unit:
        api.accept_offer(unit, offered[1])
    with uow(manager) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == []


def test_of_a_referral_without_a_cluster_whoever_is_written_to_may_read_it(
    session: Session, uow: OpenUnit, offered: tuple[ReferralId, OfferId]
) -> None:
    grace = an_account(session, name="Grace Lin", roles=[AUTHORITY_MANAGER])
    with uow() as unit:
        unit.session.execute(text("UPDATE referral SET cluster_id = NULL, locality_id = NULL"))
    run_at(uow, dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    with uow(an_actor(grace, AUTHORITY_MANAGER)) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [offered[0]]


@pytest.mark.parametrize("answer", ["ask", "wait"])
def test_a_managers_reading_ends_with_a_question_and_with_a_place_on_the_list(
    session: Session,
    uow: OpenUnit,
    town: Town,
    offered: tuple[ReferralId, OfferId],
    heard: list[AcceptedReferral],
    answer: str,
) -> None:
    run_at(uow, dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    with uow(town.worker) as unit:
        if answer == "ask":
            api.ask_about_offer(unit, offered[1], question="Which days?")
        else:
            api.put_on_waiting_list(unit, offered[1])
    still = select(AccessGrant.id).where(
        AccessGrant.reason == GrantReason.SEES_TO_REFERRAL, AccessGrant.until_at.is_(None)
    )
    assert session.scalars(still).all() == []


def test_when_no_service_is_left_a_person_at_the_front_door_decides(
    session: Session, uow: OpenUnit, offered: tuple[ReferralId, OfferId]
) -> None:
    run_at(uow, dt.datetime(2026, 3, 17, 12, 0, tzinfo=dt.UTC))
    with uow() as unit:
        jobs.route(unit, referral_id=offered[0])
    session.expire_all()
    referral = session.get_one(Referral, offered[0])
    assert (referral.state, referral.owner_principal) == (ReferralState.UNPLACED, FRONT_DOOR)


def test_social_care_is_chased_and_keeps_the_referral_however_late(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        social_care(unit, town.agency)
        referral_id = refer_to_social_care(unit, a_social_care_referral(a_child(unit)))
        jobs.route(unit, referral_id=referral_id)
    for day in (4, 6, 20):
        run_at(uow, dt.datetime(2026, 3, day, 12, 0, tzinfo=dt.UTC))
    assert state_of(session, referral_id) is ReferralState.RECEIVED
    assert "has not acknowledged: it was reminded. The front door should ring them." in lines(session)[0]
    assert len(lines(session)) == 2


@pytest.mark.parametrize(
    ("state", "owner"),
    [("received", "sender"), ("unplaced", "service"), ("declined", "service"), ("allocated", "front_door")],
)
def test_the_database_refuses_a_referral_that_is_with_the_wrong_one(
    uow: OpenUnit, offered: tuple[ReferralId, OfferId], state: str, owner: str
) -> None:
    change = text("UPDATE referral SET state = :state, owner_kind = :owner")
    with pytest.raises(IntegrityError, match="referral_owner_check"), uow() as unit:
        unit.session.execute(change, {"state": state, "owner": owner})


# --- Taken over from other systems ---------------------------------------------------------------------------------


def test_imports_change_nothing_the_second_time(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        child = a_child(unit)
        contact = ImportedContact("contacts:1", child, dt.date(2026, 1, 5), Source.POLICE)
        referral = ImportedReferral(
            "referrals:1",
            child,
            dt.date(2026, 1, 6),
            Source.POLICE,
            no_further_action=True,
            allocated_team="Assessment team",
            allocated_worker="J Smith",
            cluster_id=town.cluster.id,
        )
        assert api.record_imported_contact(unit, contact) == api.record_imported_contact(unit, contact)
        assert api.record_imported_referral(unit, referral) == api.record_imported_referral(unit, referral)
    count = session.scalars(select(ReferralMonth)).one()
    assert (count.month, count.kind, count.children) == (dt.date(2026, 1, 1), ReferralKind.SOCIAL_CARE, 1)
    assert session.execute(text("SELECT count(*) FROM contact_child")).scalar_one() == 1
