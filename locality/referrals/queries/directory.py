"""The directory of services, with the places of each in every cluster and how many families wait."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from typing import cast as cast_to

from sqlalchemy import ColumnElement, Select, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from locality.clusters.models import Agency, Cluster, Locality, Team
from locality.kernel import direct
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.referrals.models import Service, ServiceCapacity
from locality.referrals.rules.codes import AreaKind
from locality.referrals.rules.directory import DEMAND_OVER, Access, Day, Entry, PlacesIn


@dataclass(frozen=True, slots=True)
class DirectoryWish:
    """What a reader of the directory looks for; what is left out does not matter."""

    need: str | None = None
    age: int | None = None
    stage: int | None = None
    cluster: uuid.UUID | None = None
    language: str | None = None
    day: Day | None = None
    access: Access | None = None
    free: bool = False
    closed: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Offered:
    """Of how many open services a filter's choices are: {code: services}; and the clusters, by id."""

    needs: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    access: Mapping[str, int] = field(default_factory=dict)
    services: int = 0


_COLUMNS: Final = (
    Service.id,
    Service.version,
    Service.name,
    Service.kind,
    Service.agency_id,
    Agency.name.label("agency"),
    Team.name.label("team"),
    Service.summary,
    Service.eligibility,
    Service.eligible_needs,
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
    Service.languages,
    Service.days,
    Service.access,
    Service.hours,
    Service.venue,
    Service.address,
    Service.town,
    Service.postcode,
    Service.cost,
    Service.how_to_refer,
    Service.contact_name,
    Service.phone,
    Service.email,
    Service.url,
    Service.opens_on,
    Service.closes_on,
    Service.changed_at,
)
_FACETS: Final = """
    SELECT 'needs' AS facet, code, count(*) AS services FROM service, unnest(needs) AS code WHERE is_open GROUP BY code
    UNION ALL SELECT 'languages', code, count(*) FROM service, unnest(languages) AS code WHERE is_open GROUP BY code
    UNION ALL SELECT 'days', code, count(*) FROM service, unnest(days) AS code WHERE is_open GROUP BY code
    UNION ALL SELECT 'access', code, count(*) FROM service, unnest(access) AS code WHERE is_open GROUP BY code
    UNION ALL SELECT 'services', '', count(*) FROM service WHERE is_open
"""
_DEMAND: Final = "SELECT * FROM service_demand(%(services)s, %(since)s)"


def list_directory(session: Session, wish: DirectoryWish, *, now: dt.datetime, size: int = PAGE_SIZE) -> Page[Entry]:
    """A page of the services that a wish fits, by name; three statements however many there are."""
    rows = list(
        session.execute(
            _entries(func.count().over().label("total"))
            .where(*_conditions(wish))
            .order_by(Service.name, Service.id)
            .limit(size + 1)
            .offset((wish.page - 1) * size)
        ).mappings()
    )
    total = rows[0]["total"] if rows else 0
    entries = _with_room(session, [_entry(dict(row)) for row in rows[:size]], now)
    shown = page_of(entries, wish.page, size=size, total=total)
    return replace(shown, has_next=len(rows) > size)


def find_entry(session: Session, service_id: uuid.UUID, *, now: dt.datetime) -> Entry | None:
    """One service, open or closed; three statements. None when there is none."""
    row = session.execute(_entries().where(Service.id == service_id)).mappings().one_or_none()
    return None if row is None else _with_room(session, [_entry(dict(row))], now)[0]


def count_offered(session: Session) -> Offered:
    """What open services offer, for the choices of the filters; one statement."""
    found: dict[str, dict[str, int]] = {}
    for row in direct.rows(session, _FACETS):
        found.setdefault(row.facet, {})[row.code] = row.services
    return Offered(
        needs=found.get("needs", {}),
        languages=found.get("languages", {}),
        days=found.get("days", {}),
        access=found.get("access", {}),
        services=found["services"][""],
    )


def list_clusters(session: Session) -> tuple[tuple[uuid.UUID, str], ...]:
    """Every cluster in its order: (id, name)."""
    rows = session.execute(select(Cluster.id, Cluster.name).order_by(Cluster.position))
    return tuple((row.id, row.name) for row in rows)


