"""What waits is on somebody's page: asked anew, late, about a closed record, of a case without a lead, long at work."""

import datetime as dt

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR, management_of
from locality.accounts.models import Account
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import ContactId, PersonId, ReferralId, new_id
from locality.people.operations.restricting import NewRestriction, restrict
from locality.people.rules.restricting import REVIEW_WITHIN, Ground, Mode
from locality.referrals.models import CaseNews, Disagreement, Offer, Referral, ReferralChange, RuleSetRehearsal
from locality.referrals.rules.codes import AgreementBasis
from locality.referrals.rules.disagreeing import Level
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, fill, settled

MOST = 8


@pytest.fixture
def grace(session: Session, clock: dt.datetime) -> Account:
    """Who manages the front door."""
    return an_account(session, name="Grace Lin", roles=[Role.MANAGER])


# --- A family took its agreement back ------------------------------------------------------------------------------


@pytest.fixture
def held(session: Session, referral: ReferralId) -> ReferralId:
    """As a withdrawal leaves a referral."""
    session.execute(update(Offer).values(state=OfferState.WITHDRAWN))
    values = {
        "state": ReferralState.UNPLACED, "owner_principal": FRONT_DOOR, "owner_kind": Party.FRONT_DOOR,
        "owner_name": "The front door", "agreement": AgreementBasis.NONE,
    }  # fmt: skip
    session.execute(update(Referral).values(**values))
    return referral


def test_sending_again_asks_for_the_agreement_anew_beside_its_field_and_keeps_what_was_typed(
    browse: Browse, session: Session, cast: Cast, held: ReferralId
) -> None:
    browse.sign_in(cast.officer)
    page = browse.get(f"/referrals/{held}")
    assert page.links["Find another service"] == f"/referrals/{held}/send-again"
    typed = {"agreed": "no", "manager_consulted": "Grace Lin"}
    refused = fill(browse, f"/referrals/{held}/send-again", typed, status=422)
    (error,) = refused.errors
    assert error[0].startswith("agreed")
    assert "Select yes if the family agrees now" in refused.main
    assert refused.form()["manager_consulted"] == "Grace Lin"
    assert session.get_one(Referral, held).state is ReferralState.UNPLACED
    sent = fill(browse, f"/referrals/{held}/send-again", {"agreed": "yes"})
    assert "Another service is being found" in browse.follow(sent).text
    session.expire_all()
    found = session.get_one(Referral, held)
    assert (found.state, found.agreement) == (ReferralState.SENT, AgreementBasis.AGREED)
    assert session.scalars(select(ReferralChange.became)).one() == "The family agrees"


def test_choosing_the_service_asks_too_and_a_ground_stands_in_for_a_yes(
    browse: Browse, session: Session, cast: Cast, held: ReferralId
) -> None:
    browse.sign_in(cast.officer)
    path = f"/referrals/{held}/offer"
    typed = {"service_id": str(cast.service_id), "reason": "They know the family"}
    refused = fill(browse, path, typed, status=422)
    assert "Select yes if the family agrees now" in refused.main
    without = {"agreed": "no", "ground": "child_at_risk", "manager_consulted": "Grace Lin", "family_told": "yes"}
    fill(browse, path, typed | without)
    session.expire_all()
    assert session.get_one(Referral, held).agreement is AgreementBasis.SHARED_WITHOUT


def test_one_that_has_an_agreement_is_sent_again_without_a_question(
    browse: Browse, session: Session, cast: Cast, held: ReferralId
) -> None:
    session.execute(update(Referral).values(agreement=AgreementBasis.AGREED))
    browse.sign_in(cast.officer)
    assert browse.get(f"/referrals/{held}/send-again", status=302).location == f"/referrals/{held}"
    assert session.get_one(Referral, held).state is ReferralState.UNPLACED
    browse.post(f"/referrals/{held}/send-again")
    session.expire_all()
    assert session.get_one(Referral, held).state is ReferralState.SENT


