"""The directory of services and how many families each can hold."""

import uuid

from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from locality.audit import log as audit
from locality.kernel.constraints import say
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import ServiceId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Service, ServiceCapacity
from locality.referrals.operations.commands import NewService
from locality.referrals.rules import needs
from locality.referrals.rules.codes import AreaKind

say("service_name_key", field="name", message="A service with this name is in the directory already")


def add_service(uow: UnitOfWork, command: NewService) -> ServiceId:
    """Put a service into the directory, open for referrals. Raises ``RuleBroken``, ``Conflict`` on a known name."""
    reasons = _reasons_against(command)
    if reasons:
        raise RuleBroken(reasons)
    service_id = command.service_id or ServiceId(new_id())
    row = {
        "id": service_id,
        "name": command.name,
        "kind": command.kind,
        "agency_id": command.agency_id,
        "team_id": command.team_id,
        "summary": command.summary,
        "eligibility": command.eligibility,
        "needs": list(command.needs),
        "min_age": command.min_age,
        "max_age": command.max_age,
        "takes_unborn": command.takes_unborn,
        "stages": list(command.stages),
        "area_kind": command.area_kind,
        "area_id": command.area_id,
        "has_waiting_list": command.has_waiting_list,
        "is_open": True,
        "response_days": command.response_days,
        "created_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(Service), [row])
    audit.record(uow, "service.added", record=("service", service_id))
    return service_id


def set_capacity(uow: UnitOfWork, service_id: uuid.UUID, *, cluster_id: uuid.UUID, places: int) -> None:
    """Say how many families a service can hold in a cluster; what is taken stays as it is."""
    if places < 0:
        raise RuleBroken([Reason("places", "The number of places must be 0 or more")])
    statement = upsert(ServiceCapacity).values(
        service_id=service_id, cluster_id=cluster_id, places=places, taken=0, offered=0
    )
    uow.session.execute(
        statement.on_conflict_do_update(index_elements=["service_id", "cluster_id"], set_={"places": places})
    )
    audit.record(uow, "service.capacity_set", record=("service", service_id), detail={"places": places})


def _reasons_against(command: NewService) -> tuple[Reason, ...]:
    checks = (
        (bool(command.name.strip()), "name", "Enter the name of the service"),
        (0 <= command.min_age <= command.max_age, "max_age", "The upper age must not be below the lower one"),
        (not needs.unknown_needs(command.needs), "needs", "Select needs from the list"),
        (set(command.stages) <= {1, 2, 3, 4}, "stages", "Select stages from 1 to 4"),
        ((command.area_kind is AreaKind.AUTHORITY) == (command.area_id is None), "area_id", "Select the area"),
        (command.response_days >= 1, "response_days", "A service needs at least 1 working day to answer"),
    )
    return tuple(Reason(field, message) for fine, field, message in checks if not fine)


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
        execution_options={"synchronize_session": False},
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
