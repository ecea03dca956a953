"""Who works in a service: whoever holds its role now, and the e-mail addresses to which reminders go."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account, RoleAssignment
from locality.kernel.actor import Role, ScopeKind
from locality.kernel.ids import AccountId
from locality.referrals.models import Service


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
