"""Who may open a page. A view that says nothing is refused.

``requires`` loads what the policy asks about the record, refuses or lets in, runs the view, and writes who looked
before the page leaves: if that cannot be written, nothing is shown.
"""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec

from flask import Flask, Response, abort, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.audit import log as audit
from locality.kernel.actor import NOBODY, Actor
from locality.kernel.db import db
from locality.kernel.handover import HandedOver, read_handed_over
from locality.kernel.uow import finish_read
from locality.web.signed_in import current_actor

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


# Loads the facts about the record that a view's arguments name, from (session, actor, **view arguments);
# None when there is none to be seen. One or two statements.
FactsLoader = Callable[..., AccessFacts | None]


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares. ``kind`` is ``public``, ``signed_in``, ``permission`` or ``handed_over``."""

    kind: str
    permission: Permission | None = None
    reads: Part | None = None
    about_record: bool = False


def public(view: View[P]) -> View[P]:
    """Anybody may open it: sign-in, health, error pages."""
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def signed_in_only(view: View[P]) -> View[P]:
    """Anybody signed in may open it; it shows nobody's record but their own account."""

    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_actor() is NOBODY:
            return to_sign_in()
        response = make_response(view(*args, **kwargs))
        finish_read(db.session())
        return response

    guarded.access = Access("signed_in")  # type: ignore[attr-defined]
    return guarded


def handed_over_only(view: View[P]) -> View[P]:
    """A page of a device that its worker has put into other hands: it shows the one record that was handed over.

    Such a device opens no other page, and these pages open nowhere else.
    """

    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        found = handed_over()
        if found is None:
            return redirect(url_for("home" if current_actor() is not NOBODY else "accounts.sign_in"))
        response = make_response(view(*args, **kwargs))
        if _shows_a_page(response):
            shown: list[uuid.UUID] = getattr(g, "people_shown", [])
            record = ("handed_over", found.principal)
            name = f"page.{request.endpoint}"
            audit.record_read(db.session(), current_actor(), name, subjects=shown, record=record)
        finish_read(db.session())
        return response

    guarded.access = Access("handed_over")  # type: ignore[attr-defined]
    return guarded


def handed_over() -> HandedOver | None:
    """The hand-over of this device; None while it is in its worker's own hands."""
    return read_handed_over(session)


def requires(
    permission: Permission, *, facts: FactsLoader | None = None, reads: Part | None = None
) -> Callable[[View[P]], View[P]]:
    """The page needs a permission.

    Without ``facts`` the role alone decides. With ``facts`` the record decides: the loader gets the view's arguments;
    None means that there is nothing to be seen, and the answer is the same as for a record that does not exist.
    ``reads`` names the part that the page shows, for the audit log.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            actor = current_actor()
            if actor is NOBODY:
                return to_sign_in()
            session = db.session()
            known = None if facts is None else facts(session, actor, **kwargs)
            if (facts is not None and known is None) or not allows(permission, actor, known):
                _refuse(session, actor, permission, known, kwargs)
            g.access_facts = known
            response = make_response(view(*args, **kwargs))
            if _shows_a_page(response):
                _note_reading(session, actor, known, reads)
            finish_read(session)
            return response

        guarded.access = Access("permission", permission, reads, facts is not None)  # type: ignore[attr-defined]
        return guarded

    return decorate


def note_people_shown(people: list[uuid.UUID]) -> None:
    """A list page names the people on it, so that the log says who was seen on lists too."""
    g.people_shown = people


def current_facts() -> AccessFacts:
    """What is known about the record of this page, for "why can I see this" and for buttons."""
    facts: AccessFacts | None = getattr(g, "access_facts", None)
    return facts or AccessFacts()


def may(permission: Permission) -> bool:
    """Whether to offer an action on this page's record; the action's own view decides again."""
    return allows(permission, current_actor(), current_facts())


def to_sign_in() -> Response:
    """Send somebody who is not signed in to the sign-in page, and back here afterwards."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    answer: Response = make_response(redirect(url_for("accounts.sign_in", next=back)))
    return answer


def deny_undeclared(app: Flask) -> None:
    """Refuse, at run time, every endpoint whose view does not say who may open it."""

    @app.before_request
    def refuse_undeclared() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        if "\0" in request.path:  # PostgreSQL knows no such character, so nothing has such a name
            abort(404)
        access: Access | None = getattr(app.view_functions[request.endpoint], "access", None)
        if access is None:
            abort(403)
        found = handed_over()
        if found is None or access.kind == "handed_over":
            return None
        return redirect(found.home) if request.method == "GET" else abort(404)


def _shows_a_page(response: Response) -> bool:
    return response.status_code < 300 or response.status_code == 422


def _note_reading(session: Session, actor: Actor, known: AccessFacts | None, reads: Part | None) -> None:
    """A page about a record is noted always, a list when it named people."""
    shown: list[uuid.UUID] = getattr(g, "people_shown", [])
    if known is None and not shown:
        return
    known = known or AccessFacts()
    reason = min(known.reasons, default=None)
    audit.record_read(
        session,
        actor,
        f"page.{request.endpoint}",
        subjects=dict.fromkeys([*known.people, *shown]),
        record=known.record,
        part=None if reads is None else reads.value,
        reason=None if reason is None else reason.value,
    )


def _refuse(
    session: Session,
    actor: Actor,
    permission: Permission,
    known: AccessFacts | None,
    view_args: dict[str, Any],
) -> None:
    """Write the refusal down; 403 when the actor may know that there is something, else 404."""
    asked = next((value for value in view_args.values() if isinstance(value, uuid.UUID)), None)
    audit.record_read(
        session,
        actor,
        f"page.{request.endpoint}",
        subjects=() if known is None else known.people,
        record=None if asked is None else ("asked", asked),
        reason=permission.value,
        outcome="refused",
    )
    finish_read(session)
    abort(403 if not view_args or (known is not None and known.grants) else 404)
