"""Saving what is typed while it is typed, dropping it, and reading what a colleague has not sent."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.drafts import operations, queries
from locality.drafts.queries import DraftToRead
from locality.kernel.actor import NOBODY
from locality.kernel.db import db
from locality.kernel.errors import NotFound
from locality.kernel.uow import unit_of_work
from locality.web import drafting, page
from locality.web.endpoint import public, requires, signed_in_only
from locality.web.form import Form
from locality.web.signed_in import current_actor

blueprint = Blueprint("drafts", __name__)
_UNREADABLE_KINDS = frozenset({"hidden", "password", "file", "submit"})


class ActionForm(Form):
    """A button with nothing to fill in."""


@blueprint.post("/drafts/keep")
@public
def keep() -> ResponseReturnValue:
    """Keep what a page says was typed in some fields; the page's token says whose it is and where.

    Also for somebody whose session has ended meanwhile: it is written to their own draft, and nothing is shown.
    """
    sent = _sent_fields()
    place = drafting.read_token(sent.token)
    actor = current_actor()
    if place is None or (actor is not NOBODY and actor.account_id != place.account_id):
        return _json({"saved": {}}, 403)
    try:
        with unit_of_work(drafting.owner_of(place)) as uow:
            kept = operations.keep(uow, replace(place, turn=sent.turn), typed=sent.typed, seen=sent.seen)
    except NotFound:
        return _json({"saved": {}}, 403)
    is_signed_in = actor is not NOBODY
    newer = {name: {"version": v, "texts": texts if is_signed_in else ()} for name, (v, texts) in kept.newer.items()}
    answer = {"saved": kept.versions, "newer": newer, "cut": kept.cut, "signed_in": is_signed_in}
    return _json(answer, 409 if kept.newer else 200)


@blueprint.post("/drafts/discard")
@signed_in_only
def discard() -> ResponseReturnValue:
    """Drop what the reader has typed on a page, and show the page as it is without.

    The page says how often it has sent: what of that arrives only now does not come back.
    """
    place = drafting.read_token(request.form.get(drafting.TOKEN, ""))
    if place is None or place.account_id != current_actor().account_id:
        raise PageNotFound
    with unit_of_work(current_actor()) as uow:
        operations.discard(uow, replace(place, turn=drafting.read_turn(request.form.get(drafting.TURN, ""))))
    return redirect(place.path)


@blueprint.get("/drafts/<uuid:draft_id>")
@requires(Permission.DRAFT_READ, facts=queries.draft_facts, reads=Part.STORY)
def read(draft_id: uuid.UUID) -> ResponseReturnValue:
    """What a colleague has typed on a page and not sent."""
    draft = queries.find_draft(db.session(), draft_id)
    if draft is None:
        raise PageNotFound
    return page.render("drafts/read.html", draft=draft, answers=_answers(draft), form=ActionForm(formdata=None))


@blueprint.post("/drafts/<uuid:draft_id>/carry-on")
@requires(Permission.DRAFT_READ, facts=queries.draft_facts)
def carry_on(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Copy a colleague's draft into one's own and go to its page."""
    if not ActionForm().validate_on_submit():
        return redirect(url_for("drafts.read", draft_id=draft_id))
    with unit_of_work(current_actor()) as uow:
        path = operations.carry_on(uow, draft_id)
    return redirect(path)


class _Sent:
    """What a page sent to be kept, whatever shape it came in."""

    def __init__(self, body: Any) -> None:
        told = body if isinstance(body, dict) else {}
        given = told.get("fields")
        fields: dict[str, Any] = given if isinstance(given, dict) else {}
        self.token = str(told.get("token", ""))
        self.turn = drafting.read_turn(told.get("turn", 0))
        self.typed = {name: _texts(value) for name, value in fields.items() if isinstance(value, dict)}
        self.seen = {name: _version(value) for name, value in fields.items() if isinstance(value, dict)}


def _sent_fields() -> _Sent:
    return _Sent(request.get_json(silent=True))


def _texts(value: dict[str, Any]) -> list[str]:
    texts = value.get("texts")
    return [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []


def _version(value: dict[str, Any]) -> int:
    version = value.get("version", 0)
    return version if isinstance(version, int) else 0


def _answers(draft: DraftToRead) -> tuple[tuple[str, str], ...]:
    """The label of each field with its text, in the order of the form; fields without words are left out."""
    form_class = next((kind for kind in _forms(Form) if drafting.form_name(kind) == draft.form), None)
    if form_class is None:
        return ()
    texts, found = dict(draft.fields), []
    for field in form_class(formdata=None, meta={"csrf": False}):
        if getattr(field, "kind", "text") not in _UNREADABLE_KINDS:
            said = _said(field, texts)
            if said:
                found.append((field.label.text, said))
    return tuple(found)


def _said(field: Any, texts: dict[str, tuple[str, ...]]) -> str:
    if getattr(field, "kind", "") == "date":
        parts = [texts.get(f"{field.name}-{part}", ("",))[0] for part in ("day", "month", "year")]
        return " ".join(part for part in parts if part)
    own = [text for text in texts.get(field.name, ()) if text.strip()]
    if not hasattr(field, "options"):
        return "\n".join(own) if getattr(field, "kind", "") != "checkbox" else "Yes" if own else ""
    labels = {option.value: option.label for option in field.options()}
    return "\n".join(labels[text] for text in own if text in labels)


def _forms(kind: type[Form]) -> Iterator[type[Form]]:
    for one in kind.__subclasses__():
        yield one
        yield from _forms(one)


def _json(values: dict[str, Any], status: int) -> Response:
    answer = jsonify(values)
    answer.status_code = status
    return answer
