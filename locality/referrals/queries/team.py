"""Who works in a service: whoever holds its role now, whom reminders go to, and where nobody is left."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account, RoleAssignment
from locality.kernel import direct
from locality.kernel.actor import Actor, Role, ScopeKind
from locality.kernel.ids import AccountId
from locality.referrals.models import Service
from locality.referrals.rules import directory


@dataclass(frozen=True, slots=True)
class TeamWorker:
    """Somebody of a service who can be named as a family's worker."""

    service_id: uuid.UUID
    id: AccountId
    name: str
    job_title: str


@dataclass(frozen=True, slots=True)
class Manager:
    """Who is told of what is late, and whether they manage the cluster that it is in."""

    id: AccountId
    email: str
    is_of_cluster: bool


# Services that somebody worked in and nobody does now. One that never had a worker has lost none.
_LEFT_ALONE: Final = """EXISTS (SELECT 1 FROM role_assignment x
        WHERE x.role = 'service_worker' AND x.scope_kind = 'service' AND x.scope_id = s.id)
    AND NOT EXISTS (SELECT 1 FROM role_assignment x JOIN account a ON a.id = x.account_id AND a.active
        WHERE x.role = 'service_worker' AND x.scope_kind = 'service' AND x.scope_id = s.id AND x.ended_at IS NULL
          AND (x.until_on IS NULL OR x.until_on >= %(today)s))"""
_ALONE: Final = f"SELECT s.id, s.name, s.is_open FROM service s WHERE {_LEFT_ALONE} ORDER BY s.id"  # noqa: S608
# Shown for four weeks after it closed, and as long as families are with it.
_ALONE_IN: Final = f"""
    SELECT s.id, s.name, g.name AS agency, s.opens_on, s.closes_on, coalesce(k.taken, 0) AS families
    FROM service s JOIN agency g ON g.id = s.agency_id
    LEFT JOIN (SELECT service_id, sum(taken)::int AS taken FROM service_capacity GROUP BY 1) k ON k.service_id = s.id
    WHERE {_LEFT_ALONE}
      AND (coalesce(k.taken, 0) > 0 OR s.closes_on IS NULL OR s.closes_on > %(today)s::date - 28)
      AND (%(everywhere)s OR s.area_kind = 'authority' OR s.area_id = ANY(%(places)s)
           OR s.area_id IN (SELECT id FROM cluster WHERE locality_id = ANY(%(places)s))
           OR EXISTS (SELECT 1 FROM cluster c WHERE c.locality_id = s.area_id AND c.id = ANY(%(places)s)))
    ORDER BY s.name
"""  # noqa: S608 - constants, no input


@dataclass(frozen=True, slots=True)
class AloneService:
    """A service whose last worker has left."""

    id: uuid.UUID
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class AloneRow:
    """The same for who manages its area: whether it closed or will, on which day, and how many families are with it."""

    id: uuid.UUID
    name: str
    agency: str
    standing: directory.Standing
    closes_on: dt.date | None
    families: int


def services_left_alone(session: Session, *, today: dt.date) -> tuple[AloneService, ...]:
    """Services that had workers and have none now; one statement."""
    return tuple(AloneService(row.id, row.name, row.is_open) for row in direct.rows(session, _ALONE, {"today": today}))


def list_left_alone(session: Session, actor: Actor, *, today: dt.date) -> tuple[AloneRow, ...]:
    """The same of the areas that the actor manages; nothing, and no statement, for others."""
    if not actor.has(Role.MANAGER):
        return ()
    values = {
        "today": today,
        "everywhere": any(one.role is Role.MANAGER and one.kind is ScopeKind.AUTHORITY for one in actor.scopes),
        "places": [one.id for one in actor.scopes if one.role is Role.MANAGER and one.id is not None],
    }
    rows = direct.rows(session, _ALONE_IN, values)
    return tuple(
        AloneRow(
            row.id, row.name, row.agency, directory.standing(row.opens_on, row.closes_on, today), row.closes_on,
            row.families,
        )
        for row in rows
    )  # fmt: skip


def workers_of(session: Session, services: Collection[uuid.UUID], *, today: dt.date) -> tuple[TeamWorker, ...]:
    """Who works in these services today, by name; one statement."""
    rows = session.execute(
        select(RoleAssignment.scope_id, Account.id, Account.name, Account.job_title)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.role == Role.SERVICE_WORKER,
            RoleAssignment.scope_kind == ScopeKind.SERVICE,
            RoleAssignment.scope_id.in_(list(services)),
            RoleAssignment.ended_at.is_(None),
            RoleAssignment.from_on <= today,
            or_(RoleAssignment.until_on.is_(None), RoleAssignment.until_on >= today),
            Account.active,
        )
        .order_by(Account.name, Account.id)
    )
    return tuple(TeamWorker(row.scope_id, AccountId(row.id), row.name, row.job_title) for row in rows)


def address_of(session: Session, principal: uuid.UUID) -> str:
    """The e-mail address of a service or of somebody who can sign in; "" of whoever has none; one statement."""
    found = select(Service.email).where(Service.id == principal)
    at_work = select(Account.email).where(Account.id == principal, Account.active)
    return session.scalars(found.union_all(at_work).limit(1)).one_or_none() or ""


def managers_to_tell(session: Session, *, cluster_id: uuid.UUID | None, today: dt.date) -> tuple[Manager, ...]:
    """Who manages this cluster, or the whole authority, today; one statement."""
    of_cluster = and_(RoleAssignment.scope_kind == ScopeKind.CLUSTER, RoleAssignment.scope_id == cluster_id)
    rows = session.execute(
        select(Account.id, Account.email, func.bool_or(of_cluster).label("is_of_cluster"))
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(
            RoleAssignment.role == Role.MANAGER,
            or_(RoleAssignment.scope_kind.in_([ScopeKind.AUTHORITY, ScopeKind.NONE]), of_cluster),
            RoleAssignment.ended_at.is_(None),
            RoleAssignment.from_on <= today,
            or_(RoleAssignment.until_on.is_(None), RoleAssignment.until_on >= today),
            Account.active,
        )
        .group_by(Account.id, Account.email)
        .order_by(Account.email)
    )
    return tuple(Manager(AccountId(row.id), row.email, row.is_of_cluster) for row in rows)
