"""Starting and ending sessions. The browser holds a random token, the table only its hash."""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any, Final, cast

from psycopg.types.json import Jsonb
from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from locality.access.scope import elevated
from locality.accounts.models import SignedInSession
from locality.accounts.queries.signing_in import digest
from locality.accounts.rules import sessions as rules
from locality.audit import log as audit
from locality.kernel import direct
from locality.kernel.handover import HANDED_OVER, HandedOver
from locality.kernel.ids import AccountId, new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class StartSession:
    """Who signs in, in what browser (its own description), and what the new session starts with."""

    account_id: AccountId
    user_agent: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def start_session(uow: UnitOfWork, command: StartSession) -> str:
    """Start a session and return its new token (256 random bits), which nobody can read again.

    Tidies up what has run out on the way, so that no job is needed for it.
    """
    token = secrets.token_urlsafe(32)
    started = {
        "token_hash": digest(token), "id": new_id(), "account": command.account_id, "data": Jsonb(command.data),
        "device": rules.device_words(command.user_agent), "now": uow.now,
        "ends_at": rules.session_ends_at(started_at=uow.now, seen_at=uow.now),
    }  # fmt: skip
    direct.rows(uow.session, _START, started)
    with elevated(uow.session, "removing sessions that have run out"):
        direct.rows(uow.session, _TIDY_UP, {"account": command.account_id, "now": uow.now})
    return token


_START: Final = (
    "INSERT INTO signed_in_session (token_hash, id, account_id, data, device, created_at, seen_at, expires_at)"
    " VALUES (%(token_hash)s, %(id)s, %(account)s, %(data)s, %(device)s, %(now)s, %(now)s, %(ends_at)s)"
)
_TIDY_UP: Final = "DELETE FROM signed_in_session WHERE account_id = %(account)s AND expires_at <= %(now)s"


def save_session(session: Session, token_hash: bytes, *, data: dict[str, Any], now: dt.datetime) -> None:
    """Keep a session's data and note that it was used; one that has been ended in the meantime stays ended."""
    values = {"token_hash": token_hash, "data": Jsonb(data), "now": now}
    limits = {"longest": rules.ABSOLUTE_LIMIT, "idle_at": now + rules.IDLE_LIMIT}
    direct.rows(session, _SAVE, values | limits)


_SAVE: Final = (
    "UPDATE signed_in_session SET data = %(data)s, seen_at = %(now)s,"
    " expires_at = least(created_at + %(longest)s, %(idle_at)s)"
    " WHERE token_hash = %(token_hash)s AND expires_at > %(now)s"
)


def end_session(uow: UnitOfWork, token_hash: bytes) -> None:
    """End the session of a token, wherever that token still is."""
    uow.session.execute(delete(SignedInSession).where(SignedInSession.token_hash == token_hash))
    audit.record(uow, "account.signed_out", record=_account(uow))


def hand_over(uow: UnitOfWork, handed_over: HandedOver, *, token_hash: bytes, user_agent: str = "") -> str:
    """Put the device of a session into other hands: the session ends, and a new one that shows one thing begins.

    Returns the new token. What the browser held of the old session is worth nothing any more.
    """
    uow.session.execute(delete(SignedInSession).where(SignedInSession.token_hash == token_hash))
    data = {HANDED_OVER: handed_over.kept()}
    token = start_session(uow, StartSession(handed_over.account_id, user_agent, data))
    audit.record(uow, "account.device_handed_over", record=_account(uow))
    return token


def end_handed_over(uow: UnitOfWork, token_hash: bytes, *, account_id: AccountId) -> None:
    """End the session of a device that was in other hands."""
    with elevated(uow.session, "ending a session on whose device nobody with an account acts"):
        uow.session.execute(delete(SignedInSession).where(SignedInSession.token_hash == token_hash))
    audit.record(uow, "account.device_taken_back", record=("account", account_id))


def end_one_session(uow: UnitOfWork, session_id: uuid.UUID) -> bool:
    """End one of the actor's own sessions by the id that their page names; False when it has ended already."""
    ended = _delete_own(uow, SignedInSession.id == session_id)
    if ended:
        audit.record(uow, "account.session_ended", record=_account(uow))
    return ended > 0


def end_other_sessions(uow: UnitOfWork, *, keep: bytes) -> int:
    """End all of the actor's sessions but the one with this token hash; returns how many."""
    ended = _delete_own(uow, SignedInSession.token_hash != keep)
    audit.record(uow, "account.other_sessions_ended", record=_account(uow), detail={"ended": ended})
    return ended


def end_all_sessions(uow: UnitOfWork, account_id: AccountId) -> int:
    """End every session of an account, for operations that take its access away; returns how many."""
    with elevated(uow.session, "ending the sessions of an account that loses its access"):
        result = uow.session.execute(delete(SignedInSession).where(SignedInSession.account_id == account_id))
    return cast(CursorResult[Any], result).rowcount


def _delete_own(uow: UnitOfWork, condition: Any) -> int:
    result = uow.session.execute(
        delete(SignedInSession).where(SignedInSession.account_id == uow.actor.account_id, condition)
    )
    return cast(CursorResult[Any], result).rowcount


def _account(uow: UnitOfWork) -> tuple[str, uuid.UUID] | None:
    return None if uow.actor.account_id is None else ("account", uow.actor.account_id)
