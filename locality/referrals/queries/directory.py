"""The directory of services, with their places in each cluster."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.clusters.models import Agency, Cluster, Locality
from locality.kernel.ids import ServiceId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.referrals.models import Service, ServiceCapacity
from locality.referrals.rules.codes import AreaKind, ReferralKind


@dataclass(frozen=True, slots=True)
class PlacesIn:
    """Places of a service in one cluster."""

    cluster: str
    places: int
    taken: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service in the directory."""

    id: ServiceId
    name: str
    agency: str
    kind: ReferralKind
    summary: str
    eligibility: str
    needs: tuple[str, ...]
    min_age: int
    max_age: int
    takes_unborn: bool
    stages: tuple[int, ...]
    area_kind: AreaKind
    area: str | None
    has_waiting_list: bool
    is_open: bool
    response_days: int
    room: tuple[PlacesIn, ...]


def list_directory(session: Session, *, number: int) -> Page[ServiceRow]:
    """A page of all services by name; two statements."""
    rows = session.execute(
        select(
            Service.id,
            Service.name,
            Agency.name.label("agency"),
            Service.kind,
            Service.summary,
            Service.eligibility,
            Service.needs,
            Service.min_age,
            Service.max_age,
            Service.takes_unborn,
            Service.stages,
            Service.area_kind,
            func.coalesce(Cluster.name, Locality.name).label("area"),
            Service.has_waiting_list,
            Service.is_open,
            Service.response_days,
        )
        .join(Agency, Agency.id == Service.agency_id)
        .outerjoin(Cluster, Cluster.id == Service.area_id)
        .outerjoin(Locality, Locality.id == Service.area_id)
        .order_by(Service.name, Service.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).mappings()
    found = [dict(row) for row in rows]
    room = _rooms(session, [row["id"] for row in found])
    return page_of(
        [
            ServiceRow(
                **row | {"needs": tuple(row["needs"]), "stages": tuple(sorted(row["stages"]))},
                room=room.get(row["id"], ()),
            )
            for row in found
        ],
        number,
    )


def _rooms(session: Session, services: list[ServiceId]) -> dict[ServiceId, tuple[PlacesIn, ...]]:
    rows = session.execute(
        select(ServiceCapacity.service_id, Cluster.name, ServiceCapacity.places, ServiceCapacity.taken)
        .join(Cluster, Cluster.id == ServiceCapacity.cluster_id)
        .where(ServiceCapacity.service_id.in_(services))
        .order_by(Cluster.position)
    )
    found: dict[ServiceId, tuple[PlacesIn, ...]] = {}
    for service_id, cluster, places, taken in rows:
        key = ServiceId(service_id)
        found[key] = (*found.get(key, ()), PlacesIn(cluster, places, taken))
    return found
