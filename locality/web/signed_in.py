"""Who is signed in. The only user of flask-login's current user."""

from typing import cast

import flask_login
from flask import Flask, Request, session
from flask_login import LoginManager

from locality.kernel.actor import NOBODY, Actor
from locality.web.session import SignedInSession


class SignedInUser(flask_login.UserMixin):
    """What flask-login holds: the actor of the session."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = str(actor.account_id)


def install(app: Flask) -> None:
    """Set flask-login up to take people from server-side sessions."""
    manager = LoginManager()
    # It would tie sessions to an address and write to each new one; ours end by their own clocks.
    manager.session_protection = None
    manager.request_loader(_from_session)
    manager.user_loader(lambda _account_id: None)
    manager.init_app(app)


def current_actor() -> Actor:
    """The actor of the request; ``NOBODY`` when nobody is signed in."""
    user = flask_login.current_user
    return cast(SignedInUser, user).actor if user.is_authenticated else NOBODY


def current_token_hash() -> bytes | None:
    """Which session this is, for "sign out everywhere else"; None for visitors."""
    return session.stored.token_hash if isinstance(session, SignedInSession) else None


def _from_session(_request: Request) -> SignedInUser | None:
    # `session` is a proxy; its class is what it stands for, which isinstance sees through.
    return SignedInUser(session.stored.actor) if isinstance(session, SignedInSession) else None
