"""Reading who holds which role."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account, RoleAssignment
from locality.accounts.queries.places import Place, list_places
from locality.accounts.rules.roles import SCOPES_WITHOUT_PLACE, scope_words
from locality.kernel.actor import ROLE_LABELS, Role, ScopeKind
from locality.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account as a choice in a list."""

    id: AccountId
    name: str
    job_title: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that somebody holds, in words; ``follows`` marks one that ends with a wider role."""

    id: uuid.UUID
    role: Role
    label: str
    where: str
    from_on: dt.date
    until_on: dt.date | None
    follows: bool


def holds_now(today: dt.date) -> ColumnElement[bool]:
    """The condition that a role counts on a day."""
    return and_(
        RoleAssignment.ended_at.is_(None),
        RoleAssignment.from_on <= today,
        or_(RoleAssignment.until_on.is_(None), RoleAssignment.until_on >= today),
    )


def list_roles(session: Session, account_id: AccountId, *, today: dt.date) -> tuple[RoleRow, ...]:
    """The roles that an account holds, with the names of the places, wider ones first."""
    rows = session.execute(
        select(
            RoleAssignment.id, RoleAssignment.role, RoleAssignment.scope_kind, RoleAssignment.scope_id,
            RoleAssignment.from_on, RoleAssignment.until_on, RoleAssignment.follows_id,
        )
        .where(RoleAssignment.account_id == account_id, holds_now(today))
        .order_by(RoleAssignment.given_at, RoleAssignment.id)
    ).all()  # fmt: skip
    named: dict[tuple[ScopeKind, uuid.UUID], Place] = {}
    if any(row.scope_kind not in SCOPES_WITHOUT_PLACE for row in rows):
        named = {(place.kind, place.id): place for place in list_places(session)}
    found = []
    for row in rows:
        place = named.get((row.scope_kind, row.scope_id))
        where = scope_words(row.scope_kind, place.name if place else None)
        follows = row.follows_id is not None
        label = ROLE_LABELS[row.role]
        found.append(RoleRow(row.id, row.role, label, where, row.from_on, row.until_on, follows))
    return tuple(sorted(found, key=lambda role: role.follows))


def list_accounts_with_role(
    session: Session, role: Role, *, scope_id: uuid.UUID | None = None, today: dt.date
) -> tuple[NamedAccount, ...]:
    """Active accounts that hold a role on a day, by name; at one place when ``scope_id`` is given, else anywhere."""
    holders = select(RoleAssignment.account_id).where(RoleAssignment.role == role, holds_now(today))
    if scope_id is not None:
        holders = holders.where(RoleAssignment.scope_id == scope_id)
    rows = session.execute(
        select(Account.id, Account.name, Account.job_title)
        .where(Account.active, Account.id.in_(holders))
        .order_by(Account.name, Account.id)
    )
    return tuple(NamedAccount(AccountId(row.id), row.name, row.job_title) for row in rows)


def overseen(session: Session, places: Collection[uuid.UUID], *, today: dt.date) -> frozenset[uuid.UUID]:
    """Which of these clusters somebody supervises or manages on a day; one statement."""
    rows = session.scalars(
        select(RoleAssignment.scope_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            Account.active,
            RoleAssignment.role.in_([Role.SUPERVISOR, Role.MANAGER]),
            RoleAssignment.scope_kind == ScopeKind.CLUSTER,
            RoleAssignment.scope_id.in_(list(places)),
            holds_now(today),
        )
    )
    return frozenset(place for place in rows if place is not None)


def count_other_administrators(session: Session, account_id: AccountId, *, today: dt.date) -> int:
    """How many other active accounts are administrators; locks their roles, so that two do not end each other."""
    rows = session.execute(
        select(RoleAssignment.id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.role == Role.ADMINISTRATOR,
            RoleAssignment.account_id != account_id,
            Account.active,
            holds_now(today),
        )
        .order_by(RoleAssignment.id)
        .with_for_update(of=RoleAssignment)
    )
    return len(rows.all())
