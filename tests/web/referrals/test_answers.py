"""The pages of waiting lists, changes after sending, social care's answers and disagreement; each step reads well."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import OfferId, PersonId, ReferralId, ServiceId, new_id
from locality.people import api as people
from locality.referrals import api, jobs
from locality.referrals.models import Disagreement, Offer, Referral, SocialCareAnswer, WaitingJump
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.rules.social_care import CareOutcome
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_child, a_referral, a_social_care_referral, social_care
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, each_refused, fill, settled

HOSTILE = ("", "x" * 9_000, "\x00")


@pytest.fixture(autouse=True)
def _tuesday(clock: dt.datetime) -> None:
    """Tuesday 3 March 2026, ten o'clock."""


@pytest.fixture(autouse=True)
def _nobody_opens_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.accepted, "_functions", [])


@layer
def listed(session: Session, uow: OpenUnit, cast: Cast) -> list[OfferId]:
    """Three families on the waiting list, first to last."""
    found = []
    for name in ("Ann", "Ben", "Cem"):
        with uow(cast.officer_actor) as unit:
            referral_id = a_referral(unit, a_child(unit, given_name=name, school=cast.school), routed=False)
        with uow() as unit:
            jobs.route(unit, referral_id=referral_id)
        found.append(session.scalars(select(Offer.id).where(Offer.referral_id == referral_id)).one())
        with uow(an_actor(cast.worker, cast.at_service)) as unit:
            api.put_on_waiting_list(unit, found[-1])
    return found


# --- The waiting list ----------------------------------------------------------------------------------------------


def test_where_a_place_is_free_the_next_in_line_stands_on_top(
    browse: Browse, cast: Cast, listed: list[OfferId]
) -> None:
    page = settled(browse, cast.worker).get("/inbox", most_queries=8)
    text = page.main
    assert text.index("A place is free: next in line") < text.index("Ann") < text.index("To answer")
    assert [row["Place"] for row in page.table("Waiting list")] == ["2", "3"]


def test_a_jump_is_shown_to_everybody_with_its_reason(
    browse: Browse, cast: Cast, session: Session, listed: list[OfferId]
) -> None:
    at_service = settled(browse, cast.worker)
    page = at_service.get(f"/offers/{listed[2]}/move-ahead", most_queries=8)
    assert "This family has place 3 on the list now." in page.main
    typed = {"to_place": "1", "reason": "A baby is due next week."}
    fill(at_service, f"/offers/{listed[2]}/move-ahead", typed)
    said = "Moved ahead of 2 families on 3 March 2026 by Priya Shah because: A baby is due next week."
    assert said in at_service.get("/inbox").main
    referral_id = session.scalars(select(Offer.referral_id).where(Offer.id == listed[2])).one()
    assert said in settled(browse, cast.officer).get(f"/referrals/{referral_id}", most_queries=8).main


def test_moving_ahead_is_refused_beside_the_field(
    browse: Browse, cast: Cast, session: Session, listed: list[OfferId]
) -> None:
    usual = {"to_place": "1", "reason": "A baby is due."}
    wrong = [usual | {"to_place": typed} for typed in (*HOSTILE, "nonsense")]
    wrong += [usual | {"reason": typed} for typed in (*HOSTILE, "\x07")]
    for page in each_refused(settled(browse, cast.worker), f"/offers/{listed[2]}/move-ahead", *wrong):
        assert page.errors
    assert session.scalars(select(WaitingJump.id)).all() == []


def test_who_is_not_next_is_refused_with_the_reason(browse: Browse, cast: Cast, listed: list[OfferId]) -> None:
    at_service = settled(browse, cast.worker)
    refused = at_service.post(f"/offers/{listed[1]}/accept", status=409)
    assert "1 family stands before this one. Move this family ahead first, and say why" in refused.main


