"""Making, disabling and reopening accounts, and their passwords."""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from locality.access.scope import elevated
from locality.accounts.models import Account, AccountSecret, KnownDevice, RoleAssignment
from locality.accounts.operations.passwords import PasswordHash
from locality.accounts.operations.sessions import end_all_sessions
from locality.accounts.queries.roles import count_other_administrators
from locality.accounts.rules import accounts as rules
from locality.accounts.rules.attempts import tidy_email
from locality.accounts.rules.passwords import FIRST_PASSWORD_LASTS
from locality.audit import log as audit
from locality.kernel import constraints
from locality.kernel.actor import Role
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, new_id
from locality.kernel.slots import Slot
from locality.kernel.uow import UnitOfWork

# Called in the transaction in which an account is shut: higher rooms pass on the work that was its holder's.
disabled: Slot[[UnitOfWork, AccountId]] = Slot("accounts: an account was disabled")

EMAIL_TAKEN = "Somebody already has an account with this email address"
constraints.say("account_email_key", field="email", message=EMAIL_TAKEN)
constraints.say("account_pkey", field=None, message="This account has been created already")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody who is to sign in.

    ``password_hash`` comes from ``hash_password``, made before the unit of work was opened; None makes an account to
    which nobody can sign in until a first password is issued. ``password_change_due`` marks a password that somebody
    else has seen: until it is changed no role counts, and it lapses after ``FIRST_PASSWORD_LASTS``.
    """

    email: str
    name: str
    job_title: str
    password_hash: PasswordHash | None = None
    password_change_due: bool = True
    is_demonstration: bool = False
    id: uuid.UUID | None = None


def create_account(uow: UnitOfWork, command: NewAccount) -> AccountId:
    """Make an account without any role. Raises ``Conflict`` when the e-mail address is taken."""
    account_id = AccountId(command.id or new_id())
    email = tidy_email(command.email)
    if uow.session.execute(select(Account.id).where(Account.email == email)).first() is not None:
        raise Conflict([Reason("email", EMAIL_TAKEN)])
    uow.session.execute(
        insert(Account).values(
            id=account_id,
            email=email,
            name=command.name,
            job_title=command.job_title,
            active=True,
            password_change_due=command.password_hash is not None and command.password_change_due,
            is_demonstration=command.is_demonstration,
            created_at=uow.now,
            created_by=uow.actor.account_id,
            version=1,
        )
    )
    if command.password_hash is not None:
        _insert_secret(uow, account_id, command.password_hash, temporary=command.password_change_due)
    audit.record(uow, "account.created", record=("account", account_id))
    return account_id


def change_own_password(uow: UnitOfWork, password_hash: PasswordHash) -> None:
    """Give the acting account a new password, end all its sessions and forget the browsers that it was used in.

    The view starts a new session straight after, in the same unit of work. The rules about what a password may be are
    asked before it is hashed (``rules.passwords.reasons_against_password``).
    """
    account_id = _own_id(uow)
    uow.session.execute(
        update(AccountSecret)
        .where(AccountSecret.account_id == account_id)
        .values(password_hash=password_hash, changed_at=uow.now, usable_until=None)
    )
    uow.session.execute(update(Account).where(Account.id == account_id).values(password_change_due=False))
    uow.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))
    end_all_sessions(uow, account_id)
    audit.record(uow, "account.password_changed", record=("account", account_id))


def issue_first_password(uow: UnitOfWork, account_id: AccountId, *, password_hash: PasswordHash) -> None:
    """Give somebody else a first password in place of theirs, and end their sessions.

    Raises ``NotFound`` without such an account, ``RuleBroken`` for one's own and for a disabled account.
    """
    account = load_account(uow, account_id)
    _refuse_if(rules.reasons_not_to_reset_password(is_own=account_id == uow.actor.account_id, is_active=account.active))
    _replace_secret(uow, account, password_hash)
    audit.record(uow, "account.first_password_issued", record=("account", account_id))


def disable_account(uow: UnitOfWork, account_id: AccountId, *, reason: str) -> None:
    """Shut an account at once: its sessions, devices and roles end in this transaction (trust T4).

    Raises ``NotFound`` without such an account, ``RuleBroken`` for one's own, for one that is disabled already and for
    the last administrator.
    """
    account = load_account(uow, account_id)
    _refuse_if(
        rules.reasons_not_to_disable(
            is_own=account_id == uow.actor.account_id,
            is_active=account.active,
            is_last_administrator=_is_last_administrator(uow, account_id),
        )
    )
    account.active = False
    account.disabled_at = uow.now
    account.disabled_by = uow.actor.account_id
    account.disabled_reason = reason
    account.version += 1
    ended = end_all_sessions(uow, account_id)
    with elevated(uow.session, "shutting an account"):
        uow.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))
    _end_all_roles(uow, account_id)
    disabled(uow, account_id)
    audit.record(uow, "account.disabled", record=("account", account_id), detail={"sessions_ended": ended})


def enable_account(uow: UnitOfWork, account_id: AccountId, *, password_hash: PasswordHash) -> None:
    """Open a disabled account again with a first password and without any role.

    Raises ``NotFound`` without such an account, ``RuleBroken`` when it is not disabled.
    """
    account = load_account(uow, account_id)
    if account.active:
        raise RuleBroken([Reason(None, "This account is not disabled")])
    account.active = True
    account.disabled_at = account.disabled_by = account.disabled_reason = None
    _replace_secret(uow, account, password_hash)
    audit.record(uow, "account.enabled", record=("account", account_id))


def load_account(uow: UnitOfWork, account_id: AccountId) -> Account:
    """The account, locked, so that changes to it and its roles come one after the other. Raises ``NotFound``."""
    account = uow.session.execute(
        select(Account).where(Account.id == account_id).with_for_update()
    ).scalar_one_or_none()
    if account is None:
        raise NotFound("There is no such account")
    return account


def _replace_secret(uow: UnitOfWork, account: Account, password_hash: PasswordHash) -> None:
    account.password_change_due = True
    account.version += 1
    account_id = AccountId(account.id)
    end_all_sessions(uow, account_id)
    with elevated(uow.session, "issuing a first password in place of an old one"):
        uow.session.execute(delete(AccountSecret).where(AccountSecret.account_id == account_id))
        uow.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))
        _insert_secret(uow, account_id, password_hash, temporary=True)


def _insert_secret(uow: UnitOfWork, account_id: AccountId, password_hash: PasswordHash, *, temporary: bool) -> None:
    uow.session.execute(
        insert(AccountSecret).values(
            account_id=account_id,
            password_hash=password_hash,
            changed_at=uow.now,
            usable_until=uow.now + FIRST_PASSWORD_LASTS if temporary else None,
        )
    )


def _end_all_roles(uow: UnitOfWork, account_id: AccountId) -> None:
    uow.session.execute(
        update(RoleAssignment)
        .where(RoleAssignment.account_id == account_id, RoleAssignment.ended_at.is_(None))
        .values(ended_at=uow.now, ended_by=uow.actor.account_id)
    )


def _is_last_administrator(uow: UnitOfWork, account_id: AccountId) -> bool:
    holds = select(RoleAssignment.id).where(
        RoleAssignment.account_id == account_id,
        RoleAssignment.role == Role.ADMINISTRATOR,
        RoleAssignment.ended_at.is_(None),
    )
    if uow.session.execute(holds).first() is None:
        return False
    return count_other_administrators(uow.session, account_id, today=uow.today) == 0


def _own_id(uow: UnitOfWork) -> AccountId:
    if uow.actor.account_id is None:
        raise NotFound("Nobody is signed in")
    return uow.actor.account_id


def _refuse_if(reasons: tuple[Reason, ...]) -> None:
    if reasons:
        raise RuleBroken(reasons)
