"""Reading places: localities, clusters, schools, postcodes, agencies, teams and population."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from locality.clusters.models import (
    Cluster,
    Locality,
    PostcodeArea,
    School,
    SchoolMembership,
)
from locality.clusters.rules import (
    PlaceFacts,
    PlaceKind,
    PlacePrecedence,
    Pointer,
    decide_place,
    postcode_prefixes,
)
from locality.kernel import direct
from locality.kernel.ids import ClusterId, LocalityId, SchoolId


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster with its locality."""

    id: ClusterId
    slug: str
    name: str
    locality_id: LocalityId
    locality_name: str
    locality_slug: str


CLUSTER_COLUMNS = (Cluster.id, Cluster.slug, Cluster.name, Locality.id, Locality.name, Locality.slug)


def list_clusters(session: Session) -> tuple[ClusterRow, ...]:
    """All clusters, by locality."""
    return tuple(ClusterRow(*row) for row in direct.rows(session, _LIST_CLUSTERS))


_LIST_CLUSTERS: Final = (
    "SELECT c.id, c.slug, c.name, l.id AS locality_id, l.name AS locality_name, l.slug AS locality_slug"
    " FROM cluster c JOIN locality l ON l.id = c.locality_id ORDER BY l.position, c.position"
)


def find_cluster(
    session: Session, *, slug: str | None = None, cluster_id: ClusterId | None = None
) -> ClusterRow | None:
    """The cluster with this slug or id; None when there is none."""
    row = direct.one_or_none(session, _FIND_CLUSTER, {"slug": slug, "id": cluster_id})
    return None if row is None else ClusterRow(*row)


_FIND_CLUSTER: Final = (
    "SELECT c.id, c.slug, c.name, l.id AS locality_id, l.name AS locality_name, l.slug AS locality_slug"
    " FROM cluster c JOIN locality l ON l.id = c.locality_id"
    " WHERE CASE WHEN %(id)s::uuid IS NULL THEN c.slug = %(slug)s ELSE c.id = %(id)s END"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child belongs, and how that was decided, in words. All None when nothing decides it."""

    cluster_id: ClusterId | None
    locality_id: LocalityId | None
    cluster_name: str | None
    locality_name: str | None
    how: str


_chosen = [PlacePrecedence.SCHOOL_CLUSTER_FIRST]


def use_precedence(precedence: PlacePrecedence) -> None:
    """Set, once at start-up, what decides a child's cluster first in this authority (``LOCALITY_PLACE_PRECEDENCE``)."""
    _chosen[:] = [precedence]


def precedence() -> PlacePrecedence:
    """What decides a child's cluster first in this authority."""
    return _chosen[0]


def place_for(
    session: Session,
    *,
    school_id: SchoolId | None = None,
    postcode: str | None = None,
    sibling_cluster_id: ClusterId | None = None,
    by: PlacePrecedence | None = None,
) -> Place:
    """The cluster and locality of a child, from an open sibling, the school and the home postcode; two statements.

    ``by`` is what decides first; the authority's own choice unless given.
    """
    school, why_no_school = _pointer_of_school(session, school_id)
    home, why_no_home = _pointer_of_postcode(session, postcode)
    sibling = None
    if sibling_cluster_id is not None:
        sibling = Pointer(sibling_cluster_id, "a brother or sister is already helped by this cluster")
    decision = decide_place(
        PlaceFacts(sibling=sibling, school=school, home=home, missing=(why_no_school, why_no_home)),
        precedence=by or precedence(),
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
class Estimate:
    """A population estimate and the month from which reports use it."""

    mid_year: int
    n: int
    source: str
    used_from: dt.date


def population_of(session: Session, place_id: uuid.UUID) -> tuple[Estimate, ...]:
    """The estimates of children aged 0 to 17 in a place, earliest use first."""
    return tuple(Estimate(*row) for row in direct.rows(session, _POPULATION, {"place": place_id}))


_POPULATION: Final = (
    "SELECT mid_year, n, source, used_from FROM population WHERE place_id = %(place)s ORDER BY used_from"
)


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
