"""A page of a request, as its address names it, and the window in which it is open."""

import uuid
from typing import Any

from flask import abort, request

from locality.asking.forms import question as form_of
from locality.asking.forms.base import Question
from locality.asking.forms.people import Child, MoreAdults, MoreChildren
from locality.asking.forms.whole import Whole
from locality.asking.operations.writing import Window
from locality.asking.queries import Request
from locality.asking.rules import flow
from locality.asking.rules.flow import LOOPS, MOST_ITEMS
from locality.asking.views.blueprint import bound_session
from locality.audit import log as audit
from locality.kernel.actor import NOBODY
from locality.kernel.ids import new_id
from locality.kernel.uow import finish_read
from locality.people import api as people
from locality.web.signed_in import current_actor

WINDOW, VERSION = "window", "version"
AskForAnother = (MoreChildren, MoreAdults)


class Place:
    """A page of a request, as its address names it; 404 when the flow has no such page."""

    def __init__(self, asked: Request, page_name: str, item: int) -> None:
        self.whole = Whole(asked)
        is_known = flow.is_page(asked.kind, page_name) and (
            0 <= item <= MOST_ITEMS or asked.page(page_name, item) is not None
        )
        if not is_known or (item and page_name not in LOOPS):
            abort(404)
        if self.whole.is_on_record(page_name, item) and request.endpoint != "asking.remove":
            abort(404)  # who they are is changed on the record, not here
        self.asked, self.page, self.item = asked, page_name, item
        self.key = (asked.id, page_name, item)
        self.form_class: type[Question] = form_of(asked.kind, page_name, item)

    @property
    def address(self) -> dict[str, Any]:
        """The page as addresses name it; with the way back to the check of answers, when it was opened from there."""
        named: dict[str, Any] = {"page_name": self.page, "item": self.item or None}
        return named | ({"change": "yes"} if "change" in request.args else {})

    @property
    def is_split(self) -> bool:
        """Whether two windows have typed different answers here, as it was when the request was read."""
        saved = self.asked.page(self.page, self.item)
        return saved is not None and bool(saved.beside)

    def window(self) -> Window | None:
        """The window that sent this; None where it does not matter: whether there is another child is no account."""
        sent = _id(request.form.get(WINDOW, ""))
        if sent is None or issubclass(self.form_class, AskForAnother):
            return None
        return Window(sent, _number(request.headers.get("If-Match") or request.form.get(VERSION, "")))

    def window_id(self) -> uuid.UUID:
        """The id that the page carries: a page that was sent and is shown again is the same window."""
        return _id(request.form.get(WINDOW, "")) or new_id()

    @property
    def version(self) -> int:
        """The version of what is kept here; 0 when nothing is."""
        saved = self.asked.page(self.page, self.item)
        return 0 if saved is None else saved.version

    def saved_form(self) -> Question:
        """The page's form with what is kept, or with what is known from the record."""
        saved = self.asked.page(self.page, self.item)
        form = self.form_class.of({}) if saved is None else self.form_class.of(saved.texts)
        children, actor = list(self.whole.on_record.values()), current_actor()
        if saved is None and children and actor is not NOBODY and form.topics:
            session = bound_session()
            form.prefill(
                people.known_answers(session, children, [people.Topic(topic) for topic in form.topics.values()])
            )
            audit.record_read(session, actor, "page.asking.question", subjects=children)
            finish_read(session)
        if isinstance(form, Child) and (saved is None or not saved.texts):
            form.suggest_family_name(self._sibling())
        return form

    def _sibling(self) -> Child | None:
        """The last child before this one whose family name is known here."""
        before = (form for item, form in self.whole.items(self.page) if item < self.item and form.family_name.data)
        return next(reversed(tuple(before)), None)


def _id(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


def _number(typed: str) -> int:
    text = typed.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
