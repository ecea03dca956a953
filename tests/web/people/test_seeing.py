"""Why somebody can see a record, and who else can."""

import pytest
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason, management_of
from locality.kernel.actor import Role
from locality.kernel.ids import new_id
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_locality, an_agency
from tests.factories.people import a_grant, a_person, a_unit, settle
from tests.factories.referrals import a_service
from tests.support.web import Browse
from tests.web.people.conftest import Home


def test_every_reason_says_what_it_opens_since_when_and_who_gave_it(
    home: Home, browse: Browse, session: Session
) -> None:
    a_grant(session, an_actor(home.lead), home.leah, reason=GrantReason.TEAM_AROUND_CHILD)
    settle(session)
    page = browse.get(f"/people/{home.leah}/why", most_queries=8)
    assert page.heading == "Why you can see the record of Leah Adeyemi"
    assert "Because you are their lead professional" in page.main
    assert "Because you are in the team around them" in page.main
    assert page.main.index("lead professional") < page.main.index("in the team")
    assert "Where they live and how to reach them" in page.main
    assert "Where they live" not in page.row("It opens")  # of the second reason, the team
    assert "Locality, from what was recorded" in page.row("Given by")
    assert "It ends when you are no longer their lead professional" in page.main
    never = page.main[page.main.index("What you cannot see") :]
    assert "Addresses and numbers that must not be disclosed" in never
    assert "The plan" not in never


def test_the_identity_bar_leads_there(home: Home, browse: Browse) -> None:
    page = browse.get(f"/people/{home.leah}")
    (words,) = [words for words in page.links if words.startswith("You see this because")]
    assert page.links[words] == f"/people/{home.leah}/why"


def test_the_front_door_is_told_that_it_keeps_the_index(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    browse.sign_in(an_account(session, roles=[Role.SPOC_OFFICER]))
    page = browse.get(f"/people/{leah}/why")
    assert "keeps the index of people" in page.main
    assert "Their story" in page.main
    assert "Who else can see it" not in page.links


def test_who_else_is_told_to_the_lead(home: Home, browse: Browse, session: Session) -> None:
    cluster = a_cluster(session, locality=a_locality(session))
    service = a_service(a_unit(session), an_agency(session), name="Southend Family Support")
    nurse = an_account(session, name="Nell Nurse", roles=[Role.SERVICE_WORKER])
    a_grant(session, an_actor(nurse), home.leah, reason=GrantReason.TEAM_AROUND_CHILD)
    for principal, reason in (
        (FRONT_DOOR, GrantReason.FRONT_DOOR),
        (management_of(cluster.id), GrantReason.MANAGEMENT),
        (service, GrantReason.RECEIVING_SERVICE),
        (new_id(), GrantReason.CLUSTER_AGREEMENT),
    ):
        grants.give(a_unit(session), [home.leah], principal=principal, reason=reason, record=new_id())
    settle(session)
    page = browse.get(f"/people/{home.leah}/who-can-see", most_queries=8)
    found = {row["Reason"]: row["Who"] for row in page.table("Who can see it now")}
    assert found["Front door, working on a contact"] == "Front door officers on duty"
    assert found["Team around the child"].startswith("Nell Nurse")
    assert found["Managers of the area"] == f"Supervisors and managers of {cluster.name}"
    assert found["Service that was asked to help"] == "Southend Family Support"
    assert found["Cluster team, by the family’s agreement"] == "A team or service"  # one that is no longer listed
    assert "Leah" not in page.text


def test_the_data_protection_lead_sees_who_can_and_not_who_it_is(home: Home, browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.DATA_PROTECTION]))
    page = browse.get(f"/people/{home.leah}/who-can-see")
    assert page.table("Who can see it now")[0]["Who"].startswith("Amira Khan")
    assert "Leah" not in page.text
    browse.get(f"/people/{new_id()}/who-can-see", status=404)
    browse.get(f"/people/{home.leah}/why", status=404)


@pytest.mark.parametrize("path", ["why", "who-can-see"])
def test_a_stranger_learns_nothing(home: Home, browse: Browse, session: Session, path: str) -> None:
    browse.sign_in(an_account(session, roles=[Role.SERVICE_WORKER]))
    theirs = browse.get(f"/people/{home.leah}/{path}", status=404)
    assert theirs.text == browse.get(f"/people/{new_id()}/{path}", status=404).text


def test_a_team_member_is_not_told_who_else(home: Home, browse: Browse, session: Session) -> None:
    nurse = an_account(session, roles=[Role.SERVICE_WORKER])
    a_grant(session, an_actor(nurse), home.leah, reason=GrantReason.TEAM_AROUND_CHILD)
    browse.sign_in(nurse)
    browse.get(f"/people/{home.leah}/why")
    browse.get(f"/people/{home.leah}/who-can-see", status=403)
