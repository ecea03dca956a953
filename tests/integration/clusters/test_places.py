"""Where children belong, schools and their dated ties, people at work."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import RoleAssignment
from locality.clusters import api as clusters
from locality.clusters.models import Enrolment, SchoolMembership
from locality.kernel.actor import NOBODY, Role, ScopeKind
from locality.kernel.db import bind_actor
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AccountId, SchoolId, new_id
from tests.factories.accounts import an_account
from tests.factories.clusters import a_cluster, a_locality, a_population, a_school, a_team, an_agency
from tests.factories.stages import a_child
from tests.support.database import OpenUnit

SEPTEMBER, JANUARY = dt.date(2025, 9, 1), dt.date(2026, 1, 5)


def test_a_place_is_found_by_school_postcode_or_sibling_and_says_how(session: Session) -> None:
    east = a_cluster(session, name="Shoebury", prefixes=["SS3"])
    west = a_cluster(session, name="Leigh", prefixes=["SS9 2", "SS9"])
    school = a_school(session, cluster=east)
    by_school = clusters.place_for(session, school_id=school.id, postcode="SS9 2AB")
    by_home = clusters.place_for(session, postcode="SS9 2AB")
    by_precedence = clusters.place_for(
        session, school_id=school.id, postcode="SS9 2AB", by=clusters.PlacePrecedence.ADDRESS_FIRST
    )
    by_sibling = clusters.place_for(session, school_id=school.id, sibling_cluster_id=west.id)
    assert [p.cluster_name for p in (by_school, by_home, by_precedence, by_sibling)] == [
        "Shoebury", "Leigh", "Leigh", "Leigh",
    ]  # fmt: skip
    assert by_school.how == (
        "Garon Primary School is a school of Shoebury. (the home postcode starts with SS9 2, which is in Leigh, but"
        " the school decides first here.)"
    )
    assert by_school.locality_id == east.locality_id


def test_a_school_elsewhere_leaves_the_decision_to_the_address(session: Session) -> None:
    cluster = a_cluster(session, prefixes=["SS3"])
    school = a_school(session, cluster=None, name="Far Away School")
    assert clusters.place_for(session, school_id=school.id, postcode="SS3 9AA").cluster_id == cluster.id


def test_no_place_is_guessed(session: Session) -> None:
    place = clusters.place_for(session, school_id=SchoolId(new_id()), postcode="ZZ99 3VZ")
    assert place.cluster_id is None
    assert place.how == (
        "No cluster could be found: the school is not on the list; the home postcode lies in no cluster here."
    )


def test_the_narrower_postcode_counts(session: Session) -> None:
    wide = a_cluster(session, name="Wide", prefixes=["SS9"])
    narrow = a_cluster(session, name="Narrow", prefixes=["SS9 2"])
    found = [clusters.place_for(session, postcode=p).cluster_id for p in ("SS9 2AB", "SS9 3AB")]
    assert found == [narrow.id, wide.id]


def test_mapping_a_postcode_again_moves_it(uow: OpenUnit, session: Session) -> None:
    first, second = a_cluster(session, name="First"), a_cluster(session, name="Second")
    with uow() as unit:
        clusters.map_postcodes(unit, cluster_id=first.id, prefixes=["SS9 2"])
        clusters.map_postcodes(unit, cluster_id=second.id, prefixes=["SS9 2"])
    assert clusters.place_for(session, postcode="SS9 2AB").cluster_id == second.id


def test_a_school_changes_cluster_on_a_date_and_keeps_its_past(uow: OpenUnit, session: Session) -> None:
    east, west = a_cluster(session, name="East side"), a_cluster(session, name="West side")
    school = a_school(session, cluster=east)
    with uow() as unit:
        clusters.move_school(unit, school_id=school.id, cluster_id=west.id, on=JANUARY)
        clusters.move_school(unit, school_id=school.id, cluster_id=west.id, on=JANUARY)
    times = session.scalars(select(SchoolMembership).order_by(SchoolMembership.from_on)).all()
    assert [(m.cluster_id, m.until_on) for m in times] == [(east.id, JANUARY), (west.id, None)]
    with pytest.raises(RuleBroken, match="after the school joined"), uow() as unit:
        clusters.move_school(unit, school_id=school.id, cluster_id=east.id, on=SEPTEMBER)


def test_a_child_goes_to_one_school_at_a_time(uow: OpenUnit, session: Session) -> None:
    cluster = a_cluster(session)
    first = a_school(session, cluster=cluster)
    second = a_school(session, cluster=cluster, name="Thorpe Bay School", urn="999002")
    with uow() as unit:
        child = a_child(unit)
        clusters.enrol(unit, person_id=child, school_id=first.id, from_on=SEPTEMBER)
        clusters.enrol(unit, person_id=child, school_id=second.id, from_on=JANUARY)
        clusters.enrol(unit, person_id=child, school_id=second.id, from_on=JANUARY)
    times = session.scalars(select(Enrolment).order_by(Enrolment.from_on)).all()
    assert [(e.school_id, e.until_on) for e in times] == [(first.id, JANUARY), (second.id, None)]
    assert clusters.school_of(session, [child])[child].name == "Thorpe Bay School"


def test_where_a_child_goes_to_school_is_hidden_from_those_without_a_grant(uow: OpenUnit, session: Session) -> None:
    school = a_school(session, cluster=a_cluster(session))
    with uow() as unit:
        child = a_child(unit)
        clusters.enrol(unit, person_id=child, school_id=school.id, from_on=SEPTEMBER)
    bind_actor(session, NOBODY)
    assert clusters.school_of(session, [child]) == {}


def test_a_worker_has_team_employer_and_roles(uow: OpenUnit, session: Session) -> None:
    locality = a_locality(session, name="Centre")
    cluster = a_cluster(session, name="Milton", locality=locality)
    a_cluster(session, name="Elsewhere")
    council, health = an_agency(session, name="Borough"), an_agency(session)
    team = a_team(session, agency=council, cluster=cluster)
    account = an_account(session, name="Sam Okafor")
    with uow() as unit:
        clusters.add_worker(
            unit,
            clusters.NewWorker(
                AccountId(account.id), team.id, health.id, base="Family hub", full_time=Decimal("0.60"),
                duties=[clusters.Duty(Role.MANAGER, ScopeKind.LOCALITY, locality.id)],
            ),
        )  # fmt: skip
    worker = clusters.find_worker(session, AccountId(account.id))
    assert worker is not None
    assert (worker.team_name, worker.employer_name, worker.base) == (team.name, health.name, "Family hub")
    held = session.scalars(select(RoleAssignment).where(RoleAssignment.account_id == account.id)).all()
    assert {(role.scope_kind, role.scope_id) for role in held} == {
        (ScopeKind.LOCALITY, locality.id), (ScopeKind.CLUSTER, cluster.id),
    }  # fmt: skip


def test_workers_of_a_cluster_are_its_teams_and_those_that_serve_everywhere(uow: OpenUnit, session: Session) -> None:
    here, there = a_cluster(session, name="Here"), a_cluster(session, name="There")
    agency = an_agency(session)
    for name, cluster in (("Ann", here), ("Ben", there), ("Cat", None)):
        account = an_account(session, name=name)
        team = a_team(session, agency=agency, name=f"Team of {name}", cluster=cluster)
        with uow() as unit:
            clusters.add_worker(unit, clusters.NewWorker(AccountId(account.id), team.id, agency.id, base="Hub"))
    assert [worker.name for worker in clusters.workers_in(session, here.id)] == ["Ann", "Cat"]


def test_population_estimates_come_in_the_order_of_their_use(uow: OpenUnit, session: Session) -> None:
    cluster = a_cluster(session)
    a_population(session, cluster.id, n=4_000)
    newer = clusters.PopulationEstimate(
        cluster.id, clusters.PlaceKind.CLUSTER, 2025, 4_100, "ONS", used_from=dt.date(2026, 4, 1)
    )
    with uow() as unit:
        clusters.record_population(unit, newer)
        clusters.record_population(unit, newer)
    assert [(e.mid_year, e.n) for e in clusters.population_of(session, cluster.id)] == [(2024, 4_000), (2025, 4_100)]


@pytest.mark.parametrize(
    ("name", "slug"), [("Leigh & Westcliff", "leigh-westcliff"), ("Éastwood ", "eastwood"), ("東", "place")]
)
def test_a_name_stands_in_an_address(name: str, slug: str) -> None:
    assert clusters.slug_of(name) == slug
