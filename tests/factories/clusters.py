"""Made-up places, schools, agencies and families in a caseload."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from locality.access.parts import management_of
from locality.accounts.models import Account
from locality.clusters.models import (
    Agency,
    Cluster,
    Locality,
    Population,
    PostcodeArea,
    School,
    SchoolMembership,
    Team,
    Worker,
)
from locality.clusters.operations.caseload import CaseNote
from locality.clusters.rules import CaseFlag, PlaceKind, SchoolPhase, Sector
from locality.kernel.ids import AccountId, AgencyId, ClusterId, EpisodeId, LocalityId, SchoolId, TeamId, new_id

MONDAY = dt.date(2026, 3, 2)


def a_locality(session: Session, *, name: str = "East", position: int = 1) -> Locality:
    """A large patch of the authority."""
    locality = Locality(id=LocalityId(new_id()), slug=name.lower(), name=name, position=position)
    session.add(locality)
    session.flush()
    return locality


def a_cluster(
    session: Session,
    *,
    name: str = "Shoebury",
    locality: Locality | None = None,
    prefixes: Sequence[str] = (),
    position: int = 1,
) -> Cluster:
    """A cluster, in a locality of its own unless one is given, covering these postcodes."""
    within = locality or a_locality(session, name=f"{name} locality")
    slug = name.lower().replace(" ", "-")
    cluster = Cluster(id=ClusterId(new_id()), locality_id=within.id, slug=slug, name=name, position=position)
    session.add(cluster)
    session.flush()
    session.add_all(PostcodeArea(prefix=prefix, cluster_id=cluster.id) for prefix in prefixes)
    session.flush()
    return cluster


def a_school(
    session: Session, *, cluster: Cluster | None, name: str = "Garon Primary School", urn: str = "999001"
) -> School:
    """A school; outside the authority without a cluster."""
    school = School(id=SchoolId(new_id()), urn=urn, name=name, phase=SchoolPhase.PRIMARY, postcode="SS2 4AA")
    session.add(school)
    session.flush()
    if cluster is not None:
        session.add(
            SchoolMembership(
                id=new_id(), school_id=school.id, cluster_id=cluster.id, from_on=dt.date(2020, 9, 1), until_on=None
            )
        )
        session.flush()
    return school


def an_agency(session: Session, *, name: str = "Estuary Community Health", sector: Sector = Sector.HEALTH) -> Agency:
    """An organisation that works with families."""
    agency = Agency(id=AgencyId(new_id()), name=name, sector=sector)
    session.add(agency)
    session.flush()
    return agency


def a_team(session: Session, *, agency: Agency, name: str = "Health visiting", cluster: Cluster | None = None) -> Team:
    """A team of an agency."""
    team = Team(id=TeamId(new_id()), agency_id=agency.id, cluster_id=cluster.id if cluster else None, name=name)
    session.add(team)
    session.flush()
    return team


def a_worker(session: Session, account: Account, *, team: Team) -> Worker:
    """Somebody who works full time in a team, employed by the team's agency."""
    worker = Worker(
        account_id=AccountId(account.id),
        team_id=team.id,
        employer_id=team.agency_id,
        line_manager_id=None,
        base="Civic Centre",
        full_time=1,
        newly_qualified=False,
    )
    session.add(worker)
    session.flush()
    return worker


def a_population(session: Session, place_id: uuid.UUID, *, kind: PlaceKind = PlaceKind.CLUSTER, n: int = 4_000) -> None:
    """Children aged 0 to 17 at mid-2024, used from April 2020 on."""
    session.add(
        Population(
            place_id=place_id, mid_year=2024, place_kind=kind, n=n, source="Made up", used_from=dt.date(2020, 4, 1)
        )
    )
    session.flush()


def a_case_note(cluster: Cluster, **facts: object) -> CaseNote:
    """What a higher room would push for one open family: the Adeyemis, two children, stage 3, review in a week."""
    usual: dict[str, object] = {
        "episode_id": EpisodeId(new_id()),
        "reference": "EH-7K3M-42P",
        "cluster_id": cluster.id,
        "family_name": "Adeyemi",
        "child_names": ("Leah", "Tom"),
        "stage": 3,
        "weight": 6,
        "about": (new_id(),),
        "lead_account_id": None,
        "lead_name": None,
        "last_seen_on": dt.date(2026, 2, 20),
        "next_review_on": dt.date(2026, 3, 10),
        "next_step": "Review",
        "flags": (CaseFlag.NO_VOICE,),
    }
    return CaseNote(**(usual | facts))  # type: ignore[arg-type]


def management(cluster: Cluster) -> uuid.UUID:
    """The principal of a cluster's supervisors and managers."""
    return management_of(cluster.id)
