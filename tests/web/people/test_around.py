"""The People page: the family tree, who helps, households, and what it keeps from whom."""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason, Part
from locality.kernel.actor import Role
from locality.kernel.ids import HouseholdId, PersonId, new_id
from locality.people import api as people
from locality.people.models import Address
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_family, a_grant, a_person, a_unit, an_address, an_adult, settle
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.people.conftest import Home

MOTHER, FATHER = people.RelationKind.MOTHER, people.RelationKind.FATHER


def a_tie(session: Session, one: PersonId, kind: people.RelationKind, other: PersonId) -> None:
    """One is the kind of the other."""
    people.record_relationship(a_unit(session), people.NewRelationship(person_id=one, kind=kind, other_id=other))


def a_home(session: Session, *members: PersonId, name: str = "Mum’s home") -> HouseholdId:
    """A household since New Year."""
    return people.create_household(a_unit(session), name=name, members=members, from_on=dt.date(2026, 1, 1))


def drawn(page: Page) -> list[str]:
    """Who is in the table of the tree."""
    return [row["Name"] for row in page.table("Family tree of Leah Adeyemi")]


def test_the_family_is_drawn_and_told_in_words(home: Home, browse: Browse, session: Session) -> None:
    a_tie(session, home.mother, MOTHER, home.leah)
    a_home(session, home.leah, home.mother)
    settle(session)
    page = browse.get(f"/people/{home.leah}/people", most_queries=8)
    assert "2 people in 2 generations around Leah, 1 household outlined." in page.main
    mother, leah = page.table("Family tree of Leah Adeyemi")
    assert (mother["Name"], leah["Name"], leah["Child of"]) == ("Ngozi Adeyemi", "Leah Adeyemi", "Ngozi Adeyemi")
    assert leah["Lives in"] == "Mum’s home"
    assert page.html.count("app-genogram__symbol") == 3  # the mother once, Leah with two outlines
    assert "app-genogram__home" in page.html


def test_the_page_asks_no_more_with_more_people(home: Home, browse: Browse, session: Session) -> None:
    for number in range(12):
        child = a_person(session, given_name=f"Child{number}", born_on=dt.date(2010 + number, 1, 1))
        a_tie(session, home.mother, MOTHER, child)
        a_grant(session, an_actor(home.lead), child)
        a_home(session, child, home.mother, name=f"Home {number}")
    a_tie(session, home.mother, MOTHER, home.leah)
    settle(session)
    page = browse.get(f"/people/{home.leah}/people", most_queries=8)
    assert len(drawn(page)) == 14


def test_who_may_not_be_seen_is_someone_else(home: Home, browse: Browse, session: Session) -> None:
    father = an_adult(session, given_name="Canary", family_name="Unseen")
    sister = a_person(session, given_name="Bea")
    for child in (home.leah, sister):
        a_tie(session, father, FATHER, child)
    a_grant(session, an_actor(home.lead), sister)
    settle(session)
    page = browse.get(f"/people/{home.leah}/people")
    assert drawn(page).count("Someone else") == 1
    leah = next(row for row in page.table("Family tree of Leah Adeyemi") if row["Name"] == "Leah Adeyemi")
    assert leah["Child of"] == "Someone else"
    for told in ("Canary", "Unseen", str(father)):
        assert told not in page.html


def test_nobody_learns_of_a_stranger_by_being_a_stranger_to_both(browse: Browse, session: Session) -> None:
    leah, mother = a_person(session), an_adult(session)
    a_tie(session, mother, MOTHER, leah)
    officer = an_account(session, roles=[Role.SPOC_OFFICER])
    settle(session)
    browse.sign_in(officer)
    assert drawn(browse.get(f"/people/{leah}/people")) == ["Leah Adeyemi"]


def test_a_household_at_a_hidden_address_is_not_outlined(home: Home, browse: Browse, session: Session) -> None:
    a_tie(session, home.mother, MOTHER, home.leah)
    a_home(session, home.leah, home.mother, name="Canary house")
    an_address(session, home.leah, home.mother, line="99 Canary Row", hidden=True)
    settle(session)
    assert "Canary" not in browse.get(f"/people/{home.leah}/people").html
    supervisor = an_account(session, roles=[Role.SUPERVISOR])
    a_grant(session, an_actor(supervisor), home.leah, home.mother, reason=GrantReason.SUPERVISOR)
    browse.sign_in(supervisor)
    page = browse.get(f"/people/{home.leah}/people")
    assert "Canary house" in page.main
    assert "app-genogram__home" in page.html


def test_a_household_stays_hidden_when_its_hidden_address_has_ended(
    home: Home, browse: Browse, session: Session
) -> None:
    a_home(session, home.leah, home.mother, name="Canary house")
    an_address(session, home.leah, home.mother, line="99 Canary Row", hidden=True)
    session.execute(update(Address).where(Address.person_id == home.mother).values(until_on=dt.date(2026, 3, 2)))
    settle(session)
    assert "Canary" not in browse.get(f"/people/{home.leah}/people").html