def test_accepting_names_the_worker_in_the_same_step(
    browse: Browse, cast: Cast, session: Session, listed: list[OfferId]
) -> None:
    at_service = settled(browse, cast.worker)
    at_service.post(f"/offers/{listed[0]}/accept", {"worker": str(cast.colleague.id)})
    (row,) = at_service.get("/inbox").table("Families your service helps")
    assert row["Who works with them"].startswith("Sean Byrne")
    referral_id = session.scalars(select(Offer.referral_id).where(Offer.id == listed[0])).one()
    fill(at_service, f"/referrals/{referral_id}/worker", {"worker": "nonsense"}, status=422)
    fill(at_service, f"/referrals/{referral_id}/worker", {"worker": str(cast.worker.id)})
    page = at_service.get(f"/referrals/{referral_id}")
    assert "Family support has it; Priya Shah works with the family" in page.main


@pytest.mark.parametrize("worker", ["nonsense", "00000000-0000-4000-8000-000000000000", "x" * 9_000])
def test_a_strange_worker_is_refused_and_nothing_is_accepted(
    browse: Browse, cast: Cast, session: Session, listed: list[OfferId], worker: str
) -> None:
    settled(browse, cast.worker).post(f"/offers/{listed[0]}/accept", {"worker": worker}, status=409)
    session.expire_all()
    assert session.get_one(Offer, listed[0]).waiting_position == 1


def test_the_sender_sees_place_and_date_and_the_family_in_plain_words(
    browse: Browse, cast: Cast, session: Session, listed: list[OfferId]
) -> None:
    referral_id = session.scalars(select(Offer.referral_id).where(Offer.id == listed[1])).one()
    at_front_door = settled(browse, cast.officer)
    page = at_front_door.get(f"/referrals/{referral_id}", most_queries=8)
    assert "Place 2 on the waiting list of Family support, expected 10 March 2026." in page.main
    assert "6 of 6 places are free" in page.main
    told = at_front_door.get(f"/referrals/{referral_id}/for-the-family", most_queries=8)
    assert "Family support wants to help you. Some families wait. You are number 2 on their list." in told.main
    assert "around 10 March 2026" in told.main


# --- Changes after sending -----------------------------------------------------------------------------------------


def test_a_change_shows_old_and_new_and_marks_the_offer(
    browse: Browse, cast: Cast, offer: OfferId, referral: ReferralId
) -> None:
    at_front_door = settled(browse, cast.officer)
    at_front_door.get(f"/referrals/{referral}/change", most_queries=8)
    typed = {"consented_summary": "Leah stays with her aunt.", "why": "Her aunt rang."}
    fill(at_front_door, f"/referrals/{referral}/change", typed)
    (row,) = at_front_door.get(f"/referrals/{referral}").table("Changed after it was sent")
    assert (row["Before"][:16], row["Now"]) == ("Leah is late and", "Leah stays with her aunt.")
    assert row["Why"].startswith("Her aunt rang.")
    assert "Changed" in settled(browse, cast.worker).get("/inbox").main


WRONG_PARTS: tuple[tuple[str, object], ...] = (
    ("why", ""),
    ("why", "\x00"),
    ("consented_summary", ""),
    ("consented_summary", "x" * 20_000),
    ("need_codes", []),
    ("stage", "4"),
    ("urgency", "nonsense"),
    ("version", "nonsense"),
)


def test_each_wrong_part_of_a_change_has_its_message(browse: Browse, cast: Cast, referral: ReferralId) -> None:
    right = {"consented_summary": "Something else.", "why": "Because"}
    typed = (right | {field: value} for field, value in WRONG_PARTS)
    for answer in each_refused(settled(browse, cast.officer), f"/referrals/{referral}/change", *typed):
        assert answer.errors


def test_the_service_does_not_change_what_it_was_sent(browse: Browse, cast: Cast, referral: ReferralId) -> None:
    refused = fill(
        settled(browse, cast.worker), f"/referrals/{referral}/change", {"stage": "3", "why": "So"}, status=422
    )
    assert refused.errors == [("", "The front door sent this referral and can do that.")]


