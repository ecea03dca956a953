"""What a page offers to open, its reader may open; whoever sent a referral or disputes it may open it."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import ContactId, OfferId, PersonId, ReferralId, new_id
from locality.referrals import api
from locality.referrals.models import Contact, Disagreement, Referral
from locality.referrals.operations.disagreeing import raise_disagreement
from locality.referrals.operations.routing import route_referral
from locality.referrals.rules.codes import DeclineReason
from locality.search.find import find_records
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_referral
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, settled


@pytest.fixture(autouse=True)
def _tuesday(clock: dt.datetime) -> None:
    """Tuesday 3 March 2026, ten o'clock."""


@pytest.fixture
def reader(uow: OpenUnit, cast: Cast, leah: PersonId) -> Account:
    """The lead professional, here a member of the team around Leah, who reads the story and the plan."""
    with uow() as unit:
        grants.give(
            unit, [leah], principal=cast.lead.id, reason=GrantReason.TEAM_AROUND_CHILD, record=ReferralId(new_id())
        )
    return cast.lead


@pytest.fixture
def manager(session: Session, uow: OpenUnit, cast: Cast, leah: PersonId) -> Account:
    """Somebody who manages the help for Leah and does not work at the front door."""
    found = an_account(session, name="Grace Lin", roles=[Scope(Role.MANAGER, ScopeKind.CLUSTER, cast.cluster.id)])
    with uow() as unit:
        grants.give(unit, [leah], principal=found.id, reason=GrantReason.MANAGEMENT, record=new_id())
    return found


def test_a_referral_that_the_reader_may_not_open_is_named_without_a_link(
    browse: Browse, session: Session, cast: Cast, leah: PersonId, referral: ReferralId, reader: Account
) -> None:
    reference = session.get_one(Referral, referral).reference
    at_record = settled(browse, reader).get(f"/people/{leah}/referrals", most_queries=8)
    assert at_record.table("Referrals")[0]["Reference"] == reference
    assert reference not in at_record.links
    browse.get(f"/referrals/{referral}", status=403)
    assert reference in settled(browse, cast.officer).get(f"/people/{leah}/referrals").links


def test_a_reference_that_the_reader_may_not_open_is_not_found(
    session: Session, uow: OpenUnit, referral: ReferralId, contact: ContactId, reader: Account, manager: Account
) -> None:
    references = [session.get_one(Referral, referral).reference, session.get_one(Contact, contact).reference]
    with uow(an_actor(reader, Role.LEAD_PROFESSIONAL)) as unit:
        assert [len(find_records(unit.session, reference)) for reference in references] == [0, 0]
    with uow(an_actor(manager, Role.MANAGER)) as unit:
        assert [len(find_records(unit.session, reference)) for reference in references] == [1, 1]


def test_whoever_sent_a_referral_may_open_change_and_withdraw_it_while_a_service_has_it(
    browse: Browse, uow: OpenUnit, leah: PersonId, reader: Account
) -> None:
    with uow(an_actor(reader, Role.LEAD_PROFESSIONAL)) as unit:
        referral = a_referral(unit, leah, routed=False)
    with uow() as unit:
        route_referral(unit, referral)
    page = settled(browse, reader).get("/referrals")
    assert page.links["Leah Adeyemi"] == f"/referrals/{referral}"
    page = browse.get(f"/referrals/{referral}")
    assert "Offered to a service" in page.main
    assert {"Withdraw", "Change"} & set(page.links) or page.has_button("Withdraw")
    browse.get(f"/referrals/{referral}/change")


def test_the_service_that_declined_reads_the_referral_as_long_as_the_disagreement_lasts(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, referral: ReferralId, offer: OfferId
) -> None:
    with uow(an_actor(cast.worker, cast.at_service)) as unit:
        api.decline_offer(unit, offer, reason=DeclineReason.NO_CAPACITY)
    with uow(cast.officer_actor) as unit:
        raise_disagreement(unit, referral, words="She needs you now", disagreement_id=new_id())
    found = session.scalars(select(Disagreement.id)).one()
    reference = session.get_one(Referral, referral).reference
    page = settled(browse, cast.worker).get(f"/disagreements/{found}", most_queries=8)
    assert page.links[f"Back to referral {reference}"] == f"/referrals/{referral}"
    page = browse.get(f"/referrals/{referral}", most_queries=8)
    assert f"/disagreements/{found}" in page.links.values()


def test_a_disagreement_of_others_is_told_without_a_link(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, referral: ReferralId, offer: OfferId
) -> None:
    with uow(cast.officer_actor) as unit:
        raise_disagreement(unit, referral, words="She needs you now", disagreement_id=new_id())
    found = session.scalars(select(Disagreement)).one()
    found.raised_by = found.raised_principal = found.other_principal = found.waits_principal = cast.second_officer.id
    session.flush()
    page = settled(browse, cast.worker).get(f"/referrals/{referral}")
    assert "answers by" in page.main
    assert f"/disagreements/{found.id}" not in page.links.values()
    browse.get(f"/disagreements/{found.id}", status=403)


def test_a_manager_who_reads_a_contact_is_led_to_its_decisions_and_not_to_the_front_door(
    browse: Browse, cast: Cast, contact: ContactId, manager: Account
) -> None:
    page = settled(browse, manager).get(f"/contacts/{contact}")
    assert "Back to the front door" not in page.links
    assert browse.get(page.links["See the decisions"]).heading
    assert settled(browse, cast.officer).get(f"/contacts/{contact}").links["Back to the front door"] == "/front-door"
