"""What somebody has typed into a form and not sent: kept while they type, given back, dropped when the form succeeds.

The drafts room keeps the rows (``DraftKeeper``); this is what happens around a page with a form whose class says
``keeps_draft = True``:

- shown (GET): what is kept is put into its fields, and the page carries a token with which it may save;
- sent and refused: what was typed is kept at once, so that nothing hangs on the page or on JavaScript;
- sent and accepted: dropped in the transaction that commits what the form did;
- sent by somebody whose session is over, or into a failure: kept by the token, and there again after signing in.

The token is signed and names the account, the address and the people of the page: whoever holds it was shown that page.
It names the page itself too, which counts what it sends: what it sent before its form succeeded, and what arrives only
afterwards, is not kept again. And it names what of the draft the page was shown with: that goes with its form, and what
another window has typed meanwhile does not. By the marks of what the page showed (``shown_texts``) a refused form keeps
what its own window has changed, and leaves what another window has typed into the other boxes.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from flask import Flask, Response, current_app, g, has_request_context, make_response, redirect, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from locality.access.facts import AccessFacts
from locality.access.parts import Part
from locality.kernel.actor import NOBODY, Actor
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.db import db
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, new_id
from locality.kernel.uow import BEFORE_COMMIT, UnitOfWork, unit_of_work
from locality.web import shown_texts
from locality.web.signed_in import current_actor

TOKEN = "draft_token"  # noqa: S105 (the name of a field)
TURN = "draft_turn"
UNPROCESSABLE = 422
_KEEPER = "locality.drafts"
_SALT = "locality-draft"
_TOKEN_LASTS = dt.timedelta(days=7)
_NEVER_KEPT = frozenset({"csrf_token", TOKEN, TURN})
_LONGEST_TURN = 9  # digits
_SECRET_KINDS = frozenset({"password", "file"})
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is typed: whose account, which address, which form.

    ``desk_id`` may find it too, and a deputy to whom ``part`` of the record is open; None: no deputy. ``page_id`` is
    the page that was shown, ``turn`` how often it has sent; None where no page sends. ``opened_id`` is the page as
    which it was opened: the same, but for a page that shows a refused form again. ``shown`` is what that page was
    given back of other pages' words: field, version, and the page that wrote it. ``marks`` are of what it showed.
    """

    account_id: AccountId
    account_name: str
    path: str
    form: str
    about: tuple[uuid.UUID, ...] = ()
    desk_id: uuid.UUID | None = None
    part: Part | None = None
    page_id: uuid.UUID | None = None
    turn: int | None = None
    opened_id: uuid.UUID | None = None
    shown: tuple[tuple[str, int, uuid.UUID], ...] = ()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptField:
    """What is kept of one field, how often it was kept, and the page that wrote it last (None: not known)."""

    texts: tuple[str, ...]
    version: int
    page_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who has not sent this page."""

    draft_id: uuid.UUID
    name: str
    typed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What is kept at a place; no fields and no ``typed_at`` when nothing is."""

    fields: Mapping[str, KeptField]
    typed_at: dt.datetime | None = None
    colleagues: tuple[Colleague, ...] = ()


class DraftKeeper(Protocol):
    """Keeps drafts; the drafts room gives it at start-up."""

    def find(self, session: Session, place: Place) -> KeptDraft:
        """What is kept at a place, and which colleagues' drafts the reader may see there."""
        ...

    def keep(self, uow: UnitOfWork, place: Place, *, typed: Typed, untouched: frozenset[str] = frozenset()) -> Any:
        """Keep what was typed into some fields; the answer's ``versions`` are what is kept now.

        What is named in ``untouched`` takes the place of nothing that another page has written.
        """
        ...

    def drop(self, session: Session, place: Place) -> None:
        """Drop what its page has shown of what is kept there; what that page sent until now is not kept any more."""
        ...


@dataclass(frozen=True, slots=True)
class PageDraft:
    """What the templates need: the token, versions of the fields as JSON, and what to say above the form."""

    path: str
    token: str
    versions: str
    restored_at: dt.datetime | None
    colleagues: tuple[Colleague, ...]


def install(app: Flask, keeper: DraftKeeper) -> None:
    """Use a keeper, and keep what was sent into a failure."""
    app.extensions[_KEEPER] = keeper
    app.jinja_env.globals.update(page_draft=page_draft, what_became_of_it=what_became_of_it)
    app.after_request(_rescue)


