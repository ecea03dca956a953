"""A birth: the expected baby becomes a born child, and twins join the family."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.ids import PersonId
from locality.people import api as people
from tests.factories.accounts import an_actor
from tests.factories.people import a_grant, a_person, a_unit, settle
from tests.support.layers import layer
from tests.support.web import Browse
from tests.web.people.conftest import Home

TODAY = london_date(SYSTEM_CLOCK.now())
BORN = TODAY - dt.timedelta(days=2)


def on(day: dt.date) -> dict[str, str]:
    """A date as typed."""
    return {"born_on-day": str(day.day), "born_on-month": str(day.month), "born_on-year": str(day.year)}


ONE = {"babies": "1", "first_given_name": "Ada", "family_name": "Adeyemi", "first_sex": "F"} | on(BORN)
TWINS = ONE | {"babies": "2", "second_given_name": "Ola", "second_sex": "M", "second_nhs_number": "999 000 0018"}


@layer
def expected(household: Home, session: Session) -> PersonId:
    """A baby due tomorrow, whose mother is on record, in Leah's family."""
    baby = a_person(session, given_name="", due_on=TODAY + dt.timedelta(days=1))
    people.add_to_family(a_unit(session), household.family, baby, newly_entered=True)
    unit = a_unit(session)
    mother = people.NewRelationship(person_id=household.mother, kind=people.RelationKind.MOTHER, other_id=baby)
    people.record_relationship(unit, mother)
    held = people.NewResponsibility(child_id=baby, adult_id=household.mother, basis=people.PrBasis.BIRTH_MOTHER)
    people.give_parental_responsibility(unit, held)
    return baby


def test_an_expected_baby_is_born_and_keeps_the_reference(home: Home, browse: Browse, expected: PersonId) -> None:
    details = browse.get(f"/people/{expected}/details")
    reference = details.row("Reference")
    page = browse.get(details.links["Record the birth"], most_queries=8)
    assert page.form()["family_name"] == "Adeyemi"
    around = browse.follow(browse.send(page, ONE))
    assert around.banner == "The birth is on record"
    born = browse.get(f"/people/{expected}/details")
    assert born.heading == "Details of Ada Adeyemi"
    assert born.row("Reference") == reference
    assert "Born on" in browse.get(f"/people/{expected}").main
    browse.get(f"/people/{expected}/birth", status=404)


def test_a_twin_has_the_same_family_and_whoever_sees_one_sees_the_other(
    home: Home, browse: Browse, session: Session, expected: PersonId
) -> None:
    around = browse.follow(browse.send(browse.get(f"/people/{expected}/birth"), TWINS))
    assert around.banner == "The birth of 2 babies is on record"
    assert around.links["Ola Adeyemi"]
    twin = browse.get(around.links["Ola Adeyemi"] + "/people")
    relations = {
        row["Name"]: row[next(key for key in row if key.startswith("Who they are"))] for row in twin.table("Relations")
    }
    assert relations == {"Ngozi Adeyemi": "Mother", "Ada Adeyemi": "Brother or sister"}
    assert twin.table("Parental responsibility")[0]["Basis"] == "Gave birth to the child"
    assert "Family Adeyemi" in twin.links


def test_a_twin_of_no_family_is_seen_by_whoever_sees_the_other(home: Home, browse: Browse, session: Session) -> None:
    baby = a_person(session, given_name="", family_name="Nowak", due_on=TODAY)
    a_grant(session, an_actor(home.lead), baby, reason=GrantReason.LEAD_PROFESSIONAL)
    settle(session)
    around = browse.follow(browse.send(browse.get(f"/people/{baby}/birth"), TWINS | {"family_name": "Nowak"}))
    assert browse.get(around.links["Ola Nowak"]).heading == "Story of Ola Nowak"


def test_a_birth_sent_twice_enters_nobody_twice(
    home: Home, browse: Browse, session: Session, expected: PersonId
) -> None:
    page = browse.get(f"/people/{expected}/birth")
    browse.send(page, TWINS)
    browse.send(page, TWINS, status=404)
    assert session.execute(text("SELECT count(*) FROM person WHERE given_name = 'Ola'")).scalar_one() == 1


CANNOT_BE: tuple[tuple[dict[str, str], str, str], ...] = (
    (on(TODAY + dt.timedelta(days=1)), "born_on-day", "Date of birth must be today or in the past"),
    (on(TODAY - dt.timedelta(days=300)), "born_on-day",
     "Check the date: it is too far from the date when the baby was due"),
    ({"born_on-day": "31", "born_on-month": "2"}, "born_on-day", "Date of birth must be a real date"),
    ({"first_sex": ""}, "first_sex", "Select a sex, or “Not known”"),
    ({"babies": "2", "second_given_name": "Ola"}, "second_sex", "Select a sex, or “Not known”"),
    ({"second_given_name": "Ola"}, "babies", "You described more babies than you selected"),
    ({"babies": "9"}, "babies", "Select how many babies were born"),
    ({"first_nhs_number": "999 123 4560"}, "first_nhs_number",
     "Check the NHS number: its last figure does not fit the others"),
    ({"babies": "2", "second_sex": "M", "first_nhs_number": "999 000 0018", "second_nhs_number": "9990000018"},
     "second_nhs_number", "Two babies cannot have the same NHS number"),
)  # fmt: skip


def test_a_birth_that_cannot_be_is_said_beside_its_field(home: Home, browse: Browse, expected: PersonId) -> None:
    page = browse.get(f"/people/{expected}/birth")
    for changed, field, message in CANNOT_BE:
        refused = browse.send(page, ONE | changed, status=422)
        assert (field, message) in refused.errors
        assert refused.form()["first_given_name"] == "Ada"
