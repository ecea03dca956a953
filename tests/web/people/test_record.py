"""A person's record in the browser: each tab, for whom it is, and what never stands on it."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason, Part
from locality.accounts.models import Account
from locality.clusters import api as clusters
from locality.kernel.actor import Role
from locality.kernel.ids import SchoolId, new_id
from locality.web.formats import day
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import a_led_episode, helpers
from tests.factories.clusters import a_school
from tests.factories.people import a_grant, a_line, a_person, a_telephone, a_unit, an_address, settle
from tests.support.web import Browse
from tests.web.people.conftest import Home

TABS = ["Story", "Details", "People", "Whereabouts", "Who has seen this"]


def test_the_story_says_what_happened_and_why_it_is_seen(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}", most_queries=8)
    assert page.heading == "Story of Leah Adeyemi"
    assert "Review held at school" in page.main
    assert "2 February 2026" in page.main
    assert "You see this because you are their lead professional" in page.text
    assert [tab for tab in TABS if tab in page.links] == TABS
    assert page.links["Family Adeyemi"] == f"/families/{home.family}"


def test_the_heading_says_school_stage_and_lead_within_five_statements(session: Session, browse: Browse) -> None:
    at_work = helpers(session)
    unit = a_unit(session)
    _episode, family = a_led_episode(unit, at_work)
    (leah,) = family.children
    school = a_school(session, cluster=at_work.cluster)
    clusters.enrol(unit, person_id=leah, school_id=SchoolId(school.id), from_on=unit.today)
    settle(session)
    browse.sign_in(at_work.lead_account)
    # The session, the grants, the record with its standing, the story, and the log of who looked.
    page = browse.get(f"/people/{leah}", most_queries=5)
    assert school.name in page.text
    assert re.search(rf"Stage 3 [\w ]+ since {day(unit.today)}", page.text)
    assert "Lead professional Amira Khan" in page.text


def test_the_story_is_narrowed_by_links(home: Home, browse: Browse, session: Session) -> None:
    page = browse.get(f"/people/{home.leah}")
    narrowed = browse.get(page.links["plan"])
    assert "Nothing in the story is like this" in narrowed.main
    assert "Review held at school" in browse.get(page.links["review"]).main
    by_source = browse.get(page.links["Amira Khan"])
    assert "From Amira Khan only" in by_source.main


@pytest.mark.parametrize(
    "query",
    ["?kind=nonsense", "?page=0", "?page=99999999", "?back=ever", "?source=%00", "?kind=%FF&source=" + "x" * 999],
)
def test_nonsense_in_the_address_is_no_error(home: Home, browse: Browse, query: str) -> None:
    assert browse.get(f"/people/{home.leah}{query}").heading == "Story of Leah Adeyemi"


def test_details_hold_no_address(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}/details", most_queries=8)
    assert page.row("Date of birth") == "14 May 2018"
    assert page.row("Ethnicity") == "Not yet asked"
    assert "Sample Street" not in page.html
    assert "SS2" not in page.html


def test_whereabouts_have_their_own_page(home: Home, browse: Browse, session: Session) -> None:
    a_telephone(session, home.leah)
    settle(session)
    page = browse.get(f"/people/{home.leah}/whereabouts", most_queries=8)
    (row,) = page.table("Addresses")
    assert row["Address"] == "12 Sample StreetSS2 6ER"
    assert page.table("Phone and email")[0]["Number or address"].startswith("01632 960 001")


def test_a_hidden_address_is_on_no_page_for_a_lead_professional(home: Home, browse: Browse, session: Session) -> None:
    an_address(session, home.leah, line="99 Canary Row", postcode="SS3 9ZZ", hidden=True)
    a_telephone(session, home.leah, value="01632 960 999", hidden=True)
    for path in ("", "/details", "/people", "/whereabouts", "/seen", "/edit", "/addresses/new"):
        page = browse.get(f"/people/{home.leah}{path}")
        for secret in ("Canary", "SS3 9ZZ", "960 999"):
            assert secret not in page.html, path


def test_a_supervisor_is_warned_with_a_hidden_address(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    an_address(session, leah, line="99 Canary Row", hidden=True)
    supervisor = an_account(session, roles=[Role.SUPERVISOR])
    a_grant(session, an_actor(supervisor), leah, reason=GrantReason.SUPERVISOR)
    browse.sign_in(supervisor)
    page = browse.get(f"/people/{leah}/whereabouts")
    assert "99 Canary Row" in page.main
    assert "must not be disclosed to anybody" in page.main


def test_a_team_member_has_no_whereabouts(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    an_address(session, leah)
    teacher = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(teacher), leah, reason=GrantReason.TEAM_AROUND_CHILD)
    browse.sign_in(teacher)
    assert "Whereabouts" not in browse.get(f"/people/{leah}").links
    browse.get(f"/people/{leah}/whereabouts", status=403)
    browse.get(f"/people/{leah}/addresses/new", status=403)


def test_the_front_door_sees_who_somebody_is_and_no_story(browse: Browse, session: Session, officer: Account) -> None:
    leah = a_person(session)
    a_line(session, leah, line="A canary of a line")
    an_address(session, leah, line="99 Canary Row")
    browse.sign_in(officer)
    page = browse.get(f"/people/{leah}")
    assert page.heading == "Details of Leah Adeyemi"
    assert "You see who this is" in page.main
    assert "canary" not in page.html.lower()
    browse.get(f"/people/{leah}/whereabouts", status=404)
    browse.get(f"/people/{leah}/edit", status=404)


@pytest.mark.parametrize("path", ["", "/details", "/people", "/whereabouts", "/seen", "/edit", "/relationships/new"])
def test_somebody_elses_record_and_none_at_all_look_the_same(
    home: Home, browse: Browse, session: Session, path: str
) -> None:
    other = a_person(session, given_name="Other", family_name="Child")
    theirs = browse.get(f"/people/{other}{path}", status=404)
    nobodys = browse.get(f"/people/{new_id()}{path}", status=404)
    assert theirs.text == nobodys.text
    assert "Other" not in theirs.html


def test_a_visitor_is_sent_to_sign_in(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    assert "/sign-in" in str(browse.get(f"/people/{leah}", status=302).location)


def test_who_has_seen_this_lists_looks_and_refusals(home: Home, browse: Browse, session: Session) -> None:
    browse.get(f"/people/{home.leah}")
    browse.get(f"/people/{home.leah}/whereabouts")
    stranger = an_account(session, name="Curious Colleague", roles=[Role.SERVICE_WORKER])
    browse.sign_in(stranger)
    browse.get(f"/people/{home.leah}", status=404)
    browse.sign_in(home.lead)
    rows = browse.get(f"/people/{home.leah}/seen").table("Looks and changes")
    assert [(row["Who"], row["What"]) for row in rows[:3]] == [
        ("Curious Colleague", "Looked at the record (was refused)"),
        ("Amira Khan", "Looked at where they live"),
        ("Amira Khan", "Looked at their story"),
    ]


def test_a_list_of_looks_is_paged(home: Home, browse: Browse, session: Session) -> None:
    looked = text(
        "SELECT audit_append(NULL, 'Robot', 'page.x.y', 'shown', ARRAY[:p]::uuid[], NULL, NULL, 'story', NULL, '{}')"
    )
    for _ in range(51):
        session.execute(looked, {"p": home.leah})
    session.commit()
    first = browse.get(f"/people/{home.leah}/seen", most_queries=8)
    assert len(first.table("Looks and changes")) == 50
    second = browse.get(first.links["Earlier"])
    assert "Back to the newest" in second.links
    assert browse.get(f"/people/{home.leah}/seen?before=nonsense").heading.startswith("Who has seen")


def test_looks_are_narrowed_to_some_days(home: Home, browse: Browse) -> None:
    browse.get(f"/people/{home.leah}")
    path = f"/people/{home.leah}/seen"
    long_ago = "until_on-day=1&until_on-month=2&until_on-year=2001"
    past = browse.get(f"{path}?{long_ago}", most_queries=8)
    assert "Nobody looked on these days" in past.main
    assert browse.get(past.links["Show all days"]).table("Looks and changes")
    assert browse.get(f"{path}?from_on-day=1&from_on-month=2&from_on-year=2001").table("Looks and changes")
    backward = browse.get(f"{path}?from_on-day=2&from_on-month=2&from_on-year=2001&{long_ago}", status=422)
    assert backward.error_beside("until_on") == "To must be the same day as From or later"
    browse.get(f"{path}?from_on-day=99&from_on-month=\0&from_on-year=a", status=422)


def test_people_around_with_no_right_to_change(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    colleague = an_account(session, roles=[Role.CLUSTER_MEMBER])
    a_grant(session, an_actor(colleague), leah, parts=frozenset({Part.IDENTITY}), reason=GrantReason.CLUSTER_AGREEMENT)
    settle(session)
    browse.sign_in(colleague)
    page = browse.get(f"/people/{leah}/people", most_queries=8)
    assert not page.has_button("Add a relation")
    assert "Nobody is recorded yet" in page.main
