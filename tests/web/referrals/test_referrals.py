"""A service's inbox and answers, a referral's page, what came back, the directory."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.kernel.actor import Role
from locality.kernel.ids import ContactId, OfferId, PersonId, ReferralId, new_id
from locality.referrals import api
from locality.referrals.models import CaseNews, Contact, Offer, Referral
from locality.referrals.operations.routing import route_referral
from locality.referrals.rules.codes import DeclineReason
from locality.referrals.rules.lifecycle import OfferState, ReferralState
from locality.search.find import find_records
from tests.factories.accounts import an_actor
from tests.factories.referrals import a_child, a_contact, a_referral
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, each_refused, fill, settled

HOSTILE = ("x" * 9_000, "\x00", "\x07", "\u202eevil")


@pytest.fixture(autouse=True)
def _tuesday(clock: dt.datetime) -> None:
    """Tuesday 3 March 2026, ten o'clock."""


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody opens a case."""
    monkeypatch.setattr(api.accepted, "_functions", [])


@pytest.fixture
def at_service(browse: Browse, cast: Cast) -> Browse:
    """The worker of the service, signed in."""
    return settled(browse, cast.worker)


@pytest.fixture
def at_front_door(browse: Browse, cast: Cast) -> Browse:
    """The officer, signed in."""
    return settled(browse, cast.officer)


def state_of(session: Session, referral: ReferralId) -> ReferralState:
    session.expire_all()
    return session.get_one(Referral, referral).state


def decline(uow: OpenUnit, cast: Cast, offer: OfferId) -> None:
    with uow(an_actor(cast.worker, cast.at_service)) as unit:
        api.decline_offer(unit, offer, reason=DeclineReason.NO_CAPACITY)


# --- The inbox -----------------------------------------------------------------------------------------------------


def test_the_inbox_says_who_needs_what_by_when_and_why_here(at_service: Browse, offer: OfferId) -> None:
    page = at_service.get("/inbox", most_queries=8)
    for words in ("Leah, 8 years", "School attendance", "Stage 2", "Shoebury", "6 of 6 places left", "7 days left"):
        assert words in page.main
    assert "is the only service that fits: works in the whole area" in page.main
    for label in ("Accept", "Ask", "Waiting list", "Decline"):
        assert page.has_button(label)


def test_the_inbox_takes_no_more_statements_for_more_offers(at_service: Browse, uow: OpenUnit, cast: Cast) -> None:
    with uow() as unit:
        for number in range(12):
            a_referral(unit, a_child(unit, given_name=f"Child {number}", school=cast.school))
    at_service.get("/inbox", most_queries=8)


def test_another_service_sees_nothing_of_it(browse: Browse, cast: Cast, offer: OfferId, referral: ReferralId) -> None:
    browse.sign_in(cast.lead)
    browse.get("/inbox", status=403)
    browse.get(f"/referrals/{referral}", status=404)
    browse.post(f"/offers/{offer}/accept", status=404)


def test_accepting_is_one_click(
    at_service: Browse, session: Session, offer: OfferId, referral: ReferralId, quiet: None
) -> None:
    answer = at_service.post(f"/offers/{offer}/accept")
    page = at_service.follow(answer)
    assert page.banner == "Accepted. Your service has this family now"
    assert state_of(session, referral) is ReferralState.ACCEPTED


def test_who_comes_second_is_told_who_has_it(browse: Browse, cast: Cast, offer: OfferId, quiet: None) -> None:
    browse.sign_in(cast.worker)
    browse.post(f"/offers/{offer}/accept")
    browse.sign_in(cast.colleague)
    refused = browse.post(f"/offers/{offer}/accept", status=409)
    assert "Already accepted by Priya Shah at 10:00 on 3 March 2026. Nothing is lost: they have it." in refused.main


def test_declining_asks_for_one_reason_and_says_who_gets_it_next(
    at_service: Browse, session: Session, offer: OfferId, referral: ReferralId
) -> None:
    page = at_service.get(f"/offers/{offer}/decline", most_queries=8)
    assert "goes back to whoever sent it, who decides who is asked next" in page.main
    fill(at_service, f"/offers/{offer}/decline", {"reason": "no_capacity", "note": "Full until May"})
    assert state_of(session, referral) is ReferralState.DECLINED
    at_service.get(f"/referrals/{referral}", status=404)


@pytest.mark.parametrize(
    ("page", "field", "wrong"),
    [
        ("decline", "reason", ("", "nonsense")),
        ("ask", "question", ("",)),  # a question may say anything
        ("wait", "expected_on-day", ("nonsense",)),  # a date may be left out
    ],
)
def test_a_wrong_answer_has_its_message(
    at_service: Browse, offer: OfferId, page: str, field: str, wrong: tuple[str, ...]
) -> None:
    typed = [{field: text} for text in (*HOSTILE, *wrong)]
    for answer in each_refused(at_service, f"/offers/{offer}/{page}", *typed):
        assert answer.errors


def test_a_date_in_the_past_is_refused_beside_the_field(at_service: Browse, offer: OfferId) -> None:
    typed = {"expected_on-day": "1", "expected_on-month": "3", "expected_on-year": "2026"}
    answer = fill(at_service, f"/offers/{offer}/wait", typed, status=422)
    assert answer.error_beside("expected_on") == "The date must be today or later"
    assert answer.form()["expected_on-day"] == "1"


def test_the_waiting_list_shows_place_and_date(at_service: Browse, offer: OfferId, referral: ReferralId) -> None:
    fill(
        at_service,
        f"/offers/{offer}/wait",
        {"expected_on-day": "1", "expected_on-month": "5", "expected_on-year": "2026"},
    )
    page = at_service.get("/inbox", most_queries=8)
    assert "A place is free: next in line" in page.main
    assert "The service named this date" in at_service.get(f"/referrals/{referral}").main


def test_a_question_is_answered_by_the_front_door(
    browse: Browse, cast: Cast, session: Session, offer: OfferId, referral: ReferralId
) -> None:
    browse.sign_in(cast.worker)
    fill(browse, f"/offers/{offer}/ask", {"question": "Is somebody at home in the mornings?"})
    browse.sign_in(cast.officer)
    page = browse.get(f"/referrals/{referral}")
    assert "Is somebody at home in the mornings?" in page.main
    assert page.has_button("Answer the question")
    fill(browse, f"/referrals/{referral}/answer", {"answer": "\x00"}, status=422)
    fill(browse, f"/referrals/{referral}/answer", {"answer": "Her mother, until ten."})
    assert state_of(session, referral) is ReferralState.RECEIVED


# --- The referral's page -------------------------------------------------------------------------------------------


def test_a_referral_shows_its_trace_in_plain_words(at_front_door: Browse, referral: ReferralId) -> None:
    page = at_front_door.get(f"/referrals/{referral}", most_queries=8)
    assert page.row("Children") == "Leah Adeyemi, 8 years"
    assert page.row("Needs") == "School attendance"
    steps = {row["Rule"]: row["What was found"] for row in page.table("What was looked at, in order")}
    assert steps["Agreement"] == "The family agrees"
    assert steps["Services"] == "1 of 1 services fit"
    (kept,) = page.table("Services that fit, first choice first")
    assert kept == {"Service": "Family support", "Why": "Works in the whole area, 6 places were free when it was sent."}


def test_the_service_reads_the_same_page_with_its_own_buttons(at_service: Browse, referral: ReferralId) -> None:
    page = at_service.get(f"/referrals/{referral}", most_queries=8)
    assert page.has_button("Accept")
    assert not page.has_button("Withdraw")


def test_what_came_back_is_on_the_front_doors_page(
    at_front_door: Browse, uow: OpenUnit, cast: Cast, offer: OfferId
) -> None:
    decline(uow, cast, offer)
    page = at_front_door.get("/front-door/came-back", most_queries=8)
    (row,) = page.table("Came back")
    assert row["How it stands"] == "Came back: the service declined"


def test_what_came_back_is_sent_again(
    at_front_door: Browse, session: Session, uow: OpenUnit, cast: Cast, offer: OfferId, referral: ReferralId
) -> None:
    decline(uow, cast, offer)
    assert at_front_door.get(f"/referrals/{referral}").has_button("Find another service")
    at_front_door.post(f"/referrals/{referral}/send-again")
    assert state_of(session, referral) is ReferralState.SENT
    at_front_door.post(f"/referrals/{referral}/send-again", status=409)


def test_a_person_chooses_the_service(
    at_front_door: Browse, session: Session, uow: OpenUnit, cast: Cast, offer: OfferId, referral: ReferralId
) -> None:
    decline(uow, cast, offer)
    path = f"/referrals/{referral}/offer"
    wrong = fill(at_front_door, path, {"service_id": str(new_id()), "reason": "Because"}, status=422)
    assert wrong.errors == [("service_id", "Select a service")]
    fill(at_front_door, path, {"service_id": str(cast.service_id), "reason": "A place came free."})
    assert state_of(session, referral) is ReferralState.RECEIVED


def test_a_referral_is_withdrawn_with_a_reason(
    at_front_door: Browse, session: Session, offer: OfferId, referral: ReferralId
) -> None:
    fill(at_front_door, f"/referrals/{referral}/withdraw", {"reason": ""}, status=422)
    fill(at_front_door, f"/referrals/{referral}/withdraw", {"reason": "The family moved away."})
    assert state_of(session, referral) is ReferralState.WITHDRAWN
    assert session.scalars(select(Offer.state)).one() is OfferState.WITHDRAWN


def test_a_service_cannot_do_what_the_sender_does(at_service: Browse, referral: ReferralId) -> None:
    refused = fill(at_service, f"/referrals/{referral}/withdraw", {"reason": "No"}, status=422)
    assert refused.errors == [("", "The front door sent this referral and can do that.")]


# --- Referring a child, and what is passed on ----------------------------------------------------------------------

REFERRED = {
    "need_codes": ["ATTENDANCE"],
    "stage": "2",
    "consented_summary": "Leah is late and tired.",
    "agreed": "yes",
    "urgency": "routine",
}


@pytest.fixture
def at_home(browse: Browse, cast: Cast, uow: OpenUnit, leah: PersonId) -> Browse:
    """Leah's lead professional, signed in."""
    with uow() as unit:
        grants.give(unit, [leah], principal=cast.lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
    return settled(browse, cast.lead)


def test_a_lead_professional_refers_a_child(at_home: Browse, session: Session, uow: OpenUnit, leah: PersonId) -> None:
    answer = fill(at_home, f"/people/{leah}/refer", REFERRED)
    page = at_home.follow(answer)
    assert "Sent, finding a service. Rosa Marin has it" in page.main
    referral = session.scalars(select(Referral)).one()
    with uow() as unit:
        route_referral(unit, referral.id)
    (row,) = at_home.get("/referrals", most_queries=8).table("Referrals")
    assert (row["Children"], row["Who has it"]) == ("Leah Adeyemi", "Family support")


def test_the_service_that_a_family_asked_for_is_kept(
    at_home: Browse, session: Session, cast: Cast, leah: PersonId
) -> None:
    fill(at_home, f"/people/{leah}/refer", {**REFERRED, "preferred": str(cast.service_id)})
    assert session.scalars(select(Referral.preferred_service_id)).all() == [cast.service_id]


WRONG_PARTS: tuple[tuple[str, object], ...] = (
    ("preferred", "nonsense"),
    ("stage", ""),
    ("stage", "4"),
    ("need_codes", []),
    ("need_codes", ["18A"]),
    ("consented_summary", ""),
    ("consented_summary", "\x00"),
    ("consented_summary", "x" * 20_000),
    ("urgency", "nonsense"),
    ("form_id", "nonsense"),
)


def test_each_wrong_part_of_a_referral_has_its_message(at_home: Browse, session: Session, leah: PersonId) -> None:
    typed = (REFERRED | {field: value} for field, value in WRONG_PARTS)
    for answer in each_refused(at_home, f"/people/{leah}/refer", *typed):
        assert answer.errors
    assert session.scalars(select(Referral.id)).all() == []


def test_nobody_refers_a_child_whom_they_may_not_see(browse: Browse, cast: Cast, leah: PersonId) -> None:
    browse.sign_in(cast.lead)
    browse.get(f"/people/{leah}/refer", status=404)
    browse.get(f"/people/{new_id()}/refer", status=404)


def test_news_about_a_child_is_seen_to(
    at_home: Browse, session: Session, uow: OpenUnit, cast: Cast, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        contact_id = a_contact(unit, leah)
    with uow() as unit:
        news = CaseNews(
            id=new_id(), about=[leah], person_id=leah, contact_id=contact_id, episode_id=new_id(),
            lead_account_id=cast.lead.id, waits_principal=cast.lead.id, waits_name=cast.lead.name,
            line="Her grandmother rang: Leah stays with her this week.",
            told_by_name="Mary Osei", told_at=unit.now,
        )  # fmt: skip
        unit.session.add(news)
    page = at_home.get("/referrals")
    assert "Leah stays with her this week" in page.main
    at_home.post(f"/referrals/news/{news.id}/seen")
    assert "Leah stays with her this week" not in at_home.get("/referrals").main
    at_home.post(f"/referrals/news/{new_id()}/seen", status=404)


def test_a_childs_record_lists_contacts_and_referrals(
    at_front_door: Browse, uow: OpenUnit, cast: Cast, leah: PersonId, referral: ReferralId
) -> None:
    with uow(cast.officer_actor) as unit:
        a_contact(unit, leah)
    page = at_front_door.get(f"/people/{leah}/referrals")
    (row,) = page.table("Referrals")
    assert row["How it stands"] == "Offered to a service"
    (told,) = page.table("Contacts")
    assert told["Decision"] == "Not decided"


def test_the_directory_lists_services_and_places(at_service: Browse) -> None:
    page = at_service.get("/services", most_queries=8)
    assert page.row("Helps with") == "School attendance, support with parenting"
    assert page.row("Places free") == "6"


def test_a_reference_is_found_by_whoever_may_see_it(
    session: Session, uow: OpenUnit, cast: Cast, referral: ReferralId, contact: ContactId
) -> None:
    references = [session.get_one(Referral, referral).reference, session.get_one(Contact, contact).reference]
    with uow(cast.officer_actor) as unit:
        assert [len(find_records(unit.session, reference)) for reference in references] == [1, 1]
    with uow(an_actor(cast.lead, Role.LEAD_PROFESSIONAL)) as unit:
        assert [len(find_records(unit.session, reference)) for reference in references] == [0, 0]


def test_strange_addresses_are_not_found(at_front_door: Browse) -> None:
    for path in ("/referrals/nonsense", f"/referrals/{new_id()}", f"/offers/{new_id()}/decline"):
        at_front_door.get(path, status=404)
