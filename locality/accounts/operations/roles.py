"""Giving and ending roles."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from sqlalchemy import insert, or_, select, update

from locality.accounts.models import RoleAssignment
from locality.accounts.operations.accounts import load_account
from locality.accounts.queries import places as place_queries
from locality.accounts.queries.roles import count_other_administrators
from locality.accounts.rules import roles as rules
from locality.audit import log as audit
from locality.kernel import constraints
from locality.kernel.actor import Role, ScopeKind
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, new_id
from locality.kernel.uow import UnitOfWork

constraints.say("role_assignment_open_key", field="role", message="This person already holds this role there")
constraints.say("role_assignment_not_self_check", field=None, message="You cannot give yourself a role")


@dataclass(frozen=True, slots=True)
class RoleToGive:
    """A role, where it applies (``place`` None for the whole authority or one's own families), and its last day."""

    role: Role
    kind: ScopeKind
    place: uuid.UUID | None = None
    until_on: dt.date | None = None


def give_role(uow: UnitOfWork, account_id: AccountId, wanted: RoleToGive) -> uuid.UUID:
    """Give somebody a role from today; returns the assignment's id, the open one when they hold it there already.

    A supervisor or manager of a whole authority or locality also holds the role in each of its clusters, since grants
    are given there. Raises ``NotFound`` without such an account, ``RuleBroken`` with what the rules say.
    """
    account = load_account(uow, account_id)
    held = _open_roles(uow, account_id)
    reasons = rules.reasons_not_to_give_role(
        rules.RoleFacts(
            giver_is_holder=account_id == uow.actor.account_id,
            held=frozenset(row.role for row in held),
            role=wanted.role,
            kind=wanted.kind,
            place=wanted.place,
            account_is_active=account.active,
        )
    )
    if wanted.until_on is not None and wanted.until_on < uow.today:
        reasons += (Reason("until_on", "The last day must be today or later"),)
    if reasons:
        raise RuleBroken(reasons)
    taken = {(row.role, row.scope_kind, row.scope_id): row.id for row in held}
    known = taken.get((wanted.role, wanted.kind, wanted.place))
    if known is not None:
        return known
    assignment_id = _insert(uow, account_id, wanted)
    for cluster in place_queries.clusters_within(uow.session, wanted.role, wanted.kind, place=wanted.place):
        if (wanted.role, ScopeKind.CLUSTER, cluster) not in taken:
            followed = replace(wanted, kind=ScopeKind.CLUSTER, place=cluster)
            _insert(uow, account_id, followed, follows=assignment_id)
    audit.record(uow, "account.role_given", record=("account", account_id), detail=_detail(wanted))
    return assignment_id


def end_role(uow: UnitOfWork, account_id: AccountId, *, assignment_id: uuid.UUID) -> None:
    """End a role, and those that follow from it, now: the next request acts without it.

    Raises ``NotFound`` when the account holds no such role, ``RuleBroken`` with what the rules say.
    """
    load_account(uow, account_id)
    row = next((row for row in _open_roles(uow, account_id) if row.id == assignment_id), None)
    if row is None:
        raise NotFound("This person does not hold that role")
    is_administrator = row.role is Role.ADMINISTRATOR
    reasons = rules.reasons_not_to_end_role(
        is_own=account_id == uow.actor.account_id,
        role=row.role,
        other_administrators=(
            count_other_administrators(uow.session, account_id, today=uow.today) if is_administrator else None
        ),
    )
    if reasons:
        raise RuleBroken(reasons)
    uow.session.execute(
        update(RoleAssignment)
        .where(
            or_(RoleAssignment.id == assignment_id, RoleAssignment.follows_id == assignment_id),
            RoleAssignment.ended_at.is_(None),
        )
        .values(ended_at=uow.now, ended_by=uow.actor.account_id),
        execution_options={"synchronize_session": False},
    )
    ended = RoleToGive(row.role, row.scope_kind, row.scope_id)
    audit.record(uow, "account.role_ended", record=("account", account_id), detail=_detail(ended))


def end_role_at(uow: UnitOfWork, account_id: AccountId, wanted: RoleToGive) -> None:
    """End the role that an account holds at a place; for rooms that know the place rather than the assignment.

    Raises as ``end_role`` does.
    """
    place = (wanted.role, wanted.kind, wanted.place)
    found = [r.id for r in _open_roles(uow, account_id) if (r.role, r.scope_kind, r.scope_id) == place]
    if not found:
        raise NotFound("This person does not hold that role")
    end_role(uow, account_id, assignment_id=found[0])


def _open_roles(uow: UnitOfWork, account_id: AccountId) -> list[RoleAssignment]:
    """Roles that are open; one whose last day has passed is closed on the way, to make room for a new one."""
    uow.session.execute(
        update(RoleAssignment)
        .where(
            RoleAssignment.account_id == account_id,
            RoleAssignment.ended_at.is_(None),
            RoleAssignment.until_on < uow.today,
        )
        .values(ended_at=uow.now),
        execution_options={"synchronize_session": False},
    )
    rows = uow.session.scalars(
        select(RoleAssignment)
        .where(RoleAssignment.account_id == account_id, RoleAssignment.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _insert(
    uow: UnitOfWork, account_id: AccountId, wanted: RoleToGive, *, follows: uuid.UUID | None = None
) -> uuid.UUID:
    assignment_id = new_id()
    uow.session.execute(
        insert(RoleAssignment).values(
            id=assignment_id,
            account_id=account_id,
            role=wanted.role,
            scope_kind=wanted.kind,
            scope_id=wanted.place,
            follows_id=follows,
            from_on=uow.today,
            until_on=wanted.until_on,
            given_at=uow.now,
            given_by=uow.actor.account_id,
        )
    )
    return assignment_id


def _detail(role: RoleToGive) -> audit.Detail:
    place = None if role.place is None else str(role.place)
    return {"role": role.role.value, "kind": role.kind.value, "place": place}
