"""A form that is right but for one wrong answer: refused beside its field, what was typed kept, and nothing written."""

import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.db import Base
from locality.web import typed
from locality.web.fields import Checkbox, ChoiceField, DateParts, TextArea, TextField, WholeNumber, YesNo
from locality.web.form import Form
from tests.support.hostile import DATES, STRANGE, fields_of
from tests.support.pages import Page
from tests.support.web import Browse

LONGER_THAN_ANY = "longer than any field takes " * 800
NOBODYS = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form filled in so that it is taken, and what makes it wrong beyond what is wrong in any form.

    ``foreign`` are choices that are somebody else's; where none is named, an id of nobody is sent. ``also`` are further
    wrong answers, each with the fields beside which it is refused. ``unasked`` are fields that the page leaves out.
    """

    answers: Mapping[str, Any]
    foreign: Mapping[str, Any] = field(default_factory=dict)
    also: Sequence[tuple[Mapping[str, Any], Collection[str]]] = ()
    unasked: Collection[str] = ()


def wrongs_beside(form: Any, filled: Filled, send: Callable[[Mapping[str, Any]], tuple[int, str]]) -> Sequence[str]:
    """What is wrong with how a form is refused that is right but for one kind of wrong answer, given to all its fields.

    Empty, too long, not to be kept, no date, nobody's or somebody else's: each must have its message beside its field
    and nothing else one, and all that was typed must stand where it was.
    """
    kinds = {name: kind for name, kind in fields_of(form).items() if name not in filled.unasked}
    wrong_answers = [*_wrong_in_any_form(form, kinds, filled.foreign), *(("", *one) for one in filled.also)]
    found = []
    for what, wrong, expected in wrong_answers:
        status, html = send({**filled.answers, **wrong})
        if status != 422:
            found.append(f"{what or wrong}: {status}")
            continue
        page = Page(html)
        beside = {href.partition("-")[0] for href, _words in page.errors if page.error_beside(href.partition("-")[0])}
        if beside != set(expected):
            found.append(f"{what or wrong}: refused beside {sorted(beside)}, not {sorted(expected)}: {page.errors}")
        if "<script>alert" in html:
            found.append(f"{what}: markup is let through")
        found += [f"{what or wrong}: {name} is gone" for name in _lost(kinds, filled.answers, wrong, page.form())]
    return found


def _wrong_in_any_form(
    form: Any, kinds: Mapping[str, type], foreign: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any], Collection[str]]]:
    """What is wrong, the answers, and the fields that they are wrong for."""
    required = [name for name in kinds if getattr(form, name).kwargs.get("required")]
    written = [name for name, kind in kinds.items() if issubclass(kind, TextField | WholeNumber)]
    dates = [name for name, kind in kinds.items() if issubclass(kind, DateParts)]
    # What cannot be read as yes or no is no answer.
    chosen = [
        name
        for name, kind in kinds.items()
        if issubclass(kind, ChoiceField) and (name in required or not issubclass(kind, YesNo))
    ]
    if required:
        yield "empty", {part: "" for name in required for part in _parts(name, kinds[name])}, required
    if written:
        yield "too long", dict.fromkeys(written, LONGER_THAN_ANY), written
        yield "control characters", dict.fromkeys(written, "a\x00b\x07c"), written
    for what, parts in DATES.items() if dates else ():
        typed_parts = {part: one for name in dates for part, one in zip(_parts(name, DateParts), parts, strict=True)}
        yield f"no date: {what}", typed_parts, dates
    if chosen:
        yield "somebody else's", {name: foreign.get(name, NOBODYS) for name in chosen}, chosen
        yield "markup", dict.fromkeys(chosen, STRANGE["quotes and markup"]), chosen


def _parts(name: str, kind: type) -> Sequence[str]:
    return [f"{name}-{part}" for part in typed.DATE_PARTS] if issubclass(kind, DateParts) else [name]


def _lost(
    kinds: Mapping[str, type], answers: Mapping[str, Any], wrong: Mapping[str, Any], shown: Mapping[str, Any]
) -> Iterator[str]:
    """The inputs in which what was sent does not stand any more; a choice that is not offered cannot."""
    for name, sent in {**answers, **wrong}.items():
        kind = kinds.get(name.partition("-")[0], object)
        if issubclass(kind, ChoiceField | Checkbox):
            if name not in wrong and _as_list(sent) != _as_list(shown.get(name, [])):
                yield name
        elif issubclass(kind, TextField):
            if typed.clean(sent, lines=issubclass(kind, TextArea)) != shown.get(name):
                yield name
        elif issubclass(kind, DateParts | WholeNumber) and typed.clean(sent)[:20] != shown.get(name):
            yield name


def _as_list(values: Any) -> list[str]:
    listed = [values] if isinstance(values, str) else list(values)
    return sorted(one for one in listed if one)


def forms_of(forms: ModuleType) -> set[type]:
    """The forms of a room that have something to type, date or choose; a class that others only extend is none."""
    names = [one.name for one in pkgutil.iter_modules(getattr(forms, "__path__", []), f"{forms.__name__}.")]
    found = {
        one
        for module in [forms, *map(import_module, names)]
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, Form) and one.__module__ == module.__name__
    }
    parts = {part for one in found for part in one.__mro__[1:] if not part.__name__.endswith("Form")}
    asking = TextField | WholeNumber | DateParts | ChoiceField
    return {one for one in found - parts if any(issubclass(kind, asking) for kind in fields_of(one).values())}


def kept_in(session: Session, room: str) -> Mapping[str, str]:
    """What stands in the tables of a room, who may see what, and what must happen later: a sum over each table."""
    tables = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith((f"locality.{room}.", "locality.access.", "locality.kernel.outbox"))
    }
    sums = " UNION ALL ".join(
        f"SELECT '{name}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS summed FROM {name} t"
        for name in sorted(tables)
    )
    return {row.name: row.summed for row in session.execute(text(sums))}


def wrongs_of_page(
    browse: Browse, session: Session, room: str, form: type, path: str, filled: Filled, *, shown_at: str = ""
) -> Sequence[str]:
    """What is wrong with how a page refuses each wrong answer, writing nothing, and takes the form filled in right.

    That it takes it shows that nothing else was refused, and that what is written would have been seen. ``shown_at`` is
    where the form is shown when that is not where it is sent.
    """
    answers = {**browse.get(shown_at or path).form(), **filled.answers}

    def send(wrong: Mapping[str, Any]) -> tuple[int, str]:
        sent = browse.raw("POST", path, data={**answers, **wrong})
        return sent.status_code, sent.get_data(as_text=True)

    before = kept_in(session, room)
    found = [*wrongs_beside(form, filled, send)]
    found += [
        f"{table}: written by a refused form" for table, kept in kept_in(session, room).items() if kept != before[table]
    ]
    status, html = send({})
    if status != 302:
        found.append(f"filled in right: {status}, {Page(html).errors}")
    elif kept_in(session, room) == before:
        found.append("filled in right: nothing is written")
    return found