# --- Contacts about records that are closed to the front door ------------------------------------------------------


def close(uow: OpenUnit, person: PersonId, *named: Account, mode: Mode = Mode.OPEN_TO) -> None:
    with uow() as unit:
        new = NewRestriction(
            id=new_id(), people=[person], mode=mode, accounts=[one.id for one in named], ground=Ground.WELL_KNOWN,
            reason="In the newspapers", whole_family=False, review_on=unit.today + REVIEW_WITHIN,
        )  # fmt: skip
        restrict(unit, new)


def test_a_contact_that_no_officer_can_open_is_on_the_managers_page_and_says_who_can(
    browse: Browse, uow: OpenUnit, cast: Cast, leah: PersonId, contact: ContactId, held: ReferralId, grace: Account
) -> None:
    close(uow, leah, cast.lead)
    browse.sign_in(cast.officer)
    assert "Leah" not in browse.get("/front-door").main
    page = settled(browse, grace).get("/referrals", most_queries=MOST)
    rows = page.table("About closed records")
    assert sorted(row["What waits"].split(" about ")[0] for row in rows) == ["A contact", "A referral"]
    assert {row["Who can open it"] for row in rows} == {"Rosa Marin, Family worker"}
    assert "Leah" not in page.main
    assert "Adeyemi" not in page.main


def test_one_that_an_officer_can_open_is_in_the_queue_alone(
    browse: Browse, uow: OpenUnit, cast: Cast, leah: PersonId, contact: ContactId, grace: Account
) -> None:
    close(uow, leah, cast.lead, cast.second_officer)
    browse.sign_in(grace)
    assert "About closed records" not in browse.get("/referrals").main
    browse.sign_in(cast.second_officer)
    assert "Leah" in browse.get("/front-door").main


def test_when_every_officer_is_kept_out_by_name_the_manager_sees_it_but_not_one_who_is_kept_out_too(
    browse: Browse, uow: OpenUnit, session: Session, cast: Cast, leah: PersonId, contact: ContactId, grace: Account
) -> None:
    cousin = an_account(session, name="Kim Lin", roles=[Role.MANAGER])
    close(uow, leah, cast.officer, cast.second_officer, cousin, mode=Mode.CLOSED_TO)
    browse.sign_in(grace)
    (row,) = browse.get("/referrals").table("About closed records")
    assert row["Who can open it"] == "Anybody it is not closed to"
    browse.sign_in(cousin)
    assert "closed record" not in browse.get("/referrals").main


def test_of_one_that_is_open_to_people_who_have_left_the_page_says_that_nobody_can_open_it(
    browse: Browse, uow: OpenUnit, session: Session, cast: Cast, leah: PersonId, contact: ContactId, grace: Account
) -> None:
    close(uow, leah, cast.lead)
    session.execute(update(Account).where(Account.id == cast.lead.id).values(active=False, disabled_at=func.now()))
    browse.sign_in(grace)
    (row,) = browse.get("/referrals").table("About closed records")
    assert row["Who can open it"] == "Nobody who works here now"


# --- Late answers and news that nobody leads for -------------------------------------------------------------------