# --- Social care ---------------------------------------------------------------------------------------------------


@layer
def care(session: Session, uow: OpenUnit, cast: Cast, leah: PersonId) -> tuple[Account, OfferId, ReferralId]:
    """A social worker, and a referral that waits for social care."""
    with uow() as unit:
        team: ServiceId = social_care(unit, cast.agency)
    with uow(cast.officer_actor) as unit:
        referral_id = refer_to_social_care(unit, a_social_care_referral(leah))
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    worker = an_account(session, name="Sam Fox", roles=[Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, team)])
    offer_id = session.scalars(select(Offer.id).where(Offer.referral_id == referral_id)).one()
    return worker, offer_id, referral_id


def test_social_care_acknowledges_and_decides_and_the_sender_reads_it(
    browse: Browse, cast: Cast, session: Session, care: tuple[Account, OfferId, ReferralId]
) -> None:
    worker, offer_id, referral_id = care
    sent = settled(browse, cast.officer).get(f"/referrals/{referral_id}", most_queries=8)
    assert "Not acknowledged yet. Social care answers by 4 March 2026, 10:00am" in sent.main
    at_care = settled(browse, worker)
    assert at_care.get("/inbox", most_queries=8).has_button("Acknowledge")
    at_care.post(f"/offers/{offer_id}/acknowledge")
    assert "Acknowledged by Sam Fox" in at_care.get("/inbox").main
    assert at_care.post(f"/offers/{offer_id}/acknowledge", status=409)
    fill(at_care, f"/offers/{offer_id}/outcome", {"outcome": "nfa"}, status=422)
    fill(at_care, f"/offers/{offer_id}/outcome", {"outcome": "step_down", "words": "Early help can meet this."})
    page = settled(browse, cast.officer).get(f"/referrals/{referral_id}", most_queries=8)
    assert "Children’s social care decided: Step down to early help. Sam Fox, 3 March 2026" in page.main
    assert "Early help can meet this." in page.main
    assert session.scalars(select(SocialCareAnswer.outcome)).all() == [CareOutcome.STEP_DOWN]


def test_social_care_says_later_what_came_of_it(
    browse: Browse, session: Session, care: tuple[Account, OfferId, ReferralId]
) -> None:
    worker, offer_id, referral_id = care
    at_care = settled(browse, worker)
    fill(at_care, f"/offers/{offer_id}/outcome", {"outcome": "assessment"})
    at_care.get(f"/referrals/{referral_id}/outcome", most_queries=8)
    fill(at_care, f"/referrals/{referral_id}/outcome", {"outcome": "nfa", "words": "The child is safe."})
    session.expire_all()
    assert session.get_one(Referral, referral_id).state == "ended"


def test_that_social_care_was_asked_is_never_left_on_paper(
    browse: Browse, cast: Cast, care: tuple[Account, OfferId, ReferralId]
) -> None:
    at_front_door = settled(browse, cast.officer)
    at_front_door.get(f"/referrals/{care[2]}/for-the-family", status=302)
    assert "What to tell the family" not in at_front_door.get(f"/referrals/{care[2]}").main


# --- Disagreement --------------------------------------------------------------------------------------------------


