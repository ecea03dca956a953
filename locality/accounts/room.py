"""What the accounts room brings to the application."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from locality.access.permissions import Permission
from locality.accounts.operations.sessions import save_session
from locality.accounts.queries.sessions import bearer, find_session
from locality.accounts.views import account, administration, operations, signing_in, trail
from locality.accounts.views.blueprint import blueprint
from locality.kernel.actor import NOBODY, Role
from locality.kernel.db import bind_actor
from locality.web.registration import NavItem, Room
from locality.web.session import StoredSession

PAGES = (signing_in, account, administration, trail, operations)

ROOM = Room(
    name="accounts",
    blueprints=(blueprint,),
    nav=(
        NavItem("Accounts", "accounts.list_accounts", Permission.ACCOUNTS_ADMINISTER, 70),
        NavItem("Who looked", "accounts.audit_trail", Permission.AUDIT_VIEW, 80),
        NavItem("Operations", "accounts.operations", Permission.OPERATIONS_VIEW, 90),
    ),
    homes={
        Role.ADMINISTRATOR: "accounts.list_accounts",
        Role.DATA_PROTECTION: "accounts.audit_trail",
    },
)


class DatabaseSessions:
    """Keeps sessions in ``signed_in_session``."""

    def load(self, session: Session, token_hash: bytes, now: dt.datetime) -> StoredSession | None:
        """The live session of a token; until it is known whose it is, the token itself is who acts."""
        bind_actor(session, bearer(token_hash))
        found = find_session(session, token_hash, now=now)
        if found is None:
            bind_actor(session, NOBODY)
            return None
        return StoredSession(found.token_hash, found.actor, found.data, found.seen_at)

    def save(self, session: Session, token_hash: bytes, data: dict[str, Any], now: dt.datetime) -> None:
        """Keep the data and note the use; a session that has been ended stays ended."""
        save_session(session, token_hash, data=data, now=now)


SESSION_STORE = DatabaseSessions()
