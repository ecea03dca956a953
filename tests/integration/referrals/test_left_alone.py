"""A service whose last worker left: it closes, what waits for it goes on, and its side of a disagreement is heard."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR, management_of
from locality.accounts import api as accounts
from locality.accounts.models import Account, RoleAssignment
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AccountId, ReferralId, new_id
from locality.kernel.outbox import OutboxMessage
from locality.referrals import api, jobs
from locality.referrals.models import Disagreement, Offer, Referral, ReferralEvent, Service, ServiceEdition
from locality.referrals.operations import disagreeing
from locality.referrals.operations.services_closing import close_service, reopen_service
from locality.referrals.queries.team import list_left_alone
from locality.referrals.rules.codes import AreaKind
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from tests.factories.accounts import a_role, an_account, an_actor
from tests.factories.referrals import a_child, a_referral, a_service
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit


@pytest.fixture
def nia(session: Session, town: Town) -> Account:
    """The only worker of family support who has an account with its role."""
    return an_account(session, name="Nia Okoro", roles=[at(town)])


def at(town: Town) -> Scope:
    return Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, town.service_id)


def as_worker(town: Town, account: Account) -> Actor:
    return an_actor(account, at(town))


def pass_on(uow: OpenUnit) -> None:
    with uow() as unit:
        jobs.pass_on(unit)


def shut(session: Session, uow: OpenUnit, account: Account) -> None:
    administrator = an_actor(an_account(session, roles=[Role.ADMINISTRATOR]), Role.ADMINISTRATOR)
    with uow(administrator) as unit:
        accounts.disable_account(unit, AccountId(account.id), reason="Left the council")
    session.expire_all()


def end_roles(session: Session, uow: OpenUnit, account: Account) -> None:
    """Every role ends without a word; the next look finds it."""
    ended = update(RoleAssignment).where(RoleAssignment.account_id == account.id)
    session.execute(ended.values(ended_at=account.created_at))
    pass_on(uow)
    session.expire_all()


def change_team(session: Session, uow: OpenUnit, account: Account) -> None:
    """They work elsewhere from now on."""
    end_roles(session, uow, account)
    a_role(session, account, Role.CLUSTER_MEMBER)
    pass_on(uow)
    session.expire_all()


Leave = Callable[[Session, OpenUnit, Account], None]
every_way = pytest.mark.parametrize("leave", [shut, end_roles, change_team])


def offered(session: Session, uow: OpenUnit, town: Town, name: str = "Leah") -> ReferralId:
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, given_name=name, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    session.expire_all()
    return referral_id


def turn(session: Session, uow: OpenUnit, *, days: int) -> None:
    """A later day begins."""
    with uow() as unit:
        jobs.turn_directory(replace(unit, now=unit.now + dt.timedelta(days=days)))
    session.expire_all()


def do_what_is_owed(session: Session, uow: OpenUnit) -> None:
    """The work that closing a service owes, and the routing that follows from it."""
    for task, job in (("referrals.offer_elsewhere", jobs.offer_elsewhere), ("referrals.route", jobs.route)):
        for payload in session.scalars(select(OutboxMessage.payload).where(OutboxMessage.task == task)).all():
            with uow() as unit:
                job(unit, **payload)
    session.expire_all()


@every_way
def test_what_waits_for_a_service_that_nobody_works_in_goes_to_another_or_to_the_front_door(
    session: Session, uow: OpenUnit, town: Town, nia: Account, leave: Leave
) -> None:
    with uow() as unit:
        other = a_service(unit, town.agency, cluster=town.cluster, places=1, name="Young carers")
        session.execute(update(Service).where(Service.id == other).values(is_open=False))
    first, waits = offered(session, uow, town), offered(session, uow, town, "Tom")
    with uow(as_worker(town, nia)) as unit:
        (offer_id,) = session.scalars(select(Offer.id).where(Offer.referral_id == waits)).all()
        api.put_on_waiting_list(unit, offer_id)
    session.execute(update(Service).where(Service.id == other).values(is_open=True, has_waiting_list=False))
    leave(session, uow, nia)
    service = session.get_one(Service, town.service_id)
    assert (service.is_open, service.closes_on) == (False, dt.date(2026, 3, 5)), "Wednesday is left to find somebody"
    turn(session, uow, days=1)
    do_what_is_owed(session, uow)
    assert session.get_one(Service, town.service_id).is_open is False
    assert session.get_one(Referral, first).owner_principal == town.service_id
    turn(session, uow, days=2)
    edition = session.scalars(select(ServiceEdition).order_by(ServiceEdition.number.desc())).first()
    assert edition is not None
    assert (edition.why, edition.made_by_name) == ("Nobody works in it any more", "Locality")
    do_what_is_owed(session, uow)
    stand = {(one.state, one.owner_principal) for one in (session.get_one(Referral, id_) for id_ in (first, waits))}
    assert stand == {(ReferralState.RECEIVED, other), (ReferralState.UNPLACED, FRONT_DOOR)}
    assert (
        session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN, Offer.service_id != other)).all() == []
    )
    with uow(town.officer) as unit:
        lines = list(unit.session.scalars(select(ReferralEvent.line)))
    assert lines.count("Nobody works in Family support any more: offered elsewhere.") == 2


@every_way
@pytest.mark.parametrize("planned", [None, dt.date(2026, 9, 1)])
def test_nothing_is_lost_when_somebody_is_given_the_role_before_the_service_closes(
    session: Session, uow: OpenUnit, town: Town, nia: Account, leave: Leave, planned: dt.date | None
) -> None:
    if planned is not None:
        with uow() as unit:
            close_service(unit, town.service_id, from_on=planned, offer_elsewhere=True, why="The contract ends")
    waits = offered(session, uow, town)
    with uow(as_worker(town, nia)) as unit:
        (offer_id,) = session.scalars(select(Offer.id).where(Offer.referral_id == waits)).all()
        api.put_on_waiting_list(unit, offer_id)
    leave(session, uow, nia)
    an_account(session, name="Ada Okafor", roles=[at(town)])
    turn(session, uow, days=2)
    do_what_is_owed(session, uow)
    service = session.get_one(Service, town.service_id)
    assert (service.is_open, service.closes_on) == (True, planned)
    assert session.get_one(Referral, waits).owner_principal == town.service_id


@every_way
def test_a_service_that_opens_today_and_is_left_alone_stops_nothing(
    session: Session, uow: OpenUnit, town: Town, nia: Account, leave: Leave
) -> None:
    session.execute(update(Service).where(Service.id == town.service_id).values(opens_on=dt.date(2026, 3, 3)))
    leave(session, uow, nia)
    assert session.get_one(Service, town.service_id).is_open is False


def test_a_service_with_a_worker_left_or_that_never_had_one_stays_open(
    session: Session, uow: OpenUnit, town: Town, nia: Account
) -> None:
    with uow() as unit:
        never = a_service(unit, town.agency, name="By letter only")
    an_account(session, name="Ada Okafor", roles=[at(town)])
    shut(session, uow, nia)
    pass_on(uow)
    session.expire_all()
    assert [session.get_one(Service, one).is_open for one in (town.service_id, never)] == [True, True]


def test_whoever_manages_the_area_sees_it_until_somebody_works_there_again(
    session: Session, uow: OpenUnit, town: Town, nia: Account
) -> None:
    here, around, elsewhere, everywhere = (
        an_actor(an_account(session), Scope(Role.MANAGER, kind, place))
        for kind, place in (
            (ScopeKind.CLUSTER, town.cluster.id), (ScopeKind.LOCALITY, town.cluster.locality_id),
            (ScopeKind.CLUSTER, new_id()), (ScopeKind.AUTHORITY, None),
        )
    )  # fmt: skip
    in_area = update(Service).where(Service.id == town.service_id)
    session.execute(in_area.values(area_kind=AreaKind.CLUSTER, area_id=town.cluster.id))

    def told(actor: Actor) -> list[str]:
        with uow(actor) as unit:
            return [row.name for row in list_left_alone(unit.session, actor, today=unit.today)]

    assert (told(here), told(everywhere)) == ([], [])
    shut(session, uow, nia)
    assert [told(one) for one in (here, around, everywhere)] == [["Family support"]] * 3
    assert (told(elsewhere), told(town.officer)) == ([], [])
    with pytest.raises(RuleBroken, match="Nobody works in this service"), uow() as unit:
        reopen_service(unit, town.service_id, why="A mistake")
    an_account(session, name="Ada Okafor", roles=[at(town)])
    assert told(here) == []
    with uow() as unit:
        reopen_service(unit, town.service_id, why="Ada works there now")


def dispute(session: Session, uow: OpenUnit, town: Town, raiser: Actor) -> Disagreement:
    """A service's worker disagrees with a referral; the front door answers, so that it waits for them."""
    referral_id = offered(session, uow, town)
    with uow(raiser) as unit:
        disputed = disagreeing.raise_disagreement(unit, referral_id, words="Not ours.", disagreement_id=new_id())
    with uow(town.officer) as unit:
        disagreeing.answer_disagreement(unit, disputed, words="It is.")
    session.expire_all()
    return session.get_one(Disagreement, disputed)


