"""A request begun from a child's record: only the account that began it opens it, and only while it sees the record."""

import datetime as dt

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.asking.models import HelpHolder, HelpRequest
from locality.kernel.actor import Role
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.referrals.models import Contact
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_person, settle
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.asking.journeys import CHILD, PROFESSIONAL, QUESTIONS, WORK, answer, begin, send

pytestmark = pytest.mark.usefixtures("clock")
ENDED = "/ask-for-help/record-ended"
KNOWN = "She sings in the choir of St Alban’s."


@pytest.fixture
def lead(session: Session) -> Account:
    return an_account(session, name="Sam Okafor", roles=[Role.LEAD_PROFESSIONAL])


@pytest.fixture
def child(session: Session, uow: OpenUnit, lead: Account) -> PersonId:
    child = a_person(session, given_name="Knownchild")
    a_grant(session, an_actor(lead, Role.LEAD_PROFESSIONAL), child)
    telling = people.Telling((people.FactSource.FAMILY, new_id()), told_on=dt.date(2026, 3, 2), teller="Ada")
    with uow() as unit:
        people.tell_facts(unit, [child], [people.Told(people.Topic.GOING_WELL, KNOWN)], telling=telling)
    settle(session)
    return child


def written(browse: Browse, lead: Account, child: PersonId) -> None:
    """Everything but the child is written; what was known is kept as it stood."""
    browse.sign_in(lead)
    browse.post(f"{PROFESSIONAL}?for={child}", {"danger": "no"})
    for name, data in WORK:
        if not name.startswith(("children", "adults")) or data == {"another": "no"}:
            answer(browse, name, browse.get(f"{QUESTIONS}/{name}").form() if name == "going-well" else data)


def test_no_browser_without_the_account_holds_it(
    browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    written(browse, lead, child)
    assert session.scalars(select(HelpHolder.holder_id)).all() == [lead.id]
    browse.sign_out()
    assert browse.get("/ask-for-help/check", status=302).location == "/ask-for-help/come-back?lost=yes"
    browse.sign_in(an_account(session, name="Zoe Ash", roles=[Role.LEAD_PROFESSIONAL]))
    assert browse.get("/ask-for-help/check", status=302).location == "/ask-for-help/come-back?lost=yes"


def test_no_memorable_answer_opens_it(browse: Browse, session: Session, lead: Account, child: PersonId) -> None:
    written(browse, lead, child)
    assert "only you can open it" in browse.get("/ask-for-help/save").main
    browse.post("/ask-for-help/save", {"answer": "memorable thing"}, status=200)
    assert session.scalars(select(HelpRequest.answer_hash)).one() is None


def test_when_the_grant_has_ended_no_page_shows_the_record_and_nothing_is_sent(
    browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    written(browse, lead, child)
    assert "Knownchild" in browse.get("/ask-for-help/check", most_queries=8).main
    session.execute(text("UPDATE access_grant SET until_at = now()"))
    session.commit()
    for path in ("/ask-for-help/check", f"{QUESTIONS}/children", f"{QUESTIONS}/going-well", "/ask-for-help/save"):
        assert browse.get(path, status=302).location == ENDED
    assert browse.post("/ask-for-help/check", {"is_true": "y"}, status=302).location == ENDED
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_it_is_finished_without_the_record_and_what_was_typed_stays(
    browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    written(browse, lead, child)
    session.execute(text("UPDATE access_grant SET until_at = now()"))
    session.commit()
    page = browse.get(ENDED)
    assert "Knownchild" not in page.html
    assert browse.post(ENDED, {}, status=302).location == "/ask-for-help/check"
    check = browse.get("/ask-for-help/check")
    assert KNOWN not in check.html
    assert "Knownchild" not in check.html
    assert "He is often late and tired." in check.main
    answer(browse, "children/2", CHILD)
    answer(browse, "children", {"another": "no"})
    answer(browse, "going-well", {})
    send(browse)
    assert child not in session.scalars(select(Contact.about)).one()


def test_a_page_of_a_request_that_is_still_open_does_not_say_that_it_ended(
    browse: Browse, lead: Account, child: PersonId
) -> None:
    assert browse.get(ENDED, status=302).location == "/ask-for-help/come-back?lost=yes"
    written(browse, lead, child)
    assert browse.get(ENDED, status=302).location == "/ask-for-help/check"


@pytest.mark.parametrize("short", ["abcd", "a b c d e", "1234567"])
def test_a_memorable_answer_has_at_least_eight_letters_or_numbers(browse: Browse, short: str) -> None:
    begin(browse)
    page = browse.post("/ask-for-help/save", {"answer": short}, status=422)
    assert page.error_beside("answer").startswith("Your memorable answer must have at least 8 letters or numbers")


def test_two_windows_that_add_a_child_each_keep_their_own(browse: Browse) -> None:
    begin(browse)
    answer(browse, "children/1", CHILD)
    first = answer(browse, "children", {"another": "yes"}).location
    second = answer(browse, "children", {"another": "yes"}).location
    assert first is not None
    assert second is not None
    assert first != second
    answer(browse, first.removeprefix(f"{QUESTIONS}/"), CHILD | {"given_name": "Sara"})
    answer(browse, second.removeprefix(f"{QUESTIONS}/"), CHILD | {"given_name": "Zed"})
    children = browse.get(f"{QUESTIONS}/children").main
    assert all(name in children for name in ("Tom", "Sara", "Zed"))


def test_a_place_kept_for_a_child_who_is_not_added_does_not_stand_in_the_way(browse: Browse) -> None:
    begin(browse)
    answer(browse, "children/1", CHILD)
    answer(browse, "children", {"another": "yes"})
    assert "not finished" not in browse.get(f"{QUESTIONS}/children").main


@pytest.mark.parametrize("path", ["children/1", "children/1/typed"])
def test_fields_that_a_page_does_not_have_are_neither_kept_nor_break_it(
    browse: Browse, session: Session, path: str
) -> None:
    begin(browse)
    names = ["born_on-\x00", "born_on-day\x00", "given_name-" + "x" * 5_000, "\x07", "on_record", "given_name-1"]
    data = dict.fromkeys(names, "1") | CHILD | {"csrf_token": browse._token()}
    sent = browse.raw("POST", f"{QUESTIONS}/{path}", data=data, headers={"If-Match": '"0"'})
    assert sent.status_code in (200, 302)
    kept = session.scalars(text("SELECT jsonb_object_keys(texts) FROM help_answer WHERE page = 'children'")).all()
    assert set(kept) == set(CHILD)


def test_a_link_on_another_site_does_not_take_the_request_out_of_the_browser(browse: Browse) -> None:
    begin(browse)
    away = browse.raw("GET", "/ask-for-help/leave", headers={"Sec-Fetch-Site": "cross-site"})
    assert "bbc.co.uk" in away.headers["Location"]
    browse.get(f"{QUESTIONS}/you")
    browse.raw("GET", "/ask-for-help/leave", headers={"Sec-Fetch-Site": "same-origin"})
    browse.get(f"{QUESTIONS}/you", status=302)
