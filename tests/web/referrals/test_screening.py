"""The pages of screening, of decisions and of second looks, as officers use them."""

import datetime as dt
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, PersonId, new_id
from locality.messages.models import Message
from locality.messages.rules import MessageState
from locality.referrals.models import Contact, PartnerEnquiry
from locality.referrals.operations.commands import Referrer
from locality.referrals.rules.codes import Rag
from tests.factories.referrals import a_child, a_contact
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, fill, settled

EARLY_HELP = {
    "outcome": "early_help_multi_agency", "reason": "Needs that have to be met together", "stage": "2",
    "need_codes": ["ATTENDANCE"], "agreed": "yes",
}  # fmt: skip


@pytest.fixture
def officer(browse: Browse, cast: Cast, clock: object) -> Browse:
    """The officer, signed in, on Tuesday 3 March 2026 at ten."""
    return settled(browse, cast.officer)


def rated(browse: Browse, contact: ContactId) -> None:
    path = f"/contacts/{contact}/screening"
    sent = browse.get(f"/contacts/{contact}/screening").form(path)
    browse.post(path, {**sent, "rag": "amber", "why": "Several needs"})


def asked(browse: Browse, cast: Cast, contact: ContactId, question: str = "Is Leah known to you?") -> None:
    fill(browse, f"/contacts/{contact}/ask", {"agency": str(cast.agency.id), "question": question})


def test_a_contact_is_rated_partners_asked_and_their_answer_read_by_the_hub(
    officer: Browse, session: Session, cast: Cast, contact: ContactId
) -> None:
    rated(officer, contact)
    asked(officer, cast, contact)
    officer.get(f"/contacts/{contact}/screening")  # shows the banner, which the session then forgets
    page = officer.get(f"/contacts/{contact}/screening", most_queries=8)
    assert page.table("How it was rated")[0]["Why"] == "Several needs"
    (row,) = page.table("Enquiries")
    assert row["Answer"].startswith("6 h 0 min left")
    enquiry = session.scalars(select(PartnerEnquiry.id)).one()
    path = f"/contacts/{contact}/enquiries/{enquiry}/answer"
    wrong = fill(officer, path, {"known": "yes"}, status=422)
    assert wrong.errors == [("note", "Enter what they told you")]
    fill(officer, path, {"known": "yes", "told_by": "Jo Hale, nurse", "note": "Missed two checks."})
    assert "Missed two checks." in officer.get(f"/contacts/{contact}/screening").text
    assert "Missed two checks." not in officer.get(f"/contacts/{contact}").text


def test_the_queue_says_when_a_partner_is_late(
    officer: Browse, session: Session, cast: Cast, contact: ContactId
) -> None:
    rated(officer, contact)
    asked(officer, cast, contact)
    (row,) = officer.get("/front-door", most_queries=8).table("Open contacts")
    assert (row["Partners"], row["Rating"], row["Who has it"]) == ("1 answer to come", "Amber", "You")
    enquiry = session.scalars(select(PartnerEnquiry)).one()
    enquiry.due_at = enquiry.asked_at
    session.flush()
    enquiry.due_at = enquiry.due_at.replace(year=2025)
    session.commit()
    (row,) = officer.get("/front-door").table("Open contacts")
    assert row["Partners"] == "1 answer late"


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"agency": "", "question": ""}, {"agency", "question"}),
        ({"agency": "nonsense", "question": "Is Leah known?"}, {"agency"}),
        ({"agency": "00000000-0000-4000-8000-000000000001", "question": "x" * 3_000}, {"agency", "question"}),
        ({"child": "nonsense", "question": "\x00"}, {"child", "agency", "question"}),
    ],
)
def test_a_wrong_question_says_what_is_wrong(
    officer: Browse, contact: ContactId, typed: dict[str, str], fields: set[str]
) -> None:
    rated(officer, contact)
    page = fill(officer, f"/contacts/{contact}/ask", typed, status=422)
    assert fields <= {where for where, _words in page.errors}


def test_an_unrated_contact_is_rated_before_partners_are_asked(officer: Browse, cast: Cast, contact: ContactId) -> None:
    page = fill(officer, f"/contacts/{contact}/ask", {"agency": str(cast.agency.id), "question": "Known?"}, status=422)
    assert "Rate the contact first" in page.text
    assert page.form()["question"] == "Known?"


