"""What people and attackers put into a field, and what must become of it: one table for every form."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from locality.web.fields import Checkbox, ChoiceField, DateParts, TextField
from tests.support.pages import Page

# Every form is refused as a whole beyond this; see ``locality.web``.
TEN_MEGABYTES = 10_000_000
CANNOT_BE_KEPT = {"nul and bell": "a\x00b\x07"}
TOO_LONG = {"60,000 emoji": "🦊" * 60_000}
STRANGE = {
    "right to left": "محمد علي",
    "apostrophes": "O’Brien d'Arcy-Ní",
    "one word": "Madonna",
    "emoji": "Anna 🦊👨‍👩‍👧 Z̷̲̗o̵͔̍e \u202eb",
    "quotes and markup": "' OR 1=1 -- \"; <script>alert(1)</script>{{ 7*7 }}",
    "spaces": "  \u00a0\u200b ",
}
# Names as people bear them: they are taken, or at least they stay in the field.
KEPT = ("right to left", "one word", "apostrophes")
DATES = {
    "31 February": ("31", "2", "2016"),
    "no month": ("3", "", "2016"),
    "month 13": ("3", "13", "2016"),
    "year 99999": ("1", "1", "99999"),
    "in words and arabic": ("third", "٤", "May"),
    "nul": ("\x00", "1", "2016"),
    "far future": ("1", "1", "2199"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to one field: what is sent, and whether nothing but a refusal beside the field will do."""

    field: str
    what: str
    sent: Mapping[str, Any]
    must_be_refused: bool

    def __str__(self) -> str:
        return f"{self.field}: {self.what}"


def cases(form: Any) -> Iterator[Case]:
    """Every bad or strange answer to every field of a form class or form, by the kind of the field."""
    for name, kind in fields_of(form).items():
        if issubclass(kind, DateParts):
            for what, parts in DATES.items():
                typed = dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), parts, strict=True))
                yield Case(name, what, typed, must_be_refused=True)
        elif issubclass(kind, TextField):
            yield from (Case(name, what, {name: text}, must_be_refused=True) for what, text in TOO_LONG.items())
            yield from (Case(name, what, {name: text}, must_be_refused=True) for what, text in CANNOT_BE_KEPT.items())
            yield from (Case(name, what, {name: text}, must_be_refused=False) for what, text in STRANGE.items())
        elif issubclass(kind, ChoiceField | Checkbox):
            yield from (
                Case(name, what, {name: STRANGE[what]}, must_be_refused=False) for what in ("quotes and markup",)
            )
            yield Case(name, "many", {name: ["x"] * 500}, must_be_refused=False)


def fields_of(form: Any) -> dict[str, type]:
    """The fields of a form class: name and kind."""
    made = {name: getattr(getattr(form, name, None), "field_class", None) for name in dir(form)}
    return {name: kind for name, kind in made.items() if isinstance(kind, type)}


def wrongs(
    form: Any,
    base: Callable[[str], Mapping[str, Any] | None],
    send: Callable[[Mapping[str, Any]], tuple[int, str]],
) -> Sequence[str]:
    """What is wrong with how a form takes every case; ``send`` posts answers and gives the status and the page.

    ``base`` gives the other answers with which a field is asked for; None: its page does not ask for it.

    Nothing may end in a failure; what cannot be kept must be refused beside its field; what was typed stays.
    """
    found = []
    for case in cases(form):
        others = base(case.field)
        if others is None:
            continue
        status, html = send({**others, **case.sent})
        if status not in (200, 302, 422):
            found.append(f"{case}: {status}")
        elif case.must_be_refused and status == 302:
            found.append(f"{case}: taken")
        elif status == 422:
            found += _of_a_refusal(case, Page(html))
    return found


def wrongs_together(
    form: Any, fields: Collection[str], send: Callable[[Mapping[str, Any]], tuple[int, str]]
) -> Sequence[str]:
    """The same for a page that asks for these fields at once: what is strange in one way is typed into all of them.

    Each must be refused beside itself. What is too long is sent field by field: of all together, the form is.
    """
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in cases(form):
        if case.field in fields:
            kinds[f"{case.what} into {case.field}" if case.what in TOO_LONG else case.what].append(case)
    found = []
    for what, some in kinds.items():
        status, html = send({name: value for case in some for name, value in case.sent.items()})
        if status not in (200, 302, 422):
            found.append(f"{what}: {status}")
        page = Page(html)
        for case in some:
            if case.must_be_refused and status == 302:
                found.append(f"{case}: taken")
            elif status == 422:
                found += _of_a_refusal(case, page)
    return found


def _of_a_refusal(case: Case, page: Page) -> Iterator[str]:
    beside = [href for href, _words in page.errors]
    if not beside:
        yield f"{case}: refused without a word"
    elif case.must_be_refused and not any(href.lstrip("#").startswith(case.field) for href in beside):
        yield f"{case}: refused beside {beside}"
    elif "<script>alert" in page.html:
        yield f"{case}: markup is let through"
    elif case.what in KEPT and not any(str(text) in unescape(page.html) for text in case.sent.values()):
        yield f"{case}: what was typed is gone"