def page_draft(action: str | None = None) -> PageDraft | None:
    """The draft of the form that the page sends to ``action`` (its own address, when None); None when none is kept."""
    found: PageDraft | None = getattr(g, "page_draft", None)
    return found if found is not None and action in (None, "", found.path) else None


def before_page(form: Any, facts: AccessFacts) -> None:
    """Ready the page of a form that keeps drafts: restore it when it is shown, keep it when it was refused."""
    actor, keeper = current_actor(), _keeper()
    g.pop("draft_sent", None)
    if keeper is None or actor.account_id is None or "page_draft" in g:
        return
    place = _place_of(form, actor, facts)
    session = db.session()
    if form.is_submitted():
        unit = UnitOfWork(session=session, actor=actor, now=SYSTEM_CLOCK.now())
        g.page_draft = _kept_when_refused(keeper, unit, place, typed=_typed(form))
        return
    kept = keeper.find(session, place)
    _restore(form, kept)
    versions = {name: field.version for name, field in kept.fields.items()}
    restored_at = kept.typed_at if kept.fields else None
    shown = tuple((name, one.version, one.page_id) for name, one in kept.fields.items() if one.page_id is not None)
    token = sign(replace(place, shown=shown, marks=shown_texts.marks_of_form(form)))
    g.page_draft = PageDraft(place.path, token, json.dumps(versions), restored_at, kept.colleagues)


def _kept_when_refused(keeper: DraftKeeper, uow: UnitOfWork, place: Place, *, typed: Typed) -> PageDraft:
    """Keep what the sending window has changed; its page is shown again with all that it sent."""
    sender = _sender(place)
    if sender is not None:
        place = replace(place, opened_id=sender.opened_id, shown=sender.shown)
    untouched = shown_texts.untouched(typed, sender.marks if sender is not None else frozenset())
    known = {name: version for name, version, _ in place.shown}
    versions = known | keeper.keep(uow, place, typed=typed, untouched=untouched).versions
    token = sign(replace(place, marks=shown_texts.marks_of(typed)))
    return PageDraft(place.path, token, json.dumps(versions), None, ())


def note_accepted(form: Any) -> None:
    """The form has passed its checks: what is committed next drops its draft."""
    actor = current_actor()
    if _keeper() is not None and actor.account_id is not None:
        place = _place_of(form, actor, AccessFacts())
        sender = _sender(place)
        if sender is not None:
            turn = read_turn(_posted(TURN))
            place = replace(place, page_id=sender.page_id, turn=turn, opened_id=sender.opened_id, shown=sender.shown)
        g.draft_sent = place


def form_name(form_class: type) -> str:
    """The name under which a form class's drafts are kept: its room and its own."""
    room = form_class.__module__.removeprefix("locality.").partition(".")[0]
    return f"{room}.{form_class.__name__}"


def sign(place: Place) -> str:
    """The token that lets a page save at a place."""
    values = [str(place.account_id), place.account_name, place.path, place.form, [str(one) for one in place.about]]
    shown = [(name, version, str(writer)) for name, version, writer in place.shown]
    page = [str(place.page_id or new_id()), str(place.opened_id or ""), shown, sorted(place.marks)]
    token = _serializer().dumps([*values, str(place.desk_id or ""), place.part, *page])
    return token if isinstance(token, str) else token.decode()


def read_token(token: str) -> Place | None:
    """The place that a token names; None when it is not one of ours, or too old."""
    try:
        account, name, path, form, about, desk, part, page, *later = _serializer().loads(
            token, max_age=int(_TOKEN_LASTS.total_seconds())
        )
    except (BadData, ValueError):
        return None
    people = tuple(uuid.UUID(one) for one in about)
    # A page that was shown before an upgrade says less: none of its boxes then counts as untouched.
    opened, shown, marks = (*later, None, None, None)[:3]
    return Place(
        AccountId(uuid.UUID(account)),
        name,
        path,
        form,
        people,
        desk_id=uuid.UUID(desk) if desk else None,
        part=None if part is None else Part(part),
        page_id=uuid.UUID(page),
        opened_id=uuid.UUID(opened or page),
        shown=tuple((field, version, uuid.UUID(writer)) for field, version, writer in shown or ()),
        marks=frozenset(marks or ()),
    )


def read_turn(sent: object) -> int:
    """How often a page says that it has sent; 0 for what is no such number."""
    text = str(sent)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_TURN else 0


