"""Reading sessions: who holds a token, and where somebody is signed in."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import SignedInSession
from locality.accounts.rules import roles as rules
from locality.kernel import direct
from locality.kernel.actor import NOBODY, Actor, Role, Scope, ScopeKind
from locality.kernel.clock import london_date
from locality.kernel.db import SET_ACTOR, actor_settings, bind_actor, note_told
from locality.kernel.handover import read_handed_over
from locality.kernel.ids import AccountId

ROLES_NOW: Final = """
  SELECT jsonb_agg(jsonb_build_array(r.role, r.scope_kind, r.scope_id) ORDER BY r.given_at, r.id) AS roles
  FROM role_assignment r
  WHERE r.account_id = a.id AND r.ended_at IS NULL AND r.from_on <= %(today)s
    AND (r.until_on IS NULL OR r.until_on >= %(today)s)
"""

# The first part says who acts, the second reads as that actor. The second mentions the first's result, so it cannot
# run before it; and were it to, row-level security would show nothing.
_LOAD: Final = f"""
WITH said AS MATERIALIZED (SELECT {SET_ACTOR})
SELECT found.* FROM said CROSS JOIN LATERAL (
  SELECT s.id, s.data, s.created_at, s.seen_at, s.account_id, a.name, a.job_title, a.password_change_due, held.roles
  FROM signed_in_session s
  JOIN account a ON a.id = s.account_id AND a.active
  LEFT JOIN LATERAL ({ROLES_NOW}) held ON true
  WHERE s.token_hash = %(token_hash)s AND s.expires_at > %(now)s AND said IS NOT NULL
  OFFSET 0) found
"""  # noqa: S608 - constants, no input
# Who acted under a token last time; each use is checked against the database before anything else is read.
_MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class _Known:
    facts: tuple[Any, ...]
    actor: Actor


_KNOWN: dict[bytes, _Known] = {}


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that counts now and the person in whose name it acts."""

    id: uuid.UUID
    token_hash: bytes
    actor: Actor
    data: dict[str, Any]
    seen_at: dt.datetime
    password_change_due: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One place where somebody is signed in, as they see it on their own page."""

    id: uuid.UUID
    device: str
    started_at: dt.datetime
    seen_at: dt.datetime
    is_this_one: bool


def bearer(token_hash: bytes) -> Actor:
    """Whoever presents a session token, before it is known whose it is: row-level security shows that session alone."""
    return Actor(account_id=None, name=f"session {token_hash.hex()}")


def find_session(session: Session, token_hash: bytes, *, now: dt.datetime) -> LiveSession | None:
    """The live session of a token with its person's live roles, and that person bound as the actor; None for neither.

    One statement when this process has met the token before: it then acts as the person whom the token stood for,
    reads the session and the roles as they are now, and binds anew should they have changed. A disabled account has
    no sessions. While a first password waits to be changed, no role counts; on a device that was handed over, nothing
    of its worker's does.
    """
    known = _KNOWN.get(token_hash)
    reader = bearer(token_hash) if known is None else known.actor
    values = {"token_hash": token_hash, "now": now, "today": london_date(now), **actor_settings(reader)}
    row = direct.one_or_none(session, _LOAD, values)
    note_told(session, reader)
    if row is None:
        _KNOWN.pop(token_hash, None)
        bind_actor(session, NOBODY)
        return None
    known = _known(token_hash, row, known)
    handed_over = read_handed_over(row.data)
    actor = known.actor if handed_over is None else handed_over.actor
    bind_actor(session, actor)
    return LiveSession(
        id=row.id,
        token_hash=token_hash,
        actor=actor,
        data=row.data,
        seen_at=row.seen_at,
        password_change_due=row.password_change_due,
    )


def _known(token_hash: bytes, row: Any, before: _Known | None) -> _Known:
    facts = (row.account_id, row.name, row.job_title, row.password_change_due, row.roles)
    if before is not None and before.facts == facts:
        return before
    if len(_KNOWN) >= _MOST_KEPT:
        _KNOWN.clear()
    scopes = () if row.password_change_due else scopes_from(row.roles)
    actor = actor_with(AccountId(row.account_id), name=row.name, job_title=row.job_title, scopes=scopes)
    _KNOWN[token_hash] = _Known(facts, actor)
    return _KNOWN[token_hash]


def scopes_from(roles: Iterable[Sequence[str | None]] | None) -> tuple[Scope, ...]:
    """Scopes from what ``ROLES_NOW`` gathers."""
    return tuple(
        Scope(Role(str(role)), ScopeKind(str(kind)), None if place is None else uuid.UUID(place))
        for role, kind, place in roles or ()
    )


def actor_with(account_id: AccountId, *, name: str, job_title: str, scopes: tuple[Scope, ...] = ()) -> Actor:
    """The actor that an account with these scopes is."""
    return Actor(
        account_id=account_id,
        name=name,
        job_title=job_title,
        scopes=scopes,
        principals=rules.principals_of(account_id, scopes),
        reach=rules.reach_of(scope.role for scope in scopes),
    )


def list_own_sessions(
    session: Session, account_id: AccountId, *, current: bytes | None, now: dt.datetime
) -> tuple[SessionRow, ...]:
    """Where somebody is signed in now, this browser first, then the most recently used; at most 50."""
    table = SignedInSession
    rows = session.execute(
        select(table.id, table.token_hash, table.device, table.created_at, table.seen_at)
        .where(table.account_id == account_id, table.expires_at > now)
        .order_by((table.token_hash == current).desc(), table.seen_at.desc())
        .limit(50)
    )
    return tuple(
        SessionRow(row.id, row.device, row.created_at, row.seen_at, is_this_one=row.token_hash == current)
        for row in rows
    )
