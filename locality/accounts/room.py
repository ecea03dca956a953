"""What the accounts room brings to the application."""

import argparse
import datetime as dt
import sys
from typing import Any

from sqlalchemy.orm import Session

from locality.access.permissions import Permission
from locality.accounts.operations import passwords, roles
from locality.accounts.operations.accounts import NewAccount, create_account
from locality.accounts.operations.sessions import save_session
from locality.accounts.queries.sessions import find_session
from locality.accounts.views import account, administration, operations, signing_in, taking_back, trail
from locality.accounts.views.blueprint import blueprint
from locality.audit import log as audit
from locality.audit import trail as audit_trail
from locality.kernel.actor import SYSTEM, Role, ScopeKind
from locality.kernel.uow import unit_of_work
from locality.web.registration import Command, NavItem, Room
from locality.web.session import StoredSession

# Importing the pages puts them on the blueprint.
PAGES = (signing_in, taking_back, account, administration, trail, operations)


def add_administrator(arguments: argparse.Namespace) -> int:
    """Make the account with which an empty installation is set up; says its first password once.

    Raises ``Conflict`` when the e-mail address is taken.
    """
    password = passwords.first_password()
    password_hash = passwords.hash_password(password)
    with unit_of_work(SYSTEM) as uow:
        new = NewAccount(arguments.email, arguments.name, "Administrator", password_hash)
        account_id = create_account(uow, new)
        roles.give_role(uow, account_id, roles.RoleToGive(Role.ADMINISTRATOR, ScopeKind.AUTHORITY))
    sys.stdout.write(f"{new.email} can sign in for 3 days with this first password: {password}\n")
    return 0


def verify_audit(_arguments: argparse.Namespace) -> int:
    """Recompute the audit chain; 0 when it is whole, 1 when somebody has touched it."""
    with unit_of_work(SYSTEM) as uow:
        verdict = audit_trail.verify(uow.session)
        audit.record(uow, "audit.verified", detail={"events": verdict.events, "intact": verdict.intact})
    words = (
        "The audit trail is whole." if verdict.intact else f"The audit trail has been changed. {verdict.explanation}"
    )
    sys.stdout.write(f"{words} {verdict.events:,} events checked.\n")
    return 0 if verdict.intact else 1


def _administrator_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True, help="the address to sign in with")
    parser.add_argument("--name", required=True, help="their full name")


ROOM = Room(
    name="accounts",
    blueprints=(blueprint,),
    nav=(
        NavItem("Accounts", "accounts.list_accounts", Permission.ACCOUNTS_ADMINISTER, 70),
        NavItem("Who looked", "accounts.audit_trail", Permission.AUDIT_VIEW, 80),
        NavItem("Operations", "accounts.operations", Permission.OPERATIONS_VIEW, 90),
    ),
    commands=(
        Command(
            "add administrator",
            "Make the first account of an empty installation.",
            add_administrator,
            _administrator_arguments,
            ('locality add administrator --email ada@example.org --name "Ada Okafor"',),
        ),
        Command(
            "audit verify",
            "Check that nobody has changed or removed a line of the audit trail.",
            verify_audit,
            examples=("locality audit verify",),
        ),
    ),
    homes={
        Role.ADMINISTRATOR: "accounts.list_accounts",
        Role.DATA_PROTECTION: "accounts.audit_trail",
    },
)


class DatabaseSessions:
    """Keeps sessions in ``signed_in_session``."""

    def load(self, session: Session, token_hash: bytes, now: dt.datetime) -> StoredSession | None:
        """The live session of a token, its person bound; nobody is when there is none."""
        found = find_session(session, token_hash, now=now)
        if found is None:
            return None
        return StoredSession(found.token_hash, found.actor, found.data, found.seen_at)

    def save(self, session: Session, token_hash: bytes, data: dict[str, Any], now: dt.datetime) -> None:
        """Keep the data and note the use; a session that has been ended stays ended."""
        save_session(session, token_hash, data=data, now=now)


SESSION_STORE = DatabaseSessions()
