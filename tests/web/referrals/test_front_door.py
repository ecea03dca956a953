"""The front door's pages: the queue, recording, the contact, the decision."""

import datetime as dt
import re

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, PersonId, new_id
from locality.people.models import Family, Person
from locality.referrals.models import Contact, ContactAdult, ContactChild, ContactReferrer, Referral
from locality.referrals.rules.codes import Outcome, Rag, Source
from tests.factories.referrals import a_child, a_contact
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, each_refused, fill, settled

HOSTILE = ["x" * 30_000, "\x00", "a\x07b", "\u202eevil", "' OR 1=1 --", "<script>alert(1)</script>", "💥" * 3_000]

TEXTS = ("what_said", "given_name", "family_name", "source_agency", "family_wants", "address")

# A contact as an officer types it.
TYPED = {
    "received_on-day": "2",
    "received_on-month": "3",
    "received_on-year": "2026",
    "received_time": "4:30pm",
    "source": "2A",
    "source_agency": "Garon Primary School",
    "referrer_name": "Joan Fletcher",
    "what_said": "Tom has stopped coming to school.",
    "given_name": "Tom",
    "family_name": "Quillfeather",
    "born_on-day": "9",
    "born_on-month": "8",
    "born_on-year": "2016",
}


@pytest.fixture
def at_front_door(browse: Browse, cast: Cast, clock: object) -> Browse:
    """The officer, signed in, on Tuesday 3 March 2026 at ten."""
    return settled(browse, cast.officer)


def record(browse: Browse, *, status: int = 302, **changes: object) -> Page:
    return fill(browse, "/contacts/new", TYPED | changes, status=status)


def test_the_queue_shows_time_left_and_who_is_known(at_front_door: Browse, contact: ContactId) -> None:
    page = at_front_door.get("/front-door", most_queries=8)
    (row,) = page.table("Open contacts")
    assert row["Time left"] == "23 h 30 min left"
    assert row["Children"] == "Leah Adeyemi (new)"
    assert row["Who has it"] == "Nobody"
    assert row["Source and reason"] == "School: school attendance"


@pytest.mark.parametrize("page_typed", ["2", "0", "-1", "x", "99999999999"])
def test_any_page_number_is_answered(at_front_door: Browse, page_typed: str) -> None:
    at_front_door.get(f"/front-door?page={page_typed}&show=nonsense")


def test_the_queue_takes_no_more_statements_for_more_contacts(at_front_door: Browse, uow: OpenUnit, cast: Cast) -> None:
    with uow(cast.officer_actor) as unit:
        for number in range(55):
            a_contact(unit, a_child(unit, given_name=f"Child {number}"))
    page = at_front_door.get("/front-door", most_queries=8)
    assert len(page.table("Open contacts")) == 50


def test_only_the_front_door_sees_the_queue(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.worker)
    browse.get("/front-door", status=403)


def test_a_contact_is_recorded_with_a_new_child(at_front_door: Browse, session: Session) -> None:
    answer = record(at_front_door)
    recorded = session.scalars(select(Contact)).one()
    assert recorded.source is Source.SCHOOL
    assert recorded.received_at.isoformat() == "2026-03-02T16:30:00+00:00"
    assert session.scalars(select(ContactReferrer.name)).one() == "Joan Fletcher"
    family = session.scalars(select(Family)).one()
    assert family.name == "Quillfeather"
    shown = at_front_door.follow(answer)
    assert shown.heading == f"Contact {recorded.reference}"
    assert "Decide for Tom" in shown.text


def test_sending_the_form_twice_records_one_contact(at_front_door: Browse, session: Session) -> None:
    typed = {**at_front_door.get("/contacts/new").form(), **TYPED}
    first, second = (at_front_door.post("/contacts/new", typed) for _ in range(2))
    assert first.location == second.location
    assert session.scalar(select(func.count()).select_from(Contact)) == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_somebody_like_a_child_on_record_is_asked_about(
    at_front_door: Browse, session: Session, leah: PersonId
) -> None:
    likely = {
        "given_name": "Leah", "family_name": "Adeyemi", "born_on-day": "1", "born_on-month": "2",
        "born_on-year": "2018",
    }  # fmt: skip
    asked = record(at_front_door, status=422, **likely)
    assert asked.errors == [("who", "Select whether this is somebody on record")]
    assert asked.options("who")[-1] == "Nobody of these: somebody new"
    assert asked.form()["what_said"] == TYPED["what_said"]
    at_front_door.post("/contacts/new", {**asked.form(), "who": str(leah)})
    assert session.scalars(select(ContactChild.person_id)).one() == leah
    assert session.scalars(select(ContactChild.known_before)).one() is True