@every_way
def test_a_disagreement_raised_for_a_service_goes_to_its_team_when_the_raiser_leaves(
    session: Session, uow: OpenUnit, town: Town, nia: Account, leave: Leave
) -> None:
    ada = an_account(session, name="Ada Okafor", roles=[at(town)])
    found = dispute(session, uow, town, as_worker(town, nia))
    assert found.waits_principal == nia.id
    leave(session, uow, nia)
    assert (found.waits_principal, found.waits_name) == (town.service_id, "Family support")
    assert found.raised_principal == town.service_id
    with uow(as_worker(town, ada)) as unit:
        lines = list(unit.session.scalars(select(ReferralEvent.line)))
        disagreeing.answer_disagreement(unit, found.id, words="We looked again.")
    assert "Nia Okoro no longer works there, so Family support answers the disagreement." in lines
    session.expire_all()
    assert found.waits_principal == town.service_id, "an answer goes to whose side it is now, not to who left"


@every_way
@pytest.mark.parametrize("managed", [True, False])
def test_where_nobody_is_left_in_the_team_their_manager_answers_then_the_front_door(
    session: Session, uow: OpenUnit, town: Town, nia: Account, leave: Leave, managed: bool
) -> None:
    over = Scope(Role.MANAGER, ScopeKind.CLUSTER, town.cluster.id)
    manager = an_actor(an_account(session, name="Grace Lin", roles=[over] if managed else ()), over)
    found = dispute(session, uow, town, as_worker(town, nia))
    leave(session, uow, nia)
    assert found.waits_principal == (management_of(town.cluster.id) if managed else FRONT_DOOR)
    with uow(manager if managed else town.officer) as unit:
        disagreeing.answer_disagreement(unit, found.id, words="I see to it.")


