"""Somebody can sign in no more: the front door has what they sent and what was passed to them."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR
from locality.accounts import api as accounts
from locality.accounts.models import Account
from locality.clusters import api as clusters
from locality.kernel.actor import Actor, Role
from locality.kernel.ids import AccountId, EpisodeId, ReferralId, new_id
from locality.referrals import api, jobs
from locality.referrals.models import Offer, Referral, ReferralEvent
from locality.referrals.rules.codes import DeclineReason
from locality.referrals.rules.lifecycle import Party, ReferralState
from locality.stages import api as stages
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_case_note
from tests.factories.referrals import a_child, a_referral
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit


@pytest.fixture
def rosa(session: Session) -> Account:
    """A family worker who is about to leave."""
    return an_account(session, name="Rosa Marin")


@pytest.fixture
def administrator(session: Session) -> Actor:
    """Who shuts accounts, and sees no family."""
    return an_actor(an_account(session, roles=[Role.ADMINISTRATOR]), Role.ADMINISTRATOR)


def sent_by(uow: OpenUnit, town: Town, account: Account) -> ReferralId:
    """A referral that somebody sent and a service has not answered."""
    with uow(an_actor(account, Role.LEAD_PROFESSIONAL)) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    return referral_id


def shut(session: Session, uow: OpenUnit, administrator: Actor, account: Account) -> None:
    with uow(administrator) as unit:
        accounts.disable_account(unit, AccountId(account.id), reason="Left the council")
    session.expire_all()


def test_what_comes_back_after_the_sender_left_is_with_the_front_door(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, administrator: Actor
) -> None:
    referral_id = sent_by(uow, town, rosa)
    shut(session, uow, administrator, rosa)
    assert session.get_one(Referral, referral_id).owner_principal == town.service_id
    with uow(town.worker) as unit:
        api.decline_offer(unit, session.scalars(select(Offer.id)).one(), reason=DeclineReason.NO_CAPACITY)
    session.expire_all()
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_principal) == (ReferralState.DECLINED, FRONT_DOOR)
    with uow(town.officer) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [referral_id]


def test_what_had_come_back_to_the_sender_is_with_the_front_door_at_once(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, administrator: Actor
) -> None:
    referral_id = sent_by(uow, town, rosa)
    with uow(town.worker) as unit:
        api.ask_about_offer(unit, session.scalars(select(Offer.id)).one(), question="Which days?")
    shut(session, uow, administrator, rosa)
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_principal) == (ReferralState.RETURNED_FOR_INFO, FRONT_DOOR)
    assert "Rosa Marin can no longer sign in, so the front door sees to it." in session.scalars(
        select(ReferralEvent.line)
    )
    with uow(town.officer) as unit:
        api.answer_question(unit, referral_id, answer="Mondays.")
    session.expire_all()
    assert session.get_one(Referral, referral_id).owner_principal == town.service_id


def test_what_was_passed_to_the_lead_of_a_case_is_given_back(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, administrator: Actor
) -> None:
    episode_id = EpisodeId(new_id())
    with uow() as unit:
        leah = a_child(unit)
        stages.place_child(
            unit, stages.PlaceChild(leah, 2, town.cluster.id, episode_id=episode_id, on=dt.date(2026, 1, 5))
        )
        note = a_case_note(
            town.cluster, episode_id=episode_id, about=(leah,), lead_account_id=rosa.id, lead_name=rosa.name
        )
        clusters.note_case(unit, note)
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, leah, routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    session.expire_all()
    assert session.get_one(Referral, referral_id).owner_principal == rosa.id
    shut(session, uow, administrator, rosa)
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_kind) == (ReferralState.UNPLACED, Party.FRONT_DOOR)
    still = select(AccessGrant.id).where(
        AccessGrant.record_id == referral_id, AccessGrant.principal_id == rosa.id, AccessGrant.until_at.is_(None)
    )
    assert session.scalars(still).all() == []
