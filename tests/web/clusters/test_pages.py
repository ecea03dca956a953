"""The caseload, the list of clusters and the places, by role."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.accounts.models import Account
from locality.clusters import api as clusters
from locality.clusters.models import Cluster
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import new_id
from tests.factories.accounts import an_account
from tests.factories.clusters import a_case_note, a_cluster, a_population, a_school, a_team, an_agency
from tests.support.database import OpenUnit
from tests.support.web import Browse


@dataclass(frozen=True)
class Cast:
    """A cluster with two families, of which one agreed to share, and the people who look."""

    cluster: Cluster
    member: Account
    supervisor: Account
    officer: Account
    administrator: Account


@pytest.fixture
def cast(session: Session, uow: OpenUnit) -> Cast:
    cluster = a_cluster(session, name="Shoebury", prefixes=["SS3"])

    def of(role: Role, name: str) -> Account:
        return an_account(session, name=name, roles=[Scope(role, ScopeKind.CLUSTER, cluster.id)])

    made = Cast(
        cluster,
        member=of(Role.CLUSTER_MEMBER, "Mel Ortiz"),
        supervisor=of(Role.SUPERVISOR, "Sam Okafor"),
        officer=an_account(session, name="Olu Ade", roles=[Role.SPOC_OFFICER]),
        administrator=an_account(session, name="Ada Min", roles=[Role.ADMINISTRATOR]),
    )
    agreed, other = new_id(), new_id()
    with uow() as unit:
        clusters.note_case(
            unit,
            a_case_note(
                cluster,
                about=(agreed,),
                lead_account_id=made.supervisor.id,
                lead_name="Sam Okafor",
                next_review_on=None,
                shared_with_cluster=True,
            ),
        )
        clusters.note_case(
            unit, a_case_note(cluster, family_name="Novák", child_names=("Baby",), about=(other,), stage=2)
        )
        grants.give(unit, [agreed], principal=cluster.id, reason=GrantReason.CLUSTER_AGREEMENT, record=new_id())
        grants.give(
            unit,
            [agreed, other],
            principal=management_of(cluster.id),
            reason=GrantReason.SUPERVISOR,
            record=new_id(),
        )
    return made


CASELOAD = "/clusters/shoebury/caseload"


def test_a_supervisor_sees_names_and_the_sentence(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.supervisor)
    page = browse.get(CASELOAD, most_queries=8)
    assert page.heading == "Caseload of Shoebury"
    assert page.here == "Caseload"
    assert "3 children in 2 families; no review late; 1 family without a lead professional." in page.main
    rows = page.table("Open families")
    assert [row["Family"] for row in rows] == ["Novák Baby", "Adeyemi Leah, Tom"]
    assert rows[0]["Lead professional"].startswith("Choose a lead")


def test_a_team_member_sees_only_names_that_may_be_shared(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.member)
    rows = browse.get(CASELOAD).table("Open families")
    assert [row["Family"] for row in rows] == [
        "EH-7K3M-42P Name withheld: no agreement to share with the cluster",
        "Adeyemi Leah, Tom",
    ]
    assert rows[0]["Lead professional"] == "None yet"


def test_whoever_manages_another_cluster_is_offered_no_more_than_a_team_member(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    elsewhere, shared = a_cluster(session, name="Leigh"), new_id()
    with uow() as unit:
        note = a_case_note(cast.cluster, family_name="Zeller", about=(shared,), shared_with_cluster=True)
        clusters.note_case(unit, note)
        grants.give(unit, [shared], principal=cast.cluster.id, reason=GrantReason.CLUSTER_AGREEMENT, record=new_id())
    held = [(Role.CLUSTER_MEMBER, cast.cluster), (Role.SUPERVISOR, elsewhere), (Role.MANAGER, elsewhere)]
    both = an_account(session, name="Bo Both", roles=[Scope(role, ScopeKind.CLUSTER, at.id) for role, at in held])
    seen: dict[str, tuple[list[dict[str, str]], list[str]]] = {}
    for account in (cast.member, both):
        browse.sign_in(account)
        page = browse.get(CASELOAD, most_queries=8)
        opened = [href for href in page.links.values() if href.startswith("/episodes/")]
        seen[account.name] = (page.table("Open families"), opened)
    assert seen["Bo Both"] == seen["Mel Ortiz"]
    rows, opened = seen["Bo Both"]
    assert [row["Lead professional"] for row in rows].count("None yet") == 2
    assert len(opened) == 2, "the two families that share with the cluster"


def test_filters_and_orders_live_in_the_address(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.supervisor)
    page = browse.get(browse.get(CASELOAD).links["Stage 2 (1)"])
    assert [row["Children"] for row in page.table("Open families")] == ["1"]
    page = browse.get(page.links["Family"])
    assert page.links["Late (0)"] == f"{CASELOAD}?stage=2&overdue=yes&sort=family"
    assert browse.get(f"{CASELOAD}?lead=none").table("Open families")[0]["Family"] == "Novák Baby"
    assert (
        browse.get(f"{CASELOAD}?lead={cast.supervisor.id}").table("Open families")[0]["Family"] == "Adeyemi Leah, Tom"
    )
    assert browse.get(f"{CASELOAD}?flag=drift").table("Open families") == []
    name = "Sam Okafor (1)"
    assert browse.get(CASELOAD).links[name] == f"{CASELOAD}?lead={cast.supervisor.id}"
    assert browse.get(f"{CASELOAD}?stage=2&lead=none").links[name] == f"{CASELOAD}?stage=2&lead={cast.supervisor.id}"


@pytest.mark.parametrize(
    "query",
    [
        "stage=9",
        "stage=%00",
        "lead=nobody",
        "lead=00000000-0000-0000-0000-00000000000g",
        "flag=<script>",
        "sort=drop%20table",
        "page=-1",
        "page=99999999999",
        "page=%E0%A4%A",
        "overdue=perhaps",
    ],
)
def test_an_address_that_makes_no_sense_is_harmless(browse: Browse, cast: Cast, query: str) -> None:
    browse.sign_in(cast.supervisor)
    assert browse.get(f"{CASELOAD}?{query}").heading == "Caseload of Shoebury"


def test_the_cost_does_not_grow_with_the_families(browse: Browse, uow: OpenUnit, cast: Cast) -> None:
    with uow() as unit:
        for number in range(60):
            clusters.note_case(unit, a_case_note(cast.cluster, family_name=f"Family {number}"))
    browse.sign_in(cast.supervisor)
    page = browse.get(CASELOAD, most_queries=8)
    assert len(page.table("Open families")) == 50
    assert len(browse.get(page.links["Next page"]).table("Open families")) == 12


def test_a_caseload_is_for_those_who_work_there(browse: Browse, session: Session, cast: Cast) -> None:
    elsewhere = a_cluster(session, name="Leigh")
    stranger = an_account(session, name="Eve", roles=[Scope(Role.CLUSTER_MEMBER, ScopeKind.CLUSTER, elsewhere.id)])
    for account in (stranger, cast.officer, cast.administrator):
        browse.sign_in(account)
        browse.get(CASELOAD, status=404)
    browse.sign_in(cast.supervisor)
    browse.get("/clusters/nowhere/caseload", status=404)


def test_whoever_works_in_one_cluster_is_led_to_it(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.member)
    assert browse.get("/caseload", status=302).location == CASELOAD
    browse.sign_in(cast.officer)
    assert browse.get("/caseload", status=302).location == "/clusters"


def test_the_clusters_with_their_numbers(browse: Browse, session: Session, cast: Cast) -> None:
    a_cluster(session, name="Leigh")
    browse.sign_in(cast.member)
    page = browse.get("/clusters", most_queries=5)
    rows = page.table("Families being helped, by cluster")
    assert [(row["Cluster"], row["Children"], row["Families"], row["Without a lead professional"]) for row in rows] == [
        ("Shoebury", "3", "2", "1"),
        ("Leigh", "0", "0", "0"),
    ]
    assert page.links["Shoebury"] == CASELOAD
    assert "Leigh" not in page.links


def test_an_administrator_sees_the_places_and_no_caseload(browse: Browse, session: Session, cast: Cast) -> None:
    a_school(session, cluster=cast.cluster)
    a_population(session, cast.cluster.id, n=4_321)
    a_team(session, agency=an_agency(session), cluster=cast.cluster)
    browse.sign_in(cast.administrator)
    page = browse.get("/admin/places", most_queries=8)
    assert page.table("Clusters")[0]["Children aged 0 to 17"] == "4,321 in mid-2024"
    assert page.table("Schools")[0]["School"] == "Garon Primary School"
    assert page.table("Teams")[0]["Serves"] == "Shoebury"
    browse.get("/clusters", status=403)


def test_places_are_for_administrators(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.supervisor)
    browse.get("/admin/places", status=403)