def test_a_disagreement_that_waits_for_managers_is_with_the_front_door_when_the_last_of_them_leaves(
    session: Session, uow: OpenUnit, town: Town, nia: Account
) -> None:
    over = Scope(Role.MANAGER, ScopeKind.CLUSTER, town.cluster.id)
    grace = an_account(session, name="Grace Lin", roles=[over])
    found = dispute(session, uow, town, as_worker(town, nia))
    shut(session, uow, nia)
    assert found.waits_principal == management_of(town.cluster.id)
    end_roles(session, uow, grace)
    assert (found.waits_principal, found.waits_name) == (FRONT_DOOR, "The front door")
    with uow(town.officer) as unit:
        disagreeing.answer_disagreement(unit, found.id, words="We see to it.")


@pytest.mark.parametrize("answered_before", [True, False])
def test_an_officer_who_moved_on_is_not_asked_about_what_they_raised_for_the_front_door(
    session: Session, uow: OpenUnit, town: Town, nia: Account, answered_before: bool
) -> None:
    olga = an_account(session, name="Olga Reed", roles=[Role.SPOC_OFFICER])
    referral_id = offered(session, uow, town)
    with uow(an_actor(olga, Role.SPOC_OFFICER)) as unit:
        disputed = disagreeing.raise_disagreement(unit, referral_id, words="Theirs.", disagreement_id=new_id())

    def answered() -> None:
        with uow(as_worker(town, nia)) as unit:
            disagreeing.answer_disagreement(unit, disputed, words="Not ours.")

    if answered_before:
        answered()
    a_role(session, olga, Role.LEAD_PROFESSIONAL)  # first, so that they are never without any
    as_officer = (RoleAssignment.account_id == olga.id, RoleAssignment.role == Role.SPOC_OFFICER)
    session.execute(update(RoleAssignment).where(*as_officer).values(ended_at=olga.created_at))
    pass_on(uow)
    if not answered_before:
        answered()
    session.expire_all()
    found = session.get_one(Disagreement, disputed)
    assert (found.waits_principal, found.waits_name) == (FRONT_DOOR, "The front door")