def test_a_person_who_was_not_offered_cannot_be_chosen(at_front_door: Browse, session: Session, leah: PersonId) -> None:
    record(at_front_door, who=str(leah))
    assert session.scalars(select(ContactChild.person_id)).one() != leah


WRONG: tuple[tuple[dict[str, str], str | None], ...] = (
    ({"what_said": ""}, "Enter what was said"),
    ({"source": ""}, "Select who got in touch"),
    ({"source": "99"}, "Select who got in touch"),
    ({"received_on-day": "31", "received_on-month": "2"}, None),
    ({"received_on-year": "2027"}, "The date received must be today or in the past"),
    ({"received_time": "25:00"}, "Enter a time, like 9:30am or 16:15"),
    ({"born_on-month": "13"}, None),
    ({"born_on-year": "2031"}, None),
    ({"postcode": "nowhere"}, "Enter a full UK postcode, like SS1 2AB"),
    ({"referrer_email": "joan@"}, "Enter an email address in the correct format, like name@example.com"),
    ({"school": "00000000-0000-4000-8000-000000000001"}, None),
    ({"sex": "Z"}, None),
    ({"main_reason": "nonsense"}, None),
    ({"agreement_known": "perhaps"}, None),
    ({"reasons": "nonsense"}, None),
    ({"form_id": "nonsense"}, None),
)


def test_each_wrong_answer_has_its_message_and_keeps_what_was_typed(at_front_door: Browse, session: Session) -> None:
    pages = each_refused(at_front_door, "/contacts/new", *(TYPED | changed for changed, _message in WRONG))
    for (changed, message), answer in zip(WRONG, pages, strict=True):
        assert answer.errors, changed
        if message is not None:
            assert message in [words for _id, words in answer.errors]
        if "what_said" not in changed:
            assert answer.form()["what_said"] == TYPED["what_said"]
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_breaks_the_page(at_front_door: Browse, hostile: str) -> None:
    typed = at_front_door.get("/contacts/new").form() | TYPED
    wrong = dict.fromkeys(TEXTS, hostile)
    answer = at_front_door.raw("POST", "/contacts/new", data=typed | wrong)
    if answer.status_code == 422:
        refused = {field for field, _words in Page(answer.get_data(as_text=True)).errors}
        assert refused
        assert refused <= set(TEXTS)
        wrong = {field: hostile for field in TEXTS if field not in refused}
        answer = at_front_door.raw("POST", "/contacts/new", data=typed | wrong)
    assert answer.status_code == 302


def test_a_teacher_may_tell_the_front_door_but_sees_no_queue(browse: Browse, cast: Cast, clock: object) -> None:
    browse.sign_in(cast.lead)
    answer = record(browse)
    assert answer.location == "/"


def test_the_contact_page_has_both_columns(at_front_door: Browse, contact: ContactId) -> None:
    page = at_front_door.get(f"/contacts/{contact}", most_queries=8)
    assert "Leah comes to school late and tired" in page.text
    assert "The front door was contacted. Source: school." in page.text
    assert "Signs often seen at each stage" in page.text
    assert page.row("Name") == "Joan Fletcher"


def test_a_contact_about_three_children_takes_no_more_statements(
    at_front_door: Browse, uow: OpenUnit, cast: Cast
) -> None:
    with uow(cast.officer_actor) as unit:
        contact_id = a_contact(unit, *(a_child(unit, given_name=name) for name in ("Ann", "Ben", "Cem")))
    page = at_front_door.get(f"/contacts/{contact_id}", most_queries=8)
    assert [words for words in ("Ann", "Ben", "Cem") if f"Decide for {words}" in page.text] == ["Ann", "Ben", "Cem"]


