"""What other rooms may ask of the accounts room.

People who sign in: ``create_account``, ``hash_password`` (before the unit of work), ``account_names``,
``accounts_by_email``.
``hand_over``: the device of a session shows one thing until its worker gives their password again.
Roles: ``give_role``, ``end_role``, ``list_accounts_with_role``. ``gone_among``: who works
here no more; ``overseen``: clusters that somebody supervises or manages.
Lent by higher rooms in their ``room.py``: ``lend_places`` (where a role may be given; ``list_places`` reads them),
``lend_subjects`` (how people on record are referred to in the audit trail). ``disabled`` tells them of a shut account.
"""

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from locality.accounts.operations import roles as _roles
from locality.accounts.operations.accounts import (
    NewAccount,
    create_account,
    disable_account,
    disabled,
    enable_account,
    issue_first_password,
)
from locality.accounts.operations.passwords import PasswordHash, hash_password
from locality.accounts.operations.sessions import end_handed_over, hand_over
from locality.accounts.queries import roles as _role_queries
from locality.accounts.queries.accounts import (
    DemonstrationAccount,
    account_names,
    accounts_by_email,
    list_demonstration_accounts,
)
from locality.accounts.queries.leaving import IS_GONE, gone_among
from locality.accounts.queries.places import Place, lend_places, list_places
from locality.accounts.queries.roles import NamedAccount, overseen
from locality.accounts.queries.trail import Called, Subjects, lend_subjects
from locality.accounts.rules.attempts import client_network
from locality.kernel.actor import Role, ScopeKind
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork

__all__ = [
    "IS_GONE",
    "Called",
    "DemonstrationAccount",
    "NamedAccount",
    "NewAccount",
    "PasswordHash",
    "Place",
    "Subjects",
    "account_names",
    "accounts_by_email",
    "client_network",
    "create_account",
    "disable_account",
    "disabled",
    "enable_account",
    "end_handed_over",
    "end_role",
    "give_role",
    "gone_among",
    "hand_over",
    "hash_password",
    "issue_first_password",
    "lend_places",
    "lend_subjects",
    "list_accounts_with_role",
    "list_demonstration_accounts",
    "list_places",
    "overseen",
]


def give_role(
    uow: UnitOfWork,
    account_id: AccountId,
    *,
    role: Role,
    kind: ScopeKind = ScopeKind.NONE,
    scope_id: uuid.UUID | None = None,
    until_on: dt.date | None = None,
) -> uuid.UUID:
    """Give somebody a role from today until the end of a last day (None: until it is ended); returns its id.

    Doing it twice changes nothing. A supervisor or manager of a whole authority or locality also holds the role in
    each of its clusters. Raises ``NotFound`` without such an account, ``RuleBroken`` with what the rules say.
    """
    return _roles.give_role(uow, account_id, _roles.RoleToGive(role, kind, scope_id, until_on))


def end_role(
    uow: UnitOfWork,
    account_id: AccountId,
    *,
    role: Role,
    kind: ScopeKind = ScopeKind.NONE,
    scope_id: uuid.UUID | None = None,
) -> None:
    """End a role now, and those that follow from it. Raises ``NotFound`` when it is not held, ``RuleBroken``."""
    _roles.end_role_at(uow, account_id, _roles.RoleToGive(role, kind, scope_id))


def list_accounts_with_role(
    session: Session, role: Role, scope_id: uuid.UUID | None = None, *, today: dt.date | None = None
) -> tuple[NamedAccount, ...]:
    """Active accounts that hold a role (at one place, when named) on a day, today unless given; by name."""
    day = today or london_date(SYSTEM_CLOCK.now())
    return _role_queries.list_accounts_with_role(session, role, scope_id=scope_id, today=day)