def test_a_disagreement_from_raising_to_settling(
    browse: Browse, cast: Cast, session: Session, referral: ReferralId
) -> None:
    boss = an_account(session, name="Grace Lin", roles=[Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cast.cluster.id)])
    at_front_door = settled(browse, cast.officer)
    page = at_front_door.get(f"/referrals/{referral}/disagree", most_queries=8)
    assert "A child’s safety does not wait for this." in page.main
    fill(at_front_door, f"/referrals/{referral}/disagree", {"words": "She needs you now, not in May."})
    found = session.scalars(select(Disagreement.id)).one()
    path = f"/disagreements/{found}"
    assert "It waits for Family support, by 4 March 2026, 10:00am" in at_front_door.get(path).main
    at_service = settled(browse, cast.worker)
    (row,) = at_service.get("/referrals", most_queries=8).table("Disagreements")
    assert (row["Waits for"], row["Answer"]) == ("You", "1 day left")
    fill(at_service, f"{path}/answer", {"words": "We have one place, and nine families."})
    at_front_door = settled(browse, cast.officer)
    fill(at_front_door, f"{path}/move-up", {"words": "Still no.", "asked": "nonsense"}, status=422)
    fill(at_front_door, f"{path}/move-up", {"words": "Still no.", "asked": str(boss.id)})
    at_boss = settled(browse, boss)
    page = at_boss.get(path, most_queries=8)
    assert "With a line manager. It waits for Grace Lin" in page.main
    fill(at_boss, f"{path}/settle", {"settlement": "another_way", "words": "A group from Monday, then a worker."})
    done = settled(browse, cast.officer).get(path, most_queries=8)
    assert "Settled on 3 March 2026" in done.main
    assert not done.has_button("Move it up")


def test_each_step_of_a_disagreement_is_refused_beside_its_field(
    browse: Browse, cast: Cast, session: Session, referral: ReferralId
) -> None:
    fill(settled(browse, cast.officer), f"/referrals/{referral}/disagree", {"words": "No."})
    found = session.scalars(select(Disagreement.id)).one()
    at_service = settled(browse, cast.worker)
    for page in ("answer", "move-up", "settle"):
        for refused in each_refused(
            at_service, f"/disagreements/{found}/{page}", *({"words": typed} for typed in HOSTILE)
        ):
            assert refused.errors


def test_a_stranger_finds_no_disagreement(browse: Browse, cast: Cast, session: Session, referral: ReferralId) -> None:
    fill(settled(browse, cast.officer), f"/referrals/{referral}/disagree", {"words": "No."})
    found = session.scalars(select(Disagreement.id)).one()
    at_home = settled(browse, cast.lead)
    for path in (f"/disagreements/{found}", f"/disagreements/{found}/settle", f"/disagreements/{new_id()}"):
        at_home.get(path, status=404)


# --- Brothers and sisters, and why somebody sees it ----------------------------------------------------------------


def test_brothers_and_sisters_are_chosen_on_the_form_and_travel_together(
    browse: Browse, cast: Cast, session: Session, uow: OpenUnit, leah: PersonId
) -> None:
    with uow() as unit:
        tom = a_child(unit, given_name="Tom", school=cast.school)
        people.create_family(unit, name="Adeyemi", members=[leah, tom])
        grants.give(unit, [leah, tom], principal=cast.lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
    at_home = settled(browse, cast.lead)
    at_home.get(f"/people/{leah}/refer", most_queries=8)
    typed = {
        "need_codes": ["ATTENDANCE"], "stage": "2", "consented_summary": "Both are late.", "agreed": "yes",
        "urgency": "routine", "siblings": [str(tom)],
    }  # fmt: skip
    fill(at_home, f"/people/{leah}/refer", typed | {"siblings": [str(new_id())]}, status=422)
    fill(at_home, f"/people/{leah}/refer", typed)
    referral = session.scalars(select(Referral)).one()
    assert referral.about == [leah, tom]
    with uow() as unit:
        jobs.route(unit, referral_id=referral.id)
    page = settled(browse, cast.worker).get(f"/referrals/{referral.id}", most_queries=8)
    assert page.row("Children") == "Leah Adeyemi, 8 years; Tom Adeyemi, 8 years"
    assert "Both are late." in page.main


def test_the_page_says_why_the_reader_sees_it_and_leads_to_the_whole_answer(
    browse: Browse, cast: Cast, referral: ReferralId, leah: PersonId
) -> None:
    page = settled(browse, cast.worker).get(f"/referrals/{referral}")
    assert "You see this because your service has been asked to help them since 3 March 2026" in page.main
    assert f'href="/people/{leah}/why"' in page.html
    record = settled(browse, cast.officer).get(f"/people/{leah}/referrals")
    assert f'href="/people/{leah}/why"' in record.html
