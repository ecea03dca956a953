"""Entering people: hostile answers stay on the page, likely matches are shown first, nothing is lost in a conflict."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.people import api as people
from locality.web.formats import day
from tests.factories.people import a_person, a_unit, settle
from tests.support.web import Browse
from tests.web.people.conftest import Home

GOOD = {
    "kind": "child", "given_name": "Zofia", "family_name": "Nowak", "sex": "F",
    "born_on-day": "1", "born_on-month": "2", "born_on-year": "2019",
}  # fmt: skip


@pytest.fixture
def at_front_door(browse: Browse, officer: Account) -> Browse:
    browse.sign_in(officer)
    return browse


def test_somebody_new_is_entered_and_in_hand(at_front_door: Browse, session: Session) -> None:
    page = at_front_door.get("/people/new")
    record = at_front_door.follow(at_front_door.send(page, GOOD))
    assert record.banner == "The person is on record"
    assert record.heading == "Story of Zofia Nowak"
    assert "the front door is working on a contact about them" in record.text


def test_sending_the_page_twice_enters_one_person(at_front_door: Browse, session: Session) -> None:
    page = at_front_door.get("/people/new")
    first = at_front_door.send(page, GOOD).location
    second = at_front_door.send(page, GOOD | {"is_new": "y"}).location
    assert first == second
    assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 1


def test_somebody_like_them_is_shown_before_anybody_is_entered(at_front_door: Browse, session: Session) -> None:
    leah = a_person(session, family_name="Nowak", given_name="Zofija", born_on=dt.date(2019, 2, 1))
    page = at_front_door.send(at_front_door.get("/people/new"), GOOD, status=422)
    assert page.links["Zofija Nowak"] == f"/people/{leah}"
    assert "Very likely the same: same birth date · first name nearly the same · same surname" in page.main
    assert page.errors[0][0] == "is_new"
    assert page.form()["given_name"] == "Zofia"
    at_front_door.send(page, {"is_new": "y"})
    assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 2
    looked = text("SELECT count(*) FROM audit_event WHERE action = 'people.matched' AND :leah = ANY(subjects)")
    assert session.execute(looked, {"leah": leah}).scalar_one() == 1


WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"kind": ""}, "kind", "Select who it is"),
    ({"sex": "X"}, "sex", "Select a sex, or “Not known”"),
    ({"given_name": "", "family_name": ""}, "given_name", "Enter a name, or tick that it is not known"),
    ({"given_name": "x" * 101}, "given_name", "First names must be 100 characters or fewer"),
    ({"given_name": "a\x00b"}, "given_name", "Remove the unusual characters (shown as �) from first names"),
    ({"born_on-year": "2199"}, "born_on-year", "Year must be between 1900 and 2100"),
    ({"born_on-year": "2099"}, "born_on-day", "Date of birth must be today or in the past"),
    ({"born_on-day": "31"}, "born_on-day", "Date of birth must be a real date"),
    ({"born_on-year": "1980"}, "born_on-day", "Check the year: a child on record is under 26"),
    ({"due_on-day": "1", "due_on-month": "1", "due_on-year": "2027"}, "due_on-day",
     "Give a date of birth or a date when the baby is due, not both"),
    ({"nhs_number": "999 123 4560"}, "nhs_number", "Check the NHS number: its last figure does not fit the others"),
    ({"nhs_number": "999"}, "nhs_number", "NHS number must be 10 digits, like 999 123 4567"),
)  # fmt: skip


def test_a_wrong_answer_is_said_beside_its_field(at_front_door: Browse) -> None:
    page = at_front_door.get("/people/new")
    for changed, field, message in WRONG:
        assert (field, message) in at_front_door.send(page, GOOD | changed, status=422).errors, changed
    at_front_door.send(page, GOOD | {"interpreter_needed": "perhaps"})


def test_an_unborn_baby_needs_no_name(at_front_door: Browse) -> None:
    due = london_date(SYSTEM_CLOCK.now()) + dt.timedelta(days=60)
    answers = {"kind": "child", "sex": "U", "family_name": "Novák", "due_on-day": str(due.day)}
    answers |= {"due_on-month": str(due.month), "due_on-year": str(due.year)}
    record = at_front_door.follow(at_front_door.send(at_front_door.get("/people/new"), answers))
    assert record.heading == "Story of Baby Novák"
    assert f"due {day(due)}" in record.text


def test_a_person_of_no_known_name_can_be_entered(at_front_door: Browse) -> None:
    answers = {"kind": "child", "sex": "U", "name_not_known": "y"}
    record = at_front_door.follow(at_front_door.send(at_front_door.get("/people/new"), answers))
    assert record.heading == "Story of Name not known"


def test_only_the_front_door_enters_people_without_a_family(home: Home, browse: Browse) -> None:
    browse.get("/people/new", status=403)


def test_details_are_put_right_and_what_was_is_kept(home: Home, browse: Browse, session: Session) -> None:
    page = browse.get(f"/people/{home.leah}/edit", most_queries=8)
    assert page.form()["given_name"] == "Leah"
    answers = {"given_name": "Léa", "ethnicity": "BAFR", "disabilities": ["HEAR"], "nhs_number": "999 000 0018"}
    details = browse.follow(browse.send(page, answers))
    assert details.banner == "The details have been saved"
    assert details.row("Name") == "Léa Adeyemi"
    assert details.row("Disabilities") == "Hearing"
    assert details.row("NHS number") == "999 000 0018"
    assert session.execute(text("SELECT facts ->> 'given_name' FROM person_earlier")).scalar_one() == "Leah"


def test_a_conflict_shows_both_versions_and_loses_neither(home: Home, browse: Browse, session: Session) -> None:
    page = browse.get(f"/people/{home.leah}/edit")
    facts = people.PersonFacts(
        kind=people.PersonKind.CHILD, given_name="Leigh", family_name="Adeyemi", sex=people.Sex.FEMALE,
        born_on=dt.date(2018, 5, 14),
    )  # fmt: skip
    people.edit_person(a_unit(session), home.leah, seen_version=1, facts=facts)
    session.commit()
    conflict = browse.send(page, {"given_name": "Léa"}, status=422)
    assert conflict.table("What differs") == [{"": "First names", "You wrote": "Léa", "Saved now": "Leigh"}]
    assert conflict.form()["given_name"] == "Léa"
    assert "Somebody else changed this record while you were writing" in conflict.text
    browse.send(conflict)
    assert people.get_person(session, home.leah).given_name == "Léa"


WRONG_DETAILS: tuple[tuple[dict[str, object], str], ...] = (
    ({"ethnicity": "XXXX"}, "ethnicity"),
    ({"ethnicity": ""}, "ethnicity"),
    ({"disabilities": ["NONE", "AUT"]}, "disabilities"),
    ({"disabilities": ["NOSUCH"]}, "disabilities"),
    ({"previous_names": "\n".join(["Name"] * 11)}, "previous_names"),
    ({"upn": "A801200005001"}, "upn"),
    ({"former_upns": "nonsense"}, "former_upns"),
    ({"died_on-day": "1", "died_on-month": "1", "died_on-year": "2001"}, "died_on-day"),
    ({"version": "nonsense"}, ""),
)


def test_wrong_details_are_said_beside_their_field(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/edit")
    for changed, field in WRONG_DETAILS:
        refused = browse.send(page, changed, status=422)
        assert field in [where for where, _ in refused.errors], changed


def test_a_sibling_is_entered_into_the_family(home: Home, browse: Browse, session: Session) -> None:
    page = browse.get(f"/families/{home.family}/members/new")
    family = browse.follow(browse.send(page, GOOD | {"given_name": "Tom", "family_name": "Adeyemi", "sex": "M"}))
    assert [row["Name"] for row in family.table("Who belongs to it")] == [
        "Ngozi Adeyemi",
        "Leah Adeyemi",
        "Tom Adeyemi",
    ]
    assert browse.get(family.links["Tom Adeyemi"]).heading == "Story of Tom Adeyemi"


def test_a_strangers_id_in_the_form_opens_nothing_of_theirs(home: Home, browse: Browse, session: Session) -> None:
    stranger = a_person(session, given_name="Ewa", family_name="Obca")
    settle(session)
    grants = session.execute(text("SELECT count(*) FROM access_grant")).scalar_one()
    page = browse.get(f"/families/{home.family}/members/new")
    refused = browse.send(page, GOOD | {"form_id": str(stranger), "is_new": "y"}, status=422)
    assert "This form has been sent already. Open it again" in refused.text
    assert session.execute(text("SELECT count(*) FROM access_grant")).scalar_one() == grants
    members = text("SELECT count(*) FROM family_member WHERE person_id = :stranger")
    assert session.execute(members, {"stranger": stranger}).scalar_one() == 0
    browse.get(f"/people/{stranger}", status=404)


def test_sending_a_newcomer_twice_enters_and_opens_them_once(home: Home, browse: Browse, session: Session) -> None:
    page = browse.get(f"/families/{home.family}/members/new")
    browse.send(page, GOOD)
    grants = session.execute(text("SELECT count(*) FROM access_grant")).scalar_one()
    browse.send(page, GOOD | {"is_new": "y"})
    assert session.execute(text("SELECT count(*) FROM person WHERE given_name = 'Zofia'")).scalar_one() == 1
    assert session.execute(text("SELECT count(*) FROM access_grant")).scalar_one() == grants
