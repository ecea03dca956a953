"""Reading how the places and agencies are set up, for administrators and for choosing."""

from dataclasses import dataclass
from typing import LiteralString

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from locality.accounts import api as accounts
from locality.clusters.models import (
    Agency,
    Cluster,
    Locality,
    Population,
    PostcodeArea,
    SchoolMembership,
    Team,
)
from locality.clusters.queries.places import CLUSTER_COLUMNS, ClusterRow, list_places
from locality.clusters.rules import Sector
from locality.consent import api as consent
from locality.kernel.actor import ScopeKind
from locality.kernel.ids import AgencyId, ClusterId, TeamId


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with its agency; ``cluster_id`` None for one that serves everywhere."""

    id: TeamId
    name: str
    agency_id: AgencyId
    agency_name: str
    cluster_id: ClusterId | None


def list_teams(session: Session) -> tuple[TeamRow, ...]:
    """All teams by agency and name."""
    rows = session.execute(
        select(Team.id, Team.name, Agency.id, Agency.name, Team.cluster_id)
        .join(Agency, Agency.id == Team.agency_id)
        .order_by(Agency.name, Team.name)
    )
    return tuple(TeamRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An organisation that works with families here."""

    id: AgencyId
    name: str
    sector: Sector


def list_agencies(session: Session) -> tuple[AgencyRow, ...]:
    """All agencies by name."""
    rows = session.execute(select(Agency.id, Agency.name, Agency.sector).order_by(Agency.name))
    return tuple(AgencyRow(*row) for row in rows)


def add_agency_choices(session: Session, choices: list[consent.AgencyChoice]) -> None:
    """Agencies that a family may agree to tell, for the forms of agreement."""
    choices.extend(consent.AgencyChoice(row.id, row.name) for row in list_agencies(session))


@dataclass(frozen=True, slots=True)
class ClusterSetup:
    """How a cluster is set up: its schools, the postcodes it covers, and the latest population estimate."""

    cluster: ClusterRow
    schools: int
    prefixes: tuple[str, ...]
    population: int | None
    mid_year: int | None


def list_cluster_setup(session: Session) -> tuple[ClusterSetup, ...]:
    """All clusters as they are set up, by locality; one statement."""
    schools = (
        select(func.count())
        .where(SchoolMembership.cluster_id == Cluster.id, SchoolMembership.until_on.is_(None))
        .scalar_subquery()
    )
    prefixes = (
        select(func.array_agg(PostcodeArea.prefix).aggregate_order_by(PostcodeArea.prefix))
        .where(PostcodeArea.cluster_id == Cluster.id)
        .scalar_subquery()
    )
    latest = (
        select(Population.place_id, Population.n, Population.mid_year)
        .ext(distinct_on(Population.place_id))
        .order_by(Population.place_id, Population.mid_year.desc())
        .subquery()
    )
    rows = session.execute(
        select(*CLUSTER_COLUMNS, schools, prefixes, latest.c.n, latest.c.mid_year)
        .join(Locality, Locality.id == Cluster.locality_id)
        .outerjoin(latest, latest.c.place_id == Cluster.id)
        .order_by(Locality.position, Cluster.position)
    )
    return tuple(ClusterSetup(ClusterRow(*row[:6]), row[6] or 0, tuple(row[7] or ()), row[8], row[9]) for row in rows)


def places_for_roles(session: Session) -> tuple[accounts.Place, ...]:
    """Localities, clusters and teams, as places where a role may be given."""
    places = [
        accounts.Place(
            ScopeKind(place.kind.value),
            place.id,
            place.name,
            frozenset({place.locality_id}) if place.locality_id else frozenset(),
        )
        for place in list_places(session)
    ]
    teams = list_teams(session)
    return (*places, *(accounts.Place(ScopeKind.TEAM, team.id, f"{team.name}, {team.agency_name}") for team in teams))


def name_places(selects: list[LiteralString]) -> None:
    """What clusters, localities and teams are called, where one of them holds a grant."""
    selects.append("SELECT id, name, 'cluster' AS kind FROM cluster")
    selects.append("SELECT id, name, 'locality' FROM locality")
    team = "SELECT t.id, concat_ws(', ', t.name, a.name), 'team' FROM team t JOIN agency a ON a.id = t.agency_id"
    selects.append(team)
