"""What an administrator needs to keep the directory: an entry as it is kept, earlier editions, periods of places."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.clusters.models import Cluster
from locality.kernel import direct
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.referrals.models import Service, ServiceEdition, ServicePlaces
from locality.referrals.rules.codes import AreaKind, ReferralKind
from locality.referrals.rules.directory import FIELD_WORDS

_CHOICES: Final = """
    SELECT 'agency' AS kind, id, name, NULL::uuid AS within, 0 AS position FROM agency
    UNION ALL SELECT 'team', id, name, agency_id, 0 FROM team
    UNION ALL SELECT 'locality', id, name, NULL, position FROM locality
    UNION ALL SELECT 'cluster', id, name, locality_id, position FROM cluster
    ORDER BY position, name
"""


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry for its form: ``values`` by field, and the version that the form changes."""

    id: uuid.UUID
    name: str
    kind: ReferralKind
    version: int
    is_open: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """The entry as it stood from ``made_at``; ``before`` is what the edition before it held, if any."""

    number: int
    made_at: dt.datetime
    made_by_name: str
    why: str
    changed: tuple[str, ...]
    content: Mapping[str, Any]
    before: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Period:
    """Places of a cluster from a day on, as somebody set them; the newest of a day counts."""

    cluster: str
    from_on: dt.date
    places: int
    set_at: dt.datetime
    set_by_name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Who may offer a service and where: agencies with their teams, localities and clusters."""

    agencies: tuple[tuple[uuid.UUID, str], ...]
    teams: tuple[tuple[uuid.UUID, uuid.UUID, str], ...]
    localities: tuple[tuple[uuid.UUID, str], ...]
    clusters: tuple[tuple[uuid.UUID, str, uuid.UUID], ...]

    def within(self, kind: AreaKind, area_id: uuid.UUID | None) -> tuple[tuple[uuid.UUID, str], ...]:
        """The clusters of an area."""
        return tuple(
            (cluster_id, name)
            for cluster_id, name, locality_id in self.clusters
            if kind is AreaKind.AUTHORITY or area_id in {cluster_id, locality_id}
        )

    def places(self) -> dict[str, str]:
        """Names of teams, agencies and places by their id as text, for telling what changed."""
        named = (*self.agencies, *self.localities)
        return {
            **{str(one): name for one, name in named},
            **{str(team): name for team, _agency, name in self.teams},
            **{str(cluster): name for cluster, name, _locality in self.clusters},
        }


def find_kept_entry(session: Session, service_id: uuid.UUID) -> KeptEntry | None:
    """An entry as it is kept; None when there is none."""
    service = session.execute(select(Service).where(Service.id == service_id)).scalar_one_or_none()
    if service is None:
        return None
    values = {field: getattr(service, field) for field in FIELD_WORDS}
    return KeptEntry(service.id, service.name, service.kind, service.version, service.is_open, values)


def list_editions(session: Session, service_id: uuid.UUID, *, number: int) -> Page[Edition]:
    """Editions of an entry, the newest first; one statement. None of a service that never changed."""
    rows = session.execute(
        select(ServiceEdition)
        .where(ServiceEdition.service_id == service_id)
        .order_by(ServiceEdition.number.desc())
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).scalars()
    kept = list(rows)
    editions = [
        Edition(
            number=row.number,
            made_at=row.made_at,
            made_by_name=row.made_by_name,
            why=row.why,
            changed=tuple(row.changed),
            content=row.content,
            before=kept[place + 1].content if place + 1 < len(kept) else None,
        )
        for place, row in enumerate(kept)
    ]
    return page_of(editions, number)


def list_periods(session: Session, service_id: uuid.UUID, *, number: int) -> Page[Period]:
    """Places that were set, the latest period first."""
    rows = session.execute(
        select(
            Cluster.name,
            ServicePlaces.from_on,
            ServicePlaces.places,
            ServicePlaces.set_at,
            ServicePlaces.set_by_name,
        )
        .join(Cluster, Cluster.id == ServicePlaces.cluster_id)
        .where(ServicePlaces.service_id == service_id)
        .order_by(ServicePlaces.from_on.desc(), Cluster.position, ServicePlaces.set_at.desc())
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    )
    return page_of([Period(*row) for row in rows], number)


def list_choices(session: Session) -> Choices:
    """Agencies, teams and places; one statement."""
    found: dict[str, list[Any]] = {"agency": [], "team": [], "locality": [], "cluster": []}
    for row in direct.rows(session, _CHOICES):
        found[row.kind].append(row)
    return Choices(
        agencies=tuple((row.id, row.name) for row in found["agency"]),
        teams=tuple((row.id, row.within, row.name) for row in found["team"]),
        localities=tuple((row.id, row.name) for row in found["locality"]),
        clusters=tuple((row.id, row.name, row.within) for row in found["cluster"]),
    )
