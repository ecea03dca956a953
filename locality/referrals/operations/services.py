"""The directory of services and how many families each can hold; what it said before is kept."""

import datetime as dt
import uuid
from dataclasses import asdict
from enum import Enum
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from locality.audit import log as audit
from locality.kernel.constraints import say
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import ServiceId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Service, ServiceCapacity, ServiceEdition, ServicePlaces
from locality.referrals.operations.commands import NewService
from locality.referrals.rules import directory

say("service_name_key", field="name", message="A service with this name is in the directory already")

_QUIETLY = {"synchronize_session": False}
_FIRST = "The directory as it was set up"


def add_service(uow: UnitOfWork, command: NewService) -> ServiceId:
    """Put a service into the directory. Raises ``RuleBroken``, ``Conflict`` on a known name.

    It takes referrals at once, or from the day that it opens on.
    """
    entry = _entry_of(command) | {"closes_on": None}
    _refuse(directory.reasons_against(entry))
    service_id = command.service_id or ServiceId(new_id())
    row = entry | {
        "id": service_id,
        "kind": command.kind,
        "is_open": directory.is_open(command.opens_on, None, uow.today),
        "created_at": uow.now,
        "changed_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(Service), [row])
    _write_edition(uow, service_id, 1, content_of(entry), changed=(), why="")
    audit.record(uow, "service.added", record=("service", service_id))
    return service_id


def change_service(uow: UnitOfWork, service_id: uuid.UUID, entry: NewService, *, version: int, why: str) -> None:
    """Change what the directory says of a service; what it said is kept. Its kind stays.

    Raises ``NotFound``; ``Conflict`` when somebody changed it since ``version``; ``RuleBroken``.
    """
    service = lock_service(uow, service_id)
    if service.version != version:
        message = "Somebody else changed this service since you opened it. Go back to it and make your change again"
        raise Conflict([Reason(None, message)])
    values = _entry_of(entry) | {"closes_on": service.closes_on}
    _refuse(directory.reasons_against(values))
    opened = directory.is_open(entry.opens_on, service.closes_on, uow.today)
    write_change(uow, service, values, is_open=opened, why=why)


def lock_service(uow: UnitOfWork, service_id: uuid.UUID) -> Service:
    """The service, for change. Raises ``NotFound``."""
    service = uow.session.execute(
        select(Service).where(Service.id == service_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if service is None:
        raise NotFound([Reason(None, "There is no such service")])
    return service


def write_change(uow: UnitOfWork, service: Service, values: dict[str, Any], *, is_open: bool, why: str) -> None:
    """Write new values of a locked service and keep an edition of them; without a difference nothing happens."""
    before = content_of({field: getattr(service, field) for field in directory.FIELD_WORDS})
    after = before | content_of(values)
    differs = directory.changed(before, after)
    if not differs:
        return
    number = service.version + 1
    kept = uow.session.execute(
        select(ServiceEdition.number).where(ServiceEdition.service_id == service.id).limit(1)
    ).scalar_one_or_none()
    if kept is None:
        _write_first(uow, service, before)
    _write_edition(uow, service.id, number, after, changed=differs, why=why.strip())
    uow.session.execute(
        update(Service)
        .where(Service.id == service.id)
        .values(**values, is_open=is_open, changed_at=uow.now, version=number),
        execution_options=_QUIETLY,
    )
    audit.record(uow, "service.changed", record=("service", service.id), detail={"fields": list(differs)})


def set_capacity(
    uow: UnitOfWork,
    service_id: uuid.UUID,
    *,
    cluster_id: uuid.UUID,
    places: int,
    from_on: dt.date | None = None,
) -> None:
    """Say how many families a service can hold in a cluster from a day on (today); what is taken stays as it is.

    Earlier periods are kept. Raises ``RuleBroken``.
    """
    begins = from_on or uow.today
    _refuse(directory.reasons_against_places(places, begins, uow.today))
    row = {
        "id": new_id(),
        "service_id": service_id,
        "cluster_id": cluster_id,
        "from_on": begins,
        "places": places,
        "set_at": uow.now,
        "set_by_name": uow.actor.name,
    }
    uow.session.execute(insert(ServicePlaces), [row])
    if begins == uow.today:
        statement = upsert(ServiceCapacity).values(
            service_id=service_id, cluster_id=cluster_id, places=places, taken=0, offered=0
        )
        uow.session.execute(
            statement.on_conflict_do_update(index_elements=["service_id", "cluster_id"], set_={"places": places})
        )
    detail: dict[str, str | int | bool | list[str] | None] = {"places": places, "from": begins.isoformat()}
    audit.record(uow, "service.capacity_set", record=("service", service_id), detail=detail)


def content_of(values: dict[str, Any]) -> dict[str, Any]:
    """Values of an entry as an edition keeps them."""
    return {field: _plain(value) for field, value in values.items()}


def hold_place(
    uow: UnitOfWork, service_id: uuid.UUID, cluster_id: uuid.UUID | None, *, offered: int, taken: int
) -> bool:
    """Change how many places of a service are promised and taken in a cluster; False where it counts none.

    An open offer holds a place, so that the next referral is not promised the same one.
    """
    changed = uow.session.execute(
        update(ServiceCapacity)
        .where(ServiceCapacity.service_id == service_id, ServiceCapacity.cluster_id == cluster_id)
        .values(
            offered=func.greatest(ServiceCapacity.offered + offered, 0),
            taken=func.greatest(ServiceCapacity.taken + taken, 0),
        ),
        execution_options=_QUIETLY,
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _entry_of(command: NewService) -> dict[str, Any]:
    entry = asdict(command)
    del entry["service_id"], entry["kind"]
    return {field: list(value) if isinstance(value, tuple) else value for field, value in entry.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _refuse(reasons: tuple[Reason, ...]) -> None:
    if reasons:
        raise RuleBroken(reasons)


def _write_first(uow: UnitOfWork, service: Service, content: dict[str, Any]) -> None:
    """Keep what a service said that came into the directory otherwise than by ``add_service``."""
    row = {
        "service_id": service.id,
        "number": service.version,
        "content": content,
        "changed": [],
        "why": _FIRST,
        "made_at": service.changed_at,
        "made_by": None,
        "made_by_name": "Locality",
    }
    uow.session.execute(insert(ServiceEdition), [row])


def _write_edition(
    uow: UnitOfWork,
    service_id: uuid.UUID,
    number: int,
    content: dict[str, Any],
    *,
    changed: tuple[str, ...],
    why: str,
) -> None:
    row = {
        "service_id": service_id,
        "number": number,
        "content": content,
        "changed": list(changed),
        "why": why,
        "made_at": uow.now,
        "made_by": uow.actor.account_id,
        "made_by_name": uow.actor.name,
    }
    uow.session.execute(insert(ServiceEdition), [row])
