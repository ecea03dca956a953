"""Reading schools and who goes to them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from locality.clusters.models import Cluster, Enrolment, School, SchoolMembership
from locality.clusters.rules import SchoolPhase
from locality.kernel.ids import ClusterId, PersonId, SchoolId
from locality.people import api as people


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


def school_of(session: Session, children: Iterable[PersonId]) -> dict[PersonId, Schooling]:
    """The present school of each of these children whom the actor may see; nobody else is in the answer."""
    rows = session.execute(
        select(Enrolment.person_id, School.id, School.name, Enrolment.from_on)
        .join(School, School.id == Enrolment.school_id)
        .where(Enrolment.person_id.in_(list(children)), Enrolment.until_on.is_(None))
    )
    return {PersonId(person): Schooling(SchoolId(school), name, since) for person, school, name, since in rows}


def fill_schools(sources: list[people.StandingSource]) -> None:
    """Say which school somebody goes to, for the heading of their pages."""
    sources.append(_STANDING)


_STANDING = people.StandingSource(
    ("school",),
    "SELECT s.name AS school FROM enrolment e JOIN school s ON s.id = e.school_id"
    " WHERE e.person_id = p.id AND e.until_on IS NULL",
)