def test_somebody_else_does_not_see_the_contact(browse: Browse, cast: Cast, contact: ContactId) -> None:
    browse.sign_in(cast.worker)
    browse.get(f"/contacts/{contact}", status=404)
    browse.post(f"/contacts/{contact}/take", status=404)


def test_a_contact_is_taken_put_back_and_taken_over(
    browse: Browse, cast: Cast, contact: ContactId, clock: object
) -> None:
    browse.sign_in(cast.officer)
    browse.post(f"/contacts/{contact}/take")
    assert "You have this contact" in browse.get(f"/contacts/{contact}").text
    browse.sign_in(cast.second_officer)
    assert browse.get(f"/contacts/{contact}").has_button("Take over from Mary Osei")
    refused = browse.post(f"/contacts/{contact}/take", status=409)
    assert "Mary Osei has been working on this contact" in refused.text
    browse.post(f"/contacts/{contact}/take", {"instead_of": str(cast.officer.id)})
    browse.post(f"/contacts/{contact}/release")
    assert "Nobody has this contact yet" in browse.get(f"/contacts/{contact}").text


@pytest.mark.parametrize("typed", ["nonsense", "", "\x00"])
def test_a_strange_holder_is_no_holder(at_front_door: Browse, contact: ContactId, typed: str) -> None:
    at_front_door.post(f"/contacts/{contact}/take", {"instead_of": typed})


def test_a_rating_is_saved_or_asked_for(at_front_door: Browse, session: Session, contact: ContactId) -> None:
    path = f"/contacts/{contact}/screening"
    sent = at_front_door.get(f"/contacts/{contact}/screening").form(path)
    wrong = at_front_door.post(path, {**sent, "rag": "purple"}, status=422)
    assert wrong.errors == [("rag", "Select a rating"), ("why", "Enter why you rate it so")]
    at_front_door.post(path, {**sent, "rag": "amber", "why": "Several needs"})
    assert session.scalars(select(Contact.rag)).one() is Rag.AMBER


def test_a_brother_and_a_mother_are_added(at_front_door: Browse, session: Session, contact: ContactId) -> None:
    child = {
        "given_name": "Tom",
        "family_name": "Adeyemi",
        "born_on-day": "4",
        "born_on-month": "5",
        "born_on-year": "2020",
    }
    fill(at_front_door, f"/contacts/{contact}/children/new", child)
    adult = {"given_name": "Ada", "family_name": "Adeyemi", "relation": "mother", "phone": "01702 555 010"}
    fill(at_front_door, f"/contacts/{contact}/adults/new", adult)
    page = at_front_door.get(f"/contacts/{contact}")
    assert "Decide for Tom" in page.text
    assert "Ada Adeyemi, mother" in page.text
    assert session.scalar(select(func.count()).select_from(ContactAdult)) == 1


def test_a_name_or_a_due_date_is_needed(at_front_door: Browse, contact: ContactId) -> None:
    path = f"/contacts/{contact}/children/new"
    wrong = fill(at_front_door, path, {}, status=422)
    assert wrong.errors == [("given_name", "Enter a first name or a family name")]
    fill(at_front_door, path, {"due_on-day": "2", "due_on-month": "5", "due_on-year": "2026"})