def _entries(*more: Any) -> Select[Any]:
    chosen = cast_to(Select[Any], select(*_COLUMNS, *more))
    return (
        chosen.join(Agency, Agency.id == Service.agency_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(Cluster, Cluster.id == Service.area_id)
        .outerjoin(Locality, Locality.id == Service.area_id)
    )


def _conditions(wish: DirectoryWish) -> list[ColumnElement[bool]]:
    """What a service must be; one that names no needs or stages meets all, as in routing."""
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (not wish.closed, Service.is_open.is_(True)),
        (wish.need, or_(_has(Service.needs, wish.need or ""), func.cardinality(Service.needs) == 0)),
        (wish.age is not None, _takes(wish.age or 0)),
        (
            wish.stage,
            or_(literal(wish.stage) == func.any(Service.stages), func.cardinality(Service.stages) == 0),
        ),
        (wish.language, _has(Service.languages, wish.language or "")),
        (wish.day, _has(Service.days, wish.day or "")),
        (wish.access, _has(Service.access, wish.access or "")),
        (wish.cluster, _reaches(wish.cluster)),
        (wish.free, _has_room(wish.cluster)),
    ]
    return [condition for is_asked, condition in asked if is_asked]


def _has(column: Any, code: str) -> ColumnElement[bool]:
    return column.op("@>")(cast([str(code)], ARRAY(Text())))  # type: ignore[no-any-return]


def _takes(age: int) -> ColumnElement[bool]:
    return (Service.min_age <= age) & (Service.max_age >= age)


def _reaches(cluster_id: uuid.UUID | None) -> ColumnElement[bool]:
    around = select(Cluster.locality_id).where(Cluster.id == cluster_id).scalar_subquery()
    return or_(
        Service.area_kind == AreaKind.AUTHORITY,
        (Service.area_kind == AreaKind.CLUSTER) & (Service.area_id == cluster_id),
        (Service.area_kind == AreaKind.LOCALITY) & (Service.area_id == around),
    )


def _has_room(cluster_id: uuid.UUID | None) -> ColumnElement[bool]:
    """Whether places are left, in the cluster when one is named; a service that counts no places has room."""
    kept = select(ServiceCapacity.service_id).where(ServiceCapacity.service_id == Service.id)
    left = kept.where(
        ServiceCapacity.places > ServiceCapacity.taken + ServiceCapacity.offered,
        true() if cluster_id is None else ServiceCapacity.cluster_id == cluster_id,
    )
    return or_(left.exists(), ~kept.exists())


def _entry(row: Mapping[str, Any]) -> Entry:
    values = {name: row[name] for name in row if name != "total"}
    lists = {
        "needs": tuple(values["needs"]),
        "eligible_needs": tuple(values["eligible_needs"]),
        "stages": tuple(sorted(values["stages"])),
        "languages": tuple(values["languages"]),
        "days": tuple(day for day in Day if day in values["days"]),
        "access": tuple(access for access in Access if access in values["access"]),
    }
    return Entry(**(values | lists))


def _with_room(session: Session, entries: Sequence[Entry], now: dt.datetime) -> list[Entry]:
    wanted = [entry.id for entry in entries]
    room = _rooms(session, wanted)
    demand = {
        row.service_id: {
            "live": row.live,
            "waiting": row.waiting,
            "accepted": row.accepted,
            "usual_days": row.usual_days,
        }
        for row in direct.rows(session, _DEMAND, {"services": wanted, "since": now - DEMAND_OVER})
    }
    return [replace(entry, room=room.get(entry.id, ()), **demand[entry.id]) for entry in entries]


def _rooms(session: Session, services: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[PlacesIn, ...]]:
    rows = session.execute(
        select(
            ServiceCapacity.service_id,
            Cluster.id,
            Cluster.name,
            ServiceCapacity.places,
            ServiceCapacity.taken,
            ServiceCapacity.offered,
        )
        .join(Cluster, Cluster.id == ServiceCapacity.cluster_id)
        .where(ServiceCapacity.service_id.in_(services))
        .order_by(Cluster.position)
    )
    found: dict[uuid.UUID, tuple[PlacesIn, ...]] = {}
    for service_id, cluster_id, name, places, taken, offered in rows:
        found[service_id] = (*found.get(service_id, ()), PlacesIn(places, taken, offered, cluster_id, name))
    return found