def test_filters_narrow_the_queue_and_say_how_many_there_are(
    officer: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    with uow(cast.officer_actor) as unit:
        contacts = [
            a_contact(unit, a_child(unit, given_name=name, born_on=dt.date(year, month, 9)))
            for name, year, month in (("Ann", 2009, 2), ("Benedikt", 2014, 7), ("Cem", 2020, 11))
        ]
    officer.post(f"/contacts/{contacts[0]}/take")
    rated(officer, contacts[1])
    page = officer.get("/front-door", most_queries=8)
    for words in ("Everybody (3)", "You (1)", "Nobody (2)", "Amber (1)", "Not rated (2)", "School (3)", "New (3)"):
        assert words in page.text
    (mine,) = officer.get("/front-door?holder=" + str(cast.officer.id)).table("Open contacts")
    assert mine["Children"] == "Ann Adeyemi (new)"
    (amber,) = officer.get("/front-door?rating=amber", most_queries=8).table("Open contacts")
    assert amber["Children"] == "Benedikt Adeyemi (new)"
    reference = session.scalars(select(Contact.reference).where(Contact.id == contacts[2])).one()
    (one,) = officer.get(f"/front-door?reference={reference.lower()}").table("Open contacts")
    assert one["Children"] == "Cem Adeyemi (new)"
    assert officer.get("/front-door?known=known").table("Open contacts") == []


@pytest.mark.parametrize("query", ["rating=purple", "holder=%00", "source=zz", "reference=%25_%27", "known=x&late=x"])
def test_a_strange_filter_shows_a_queue(officer: Browse, contact: ContactId, query: str) -> None:
    officer.get(f"/front-door?{query}")


def test_who_lost_a_contact_is_told_by_whom(browse: Browse, cast: Cast, contact: ContactId, clock: object) -> None:
    browse.sign_in(cast.officer)
    browse.post(f"/contacts/{contact}/take")
    browse.sign_in(cast.second_officer)
    assert "Mary Osei is working on this contact" in browse.get(f"/contacts/{contact}").text
    browse.post(f"/contacts/{contact}/take", {"instead_of": str(cast.officer.id)})
    browse.sign_in(cast.officer)
    browse.get(f"/contacts/{contact}")
    assert "Piotr Nowak took this contact over from you" in browse.get(f"/contacts/{contact}", most_queries=8).text


def test_the_referrer_waits_to_be_told_and_then_is_told(
    officer: Browse, session: Session, uow: OpenUnit, cast: Cast, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        contact = a_contact(unit, leah, referrer=Referrer(name="Joan", email="joan@school.example"))
    assert "They are told by email as soon as every child is decided" in officer.get(f"/contacts/{contact}").text
    fill(officer, f"/contacts/{contact}/children/{leah}/decide", EARLY_HELP)
    officer.get(f"/contacts/{contact}")
    page = officer.get(f"/contacts/{contact}", most_queries=8)
    assert "Waiting to be sent" in page.text
    message = session.scalars(select(Message)).one()
    message.state, message.sent_at = MessageState.SENT, message.queued_at.replace(hour=10, minute=42)
    session.commit()
    assert "Told on 3 March 2026 at 10:42am" in officer.get(f"/contacts/{contact}").text
    assert "joan@school.example" in officer.get(f"/messages/{message.id}").text


def test_a_decision_is_looked_at_again_and_corrected(
    browse: Browse, cast: Cast, contact: ContactId, leah: PersonId, clock: object
) -> None:
    browse.sign_in(cast.officer)
    fill(browse, f"/contacts/{contact}/children/{leah}/decide", EARLY_HELP)
    own = fill(browse, f"/contacts/{contact}/children/{leah}/second-look", {"agrees": "yes"}, status=422)
    assert "Ask another front door officer" in own.text
    browse.sign_in(cast.second_officer)
    (row,) = browse.get("/front-door/decided", most_queries=8).table("Decided lately")
    assert row["Second look"].startswith("Look again")
    path = f"/contacts/{contact}/children/{leah}/second-look"
    wrong = fill(browse, path, {"agrees": "no"}, status=422)
    assert wrong.errors == [("note", "Enter what you would decide, and why")]
    fill(browse, path, {"agrees": "no", "note": "One service is enough."})
    (row,) = browse.get("/front-door/decided?looked=disagreed").table("Decided lately")
    assert row["Second look"] == "Otherwise Piotr Nowak"
    path = f"/contacts/{contact}/children/{leah}/correct"
    wrong = fill(browse, path, EARLY_HELP, status=422)
    assert wrong.errors == [("why_corrected", "Enter why the decision is corrected")]
    corrected = EARLY_HELP | {"outcome": "early_help_single_agency", "why_corrected": "One service is enough."}
    fill(browse, path, corrected)
    browse.get(f"/contacts/{contact}/decisions")
    page = browse.get(f"/contacts/{contact}/decisions", most_queries=8)
    assert "Corrected: Early help from one service, stage 2" in page.text
    assert "Early help from several services, with an assessment, stage 2" in page.text
    assert "would decide otherwise" in page.text
    assert len(re.findall("See the referral", page.text)) == 2


def test_telling_in_person_is_kept(officer: Browse, contact: ContactId, leah: PersonId) -> None:
    fill(officer, f"/contacts/{contact}/children/{leah}/decide", EARLY_HELP)
    assert "They gave no email address" in officer.get(f"/contacts/{contact}").text
    path = f"/contacts/{contact}/told"
    sent = officer.get(f"/contacts/{contact}/decisions").form(path)
    officer.post(path, {**sent, "how": ""}, status=422)
    officer.post(path, {**sent, "how": "by telephone"})
    assert "Mary Osei told them on 3 March 2026 at 10:00am: by telephone." in officer.get(f"/contacts/{contact}").text


@pytest.mark.parametrize("page", ["screening", "ask", "note", "decisions"])
def test_only_the_front_door_screens(browse: Browse, cast: Cast, contact: ContactId, page: str) -> None:
    browse.sign_in(cast.worker)
    browse.get(f"/contacts/{contact}/{page}", status=404)
    browse.get(f"/contacts/{new_id()}/{page}", status=404)


def test_a_rating_is_what_the_contact_shows(officer: Browse, session: Session, contact: ContactId) -> None:
    rated(officer, contact)
    assert session.scalars(select(Contact.rag)).one() is Rag.AMBER
    assert "Amber by Mary Osei" in officer.get(f"/contacts/{contact}").text
