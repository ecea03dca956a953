"""What the pages share: the blueprint, and who holds the request that this browser is about."""

import uuid
from dataclasses import replace

from flask import Blueprint, abort, current_app, redirect, request, session, url_for
from sqlalchemy.orm import Session

from locality.accounts.api import client_network
from locality.asking import queries
from locality.asking.forms.whole import Whole
from locality.asking.queries import PUBLIC_NAME, Request
from locality.kernel.actor import NOBODY, Actor
from locality.kernel.db import bind_actor, db
from locality.kernel.settings import Settings
from locality.people import api as people
from locality.web.signed_in import current_actor

blueprint = Blueprint("asking", __name__, url_prefix="/ask-for-help")
# Pages whose address says nothing about asking for help.
quiet = Blueprint("quiet", __name__)
_KEY = "asking"


def remember(request_id: uuid.UUID, token: str) -> None:
    """Let this browser hold a request."""
    session[_KEY] = [str(request_id), token]


def forget() -> None:
    """Leave nothing of the request in this browser."""
    session.pop(_KEY, None)


def holder() -> Actor:
    """Whoever acts, with the right to the request that this browser holds."""
    held, actor = _held(), current_actor()
    principals = () if held is None else (queries.holder_of(held[1]),)
    if actor is NOBODY:
        return Actor(account_id=None, name=PUBLIC_NAME, principals=principals)
    return replace(actor, principals=(*actor.principals, *principals))


def find_current() -> Request | None:
    """The request of this browser; None when it holds none.

    One begun from a record leads elsewhere as soon as whoever began it may not see everybody it is for any more.
    """
    asked = find_held()
    if asked is not None and asked.sent_at is None and not may_see_whom(asked):
        abort(redirect(url_for("asking.record_ended")))
    return asked


def find_held() -> Request | None:
    """The request of this browser, whatever its account may still see; None when it holds none."""
    held = _held()
    return None if held is None else queries.find_request(bound_session(), held[0])


def may_see_whom(asked: Request) -> bool:
    """Whether the actor still sees the people on record for whom a request was begun."""
    wanted = Whole(asked).on_record.values()
    return not wanted or set(wanted) <= people.summaries(bound_session(), wanted).keys()


def bound_session() -> Session:
    """The database session for reading, with the holder as its actor."""
    opened = db.session()
    bind_actor(opened, holder())
    return opened


def client() -> str:
    """The address by which tries are counted."""
    return client_network(request.remote_addr)


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["LOCALITY"]
    return found


def _held() -> tuple[uuid.UUID, str] | None:
    kept = session.get(_KEY)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    return uuid.UUID(kept[0]), str(kept[1])
