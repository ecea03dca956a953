"""Reading places: localities, clusters, schools, postcodes, agencies, teams and population."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from locality.clusters.models import (
    Agency,
    Cluster,
    Enrolment,
    Locality,
    Population,
    PostcodeArea,
    School,
    SchoolMembership,
    Team,
)
from locality.clusters.rules import (
    PlaceFacts,
    PlaceKind,
    PlacePrecedence,
    Pointer,
    SchoolPhase,
    Sector,
    decide_place,
    postcode_prefixes,
)
from locality.kernel.ids import AgencyId, ClusterId, LocalityId, PersonId, SchoolId, TeamId


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster with its locality."""

    id: ClusterId
    slug: str
    name: str
    locality_id: LocalityId
    locality_name: str


_CLUSTER_COLUMNS = (Cluster.id, Cluster.slug, Cluster.name, Locality.id, Locality.name)


def list_clusters(session: Session) -> tuple[ClusterRow, ...]:
    """All clusters, by locality."""
    rows = session.execute(
        select(*_CLUSTER_COLUMNS)
        .join(Locality, Locality.id == Cluster.locality_id)
        .order_by(Locality.position, Cluster.position)
    )
    return tuple(ClusterRow(*row) for row in rows)


def find_cluster(
    session: Session, *, slug: str | None = None, cluster_id: ClusterId | None = None
) -> ClusterRow | None:
    """The cluster with this slug or id; None when there is none."""
    wanted = Cluster.slug == slug if cluster_id is None else Cluster.id == cluster_id
    row = session.execute(
        select(*_CLUSTER_COLUMNS).join(Locality, Locality.id == Cluster.locality_id).where(wanted)
    ).one_or_none()
    return None if row is None else ClusterRow(*row)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child belongs, and how that was decided, in words. All None when nothing decides it."""

    cluster_id: ClusterId | None
    locality_id: LocalityId | None
    cluster_name: str | None
    locality_name: str | None
    how: str


def place_for(
    session: Session,
    *,
    school_id: SchoolId | None = None,
    postcode: str | None = None,
    sibling_cluster_id: ClusterId | None = None,
    precedence: PlacePrecedence = PlacePrecedence.SCHOOL_CLUSTER_FIRST,
) -> Place:
    """The cluster and locality of a child, from an open sibling, the school and the home postcode; two statements."""
    school, why_no_school = _pointer_of_school(session, school_id)
    home, why_no_home = _pointer_of_postcode(session, postcode)
    sibling = None
    if sibling_cluster_id is not None:
        sibling = Pointer(sibling_cluster_id, "a brother or sister is already helped by this cluster")
    decision = decide_place(
        PlaceFacts(sibling=sibling, school=school, home=home, missing=(why_no_school, why_no_home)),
        precedence=precedence,
    )
    row = None if decision.cluster_id is None else find_cluster(session, cluster_id=ClusterId(decision.cluster_id))
    if row is None:
        return Place(None, None, None, None, decision.how)
    return Place(row.id, row.locality_id, row.name, row.locality_name, decision.how)


def _pointer_of_school(session: Session, school_id: SchoolId | None) -> tuple[Pointer | None, str]:
    if school_id is None:
        return None, "no school is known"
    row = session.execute(
        select(School.name, SchoolMembership.cluster_id, Cluster.name)
        .outerjoin(
            SchoolMembership,
            and_(SchoolMembership.school_id == School.id, SchoolMembership.until_on.is_(None)),
        )
        .outerjoin(Cluster, Cluster.id == SchoolMembership.cluster_id)
        .where(School.id == school_id)
    ).one_or_none()
    if row is None:
        return None, "the school is not on the list"
    school, cluster_id, cluster = row
    if not cluster:
        return None, f"{school} belongs to no cluster here"
    return Pointer(cluster_id, f"{school} is a school of {cluster}"), ""


def _pointer_of_postcode(session: Session, postcode: str | None) -> tuple[Pointer | None, str]:
    if not postcode:
        return None, "no home postcode is known"
    prefixes = postcode_prefixes(postcode)
    row = session.execute(
        select(PostcodeArea.prefix, PostcodeArea.cluster_id, Cluster.name)
        .join(Cluster, Cluster.id == PostcodeArea.cluster_id)
        .where(PostcodeArea.prefix.in_(prefixes))
        .order_by(func.length(PostcodeArea.prefix).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None, "the home postcode lies in no cluster here"
    prefix, cluster_id, cluster = row
    return Pointer(cluster_id, f"the home postcode starts with {prefix}, which is in {cluster}"), ""


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school and the cluster that it belongs to now (None outside the authority)."""

    id: SchoolId
    urn: str
    name: str
    phase: SchoolPhase
    postcode: str | None
    cluster_id: ClusterId | None
    cluster_name: str | None


