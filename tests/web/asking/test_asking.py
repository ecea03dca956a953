"""A family and a professional ask for help, without an account and without a script."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.asking.models import HelpAnswer, HelpRequest
from locality.audit.models import AuditEvent
from locality.kernel.actor import Role
from locality.kernel.ids import new_id
from locality.messages.models import Message, MessageText
from locality.people.models import Person, ToldFact
from locality.referrals.models import Contact, ContactAdult, ContactChild, ContactReferrer
from tests.factories.accounts import an_account
from tests.support.web import Browse
from tests.web.asking.journeys import CHILD, FAMILY, PROFESSIONAL, QUESTIONS, START, WORK, answer, begin, send, walk

pytestmark = pytest.mark.usefixtures("clock")
LONG = "a" * 60_000
HOSTILE = ["\x00", "a\x07b", "\u202eevil", "' OR 1=1 --", "<script>alert(1)</script>", LONG]
NAMES = ["Zoë", "O’Brien", "Smith-Jones", "محمد", "Ng", "李小龙", "Anna 🦊", "d'Arcy"]


def test_danger_is_asked_before_anything_else_and_nothing_is_begun(browse: Browse, session: Session) -> None:
    page = browse.get(START, most_queries=8)
    assert page.options("danger") == ["Yes, somebody is hurt or in danger now", "No, nobody is in danger right now"]
    stop = browse.follow(browse.post(START, {"danger": "yes"}))
    assert stop.heading == "Ring 999 now"
    assert session.scalar(select(func.count()).select_from(HelpRequest)) == 0


def test_a_family_asks_for_help_for_two_children_one_of_them_not_born(browse: Browse, session: Session) -> None:
    check = walk(browse, looking=True)
    assert "Child: Tom Quillfeather" in check.main
    assert "Child: Baby who is not born yet" in check.main
    sent = send(browse)
    contact = session.scalars(select(Contact)).one()
    assert contact.reference in sent.main
    assert "They do so by 4 March 2026, 10:00am" in sent.main
    assert "Nobody has started to read it yet" in sent.main
    assert (contact.source, contact.agreement_known, contact.created_by) == ("1A", "agreed", None)
    assert "He has stopped going to school." in contact.what_said
    assert "Sandpiper" not in contact.what_said
    assert session.scalar(select(func.count()).select_from(ContactChild)) == 2
    assert session.scalars(select(ContactAdult.relationship)).all() == ["Parent"]
    assert session.scalars(select(ContactReferrer.name)).one() == "Ada Quillfeather"


def test_what_was_told_is_kept_as_facts_and_the_answers_are_gone(browse: Browse, session: Session) -> None:
    walk(browse)
    send(browse)
    facts = {(row.topic, row.own_words) for row in session.scalars(select(ToldFact))}
    assert {("led_to", True), ("wants", True), ("going_well", True), ("safe_contact", True)} <= facts
    assert session.scalar(select(func.count()).select_from(HelpAnswer)) == 0


def test_sending_twice_makes_one_contact_and_one_message(browse: Browse, session: Session) -> None:
    walk(browse)
    send(browse)
    assert browse.post("/ask-for-help/check", {"is_true": "y"}).location == "/ask-for-help/sent"
    assert session.scalar(select(func.count()).select_from(Contact)) == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 3
    message = session.scalars(select(MessageText)).one()
    assert message.to_address == "ada@example.org"
    assert "Tom" not in message.body + message.subject
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_professional_is_told_to_phone_now_and_sends_all_the_same(browse: Browse, session: Session) -> None:
    begin(browse, PROFESSIONAL)
    answer(browse, "your-work", WORK[0][1])
    phone = browse.follow(answer(browse, "harm", {"worried": "yes"}))
    assert "Do not wait for this form. Ring now" in phone.main
    browse.sign_out()
    check = walk(browse, WORK, start=PROFESSIONAL, looking=True)
    assert check.row("Which is the main reason?") == "School attendance"
    assert "We have your request" in send(browse).heading
    contact = session.scalars(select(Contact)).one()
    assert (contact.source, contact.safeguarding_concern, contact.agreement_known) == ("2A", True, "not_asked")
    assert (contact.main_reason, contact.family_wants) == ("attendance", "Help with sleep")
    assert "We could not reach her." in contact.what_said
    assert session.scalars(select(Person.nhs_number).where(Person.kind == "child")).one() == "9990000018"


def test_the_declaration_must_be_ticked(browse: Browse, session: Session) -> None:
    walk(browse)
    page = browse.post("/ask-for-help/check", {}, status=422)
    assert page.error_beside("is_true").startswith("Tick to say")
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_what_is_missing_is_named_and_not_sent(browse: Browse, session: Session) -> None:
    begin(browse)
    answer(browse, "you", FAMILY[0][1])
    page = browse.get("/ask-for-help/check")
    assert {"What is going on?", "The children you need help with"} <= set(page.links)
    browse.post("/ask-for-help/check", {"is_true": "y"}, status=200)
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_an_answer_is_changed_from_the_check_and_leads_back_there(browse: Browse) -> None:
    check = walk(browse)
    change = check.links["Change What is going on?"]
    assert "He has stopped" in browse.get(change).html
    assert browse.post(change, {"worries": "It is better now."}).location == "/ask-for-help/check"
    assert "It is better now." in browse.get("/ask-for-help/check").main


def test_a_child_is_removed_again(browse: Browse) -> None:
    walk(browse)
    page = browse.get(f"{QUESTIONS}/children")
    assert "Tom Quillfeather" in page.main
    browse.send(page, form=f"{QUESTIONS}/children/1/remove")  # type: ignore[arg-type]
    assert "Tom Quillfeather" not in browse.get(f"{QUESTIONS}/children").main


@pytest.mark.parametrize("name", NAMES)
def test_names_are_kept_as_people_write_them(browse: Browse, name: str) -> None:
    begin(browse)
    answer(browse, "children/1", CHILD | {"given_name": name, "family_name": ""})
    assert name in browse.get(f"{QUESTIONS}/children").main


@pytest.mark.parametrize("page", ["worries", "you", "children/1", "home", "reach-you", "language"])
def test_hostile_text_gets_a_message_or_is_kept_and_never_breaks_a_page(browse: Browse, page: str) -> None:
    begin(browse)
    fields = [name for name in browse.get(f"{QUESTIONS}/{page}").form() if name not in ("csrf_token", "shown")]
    names = {
        *fields,
        "given_name",
        "worries",
        "address",
        "ways",
        "language",
        "who",
        "is_born",
        "born_on-day",
        "due_on-year",
    }
    for text in HOSTILE:
        data = dict.fromkeys(names, text) | {"csrf_token": browse._token()}
        sent = browse.raw("POST", f"{QUESTIONS}/{page}", data=data)
        assert sent.status_code in (302, 422), text[:20]
        shown = browse.get(f"{QUESTIONS}/{page}")
        assert "<script>alert" not in shown.html, text[:20]


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"born_on-day": "31", "born_on-month": "2"}, "born_on", "must be a real date"),
        ({"born_on-year": "2027"}, "born_on", "must be today or in the past"),
        ({"born_on-year": "1950"}, "born_on", "Check the year"),
        ({"is_born": "no"}, "due_on", "Enter the date when the baby is due"),
        ({"due_on-day": "1", "due_on-month": "1", "due_on-year": "2030", "is_born": "no"}, "due_on", "10 months"),
        ({"given_name": "", "family_name": ""}, "given_name", "Enter the child’s name"),
        ({"nhs_number": "999 000 0019"}, "nhs_number", "NHS number"),
        ({"is_born": ""}, "is_born", "Select yes"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_the_words_stay(
    browse: Browse, changed: dict[str, str], field: str, words: str
) -> None:
    begin(browse, PROFESSIONAL)
    page = answer(browse, "children/1", CHILD | changed, status=422)
    assert words in page.error_beside(field)
    assert "2016" in page.html or "born_on-year" in changed


def test_ten_megabytes_are_refused_kindly(browse: Browse) -> None:
    begin(browse)
    sent = browse.raw("POST", f"{QUESTIONS}/worries", data={"worries": "a" * 10_000_000})
    assert sent.status_code == 413
    assert "too large" in sent.get_data(as_text=True)


def test_what_is_being_typed_is_kept_page_by_page(browse: Browse) -> None:
    begin(browse)
    data = {"worries": "Half a sen", "csrf_token": browse._token(), "window": str(new_id())}
    first = browse.raw("POST", f"{QUESTIONS}/worries/typed", data=data, headers={"If-Match": '"0"'})
    assert first.get_json() == {"saved": True, "version": 1}
    data |= {"worries": "Half a sentence", "window": str(new_id())}
    stale = browse.raw("POST", f"{QUESTIONS}/worries/typed", data=data, headers={"If-Match": '"0"'})
    assert "in another window too" in stale.get_json()["words"]
    assert browse.get(f"{QUESTIONS}/worries", status=302).location == f"{QUESTIONS}/worries/both"
    browse.get(f"{QUESTIONS}/worries/both")


def test_what_was_typed_is_there_when_the_page_opens_again(browse: Browse) -> None:
    begin(browse)
    data = {"worries": "Half a sen", "csrf_token": browse._token(), "window": str(new_id())}
    browse.raw("POST", f"{QUESTIONS}/worries/typed", data=data, headers={"If-Match": '"0"'})
    page = browse.get(f"{QUESTIONS}/worries")
    assert "Half a sen" in page.html
    assert 'data-version="1"' in page.html


def test_nobody_but_its_holder_reads_a_request(browse: Browse, session: Session) -> None:
    begin(browse)
    answer(browse, "worries", {"worries": "Secret words"})
    browse._client.delete_cookie("locality_visitor")
    assert browse.get(f"{QUESTIONS}/worries", status=302).location == "/ask-for-help/come-back?lost=yes"
    browse.sign_in(an_account(session, roles=[Role.SPOC_OFFICER]))
    assert browse.get(f"{QUESTIONS}/worries", status=302).location == "/ask-for-help/come-back?lost=yes"


def test_leaving_forgets_the_request_in_this_browser(browse: Browse) -> None:
    begin(browse)
    assert "bbc.co.uk" in str(browse.get("/ask-for-help/leave", status=302).location)
    browse.get(f"{QUESTIONS}/you", status=302)


@pytest.mark.parametrize("path", ["nonsense", "reasons", "children/21", "you/1", "children/99999999999999999999"])
def test_pages_that_are_none_are_not_found(browse: Browse, path: str) -> None:
    begin(browse)
    browse.get(f"{QUESTIONS}/{path}", status=404)


def test_too_many_beginnings_from_one_address_are_put_off(browse: Browse) -> None:
    for _ in range(60):
        begin(browse)
    page = browse.post(START, {"danger": "no"}, status=422)
    assert "Too many requests were begun" in page.main


def test_no_answer_is_in_the_audit_log(browse: Browse, session: Session) -> None:
    walk(browse)
    send(browse)
    told: Any = session.scalars(select(AuditEvent)).all()
    assert {"help_request.begun", "help_request.sent"} <= {event.action for event in told}
    assert not any("school" in str(event.detail) or "Ada" in str(event.detail) for event in told)


@pytest.mark.parametrize(("start", "page"), [(START, "reach-you"), (PROFESSIONAL, "your-work")])
def test_a_number_that_nobody_can_ring_is_refused_and_one_with_an_extension_is_not(
    browse: Browse, start: str, page: str
) -> None:
    begin(browse, start)
    answers = {**dict(FAMILY), **dict(WORK)}[page]
    refused = answer(browse, page, {**answers, "phone": "ask at the office"}, status=422)
    assert refused.error_beside("phone") == "Enter a phone number, like 01702 960 001"
    assert refused.form()["phone"] == "ask at the office"
    answer(browse, page, {**answers, "phone": "01702 960 001, ext 12"})


@pytest.mark.parametrize("start", [START, PROFESSIONAL])
def test_the_way_back_from_danger_leads_to_where_somebody_began(browse: Browse, start: str) -> None:
    stop = browse.follow(browse.post(start, {"danger": "yes"}))
    assert stop.links["Back"] == stop.links["come back and ask for help"] == start
