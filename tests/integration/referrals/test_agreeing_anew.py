"""A family took its agreement back: what was held says so, and goes on by a new yes of the family or by a ground."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.consent import api as consent
from locality.consent.models import ShareOverride
from locality.kernel.actor import Actor, Role
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import ReferralId
from locality.referrals import jobs
from locality.referrals.models import Offer, Referral, ReferralChange, RoutingDecision, Service
from locality.referrals.operations import returned
from locality.referrals.operations.commands import AgreementNow, Sharing
from locality.referrals.rules.codes import AgreementBasis, ShareGround
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_service
from tests.integration.referrals.test_withdrawn import Referred, _withdraw, referred
from tests.support.database import OpenUnit

__all__ = ["referred"]
AGREED = AgreementNow(AgreementBasis.AGREED)
TOLD = Sharing(manager_consulted="Grace Lin", family_told=True)


@pytest.fixture
def officer(session: Session) -> Actor:
    return an_actor(an_account(session, name="Mary Osei"), Role.SPOC_OFFICER)


@pytest.fixture
def held(uow: OpenUnit, session: Session, referred: Referred) -> ReferralId:
    """Held at the front door; another service would take it."""
    with uow() as unit:
        a_service(unit, referred.agency, cluster=referred.at_work.cluster, name="Parents together")
        _withdraw(unit, referred.family)
    session.expire_all()
    return referred.referral_id


def _routed(uow: OpenUnit, session: Session, referral_id: ReferralId) -> Referral:
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    session.expire_all()
    return session.get_one(Referral, referral_id)


def test_what_is_held_no_longer_says_that_the_family_agrees(session: Session, held: ReferralId) -> None:
    assert session.get_one(Referral, held).agreement is AgreementBasis.NONE


def test_it_is_not_sent_on_before_the_family_was_asked(
    uow: OpenUnit, session: Session, officer: Actor, held: ReferralId
) -> None:
    with pytest.raises(RuleBroken) as refused, uow(officer) as unit:
        returned.send_again(unit, held)
    assert [reason.field for reason in refused.value.reasons] == ["agreed"]
    with pytest.raises(RuleBroken), uow(officer) as unit:
        other = unit.session.scalars(select(Offer.service_id)).first()
        assert other is not None
        returned.offer_by_hand(unit, held, service_id=other, reason="They know the family")
    session.expire_all()
    assert session.get_one(Referral, held).state is ReferralState.UNPLACED
    assert set(session.scalars(select(Offer.state))) == {OfferState.WITHDRAWN}


def test_a_new_yes_is_kept_as_a_change_and_is_what_it_is_routed_by(
    uow: OpenUnit, session: Session, officer: Actor, held: ReferralId
) -> None:
    with uow(officer) as unit:
        returned.send_again(unit, held, agreement=AGREED)
    sent = _routed(uow, session, held)
    assert (sent.state, sent.agreement) == (ReferralState.RECEIVED, AgreementBasis.AGREED)
    change = session.scalars(select(ReferralChange)).one()
    assert (change.was, change.became) == ("No agreement recorded", "The family agrees")
    assert change.changed_by_name == "Mary Osei"


def test_without_a_yes_it_takes_a_ground_in_full_which_is_recorded_as_a_share(
    uow: OpenUnit, session: Session, officer: Actor, held: ReferralId
) -> None:
    without = AgreementNow(AgreementBasis.SHARED_WITHOUT, ShareGround.CHILD_AT_RISK)
    with pytest.raises(RuleBroken) as refused, uow(officer) as unit:
        returned.send_again(unit, held, agreement=without)
    assert {reason.field for reason in refused.value.reasons} == {"manager_consulted", "why_not_told"}
    with uow(officer) as unit:
        returned.send_again(
            unit, held, agreement=AgreementNow(AgreementBasis.SHARED_WITHOUT, ShareGround.CHILD_AT_RISK, TOLD)
        )
    sent = _routed(uow, session, held)
    assert (sent.agreement, sent.ground) == (AgreementBasis.SHARED_WITHOUT, ShareGround.CHILD_AT_RISK)
    assert session.scalars(select(ShareOverride.manager_consulted)).one() == "Grace Lin"
    found = [step["found"] for stored in session.scalars(select(RoutingDecision.trace)) for step in stored["steps"]]
    assert "Shared without agreement, on a recorded ground" in found


def test_an_agency_that_the_family_left_out_is_not_asked_again(
    uow: OpenUnit, session: Session, officer: Actor, referred: Referred
) -> None:
    with uow() as unit:
        a_service(unit, referred.agency, cluster=referred.at_work.cluster, name="Of the same agency")
        _withdraw(unit, referred.family, scope=consent.Scope.AGENCY, agency_id=referred.agency.id)
    with uow(officer) as unit:
        returned.send_again(unit, referred.referral_id, agreement=AGREED)
    assert _routed(uow, session, referred.referral_id).state is ReferralState.UNPLACED


def test_whoever_owns_a_referral_by_nothing_else_can_choose_the_service(
    uow: OpenUnit, session: Session, held: ReferralId
) -> None:
    rosa = an_account(session, name="Rosa Marin")
    mine = {"sender_kind": Party.SENDER, "sender_principal": rosa.id, "sender_name": rosa.name}
    owned = {"owner_kind": Party.SENDER, "owner_principal": rosa.id, "owner_name": rosa.name}
    session.execute(update(Referral).values(**mine, **owned, state=ReferralState.DECLINED))
    other = session.scalars(select(Service.id).where(Service.name == "Parents together")).one()
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        returned.offer_by_hand(unit, held, service_id=other, reason="They know the family", agreement=AGREED)
    session.expire_all()
    assert session.get_one(Referral, held).owner_principal == other


def test_what_was_passed_to_a_lead_stays_there_and_asks_anew_once_it_is_given_back(
    uow: OpenUnit, session: Session, officer: Actor, referred: Referred
) -> None:
    rosa = an_account(session, name="Rosa Marin")
    session.execute(update(Offer).values(state=OfferState.WITHDRAWN))
    passed = {
        "state": ReferralState.ALLOCATED, "owner_kind": Party.WORKER, "owner_principal": rosa.id,
        "owner_name": rosa.name,
    }  # fmt: skip
    session.execute(update(Referral).values(**passed))
    with uow() as unit:
        _withdraw(unit, referred.family)
    session.expire_all()
    found = session.get_one(Referral, referred.referral_id)
    assert (found.owner_principal, found.agreement) == (rosa.id, AgreementBasis.NONE)
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        returned.give_back(unit, referred.referral_id, reason="The family wants no more of it from me.")
    with pytest.raises(RuleBroken), uow(officer) as unit:
        returned.send_again(unit, referred.referral_id)
    with uow(officer) as unit:
        returned.send_again(unit, referred.referral_id, agreement=AGREED)
