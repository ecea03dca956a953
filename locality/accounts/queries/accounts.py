"""Reading accounts: lists, one account, names for other rooms."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from locality.accounts.models import Account, RoleAssignment
from locality.accounts.queries.roles import holds_now
from locality.accounts.rules.attempts import tidy_email
from locality.accounts.rules.roles import role_words
from locality.kernel.actor import Role
from locality.kernel.ids import AccountId
from locality.kernel.paging import PAGE_SIZE, Page, page_of


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list of accounts; ``roles`` in words."""

    id: AccountId
    name: str
    email: str
    job_title: str
    roles: str
    active: bool
    last_signed_in_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One account, for the administrator and for its owner."""

    id: AccountId
    name: str
    email: str
    job_title: str
    active: bool
    password_change_due: bool
    created_at: dt.datetime
    last_signed_in_at: dt.datetime | None
    disabled_at: dt.datetime | None
    disabled_by_name: str | None
    disabled_reason: str | None


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Somebody of the demonstration locality, for ``locality users --demo``."""

    name: str
    email: str
    job_title: str
    roles: tuple[Role, ...]

    @property
    def role(self) -> str:
        """The roles in words."""
        return role_words(self.roles)


def list_accounts(session: Session, *, wanted: str = "", number: int = 1, today: dt.date) -> Page[AccountRow]:
    """A page of accounts by name; ``wanted`` is part of a name or of an e-mail address."""
    roles = (
        select(func.array_agg(RoleAssignment.role.distinct()))
        .where(RoleAssignment.account_id == Account.id, holds_now(today))
        .scalar_subquery()
    )
    statement = (
        select(
            Account.id, Account.name, Account.email, Account.job_title, roles.label("roles"), Account.active,
            Account.last_signed_in_at,
        )
        .order_by(func.f_norm(Account.name), Account.id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    condition = _called(wanted)
    rows = session.execute(statement.where(condition))
    total = session.execute(select(func.count()).select_from(Account).where(condition)).scalar_one()
    found = [
        AccountRow(
            id=AccountId(row.id),
            name=row.name,
            email=row.email,
            job_title=row.job_title,
            roles=role_words(Role(role) for role in row.roles or ()),
            active=row.active,
            last_signed_in_at=row.last_signed_in_at,
        )
        for row in rows
    ]
    return page_of(found, number, total=total)


def _called(wanted: str) -> ColumnElement[bool]:
    if not wanted:
        return true()
    name = func.strpos(func.f_norm(Account.name), func.f_norm(wanted)) > 0
    return or_(name, func.strpos(Account.email, tidy_email(wanted)) > 0)


def find_account(session: Session, account_id: AccountId) -> AccountDetail | None:
    """One account; None when there is none."""
    other = aliased(Account)
    disabled_by = select(other.name).where(other.id == Account.disabled_by)
    row = session.execute(
        select(
            Account.id, Account.name, Account.email, Account.job_title, Account.active, Account.password_change_due,
            Account.created_at, Account.last_signed_in_at, Account.disabled_at,
            disabled_by.scalar_subquery().label("disabled_by_name"), Account.disabled_reason,
        ).where(Account.id == account_id)
    ).one_or_none()  # fmt: skip
    return None if row is None else AccountDetail(*row)


def account_names(session: Session, ids: Iterable[uuid.UUID]) -> dict[AccountId, str]:
    """The names of accounts by id, disabled ones too; ids of nobody are left out. One statement, none for no ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {AccountId(row.id): row.name for row in rows}


def find_accounts_called(session: Session, typed: str) -> tuple[AccountId, ...]:
    """Up to two accounts with this e-mail address or, failing that, exactly this name; accents and case apart."""
    by_email = select(Account.id).where(Account.email == tidy_email(typed))
    found = session.scalars(by_email).all()
    if not found:
        same_name = func.f_norm(Account.name) == func.f_norm(typed.strip())
        found = session.scalars(select(Account.id).where(same_name).limit(2)).all()
    return tuple(AccountId(account_id) for account_id in found)


def accounts_by_email(session: Session, emails: Iterable[str]) -> dict[str, AccountId]:
    """Active accounts by their e-mail address in lower case; addresses of nobody are left out. One statement."""
    wanted = [tidy_email(email) for email in emails]
    rows = session.execute(select(Account.id, Account.email).where(Account.active, Account.email.in_(wanted)))
    return {row.email: AccountId(row.id) for row in rows}


def list_demonstration_accounts(session: Session, *, today: dt.date) -> tuple[DemonstrationAccount, ...]:
    """The active accounts of the demonstration locality, by role and name."""
    rows = session.execute(
        select(
            Account.name,
            Account.email,
            Account.job_title,
            func.array_agg(RoleAssignment.role.distinct()).label("roles"),
        )
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(Account.is_demonstration, Account.active, holds_now(today))
        .group_by(Account.id)
    )
    order = list(Role)
    found = [
        DemonstrationAccount(
            row.name, row.email, row.job_title, tuple(sorted((Role(r) for r in row.roles), key=order.index))
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda person: (order.index(person.roles[0]), person.name)))
