"""How a page is made: templates get values and the frame around them, never records or the request.

Owns the template settings and the frame (who is signed in, where they may go).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from locality.access.facts import AccessFacts
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.kernel.actor import NOBODY, Actor
from locality.kernel.settings import Settings
from locality.web import drafting, formats
from locality.web.drawing import DRAWING
from locality.web.form import Form
from locality.web.registration import Registry
from locality.web.signed_in import current_actor

UNPROCESSABLE = 422
LONG_TEXT = 20  # characters from which a text is worth giving back
IDLE_MINUTES = 20  # as the accounts room ends sessions; the page warns two minutes before
_FRAME = "locality.frame"
_NAVIGATION = "locality.navigation"
# Fixed places of the frame. Asking for any page keeps a session alive; the account page shows nobody's record.
PLACES: Mapping[str, str] = {
    "home": "/",
    "search": "/search",
    "account": "/account",
    "sign_in": "/sign-in",
    "sign_out": "/sign-out",
    "stay": "/account",
}


@dataclass(frozen=True, slots=True)
class NavLink:
    """One place of the service navigation; ``number`` is what waits there (None: nothing to say)."""

    label: str
    href: str
    also: str = ""
    current: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. With no ``actor_name`` nobody is signed in and no links are shown."""

    authority: str = ""
    demonstration: bool = False
    actor_name: str = ""
    job_title: str = ""
    nav: tuple[NavLink, ...] = ()
    may_search: bool = False
    idle_seconds: int = 0

    def link(self, name: str) -> str:
        """The address of one of ``PLACES``."""
        return PLACES[name]


FrameProvider = Callable[[Actor], Frame]


def registry() -> Registry:
    """The rooms of the running application."""
    return cast(Registry, current_app.extensions["locality"])


def frame_for(actor: Actor) -> Frame:
    """The frame of this request for an actor; ``NOBODY`` gets the bare one, which asks nothing of the database."""
    settings: Settings = current_app.config["LOCALITY"]
    if actor is NOBODY:
        return Frame(settings.authority_name, settings.demonstration)
    return Frame(
        authority=settings.authority_name,
        demonstration=settings.demonstration,
        actor_name=actor.name,
        job_title=actor.job_title,
        nav=_navigation(actor),
        may_search=allows(Permission.PEOPLE_SEARCH, actor),
        idle_seconds=IDLE_MINUTES * 60,
    )


def configure_templates(app: Flask, *, frame: FrameProvider = frame_for) -> None:
    """Set Jinja up: a misspelt name is an error, formats are filters, and ``frame`` makes what stands round a page."""
    settings: Settings = app.config["LOCALITY"]
    jinja = app.jinja_env
    jinja.undefined = StrictUndefined
    jinja.trim_blocks = True
    jinja.lstrip_blocks = True
    jinja.auto_reload = app.debug
    jinja.filters.update(formats.FILTERS)
    jinja.globals.update(DRAWING)
    jinja.globals.update(
        asset=asset,
        bare_frame=lambda: frame(NOBODY),
        caf_label=settings.caf_label,
        page_draft=lambda _action=None: None,
        csrf_token=generate_csrf,
        front_door_phone=settings.front_door_phone,
        stage_labels=dict(enumerate(settings.stage_labels, start=1)),
        texts_sent=texts_sent,
    )
    app.extensions[_FRAME] = frame


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """The page made from a template and its values; 422 when a form among the values has errors."""
    forms = [value for value in context.values() if isinstance(value, Form)]
    wrong = any(form.has_errors for form in forms)
    for form in forms:
        if form.keeps_draft:
            drafting.before_page(form, getattr(g, "access_facts", None) or AccessFacts())
    frame: Frame = current_app.extensions[_FRAME](current_actor())
    html = render_template(template, frame=frame, has_errors=wrong, **context)
    return make_response(html, UNPROCESSABLE if wrong and status == 200 else status)


def _navigation(actor: Actor) -> tuple[NavLink, ...]:
    # Which places somebody has follows from their roles and reach; only which of them is this one differs by page.
    kept: dict[object, tuple[NavLink, ...]] = current_app.extensions.setdefault(_NAVIGATION, {})
    key = (actor.roles, actor.reach, request.script_root)
    if key not in kept:
        items = registry().nav_for(actor)
        kept[key] = tuple(NavLink(item.label, url_for(item.endpoint), item.also) for item in items)
    return tuple(replace(link, current=True) if _is_within(link) else link for link in kept[key])


def _is_within(link: NavLink) -> bool:
    places = (place for place in (link.href, link.also) if place)
    return any(request.path == place or request.path.startswith(f"{place}/") for place in places)


def texts_sent() -> tuple[str, ...]:
    """The longer texts of a form that was refused as a whole, for its page to show: nobody should write them twice."""
    try:
        sent = request.form.items(multi=True)
        return tuple(text for name, text in sent if len(text) >= LONG_TEXT and " " in text and "password" not in name)
    except HTTPException:  # the body itself could not be read
        return ()


def asset(name: str) -> str:
    """The address of a file of ours, which changes when the file does, so that browsers may keep it for ever."""
    return _asset(name, current_app.static_folder or "", request.script_root)


@lru_cache(maxsize=64)
def _asset(name: str, folder: str, _root: str) -> str:
    fingerprint = hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=fingerprint)