def test_a_late_question_is_on_the_managers_page_with_who_should_answer(
    browse: Browse, session: Session, cast: Cast, referral: ReferralId, grace: Account, clock: dt.datetime
) -> None:
    yesterday = clock - dt.timedelta(days=1)
    session.execute(update(Offer).values(state=OfferState.ASKED, due_at=yesterday, reminded_at=yesterday))
    values = {
        "state": ReferralState.RETURNED_FOR_INFO, "sender_principal": cast.lead.id, "sender_kind": Party.SENDER,
        "sender_name": cast.lead.name, "owner_principal": cast.lead.id, "owner_kind": Party.SENDER,
        "owner_name": cast.lead.name, "response_due_at": yesterday,
    }  # fmt: skip
    session.execute(update(Referral).values(**values))
    session.execute(
        text("UPDATE access_grant SET principal_id = :me WHERE principal_id = :front_door"),
        {"me": grace.id, "front_door": FRONT_DOOR},
    )
    browse.sign_in(grace)
    (row,) = browse.get("/referrals").table("Answers that are late")
    assert (row["Waits for"], row["Answer"]) == ("Rosa Marin", "late by 1 day")
    browse.sign_in(cast.lead)
    dispute = Disagreement(
        id=new_id(), referral_id=referral, about=session.get_one(Referral, referral).about, stage=Level.PRACTITIONER,
        raised_by=grace.id, raised_by_name=grace.name, raised_principal=grace.id, raised_at=yesterday,
        other_principal=cast.lead.id, other_name=cast.lead.name, waits_principal=cast.lead.id,
        waits_name=cast.lead.name, due_at=yesterday, version=1,
    )  # fmt: skip
    session.add(dispute)
    a_grant(session, an_actor(cast.lead), *dispute.about)
    todo = settled(browse, cast.lead).get("/to-do", most_queries=MOST)
    assert todo.links["Answer the service’s question: Leah"] == f"/referrals/{referral}"
    assert todo.links["Answer a disagreement: Leah"] == f"/disagreements/{dispute.id}"
    (own,) = browse.get("/referrals").table("Referrals")
    assert (own["Who has it"], own["Next step"]) == ("You", "late by 1 day")


def test_news_of_a_case_without_a_lead_is_on_the_page_of_who_manages_it(
    browse: Browse, uow: OpenUnit, session: Session, cast: Cast, leah: PersonId, contact: ContactId
) -> None:
    over = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cast.cluster.id)
    supervisor = an_account(session, name="Sam Lee", roles=[over])
    with uow() as unit:
        news = CaseNews(
            id=new_id(), about=[leah], person_id=leah, contact_id=contact, episode_id=new_id(), lead_account_id=None,
            waits_principal=management_of(cast.cluster.id), waits_name="Whoever manages Shoebury",
            line="Her grandmother rang.", told_by_name="Mary Osei", told_at=unit.now,
        )  # fmt: skip
        unit.session.add(news)
    browse.sign_in(supervisor)
    todo = browse.get("/to-do")
    assert todo.links["1 piece of news from the front door"] == "/referrals"
    assert "lead for" not in todo.main
    page = browse.get("/referrals")
    assert "Her grandmother rang." in page.main
    assert "Nobody leads this case now" in page.main
    browse.post(f"/referrals/news/{news.id}/seen")
    assert "Her grandmother rang." not in browse.get("/referrals").main


# --- Long work -----------------------------------------------------------------------------------------------------


def test_a_rehearsals_page_looks_again_by_itself_less_and_less_and_can_be_stopped(
    browse: Browse, session: Session, clock: dt.datetime
) -> None:
    administrator = an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR])
    browse.sign_in(administrator)
    fill(browse, "/admin/routing-rules/new", {"name": "A draft"})
    browse.post("/admin/routing-rules/2/rehearse", {"version": "1"})
    here = "/admin/routing-rules/2/rehearsal"
    page = browse.get(here)
    assert f'<noscript><meta http-equiv="refresh" content="3; url={here}?look=1"></noscript>' in page.html
    assert f'data-progress="{here}"' in page.html
    assert 'content="10; url=' in browse.get(f"{here}?look=20").html
    stopped = browse.get(page.links["Stop looking again"])
    for word in ("http-equiv", "data-progress"):
        assert word not in stopped.html
    assert stopped.links["See how far it is"] == here
    for typed in ("x", "-1", "٣", "9" * 50, ""):
        assert "http-equiv" in browse.get(f"{here}?look={typed}").html
    session.execute(update(RuleSetRehearsal).values(state="stopped", finished_at=clock))
    assert "http-equiv" not in browse.get(here).html
