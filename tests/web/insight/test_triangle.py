"""The triangle by role, place and period."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.clusters import api as clusters
from locality.clusters.models import Cluster
from locality.clusters.rules import PlaceKind
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import new_id
from locality.referrals.models import ReferralMonth
from locality.referrals.rules.codes import ReferralKind
from locality.stages.operations.ledger import load_course, new_row, take_effect
from locality.stages.rules.moves import Direction
from locality.stages.rules.tally import Position
from tests.factories.accounts import an_account
from tests.factories.clusters import a_cluster, a_locality, a_population
from tests.factories.stages import a_placed_child
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse


@dataclass(frozen=True)
class Cast:
    """Two localities, and managers of the whole, of a locality and of nothing."""

    shoebury: Cluster
    leigh: Cluster
    director: Account
    eastern: Account
    placeless: Account


@pytest.fixture
def cast(session: Session, clock: dt.datetime) -> Cast:
    east, west = a_locality(session, name="East"), a_locality(session, name="West", position=2)
    shoebury = a_cluster(session, name="Shoebury", locality=east)
    a_cluster(session, name="Thorpe", locality=east, position=2)
    leigh = a_cluster(session, name="Leigh", locality=west, position=3)
    made = Cast(
        shoebury,
        leigh,
        director=an_account(session, name="Dee Rector", roles=[Scope(Role.MANAGER, ScopeKind.AUTHORITY)]),
        eastern=an_account(session, name="Eli East", roles=[Scope(Role.MANAGER, ScopeKind.LOCALITY, east.id)]),
        placeless=an_account(session, name="Noa Where", roles=[Scope(Role.SUPERVISOR, ScopeKind.TEAM, new_id())]),
    )
    session.commit()
    return made


def _stepped_down(uow: OpenUnit, cluster: Cluster, *, on: dt.date, stage: int = 3) -> None:
    """A child who stepped down by one stage on a date."""
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=stage, on=dt.date(2025, 5, 1))
        course = load_course(unit, child)
        assert course.now is not None
        row = new_row(unit, child, Direction.DOWN)
        unit.session.add(row)
        take_effect(unit, course, move=row, after=Position(stage - 1, course.now.places), on=on)


def _by_stage(page: Page) -> dict[str, list[str]]:
    rows = page.table("Children by stage, and moves in the period")
    return {
        row["Stage"][:7]: [row["Children"], row["Came up"], row["Went down"], row["There at any time"]] for row in rows
    }


def test_the_director_sees_children_by_stage_and_moves(browse: Browse, uow: OpenUnit, cast: Cast) -> None:
    _stepped_down(uow, cast.shoebury, on=dt.date(2026, 2, 20))
    with uow() as unit:
        for _ in range(3):
            a_placed_child(unit, cast.leigh, stage=3, on=dt.date(2025, 11, 3))
    browse.sign_in(cast.director)
    page = browse.get("/triangle", most_queries=8)
    assert page.heading == "The triangle: Whole authority"
    assert _by_stage(page) == {
        "Stage 4": ["0", "0", "0", "0"],
        "Stage 3": ["3", "0", "1", "4"],
        "Stage 2": ["1", "0", "0", "1"],
        "Stage 1": ["0", "0", "0", "0"],
    }
    assert "More moves went down than up: 1 down and 0 up." in page.main
    assert "From 1 January 2026 to 3 March 2026." in page.main
    assert "December 2025 to February 2026: 1 step-down among 5 children at stages 2 to 4, 20.0%." in page.main
    assert "September to November 2025: 0 among 4 children, 0.0%. The rate rose by 20.0 percentage points" in page.main
    assert "The numbers are too small to say whether that is more than chance." in page.main
    assert page.table("Step-down rate over time")[0]["Rate"] == "20.0%"


def test_a_place_and_a_period_narrow_the_figures(browse: Browse, uow: OpenUnit, cast: Cast) -> None:
    _stepped_down(uow, cast.shoebury, on=dt.date(2026, 2, 20))
    _stepped_down(uow, cast.leigh, on=dt.date(2026, 3, 2))
    browse.sign_in(cast.director)
    page = browse.get(browse.get("/triangle").links["Shoebury"])
    assert _by_stage(page)["Stage 3"] == ["0", "0", "1", "1"]
    page = browse.get(page.links["This month so far"])
    assert page.heading == "The triangle: Shoebury"
    assert _by_stage(page)["Stage 3"] == ["0", "0", "0", "0"]
    assert _by_stage(browse.get("/triangle?period=this-month&place=locality-west"))["Stage 3"] == ["0", "0", "1", "1"]


def test_a_stage_of_a_cluster_leads_to_its_families(browse: Browse, uow: OpenUnit, cast: Cast) -> None:
    browse.sign_in(cast.director)
    page = browse.get("/triangle?place=shoebury")
    assert "/clusters/shoebury/caseload?stage=3" in page.links.values()
    assert "/clusters/shoebury/caseload?stage=3" not in browse.get("/triangle").links.values()


def test_a_manager_sees_the_places_of_the_role_and_no_others(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.eastern)
    page = browse.get("/triangle")
    assert page.heading == "The triangle: East locality"
    assert {"Shoebury", "Thorpe"} <= set(page.links)
    assert "Leigh" not in page.links
    for place in ("all", "leigh", "locality-west", "nowhere", "%00"):
        browse.get(f"/triangle?place={place}", status=404)


def test_without_a_place_the_page_says_what_will_appear(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.placeless)
    assert "Children by stage appear here" in browse.get("/triangle").main


@pytest.mark.parametrize("role", [Role.LEAD_PROFESSIONAL, Role.SPOC_OFFICER, Role.ADMINISTRATOR, Role.DATA_PROTECTION])
def test_the_triangle_is_for_managers_and_supervisors(browse: Browse, session: Session, role: Role) -> None:
    browse.sign_in(an_account(session, roles=[role]))
    browse.get("/triangle", status=403)


def test_a_period_that_makes_no_sense_is_the_usual_one(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.director)
    assert "From 1 January 2026" in browse.get("/triangle?period=<script>").main


def test_social_care_referrals_stand_against_the_population(browse: Browse, session: Session, cast: Cast) -> None:
    a_population(session, clusters.AUTHORITY_PLACE, kind=PlaceKind.AUTHORITY, n=40_000)
    for cluster, month, kind, children in (
        (cast.shoebury, dt.date(2026, 2, 1), ReferralKind.SOCIAL_CARE, 150),
        (cast.leigh, dt.date(2025, 5, 1), ReferralKind.SOCIAL_CARE, 40),
        (None, dt.date(2026, 3, 1), ReferralKind.SOCIAL_CARE, 10),
        (cast.leigh, dt.date(2026, 3, 1), ReferralKind.EARLY_HELP, 999),
        (cast.leigh, dt.date(2025, 2, 1), ReferralKind.SOCIAL_CARE, 777),
    ):
        session.add(
            ReferralMonth(
                id=new_id(),
                cluster_id=cluster.id if cluster else None,
                month=month,
                kind=kind,
                children=children,
                again=0,
            )
        )
    browse.sign_in(cast.director)
    page = browse.get("/triangle", most_queries=8)
    assert "50.0 per 10,000 children in 12 months: 200 referrals, 40,000 children aged 0 to 17 in mid-2024" in page.main
    newest = page.table("Social care referrals by month")[0]
    assert newest == {
        "Month": "March 2026 so far",
        "In the month": "10",
        "12 months": "200",
        "Per 10,000": "50.0",
        "Since April": "200",
    }
    page = browse.get("/triangle?place=leigh")
    assert "40 referrals in 12 months. There is no population estimate for this place" in page.main


def test_the_page_costs_the_same_whatever_the_number_of_children(browse: Browse, uow: OpenUnit, cast: Cast) -> None:
    browse.sign_in(cast.director)
    browse.get("/triangle", most_queries=8)
    with uow() as unit:
        for number in range(30):
            a_placed_child(unit, cast.shoebury, stage=1 + number % 4, on=dt.date(2020 + number % 6, 5, 4))
    browse.get("/triangle", most_queries=8)