def test_a_child_turns_out_to_be_on_record(
    at_front_door: Browse, session: Session, uow: OpenUnit, cast: Cast, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        twice = a_child(unit, given_name="Lea")
        contact_id = a_contact(unit, twice)
    page = at_front_door.get(f"/contacts/{contact_id}")
    assert page.has_button("This is the same child")
    at_front_door.post(f"/contacts/{contact_id}/children/{twice}/same-as/{leah}")
    assert session.scalars(select(Contact.about)).one() == [leah]
    at_front_door.post(f"/contacts/{contact_id}/children/{leah}/same-as/{new_id()}", status=409)


def decide(browse: Browse, contact: ContactId, child: PersonId, status: int = 302, **typed: object) -> Page:
    path = f"/contacts/{contact}/children/{child}/decide"
    return fill(browse, path, typed, status=status)


EARLY_HELP = {
    "outcome": "early_help_multi_agency",
    "reason": "Needs that have to be met together",
    "stage": "2",
    "need_codes": ["ATTENDANCE"],
    "agreed": "yes",
}


def test_a_decision_makes_a_referral(
    at_front_door: Browse, session: Session, contact: ContactId, leah: PersonId
) -> None:
    answer = decide(at_front_door, contact, leah, **EARLY_HELP)
    assert session.scalars(select(ContactChild.outcome)).one() is Outcome.EARLY_HELP_MULTI_AGENCY
    assert session.scalars(select(Referral.summary)).one().startswith("Leah comes to school late")
    assert answer.location == f"/contacts/{contact}"


def test_the_decision_is_prefilled_from_what_was_said(
    at_front_door: Browse, contact: ContactId, leah: PersonId
) -> None:
    form = at_front_door.get(f"/contacts/{contact}/children/{leah}/decide").form()
    assert str(form["consented_summary"]).startswith("Leah comes to school late")
    assert form["agreed"] == "yes"


def test_what_few_decisions_need_stays_folded_until_it_holds_something(
    at_front_door: Browse, contact: ContactId, leah: PersonId
) -> None:
    path = f"/contacts/{contact}/children/{leah}/decide"
    page = at_front_door.get(path)
    assert "<details" in page.html
    assert not re.findall(r"<details[^>]* open", page.html)
    again = at_front_door.post(path, {**EARLY_HELP, "reason": "", "agreed": "no", "language": "Polish"}, status=422)
    opened = re.findall(r"<details[^>]* open.*?summary-text.>([^<]*)<", again.html, re.DOTALL)
    assert opened == ["What the family needs to take part, and whom it asks for", "If the family does not agree"]


CANNOT_STAND: tuple[tuple[dict[str, object], str], ...] = (
    ({"outcome": ""}, "outcome"),
    ({"outcome": "nonsense"}, "outcome"),
    ({"reason": ""}, "reason"),
    ({"reason": "\x00"}, "reason"),
    ({"reason": "x" * 5_000}, "reason"),
    ({"stage": ""}, "stage"),
    ({"stage": "9"}, "stage"),
    ({"need_codes": []}, "need_codes"),
    ({"need_codes": ["18A"]}, "need_codes"),
    ({"agreed": "no"}, "ground"),
    ({"agreed": "no", "ground": "nonsense"}, "ground"),
    ({"agreed": "no", "ground": "child_at_risk"}, "manager_consulted"),
    ({"agreed": "no", "ground": "child_at_risk", "manager_consulted": "Sam Okafor"}, "why_not_told"),
    ({"consented_summary": "x" * 20_001}, "consented_summary"),
    ({"urgency": "nonsense"}, "urgency"),
    ({"outcome": "link_to_open_case"}, "outcome"),
)


def test_a_decision_that_cannot_stand_says_why_beside_the_field(
    at_front_door: Browse, contact: ContactId, leah: PersonId
) -> None:
    decisions = (EARLY_HELP | change for change, _field in CANNOT_STAND)
    pages = each_refused(at_front_door, f"/contacts/{contact}/children/{leah}/decide", *decisions)
    for (change, field), page in zip(CANNOT_STAND, pages, strict=True):
        assert field in [where for where, _words in page.errors], change
        assert page.title.startswith("Error:")


def test_a_child_of_another_contact_is_not_found(at_front_door: Browse, contact: ContactId) -> None:
    at_front_door.get(f"/contacts/{contact}/children/{new_id()}/decide", status=404)
    at_front_door.get(f"/contacts/{new_id()}/children/{new_id()}/decide", status=404)


def test_where_harm_is_suspected_stands_on_top_however_long_there_is_left(
    at_front_door: Browse, session: Session, uow: OpenUnit, cast: Cast, contact: ContactId
) -> None:
    with uow(cast.officer_actor) as unit:
        urgent = a_contact(unit, a_child(unit, given_name="Urgent"))
    later = Contact.due_at + dt.timedelta(days=1)
    session.execute(update(Contact).where(Contact.id == urgent).values(rag=Rag.RED, due_at=later))
    page = at_front_door.get("/front-door")
    assert "1 contact where harm is suspected, 1 with nobody" in page.main
    assert page.html.index(f"/contacts/{urgent}") < page.html.index(f"/contacts/{contact}")