def owner_of(place: Place) -> Actor:
    """The owner of a place, as far as keeping a draft needs one: an account that sees what is its own."""
    return Actor(account_id=place.account_id, name=place.account_name, principals=(place.account_id,))


@BEFORE_COMMIT.register
def _drop_what_was_sent(session: Session) -> None:
    if not has_request_context():
        return
    place: Place | None = getattr(g, "draft_sent", None)
    actor: Actor | None = session.info.get("actor")
    if place is None or actor is None or actor.account_id != place.account_id:
        return
    g.pop("draft_sent")
    _required_keeper().drop(session, place)


def _rescue(response: Response) -> Response:
    """Keep what was posted into a failure, or by somebody whose session is over; then lead back to the page."""
    failed = response.status_code >= 400 and response.status_code != UNPROCESSABLE
    if request.method != "POST" or not (failed or current_actor() is NOBODY):
        return response
    place = _kept_after_all()
    if place is None or response.status_code not in (400, 302):
        return response
    answer: Response = make_response(redirect(place.path))
    return answer


def what_became_of_it() -> str:
    """For the page of a failure: whether what was posted is "kept" or "lost"; "nothing" when nothing was posted."""
    if request.method != "POST":
        return "nothing"
    return "lost" if _kept_after_all() is None else "kept"


def _kept_after_all() -> Place | None:
    """Keep what was posted by its token, once a request, after whatever failed was rolled back; where it is kept."""
    if "draft_rescued" not in g:
        g.draft_rescued = _keep_posted()
    kept: Place | None = g.draft_rescued
    return kept


def _keep_posted() -> Place | None:
    place = None if request.endpoint == "drafts.keep" else read_token(_posted(TOKEN))
    if place is None:
        return None
    # By hand is later than all that its page sent while typing, the form that went before it included.
    place = replace(place, turn=read_turn(_posted(TURN)) + 1)
    typed = {name: request.form.getlist(name) for name in request.form if name not in _NEVER_KEPT}
    try:
        with unit_of_work(owner_of(place)) as uow:
            untouched = shown_texts.untouched(typed, place.marks)
            _required_keeper().keep(uow, place, typed=typed, untouched=untouched)
    except (SQLAlchemyError, NotFound):  # the database may not answer; the record may be closed to its writer by now
        return None
    return place


def _sender(place: Place) -> Place | None:
    """The page that has sent its form to a place, as its token says; None when none does."""
    sender = read_token(_posted(TOKEN))
    is_its_own = sender is not None and (sender.account_id, sender.path) == (place.account_id, place.path)
    return sender if is_its_own else None


def _posted(name: str) -> str:
    try:
        return request.form.get(name, "")
    except HTTPException:  # the body was too large to be read
        return ""


def _place_of(form: Any, actor: Actor, facts: AccessFacts) -> Place:
    account_id = cast(AccountId, actor.account_id)
    return Place(
        account_id,
        actor.name,
        request.path,
        form_name(type(form)),
        facts.people,
        desk_id=form.draft_desk,
        part=_part_of(form),
    )


def _part_of(form: Any) -> Part | None:
    """The part of a record that a form writes: its own word, else what its page shows; None when it is private."""
    if form.draft_is_private:
        return None
    own: Part | None = form.draft_part
    access = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    return own or getattr(access, "reads", None)


def _restore(form: Any, kept: KeptDraft) -> None:
    """Put what is kept into the fields it belongs to, as if it had just been sent."""
    sent: MultiDict[str, str] = MultiDict((name, text) for name, one in kept.fields.items() for text in one.texts)
    for field in form:
        if field.name not in _NEVER_KEPT and any(_is_of(name, field.name) for name in kept.fields):
            field.process(sent)


def _typed(form: Any) -> dict[str, list[str]]:
    secret = {field.name for field in form.leaves() if getattr(field, "kind", "") in _SECRET_KINDS} | _NEVER_KEPT
    names = [field.name for field in form if field.name not in secret]
    return {
        name: request.form.getlist(name)
        for name in request.form
        if name not in secret and any(_is_of(name, own) for own in names)
    }


def _is_of(name: str, field_name: str) -> bool:
    return name == field_name or name.startswith(f"{field_name}-")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=_SALT)


def _keeper() -> DraftKeeper | None:
    found: DraftKeeper | None = current_app.extensions.get(_KEEPER)
    return found


def _required_keeper() -> DraftKeeper:
    return cast(DraftKeeper, current_app.extensions[_KEEPER])
