"""Every field of every form of the CAF room: a message beside it, what was typed stays, nothing is changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, template_rendered
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from locality.kernel.ids import new_id
from locality.web.fields import ChoiceField, DateParts, TextField, WholeNumber, YesNo
from locality.web.form import Form
from locality.web.hidden import HiddenId, HiddenNumber
from locality.web.typed import MARK
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story
from tests.web.caf.every_form import ASKED_ELSEWHERE, FORMS, OF_A_CHILD, Scene, every_scene, forms_that_ask

UNREADABLE = ("\x07", "\x00", "\u202e")
NO_DAY, HALF_A_DAY = ("31", "2", "2026"), ("3", "", "26")
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
# What is kept of a refused form: what was typed.
_NO_RECORD = {"draft", "draft_field"}


@dataclass
class Answers:
    """What is sent, which fields must be refused for it, and what must stand in the page afterwards."""

    sent: dict[str, Any] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    stays: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: str, *, shown: str | None = None) -> None:
        """Send this text; it stays, or what ``shown`` says of it."""
        self.sent[name] = value
        self.stays[name] = value if shown is None else shown

    def put_date(self, name: str, parts: Sequence[str]) -> None:
        """Type a date into its three boxes; it stays."""
        for part, text in zip(("day", "month", "year"), parts, strict=True):
            self.put(f"{name}-{part}", text)


@layer
def scene(uow: OpenUnit, session: Session, story: Story) -> Scene:
    """Two families, and everything that can be asked about them."""
    return every_scene(uow, session, story)


@pytest.mark.parametrize(("kind", "who", "path"), FORMS, ids=[path for _, _, path in FORMS])
def test_a_field_refuses_what_it_cannot_take_beside_itself_and_what_was_typed_stays(
    app: Flask, browse: Browse, session: Session, scene: Scene, kind: type[Form], who: str, path: str
) -> None:
    browse.sign_in(scene.accounts[who])
    assert _wrongs(app, browse, session, path.format(**scene.addresses), kind=kind, foreign=scene.foreign) == []


@pytest.mark.parametrize(("kind", "tool", "path"), OF_A_CHILD, ids=[path for _, _, path in OF_A_CHILD])
def test_so_do_the_pages_that_a_child_fills_in_on_a_device_handed_over(
    app: Flask, browse: Browse, session: Session, scene: Scene, kind: type[Form], tool: str, path: str
) -> None:
    browse.sign_in(scene.accounts["lead"])
    sit = "{caf}/voice/{leah}/sit/".format(**scene.addresses) + tool
    browse.post(sit, {"form_id": str(new_id()), "present": "Nobody else"})
    browse.post("/my-voice/hello")
    assert _wrongs(app, browse, session, f"/my-voice/{path}", kind=kind, foreign=scene.foreign) == []


def test_every_form_of_the_room_is_tried() -> None:
    tried = {kind for kind, _, _ in (*FORMS, *OF_A_CHILD)}
    assert {one.__name__ for one in forms_that_ask() - tried} == set(ASKED_ELSEWHERE)


def _wrongs(
    app: Flask, browse: Browse, session: Session, address: str, *, kind: type[Form], foreign: Mapping[str, str]
) -> list[str]:
    """What is wrong with how the form of a page takes what should not be sent."""
    form, page = _opened(app, browse, address)
    fields = [one for one in form.leaves() if _is_on(page, one)]
    hidden = {one.name: str(one.data) for one in form.leaves() if isinstance(one, HiddenId | HiddenNumber)}
    wrong = [] if isinstance(form, kind) and fields else [f"this is {form}, which asks {fields}"]
    with _written(session) as changed:
        for answers in (_unreadable(fields, foreign), _too_much(fields), _nothing(fields)):
            if answers.refused:
                token = {"csrf_token": browse._token()}
                sent = browse.raw("POST", address, data={**hidden, **answers.sent, **token})
                wrong += _wrong(answers, sent.status_code, Page(sent.get_data(as_text=True)))
    return wrong + [f"{table} is written to" for table in sorted(changed - _NO_RECORD)]


def _opened(app: Flask, browse: Browse, address: str) -> tuple[Form, Page]:
    """A page and the form that it asks, as it was made for it."""
    made: list[Form] = []

    def note(_app: Flask, context: Mapping[str, Any], **_more: object) -> None:
        made.extend(one for name, one in context.items() if name == "form" and isinstance(one, Form))

    with template_rendered.connected_to(note, app):
        page = browse.get(address)
    return made[0], page


def _unreadable(fields: Sequence[Any], foreign: Mapping[str, str]) -> Answers:
    """Characters that nothing can show, no day, no number, and ids of another family."""
    answers = Answers()
    for place, one in enumerate(fields):
        if isinstance(one, YesNo):
            continue  # what is neither is no answer
        answers.refused.add(one.name)
        if isinstance(one, TextField):
            strange = UNREADABLE[place % len(UNREADABLE)]
            typed = f"Typed{strange} {one.name}"[: one.max_length]
            answers.put(one.name, typed, shown=typed.replace(strange, MARK))
        elif isinstance(one, DateParts):
            answers.put_date(one.name, NO_DAY)
        elif isinstance(one, WholeNumber):
            answers.put(one.name, "ten")
        elif isinstance(one, ChoiceField):
            answers.sent[one.name] = foreign.get(one.name, str(new_id()))
        else:
            answers.refused.discard(one.name)
    return answers


def _too_much(fields: Sequence[Any]) -> Answers:
    """More than a field holds, half a day, numbers beyond all; what can be chosen is chosen, and stays."""
    answers = Answers()
    for one in fields:
        answers.refused.add(one.name)
        if isinstance(one, TextField):
            answers.put(one.name, "x" * (one.max_length + 1))
        elif isinstance(one, DateParts):
            answers.put_date(one.name, HALF_A_DAY)
        elif isinstance(one, WholeNumber):
            answers.put(one.name, str(one.highest + 1))
        else:
            answers.refused.discard(one.name)
            if isinstance(one, ChoiceField):
                answers.put(one.name, one.options()[-1].value)
    return answers


def _nothing(fields: Sequence[Any]) -> Answers:
    """Nothing where an answer is needed; what need not be said is said, and stays."""
    answers = Answers()
    for one in fields:
        if one.required:
            answers.refused.add(one.name)
        elif isinstance(one, TextField):
            answers.put(one.name, f"Typed {one.name}"[: one.max_length])
        if one.required and isinstance(one, DateParts):
            answers.put_date(one.name, ("", "", ""))
    return answers


def _wrong(answers: Answers, status: int, page: Page) -> Iterator[str]:
    """What is wrong with how a form took these answers."""
    if status != 422:
        yield f"{status} for {str(answers.sent)[:300]}"
        return
    linked = [href for href, _words in page.errors]
    for name in sorted(answers.refused):
        if not page.error_beside(name):
            yield f"{name}: nothing beside it"
        elif not any(href == name or href.startswith(f"{name}-") for href in linked):
            yield f"{name}: not in the summary, which leads to {linked}"
    for name, text in answers.stays.items():
        if text not in _values(page, name):
            yield f"{name}: {text[:40]!r} is gone, {str(_values(page, name))[:80]} is there"


def _values(page: Page, name: str) -> list[str]:
    """What a field of the page holds, or which of its choices are taken."""
    found = []
    for tag in page.tree.css(f'main [name="{name}"]'):
        if tag.tag == "select":
            found += [option.attrs.sget("value") for option in tag.css("option[selected]")]
        elif tag.tag == "textarea":
            found.append(tag.text().removeprefix("\n"))
        elif tag.attrs.sget("type") not in ("radio", "checkbox") or "checked" in tag.attrs:
            found.append(tag.attrs.sget("value"))
    return found


def _is_on(page: Page, one: Any) -> bool:
    """Whether the page asks for this: hidden and left out fields are nobody's to fill in."""
    name = f"{one.name}-day" if isinstance(one, DateParts) else one.name
    tag = page.tree.css_first(f'main [name="{name}"]')
    return tag is not None and tag.attrs.sget("type") not in ("hidden", "file", "submit")


@contextmanager
def _written(session: Session) -> Iterator[set[str]]:
    """The tables into which something is written meanwhile."""
    tables: set[str] = set()

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if found := _WRITES.match(statement):
            tables.add(found[1])

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(engine, "before_cursor_execute", note)
