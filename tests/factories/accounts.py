"""Made-up accounts."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from locality.accounts.models import Account, AccountSecret, RoleAssignment
from locality.accounts.operations.passwords import hash_password
from locality.accounts.operations.sessions import StartSession, start_session
from locality.accounts.queries.sessions import actor_with
from locality.kernel.actor import SYSTEM, Actor, Role, Scope, ScopeKind
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.ids import AccountId, new_id
from locality.kernel.uow import UnitOfWork

PASSWORD = "three random words"

Held = Role | Scope

_WHOLE_AUTHORITY = {Role.SPOC_OFFICER, Role.MANAGER, Role.DATA_PROTECTION, Role.ADMINISTRATOR}


def an_account(
    session: Session,
    *,
    roles: Sequence[Held] = (),
    name: str = "Amira Khan",
    email: str | None = None,
    job_title: str = "Family worker",
    password: str | None = None,
    active: bool = True,
    password_change_due: bool = False,
    is_demonstration: bool = False,
) -> Account:
    """Somebody who may sign in. ``roles`` are roles, or ``Scope`` for a role at a place."""
    now = SYSTEM_CLOCK.now()
    account = Account(
        id=new_id(),
        email=email or f"{new_id().hex[:12]}@example.org",
        name=name,
        job_title=job_title,
        active=active,
        password_change_due=password_change_due,
        is_demonstration=is_demonstration,
        disabled_at=None if active else now,
        created_at=now,
        version=1,
    )
    session.add(account)
    session.flush()
    if password is not None:
        session.add(
            AccountSecret(account_id=account.id, password_hash=hash_password(password, fast=True), changed_at=now)
        )
    for held in roles:
        a_role(session, account, held)
    session.flush()
    return account


def a_role(session: Session, account: Account, held: Held) -> RoleAssignment:
    """A role that an account holds from today on."""
    now = SYSTEM_CLOCK.now()
    scope = held if isinstance(held, Scope) else _usual_scope(held)
    assignment = RoleAssignment(
        id=new_id(),
        account_id=account.id,
        role=scope.role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        from_on=london_date(now),
        given_at=now,
    )
    session.add(assignment)
    session.flush()
    return assignment


def an_actor(account: Account, *roles: Held) -> Actor:
    """The actor that an account is while it holds these roles."""
    scopes = tuple(held if isinstance(held, Scope) else _usual_scope(held) for held in roles)
    return actor_with(AccountId(account.id), name=account.name, job_title=account.job_title, scopes=scopes)


def a_session_token(session: Session, account: Account, *, user_agent: str = "", **data: object) -> str:
    """The token of a new session of an account, which already keeps ``data``."""
    unit = UnitOfWork(session=session, actor=SYSTEM, now=SYSTEM_CLOCK.now())
    token = start_session(unit, StartSession(AccountId(account.id), user_agent, data))
    session.flush()
    return token


def _usual_scope(role: Role) -> Scope:
    return Scope(role, ScopeKind.AUTHORITY if role in _WHOLE_AUTHORITY else ScopeKind.NONE)
