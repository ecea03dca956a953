"""The search page: what is typed stays out of addresses, and results hold as little as it takes."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_family, a_grant, a_person, a_telephone, an_address, settle
from tests.support.pages import Page
from tests.support.web import Browse


@pytest.fixture
def officer(session: Session, browse: Browse) -> Account:
    account = an_account(session, roles=[Role.SPOC_OFFICER])
    browse.sign_in(account)
    return account


def search(browse: Browse, typed: str) -> Page:
    return browse.follow(browse.send(browse.get("/search"), {"q": typed}))


def test_people_are_found_and_no_more_is_shown_than_needed(officer: Account, browse: Browse, session: Session) -> None:
    leah = a_person(session)
    an_address(session, leah, line="99 Canary Row")
    page = search(browse, "lea adeyemi")
    (row,) = page.table("People found")
    assert (row["Name"], row["Born"]) == ("Leah Adeyemi", "14 May 2018")
    assert page.links["Leah Adeyemi"] == f"/people/{leah}"
    assert "Canary" not in page.html
    assert page.form()["q"] == "lea adeyemi"


def test_what_was_typed_is_in_no_address(officer: Account, browse: Browse, session: Session) -> None:
    a_person(session)
    answer = browse.send(browse.get("/search"), {"q": "leah adeyemi 9990000018"})
    assert answer.location is not None
    assert "leah" not in answer.location
    assert "999" not in answer.location


def test_results_cost_few_statements(officer: Account, browse: Browse, session: Session) -> None:
    for number in range(60):
        a_person(session, family_name=f"Adeyemi {number:02}")
    settle(session)
    answer = browse.send(browse.get("/search"), {"q": "leah"})
    page = browse.get(str(answer.location), most_queries=4)
    assert len(page.table("People found")) == 50
    assert len(browse.get(page.links["Next page"]).table("People found")) == 10


def test_who_was_shown_is_written_down(officer: Account, browse: Browse, session: Session) -> None:
    leah = a_person(session)
    search(browse, "leah")
    found = text("SELECT subjects FROM audit_event WHERE action = 'people.searched'")
    assert session.execute(found).scalar_one() == [leah]


def test_a_worker_finds_their_own_people(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    a_person(session, given_name="Tom")
    worker = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(worker), leah)
    browse.sign_in(worker)
    assert [row["Name"] for row in search(browse, "adeyemi").table("People found")] == ["Leah Adeyemi"]
    assert "Nobody fits among those whom you may see" in search(browse, "tom").main
    assert not search(browse, "tom").has_button("Enter a new person")


def test_a_record_that_may_not_be_opened_is_only_said_to_exist_and_that_is_written_down(
    browse: Browse, session: Session
) -> None:
    leah = a_person(session)
    browse.sign_in(an_account(session, roles=[Role.LEAD_PROFESSIONAL]))
    page = search(browse, "leah adeyemi 14/5/2018")
    assert "A record exists" in page.main
    assert "Ask the front door" in page.main
    assert str(leah) not in page.html
    said = text("SELECT subjects FROM audit_event WHERE action = 'people.said_to_exist'")
    assert session.execute(said).scalar_one() == [leah]
    assert "A record exists" not in search(browse, "leah adeyemi").main
    assert "A record exists" not in search(browse, "leah adeyemi 15/5/2018").main


def test_a_telephone_number_is_searched_for(officer: Account, browse: Browse, session: Session) -> None:
    a_telephone(session, a_person(session))
    (row,) = search(browse, "+44 1632 960001").table("People found")
    assert row["Name"] == "Leah Adeyemi"


def test_a_reference_of_a_family_leads_to_it(officer: Account, browse: Browse, session: Session) -> None:
    leah = a_person(session)
    family = a_family(session, leah)
    reference = people.get_family(session, family).reference
    answer = browse.send(browse.get("/search"), {"q": reference})
    assert browse.get(str(answer.location), status=302).location == f"/families/{family}"


def test_a_date_that_is_none_is_said(officer: Account, browse: Browse, session: Session) -> None:
    a_person(session)
    assert "31/2/2019 is not a date" in search(browse, "leah 31/2/2019").main


@pytest.mark.parametrize("typed", ["'; DROP TABLE person; --", "<script>alert(1)</script>", "æ" * 200])
def test_anything_may_be_typed(officer: Account, browse: Browse, typed: str) -> None:
    assert "Nobody fits" in search(browse, typed).main


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("%", "There is nothing here to look for. Type a name"),
        ("\\", "There is nothing here to look for"),
        ("🙂", "There is nothing here to look for"),
        ("?!, ()", "There is nothing here to look for"),
        ("x", "One letter is too little"),
        ("j r", "One letter is too little"),
        ("12345", "“12345” is no whole number: it has 5 figures"),
        ("943 476 591", "it has 9 figures. An NHS number has 10"),
        ("999 000 0019", "This cannot be a real NHS number"),
        ("A999200025001", "This cannot be a real pupil number"),
    ],
)
def test_what_cannot_find_anybody_gets_advice_and_not_an_empty_answer(
    officer: Account, browse: Browse, typed: str, words: str
) -> None:
    page = search(browse, typed)
    assert words in page.main
    assert "Nobody fits" not in page.main
    assert page.form()["q"] == typed


def test_namesakes_are_told_apart_by_school_and_street_and_never_by_a_hidden_home(
    officer: Account, browse: Browse, session: Session
) -> None:
    first, second, third = (a_person(session, born_on=dt.date(2018, 5, day)) for day in (1, 2, 3))
    an_address(session, first, line="12 Sample Street", postcode="SS2 6ER")
    an_address(session, second, line="Flat 3, 9 Canary Row", postcode="SS1 1ZZ", hidden=True)
    an_address(session, second, line="4 Open Road", postcode="SS3 9AA")
    settle(session)
    answer = browse.send(browse.get("/search"), {"q": "leah adeyemi"})
    page = browse.get(str(answer.location), most_queries=5)
    apart = {row["Born"]: row["School and street"] for row in page.table("People found")}
    assert apart == {"1 May 2018": "Sample Street, SS2", "2 May 2018": "", "3 May 2018": ""}
    assert third
    for secret in ("Canary", "SS1", "Open Road", "12 Sample", "6ER"):
        assert secret not in page.html


def test_somebody_who_is_alone_with_a_name_is_shown_without_a_street(
    officer: Account, browse: Browse, session: Session
) -> None:
    an_address(session, a_person(session), line="12 Sample Street")
    assert "School and street" not in search(browse, "leah adeyemi").table("People found")[0]


def test_a_worker_sees_no_street_of_somebody_whose_whereabouts_are_not_theirs(browse: Browse, session: Session) -> None:
    worker = an_account(session, roles=[Role.SERVICE_WORKER])
    for day in (1, 2):
        leah = a_person(session, born_on=dt.date(2018, 5, day))
        an_address(session, leah, line="12 Sample Street")
        a_grant(session, an_actor(worker), leah, reason=GrantReason.RECEIVING_SERVICE)
    browse.sign_in(worker)
    page = search(browse, "leah adeyemi")
    assert len(page.table("People found")) == 2
    assert "Sample" not in page.html


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter a name, a date of birth, a reference or a number"),
        ("x" * 201, "What you look for must be 200 characters or fewer"),
        ("a\x00b", "Remove the unusual characters (shown as �) from what you look for"),
    ],
)
def test_what_cannot_be_looked_for_is_said(officer: Account, browse: Browse, typed: str, message: str) -> None:
    page = browse.send(browse.get("/search"), {"q": typed}, status=422)
    assert page.errors == [("q", message)]


@pytest.mark.parametrize("query", ["?s=nonsense", "?s=%00&page=x", "?page=9999", "?q="])
def test_nonsense_in_the_address_shows_the_empty_box(officer: Account, browse: Browse, query: str) -> None:
    status = 302 if query == "?q=" else 200
    page = browse.get(f"/search{query}", status=status)
    assert page.location == "/search" if status == 302 else page.heading == "Search"


def test_roles_without_people_have_no_search(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.ADMINISTRATOR]))
    browse.get("/search", status=403)