def test_the_other_home_of_a_child_with_a_hidden_one_is_shown(home: Home, browse: Browse, session: Session) -> None:
    father = an_adult(session, given_name="Femi")
    a_grant(session, an_actor(home.lead), father)
    an_address(session, home.mother, line="99 Canary Row", hidden=True)
    an_address(session, home.leah, father, line="1 Open Road", postcode="SS2 6ER")
    a_home(session, home.leah, home.mother, name="Canary house")
    a_home(session, home.leah, father, name="Dad’s home")
    settle(session)
    page = browse.get(f"/people/{home.leah}/people")
    assert "Dad’s home" in page.main
    assert "Canary" not in page.html


def test_without_whereabouts_there_are_no_households(browse: Browse, session: Session) -> None:
    leah, mother = a_person(session), an_adult(session)
    a_home(session, leah, mother, name="Canary house")
    teacher = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(teacher), leah, mother, reason=GrantReason.TEAM_AROUND_CHILD)
    settle(session)
    browse.sign_in(teacher)
    page = browse.get(f"/people/{leah}/people")
    assert "Canary" not in page.html
    assert "app-genogram__home" not in page.html
    browse.get(f"/people/{leah}/households/new", status=403)


def test_a_household_is_made_joined_and_left(home: Home, browse: Browse, session: Session) -> None:
    father = an_adult(session, given_name="Femi")
    a_grant(session, an_actor(home.lead), father)
    people.add_to_family(a_unit(session), home.family, father)
    settle(session)
    form = browse.get(f"/people/{home.leah}/households/new")
    answers = {"name": "Mum’s home", "people": [str(home.mother)], "from_on-day": "1", "from_on-month": "2"}
    wrong = browse.send(form, answers, status=422)
    assert wrong.errors
    made = browse.follow(browse.send(form, {**answers, "from_on-year": "2026"}))
    assert [row["Who"] for row in made.table("Mum’s home")] == ["Ngozi Adeyemi", "Leah Adeyemi"]
    page = browse.get(made.links["Add somebody who lives there: Mum’s home"])
    assert page.options("people") == ["Femi Adeyemi"]
    assert browse.send(page, {}, status=422).error_beside("people") == "Select who lives there"
    joined = browse.follow(browse.send(page, {"people": [str(father)]}))
    assert len(joined.table("Mum’s home")) == 3
    out = [line for line in joined.html.split('"') if line.endswith(f"/members/{father}/leave")]
    left = browse.follow(browse.post(out[0]))
    assert "They no longer live there" in left.banner
    assert next(row for row in left.table("Mum’s home") if row["Who"] == "Femi Adeyemi")["When"].startswith("Until")


def test_a_household_form_sent_twice_makes_one(home: Home, browse: Browse, session: Session) -> None:
    form = browse.get(f"/people/{home.leah}/households/new")
    for _ in range(2):
        page = browse.follow(browse.send(form, {"name": "Mum’s home"}))
    assert page.html.count("Add somebody who lives there") == 1


def test_another_familys_household_cannot_be_joined(home: Home, browse: Browse, session: Session) -> None:
    theirs = a_home(session, a_person(session, given_name="Other"))
    browse.get(f"/people/{home.leah}/households/{theirs}/add", status=404)
    browse.get(f"/people/{home.leah}/households/{new_id()}/add", status=404)
    browse.post(f"/people/{home.leah}/households/{theirs}/members/{home.leah}/leave", status=404)


def test_a_carer_of_before_is_listed_and_not_drawn(home: Home, browse: Browse, session: Session) -> None:
    carer = an_adult(session, given_name="Rae", family_name="Holt")
    a_grant(session, an_actor(home.lead), carer)
    new = people.NewRelationship(
        person_id=carer,
        kind=people.RelationKind.FOSTER_CARER,
        other_id=home.leah,
        from_on=dt.date(2020, 1, 1),
        until_on=dt.date(2021, 1, 1),
    )
    people.record_relationship(a_unit(session), new)
    settle(session)
    page = browse.get(f"/people/{home.leah}/people")
    assert page.table("Relations")[0]["When"] == "1 January 2020 to 1 January 2021"
    assert "Rae Holt" not in drawn(page)


def test_families_show_former_members(home: Home, browse: Browse, session: Session) -> None:
    uncle = an_adult(session, given_name="Kunle")
    a_grant(session, an_actor(home.lead), uncle, parts=frozenset({Part.IDENTITY}))
    people.add_to_family(a_unit(session), home.family, uncle)
    people.leave_family(a_unit(session), home.family, uncle)
    a_family(session, home.leah, name="Okafor")
    settle(session)
    page = browse.get(f"/people/{home.leah}/people")
    rows = page.table("Who belongs to family Adeyemi, and who did")
    assert rows[-1]["Name"] == "Kunle Adeyemi"
    assert "Family Okafor" in page.links
