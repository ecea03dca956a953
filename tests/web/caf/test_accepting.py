"""After accepting a referral: the service lands where the help goes on, and finds it again in its inbox."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.caf import api as caf
from locality.clusters import api as clusters
from locality.clusters.models import Agency
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import AccountId, ServiceId
from locality.referrals.models import CaseNews, Offer
from locality.referrals.operations.routing import route_referral
from locality.referrals.operations.sending import refer_to_social_care
from tests.factories.accounts import an_account
from tests.factories.caf import Helpers, Household, a_family
from tests.factories.clusters import a_school, a_worker
from tests.factories.referrals import a_contact, a_referral, a_service, a_social_care_referral, social_care
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story

MOST = 8


@dataclass(frozen=True)
class Service:
    """A service and one of its workers."""

    id: ServiceId
    worker: Account


def _worker_of(session: Session, at_work: Helpers, service_id: ServiceId, name: str) -> Service:
    account = an_account(session, name=name, roles=[Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id)])
    a_worker(session, account, team=at_work.team)
    session.commit()
    return Service(service_id, account)


@pytest.fixture
def service(uow: OpenUnit, session: Session, at_work: Helpers) -> Service:
    """Family support, with a worker."""
    with uow() as unit:
        made = a_service(unit, session.get_one(Agency, at_work.team.agency_id), cluster=at_work.cluster)
    return _worker_of(session, at_work, made, "Priya Shah")


def _offered(uow: OpenUnit, session: Session, at_work: Helpers) -> Household:
    """A child without an open episode, offered to the service."""
    school = a_school(session, cluster=at_work.cluster)
    session.commit()
    with uow() as unit:
        family = a_family(unit)
        clusters.enrol(unit, person_id=family.children[0], school_id=school.id, from_on=dt.date(2024, 9, 1))
        a_referral(unit, *family.children, family_id=family.id)
    return family


def test_who_accepts_for_a_child_without_help_lands_at_the_next_step(
    browse: Browse, uow: OpenUnit, session: Session, at_work: Helpers, service: Service
) -> None:
    family = _offered(uow, session, at_work)
    offer_id = session.scalars(select(Offer.id)).one()
    browse.sign_in(service.worker)
    page = browse.follow(browse.post(f"/offers/{offer_id}/accept"))
    assert page.banner == "Accepted. Your service has this family now"
    assert page.heading == "Adeyemi family"
    assert "Name a lead professional" in page.main
    inbox = browse.get("/inbox", most_queries=MOST)
    assert "Families your service helps" in inbox.main
    again = browse.get(inbox.links["Adeyemi family"])
    assert again.heading == "Adeyemi family"
    assert caf.open_episode_of(session, family.id) is not None


def test_a_child_who_joins_the_familys_open_help_is_visible_to_who_accepted(
    browse: Browse, uow: OpenUnit, session: Session, at_work: Helpers, service: Service
) -> None:
    family = _offered(uow, session, at_work)
    with uow() as unit:
        caf.open_episode(unit, caf.OpenEpisode(family.id, family.children, 2, at_work.cluster.id, "Another service"))
    offer_id = session.scalars(select(Offer.id)).one()
    browse.sign_in(service.worker)
    page = browse.follow(browse.post(f"/offers/{offer_id}/accept"))
    assert page.heading == "Adeyemi family"


def test_what_opens_no_case_stays_in_reach_by_its_own_page(
    browse: Browse, uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        service_id = social_care(unit, session.get_one(Agency, at_work.team.agency_id))
        family = a_family(unit)
        referral_id = refer_to_social_care(unit, a_social_care_referral(*family.children))
        route_referral(unit, referral_id)
    browse.sign_in(_worker_of(session, at_work, service_id, "Dana Whitby").worker)
    offer_id = session.scalars(select(Offer.id)).one()
    answer = browse.post(f"/offers/{offer_id}/accept")
    assert answer.location == f"/referrals/{referral_id}"
    inbox = browse.get("/inbox", most_queries=MOST)
    assert f"/referrals/{referral_id}" in inbox.links.values()


def test_the_home_counts_the_news_from_the_front_door(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    browse.sign_in(story.at_work.lead_account)
    assert "from the front door" not in browse.get("/my-families").main
    with uow() as unit:
        contact_id = a_contact(unit, story.leah)
        news = CaseNews(
            id=contact_id, about=[story.leah], person_id=story.leah, contact_id=contact_id,
            episode_id=story.episode_id, lead_account_id=AccountId(story.at_work.lead_account.id),
            waits_principal=story.at_work.lead_account.id, waits_name=story.at_work.lead_account.name,
            line="The police were called to the home", told_by_name="Nadia Rahimi", told_at=unit.now, seen_at=None,
        )  # fmt: skip
        unit.session.add(news)
    page = browse.get("/my-families", most_queries=MOST)
    assert "1 piece of news from the front door about children in open cases" in page.main
    assert page.links["1 piece of news from the front door"] == "/referrals"
