"""A family takes its agreement back: what no service has accepted waits for a person, what was accepted closes."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR
from locality.access.scope import facts_about
from locality.clusters import api as clusters
from locality.clusters.models import Agency
from locality.consent import api as consent
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.ids import ReferralId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals import api as referrals
from locality.referrals.models import Offer, Referral, ReferralEvent
from locality.referrals.operations import disagreeing
from locality.referrals.operations.routing import route_referral
from locality.referrals.rules.codes import AgreementBasis, DeclineReason
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, Household, a_family, an_agreement, helpers
from tests.factories.clusters import a_school
from tests.factories.referrals import a_referral, a_service
from tests.integration.referrals.test_routing import counted
from tests.support.database import OpenUnit
from tests.support.layers import layer

TODAY = dt.date(2026, 3, 3)


@dataclass(frozen=True)
class Referred:
    """A family that agreed, its referral, and a worker of the service that it was offered to."""

    family: Household
    referral_id: ReferralId
    worker: Actor
    agency: Agency
    at_work: Helpers


@layer
def referred(uow: OpenUnit, session: Session) -> Referred:
    """Offered to a service, which has not answered."""
    at_work = helpers(session)
    school = a_school(session, cluster=at_work.cluster)
    agency = session.get_one(Agency, at_work.team.agency_id)
    session.commit()
    with uow() as unit:
        service_id = a_service(unit, agency, cluster=at_work.cluster)
        family = a_family(unit)
        clusters.enrol(unit, person_id=family.children[0], school_id=school.id, from_on=dt.date(2024, 9, 1))
        an_agreement(unit, family)
        referral_id = a_referral(unit, *family.children, family_id=family.id)
    account = an_account(session, name="Priya Shah")
    session.commit()
    worker = an_actor(account, Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id))
    return Referred(family, referral_id, worker, agency, at_work)


def _withdraw(unit: UnitOfWork, family: Household, **scope: object) -> None:
    agreement = consent.open_agreement(unit.session, family.children, today=unit.today)
    assert agreement is not None
    usual: dict[str, object] = {
        "agreement_id": agreement.id, "scope": consent.Scope.WHOLE, "withdrawn_by": family.mother,
        "reason": "Enough for now", "withdrawn_on": unit.today, "risk": consent.RiskView.UNLIKELY,
    }  # fmt: skip
    consent.withdraw(unit, consent.Withdraw(**(usual | scope)))  # type: ignore[arg-type]


def _referral(session: Session, referral_id: ReferralId) -> Referral:
    session.expire_all()
    return session.get_one(Referral, referral_id)


def _lines(session: Session) -> list[str]:
    return list(session.scalars(select(ReferralEvent.line).order_by(ReferralEvent.at, ReferralEvent.id)))


@pytest.mark.parametrize("scope", [consent.Scope.WHOLE, consent.Scope.AGENCY])
def test_an_offer_without_an_answer_is_taken_back_and_a_person_at_the_front_door_decides(
    uow: OpenUnit, session: Session, referred: Referred, scope: consent.Scope
) -> None:
    with uow() as unit:
        agency = {"agency_id": referred.agency.id} if scope is consent.Scope.AGENCY else {}
        _withdraw(unit, referred.family, scope=scope, **agency)
    held = _referral(session, referred.referral_id)
    assert (held.state, held.owner_principal) == (ReferralState.UNPLACED, FRONT_DOOR)
    assert "A person at the front door decides" in held.why_here
    assert session.scalars(select(Offer.state)).all() == [OfferState.WITHDRAWN]
    assert not facts_about(session, referred.worker, referred.family.children).grants
    assert "The family’s agreement was withdrawn. Held for a person at the front door." in _lines(session)


def test_one_that_is_held_is_not_routed_behind_the_persons_back(
    uow: OpenUnit, session: Session, referred: Referred
) -> None:
    with uow() as unit:
        _withdraw(unit, referred.family)
    with uow() as unit:
        route_referral(unit, referred.referral_id)
    assert _referral(session, referred.referral_id).state is ReferralState.UNPLACED


def test_all_referrals_are_locked_before_any_waiting_list_so_that_nobody_waits_in_a_ring(
    uow: OpenUnit, session: Session, referred: Referred
) -> None:
    with uow() as unit:
        a_referral(unit, *referred.family.children, family_id=referred.family.id)
    with uow() as unit, counted(session) as said:
        _withdraw(unit, referred.family)
    first_list = next(place for place, statement in enumerate(said) if "pg_advisory_xact_lock" in statement)
    locked = [one for one in said[:first_list] if "FROM referral \n" in one and "FOR UPDATE" in one]
    assert len(locked) == 2
    assert set(session.scalars(select(Referral.state))) == {ReferralState.UNPLACED}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"scope": consent.Scope.CLUSTER_TEAM}, ReferralState.RECEIVED),
        ({"scope": consent.Scope.TOPIC, "topic": consent.Topic.MONEY}, ReferralState.RECEIVED),
    ],
)
def test_less_than_that_holds_nothing_up(
    uow: OpenUnit, session: Session, referred: Referred, changes: dict[str, object], state: ReferralState
) -> None:
    with uow() as unit:
        _withdraw(unit, referred.family, **changes)
    assert _referral(session, referred.referral_id).state is state


def test_what_was_sent_without_agreement_goes_on(uow: OpenUnit, session: Session, referred: Referred) -> None:
    with uow() as unit:
        unit.session.get_one(Referral, referred.referral_id).agreement = AgreementBasis.SHARED_WITHOUT
        unit.session.flush()
        _withdraw(unit, referred.family)
    assert _referral(session, referred.referral_id).state is ReferralState.RECEIVED


def test_a_service_that_disagrees_reads_no_more_either(uow: OpenUnit, session: Session, referred: Referred) -> None:
    with uow(referred.worker) as unit:
        referrals.decline_offer(unit, session.scalars(select(Offer.id)).one(), reason=DeclineReason.NO_CAPACITY)
    officer = an_actor(an_account(session, name="Mary Osei"), Role.SPOC_OFFICER)
    with uow(officer) as unit:
        disagreeing.raise_disagreement(
            unit, referred.referral_id, words="Attendance is what you do.", disagreement_id=new_id()
        )
    assert facts_about(session, referred.worker, referred.family.children).grants
    with uow() as unit:
        _withdraw(unit, referred.family)
    assert not facts_about(session, referred.worker, referred.family.children).grants


def test_a_service_that_has_accepted_sees_no_more_and_the_history_says_why(
    uow: OpenUnit, session: Session, referred: Referred
) -> None:
    offer_id = session.scalars(select(Offer.id)).one()
    with uow(referred.worker) as unit:
        referrals.accept_offer(unit, offer_id)
    assert facts_about(session, referred.worker, referred.family.children).grants
    with uow() as unit:
        _withdraw(unit, referred.family)
    assert not facts_about(session, referred.worker, referred.family.children).grants
    assert _referral(session, referred.referral_id).state is ReferralState.ACCEPTED
    assert "The family’s agreement was withdrawn. The service sees no more of it." in _lines(session)


def test_a_refusal_holds_an_offer_and_an_agreement_that_leaves_nobody_out_does_not(
    uow: OpenUnit, session: Session, referred: Referred
) -> None:
    with uow() as unit:
        an_agreement(unit, referred.family, cluster_team=True)
    assert _referral(session, referred.referral_id).state is ReferralState.RECEIVED
    with uow() as unit:
        _withdraw(unit, referred.family)
    assert _referral(session, referred.referral_id).state is ReferralState.UNPLACED
