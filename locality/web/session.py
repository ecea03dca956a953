"""Sessions: a signed cookie for visitors, a row in the database for people who are signed in.

The cookie of somebody signed in holds a random token and nothing else; the row (found by the token's hash) holds the
rest, so that ending it anywhere ends it everywhere at once. The accounts room keeps the rows and gives the store.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, Request, Response, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from locality.kernel.actor import SYSTEM, Actor
from locality.kernel.busy import is_busy
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.db import bind_actor, db
from locality.kernel.uow import unit_of_work

COOKIE = "locality_session"
TOUCH_AFTER = dt.timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A live session as the store found it."""

    token_hash: bytes
    actor: Actor
    data: dict[str, Any]
    seen_at: dt.datetime


class SessionStore(Protocol):
    """Keeps the sessions of people who are signed in."""

    def load(self, session: Session, token_hash: bytes, now: dt.datetime) -> StoredSession | None:
        """The session and its actor in one statement; None when it is unknown, idle, too old or the account is off."""
        ...

    def save(self, session: Session, token_hash: bytes, data: dict[str, Any], now: dt.datetime) -> None:
        """Store changed data and note that the person was here."""
        ...


class SignedInSession(CallbackDict[str, Any], SessionMixin):
    """Session data of somebody signed in."""

    def __init__(self, stored: StoredSession) -> None:
        def changed(_self: Any) -> None:
            self.modified = True

        super().__init__(stored.data, changed)
        self.stored = stored
        self.modified = False
        self.accessed = True


class LocalitySessions(SecureCookieSessionInterface):
    """Opens and saves both kinds of session."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | SignedInSession | None:  # type: ignore[override]
        """The session of a request, and the actor bound to the database session."""
        token = request.cookies.get(COOKIE)
        if token and len(token) <= 128 and request.endpoint != "static":
            session = db.session()
            try:
                stored = self.store.load(session, token_hash(token), SYSTEM_CLOCK.now())
            except SQLAlchemyError as error:
                g.session_trouble = error
                return SecureCookieSession()
            if stored is not None:
                bind_actor(session, stored.actor)
                return SignedInSession(stored)
            g.session_ended = True
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set or clear cookies; store the data of a signed-in session when it changed or a minute has gone by."""
        if session_trouble():
            return
        if hasattr(g, "new_session_token"):
            self._set_cookie(app, response, g.new_session_token)
            return
        if getattr(g, "session_ended", False) or hasattr(g, "session_over"):
            response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
        if isinstance(session, SignedInSession):
            if not hasattr(g, "session_over"):
                self._save(session)
            return
        super().save_session(app, session, response)

    def _save(self, session: SignedInSession) -> None:
        now = SYSTEM_CLOCK.now()
        if not session.modified and now - session.stored.seen_at <= TOUCH_AFTER:
            return
        try:
            with unit_of_work(SYSTEM) as uow:
                self.store.save(uow.session, session.stored.token_hash, dict(session), now)
        except SQLAlchemyError as error:
            # That somebody was here can be noted with the next page; what the page itself remembered cannot.
            if session.modified or not is_busy(error):
                raise

    def _set_cookie(self, app: Flask, response: Response, token: str) -> None:
        secure = bool(app.config["SESSION_COOKIE_SECURE"])
        response.delete_cookie(self.get_cookie_name(app), path="/")
        response.set_cookie(COOKIE, token, path="/", httponly=True, secure=secure, samesite="Lax")


def token_hash(token: str) -> bytes:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).digest()


def session_trouble() -> Exception | None:
    """Why the session of this request could not be looked up; None when it could."""
    trouble: Exception | None = g.get("session_trouble")
    return trouble


def begin(token: str) -> None:
    """Hand the visitor the cookie of a session that the accounts room has just started."""
    g.new_session_token = token


def finish() -> None:
    """Take the cookie away with this answer: the session's row has been ended."""
    g.session_over = True
