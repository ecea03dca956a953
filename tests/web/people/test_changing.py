"""Changing who is related, where people live and who belongs to a family."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.ids import new_id
from locality.people import api as people
from tests.factories.people import a_person, a_unit, an_adult
from tests.support.web import Browse
from tests.web.people.conftest import Home


def test_a_relation_is_added_and_ended(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/relationships/new", most_queries=8)
    assert page.options("other")[0] == "Ngozi Adeyemi"
    around = browse.follow(browse.send(page, {"other": str(home.mother), "kind": "mother"}))
    (row,) = around.table("Relations")
    assert (row["Name"], row["Who they are to Leah"], row["When"]) == ("Ngozi Adeyemi", "Mother", "Now")
    ended = browse.follow(browse.send(around, form=0))
    assert ended.table("Relations")[0]["When"].startswith("Until")
    again = browse.follow(browse.post(around.action(0)))
    assert again.banner == "That relationship had ended already"


def test_somebody_else_is_chosen_by_reference(home: Home, browse: Browse, session: Session) -> None:
    reference = people.get_person(session, home.mother).reference
    page = browse.get(f"/people/{home.leah}/relationships/new")
    browse.send(page, {"other": "reference", "reference": reference.lower(), "kind": "carer"})
    around = browse.get(f"/people/{home.leah}/people")
    assert around.table("Relations")[0]["Who they are to Leah"] == "Other carer"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "other"),
        ({"other": "reference", "reference": "", "kind": "aunt_or_uncle"}, "reference"),
        ({"other": "reference", "reference": "nonsense", "kind": "aunt_or_uncle"}, "reference"),
        ({"other": str(new_id()), "kind": "mother"}, "other"),
        ({"other": "not an id", "kind": "mother"}, "other"),
        ({"other": "reference", "reference": "PE-2222-222", "kind": "nonsense"}, "kind"),
    ],
)
def test_a_wrong_relation_is_said_beside_its_field(
    home: Home, browse: Browse, answers: dict[str, str], field: str
) -> None:
    page = browse.send(browse.get(f"/people/{home.leah}/relationships/new"), answers, status=422)
    assert field in [where for where, _ in page.errors]


def test_somebody_unseen_cannot_be_chosen(home: Home, browse: Browse, session: Session) -> None:
    stranger = an_adult(session, given_name="Canary")
    reference = people.get_person(session, stranger).reference
    answers = {"other": "reference", "reference": reference, "kind": "father"}
    page = browse.send(browse.get(f"/people/{home.leah}/relationships/new"), answers, status=422)
    assert page.errors == [("reference", "There is nobody with this reference whom you may see")]
    assert "Canary" not in page.html


def test_parental_responsibility_is_added_with_its_basis(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/responsibility/new")
    answers = {"other": str(home.mother), "basis": "birth_mother", "limits": "None known"}
    around = browse.follow(browse.send(page, answers))
    (row,) = around.table("Parental responsibility")
    assert (row["Name"], row["Basis"], row["Limits"]) == ("Ngozi Adeyemi", "Gave birth to the child", "None known")
    twice = browse.send(browse.get(f"/people/{home.leah}/responsibility/new"), answers, status=422)
    assert "on record already" in twice.errors[0][1]
    browse.send(around, form=0)
    assert browse.get(f"/people/{home.leah}/people").table("Parental responsibility")[0]["When"].startswith("Until")


def test_nobody_holds_responsibility_for_an_adult(home: Home, browse: Browse) -> None:
    browse.get(f"/people/{home.mother}/responsibility/new", status=404)


def test_an_address_is_added_for_all_who_live_there(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/addresses/new", most_queries=8)
    answers = {
        "kind": "home", "line_1": "7 New Road", "town": "Southend-on-Sea", "postcode": "ss1 2ab",
        "people": str(home.mother), "from_on-day": "1", "from_on-month": "3", "from_on-year": "2026",
    }  # fmt: skip
    where = browse.follow(browse.send(page, answers))
    assert where.banner.startswith("The address has been recorded")
    first, second = where.table("Addresses")
    assert (first["Address"], first["When"]) == ("7 New RoadSouthend-on-SeaSS1 2AB", "Since 1 March 2026")
    assert second["When"] == "Until 1 March 2026"
    assert browse.get(f"/people/{home.mother}/whereabouts").table("Addresses")[0]["Address"].startswith("7 New Road")


def test_a_hidden_address_is_seen_by_whoever_recorded_it(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/addresses/new")
    answers = {"kind": "home", "line_1": "7 Refuge", "postcode": "SS1 2AB", "do_not_disclose": "y"}
    where = browse.follow(browse.send(page, answers))
    assert where.table("Addresses")[0]["Address"] == "7 RefugeSS1 2ABDo not disclose"


def test_nobody_is_refused_for_having_no_address(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/addresses/new")
    where = browse.follow(browse.send(page, {"kind": "temporary", "no_fixed_abode": "y"}))
    assert "No fixed abode" in [row["Address"] for row in where.table("Addresses")]


WRONG_ADDRESSES: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "kind"),
    ({"kind": "home"}, "line_1"),
    ({"kind": "castle", "line_1": "1 Road"}, "kind"),
    ({"kind": "home", "postcode": "SS2 6CK"}, "postcode"),
    ({"kind": "home", "line_1": "x" * 101}, "line_1"),
    ({"kind": "home", "line_1": "1 \x08Road"}, "line_1"),
    ({"kind": "home", "line_1": "1 Road", "no_fixed_abode": "y"}, "no_fixed_abode"),
    ({"kind": "home", "line_1": "1 Road", "uprn": "x"}, "uprn"),
    ({"kind": "home", "line_1": "1 Road", "people": str(new_id())}, "people"),
    ({"kind": "home", "line_1": "1 Road", "from_on-day": "31", "from_on-month": "2", "from_on-year": "2026"},
     "from_on-day"),
)  # fmt: skip


def test_a_wrong_address_is_said_beside_its_field(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/addresses/new")
    for answers, field in WRONG_ADDRESSES:
        refused = browse.send(page, answers, status=422)
        assert field in [where for where, _ in refused.errors], answers


def test_an_address_is_ended_and_another_hidden(home: Home, browse: Browse, session: Session) -> None:
    where = browse.get(f"/people/{home.leah}/whereabouts")
    hidden = browse.follow(browse.send(where, form=1))
    assert "hidden" in hidden.banner
    assert "Do not disclose" in hidden.main
    ended = browse.follow(browse.send(hidden, form=0))
    assert ended.table("Addresses")[0]["When"].startswith("Until")
    assert browse.follow(browse.post(hidden.action(0))).banner == "That address had ended already"
    assert session.execute(text("SELECT bool_and(do_not_disclose) FROM address")).scalar_one() is True


def test_a_number_is_added_and_ended(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/contact-points/new")
    where = browse.follow(browse.send(page, {"kind": "mobile", "value": "07700 900 123", "note": "Text only"}))
    assert where.table("Phone and email")[0]["How to use it"] == "Text only"
    ended = browse.follow(browse.send(where, form=2))
    assert ended.banner == "It is no longer used"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"kind": "mobile"}, "value"),
        ({"kind": "pigeon", "value": "07700 900 123"}, "kind"),
        ({"kind": "mobile", "value": "ring the bell"}, "value"),
        ({"kind": "email", "value": "nobody"}, "value"),
        ({"kind": "email", "value": "a\x00@example.org"}, "value"),
    ],
)
def test_a_wrong_number_is_said_beside_its_field(
    home: Home, browse: Browse, answers: dict[str, str], field: str
) -> None:
    page = browse.send(browse.get(f"/people/{home.leah}/contact-points/new"), answers, status=422)
    assert field in [where for where, _ in page.errors]


def test_a_family_shows_who_belongs_to_it(home: Home, browse: Browse) -> None:
    page = browse.get(f"/families/{home.family}", most_queries=8)
    assert page.heading == "Family Adeyemi"
    assert [row["Name"] for row in page.table("Who belongs to it")] == ["Ngozi Adeyemi", "Leah Adeyemi"]
    assert "Sample Street" not in page.html


def test_somebody_on_record_joins_and_leaves(home: Home, browse: Browse, session: Session) -> None:
    stranger = an_adult(session, given_name="Dan")
    reference = people.get_person(session, stranger).reference
    page = browse.get(f"/families/{home.family}/members/add")
    refused = browse.send(page, {"reference": reference}, status=422)
    assert refused.errors[0][0] == "reference"
    left = browse.follow(browse.post(f"/families/{home.family}/members/{home.mother}/leave"))
    assert [row["Name"] for row in left.table("Who belongs to it")] == ["Leah Adeyemi"]
    assert [row["Name"] for row in left.table("Who belonged to it")] == ["Ngozi Adeyemi"]
    mother = people.get_person(session, home.mother).reference
    back = browse.follow(browse.send(browse.get(f"/families/{home.family}/members/add"), {"reference": mother}))
    assert back.banner == "Ngozi Adeyemi belongs to the family now"
    browse.post(f"/families/{home.family}/members/{new_id()}/leave")


def test_a_family_is_made_around_somebody(home: Home, browse: Browse, session: Session) -> None:
    people.leave_family(a_unit(session), home.family, home.mother)
    session.commit()
    page = browse.get(f"/people/{home.mother}/families/new")
    assert page.form()["name"] == "Adeyemi"
    assert browse.send(page, {"name": ""}, status=422).errors == [("name", "Enter a name for the family")]
    family = browse.follow(browse.send(page, {"name": "Okoro"}))
    assert family.heading == "Family Okoro"


def test_another_persons_rows_cannot_be_changed_through_this_one(home: Home, browse: Browse, session: Session) -> None:
    other = a_person(session, given_name="Other")
    people.record_address(a_unit(session), people.NewAddress(people=[other], lines=["1 Road"]))
    session.commit()
    row = session.execute(text("SELECT id FROM address WHERE person_id = :p"), {"p": other}).scalar_one()
    for verb in ("end", "hide"):
        browse.post(f"/people/{home.leah}/addresses/{row}/{verb}")
        browse.post(f"/people/{other}/addresses/{row}/{verb}", status=404)
    kept = session.execute(text("SELECT until_on, do_not_disclose FROM address WHERE id = :r"), {"r": row}).one()
    assert tuple(kept) == (None, False)


def test_nothing_changes_without_the_forms_token(home: Home, browse: Browse) -> None:
    browse.post(f"/families/{home.family}/members/{home.mother}/leave", token=False, status=400)