def list_schools(session: Session) -> tuple[SchoolRow, ...]:
    """All schools by name, with their present cluster; for choosing one."""
    return _schools(session, School.id.is_not(None))


def find_school(session: Session, *, urn: str) -> SchoolRow | None:
    """The school with a national number; None when there is none."""
    return next(iter(_schools(session, School.urn == urn)), None)


def _schools(session: Session, wanted: ColumnElement[bool]) -> tuple[SchoolRow, ...]:
    rows = session.execute(
        select(School.id, School.urn, School.name, School.phase, School.postcode, Cluster.id, Cluster.name)
        .outerjoin(
            SchoolMembership,
            and_(SchoolMembership.school_id == School.id, SchoolMembership.until_on.is_(None)),
        )
        .outerjoin(Cluster, Cluster.id == SchoolMembership.cluster_id)
        .where(wanted)
        .order_by(School.name, School.id)
    )
    return tuple(SchoolRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Schooling:
    """The school that a child goes to now, and since when."""

    school_id: SchoolId
    name: str
    from_on: dt.date


def school_of(session: Session, people: Iterable[PersonId]) -> dict[PersonId, Schooling]:
    """The present school of each of these children whom the actor may see; nobody else is in the answer."""
    rows = session.execute(
        select(Enrolment.person_id, School.id, School.name, Enrolment.from_on)
        .join(School, School.id == Enrolment.school_id)
        .where(Enrolment.person_id.in_(list(people)), Enrolment.until_on.is_(None))
    )
    return {PersonId(person): Schooling(SchoolId(school), name, since) for person, school, name, since in rows}


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


@dataclass(frozen=True, slots=True)
class Estimate:
    """A population estimate and the month from which reports use it."""

    mid_year: int
    n: int
    source: str
    used_from: dt.date


def population_of(session: Session, place_id: uuid.UUID) -> tuple[Estimate, ...]:
    """The estimates of children aged 0 to 17 in a place, earliest use first."""
    rows = session.execute(
        select(Population.mid_year, Population.n, Population.source, Population.used_from)
        .where(Population.place_id == place_id)
        .order_by(Population.used_from)
    )
    return tuple(Estimate(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of any size; ``locality_id`` is set for a cluster."""

    id: uuid.UUID
    kind: PlaceKind
    slug: str
    name: str
    locality_id: uuid.UUID | None


def list_places(session: Session) -> tuple[PlaceRow, ...]:
    """Localities with their clusters below them, in order."""
    localities = session.execute(select(Locality.id, Locality.slug, Locality.name).order_by(Locality.position))
    clusters = list_clusters(session)
    places: list[PlaceRow] = []
    for locality_id, slug, name in localities:
        places.append(PlaceRow(locality_id, PlaceKind.LOCALITY, slug, name, None))
        places += [
            PlaceRow(c.id, PlaceKind.CLUSTER, c.slug, c.name, c.locality_id)
            for c in clusters
            if c.locality_id == locality_id
        ]
    return tuple(places)


def clusters_held(session: Session, place_ids: Iterable[uuid.UUID]) -> frozenset[ClusterId]:
    """The clusters among these places: clusters themselves and those of the localities named."""
    wanted = list(place_ids)
    rows = session.scalars(select(Cluster.id).where(or_(Cluster.id.in_(wanted), Cluster.locality_id.in_(wanted))))
    return frozenset(ClusterId(row) for row in rows)
