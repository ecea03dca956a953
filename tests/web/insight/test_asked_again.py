"""Managers see how often families had to tell again what was known."""

import datetime as dt

from sqlalchemy.orm import Session

from locality.kernel.actor import Role
from locality.kernel.ids import new_id
from locality.people import api as people
from locality.people.api import FactSource, Told, Topic
from tests.factories.accounts import an_account
from tests.factories.people import a_person, a_unit, settle
from tests.support.web import Browse


def test_known_answers_are_counted_by_month(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    for words in ("Yoruba", "yoruba"):
        telling = people.Telling((FactSource.CONTACT, new_id()), dt.date(2026, 3, 3), "school")
        people.tell_facts(a_unit(session), [leah], [Told(Topic.FIRST_LANGUAGE, words)], telling=telling)
    settle(session)
    browse.sign_in(an_account(session, roles=[Role.MANAGER]))
    page = browse.get("/insight/asked-again", most_queries=8)
    assert "1 of 1 known answer was asked again" in page.main
    (row,) = page.table("Known answers by month, newest first")
    assert (row["Where"], row["Still right"], row["Asked again"]) == ("Contacts", "0", "1")


def test_without_figures_the_page_says_what_will_appear(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.MANAGER]))
    assert "Figures appear here when" in browse.get("/insight/asked-again").main


def test_the_figures_are_for_managers(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.LEAD_PROFESSIONAL]))
    browse.get("/insight/asked-again", status=403)
