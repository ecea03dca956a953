"""Who helps a child: the lead professional, services that accepted, GP and health visitor as the family told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.referrals import api as referrals
from locality.referrals.models import Offer
from locality.web.formats import day
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import a_led_episode, helpers
from tests.factories.clusters import a_cluster, a_school, an_agency
from tests.factories.people import a_grant, a_unit, settle
from tests.factories.referrals import a_child, a_referral, a_service
from tests.support.web import Browse


def who_helps(session: Session, browse: Browse, account: Account, child: PersonId) -> list[dict[str, str]]:
    """The table as somebody sees it."""
    settle(session)
    browse.sign_in(account)
    return browse.get(f"/people/{child}/people", most_queries=8).table("Who helps")


def test_the_lead_professional_and_who_was_told_of_are_named(session: Session, browse: Browse) -> None:
    at_work = helpers(session)
    unit = a_unit(session)
    _episode, family = a_led_episode(unit, at_work)
    (leah,) = family.children
    telling = people.Telling(record=(people.FactSource.CONTACT, new_id()), told_on=unit.today, teller="the family")
    told = people.Told(people.Topic.GP_AND_HEALTH_VISITOR, "Dr Patel, Leigh Surgery")
    people.tell_facts(unit, [leah], [told], telling=telling)
    lead, doctor = who_helps(session, browse, at_work.lead_account, leah)
    assert (lead["Name"], lead["What they do"]) == ("Amira Khan", "Lead professional, Health visitor")
    assert lead["How to reach them"] == at_work.lead_account.email
    assert lead["Since"] == day(unit.today)
    assert (doctor["Name"], doctor["What they do"]) == ("Dr Patel, Leigh Surgery", "GP and health visitor, as told")


def test_a_service_that_accepted_is_named_and_one_that_was_only_asked_is_not(session: Session, browse: Browse) -> None:
    unit = a_unit(session)
    cluster = a_cluster(session, name="Shoebury", prefixes=("SS3",))
    service = a_service(unit, an_agency(session, name="Estuary Families"), cluster=cluster)
    leah = a_child(unit, school=a_school(session, cluster=cluster))
    referral = a_referral(unit, leah)
    lead = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(lead), leah)
    assert who_helps(session, browse, lead, leah) == []
    worker = an_account(session, roles=[Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service)])
    offer = session.scalars(select(Offer.id).where(Offer.referral_id == referral)).one()
    referrals.accept_offer(a_unit(session, an_actor(worker)), offer)
    (row,) = who_helps(session, browse, lead, leah)
    assert row["Organisation"] == "Estuary Families"
    assert row["Since"] != "Not known"
