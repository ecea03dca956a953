"""Who looked and who changed what, for the data-protection lead. Asking is itself on record."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.accounts.forms import TrailForm
from locality.accounts.queries import accounts as account_queries
from locality.accounts.queries import trail as queries
from locality.accounts.views.blueprint import blueprint
from locality.audit import log as audit
from locality.audit import trail
from locality.audit.words import action_words
from locality.kernel.db import db
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import find_reference
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor

_LONGEST_ACTION = 100


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def audit_trail() -> ResponseReturnValue:
    """The trail, newest first, narrowed by person, account, action and date."""
    form = TrailForm(request.args)
    fits = form.validate() and not form.refuse_backward_dates()
    called = _called(form) if fits else ()
    wanted = _filter(form, called) if fits else None
    events = queries.EventPage((), None)
    if called and not form.has_errors:
        asked = [one.id for one in called]
        audit.record_read(db.session(), current_actor(), "audit.name_asked", subjects=asked)
    if wanted is not None and not form.has_errors and len(called) < 2:
        events = queries.list_events(db.session(), wanted, before=_whole_number("before"))
        subjects = () if wanted.subject is None else (wanted.subject,)
        audit.record_read(db.session(), current_actor(), "audit.searched", subjects=subjects)
    action = _action()
    return page.render(
        "audit/audit_trail.html",
        form=form,
        events=events,
        action_words=None if action is None else action_words(action),
        link=_link,
        is_narrowed=bool(request.args),
        called=called if len(called) > 1 else (),
        subject=None if wanted is None else wanted.subject,
    )


@blueprint.post("/audit/verify")
@requires(Permission.AUDIT_VIEW)
def verify_audit() -> ResponseReturnValue:
    """Recompute the whole chain and say whether anybody has touched it."""
    verdict = trail.verify(db.session())
    with unit_of_work(current_actor()) as uow:
        audit.record(uow, "audit.verified", detail={"events": verdict.events, "intact": verdict.intact})
    return page.render("audit/verify_audit.html", verdict=verdict)


def _filter(form: TrailForm, called: Sequence[queries.Called]) -> trail.Filter | None:
    """The filter that was asked for; None when something in it names nobody, with a reason beside the field."""
    subject = called[0].id if called else _subject(form)
    actor = _account(form)
    if form.has_errors:
        return None
    return trail.Filter(
        subject=subject,
        actor=actor,
        action=_action(),
        from_at=form.from_at,
        until_at=form.until_at,
    )


def _called(form: TrailForm) -> Sequence[queries.Called]:
    """Whom a name means; nobody where a reference was typed, or nothing."""
    if not form.reference.data or find_reference(form.reference.data):
        return ()
    found = queries.find_called(db.session(), form.reference.data)
    if not found:
        words = "Nobody on record has this name. Enter the whole name, or a reference like PE-7K3M-42P"
        form.add_reasons(RuleBroken([Reason("reference", words)]))
    return found


def _subject(form: TrailForm) -> uuid.UUID | None:
    reference = find_reference(form.reference.data or "")
    if reference is None:
        return None
    found = queries.find_subject(db.session(), reference)
    if found is None:
        form.add_reasons(RuleBroken([Reason("reference", "Nobody on record has this reference")]))
    return found


def _account(form: TrailForm) -> uuid.UUID | None:
    if not form.who.data:
        return _id("account")
    found = account_queries.find_accounts_called(db.session(), form.who.data)
    if len(found) == 1:
        return found[0]
    message = (
        "More than one person has this name. Enter an email address instead"
        if found
        else "Nobody has an account with this name or email address"
    )
    form.add_reasons(RuleBroken([Reason("who", message)]))
    return None


def _link(**changes: Any) -> str:
    """The address of this list, narrowed further or less; a change of None takes that filter away."""
    kept = {name: value for name, value in request.args.items() if name != "before" and value}
    kept.update(changes)
    values: dict[str, Any] = {name: value for name, value in kept.items() if value is not None}
    return url_for("accounts.audit_trail", **values)


def _action() -> str | None:
    return request.args.get("action", "").replace("\0", "")[:_LONGEST_ACTION] or None


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _whole_number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
