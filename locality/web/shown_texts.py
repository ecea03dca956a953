"""What a page showed in each box of its form, as short marks that it carries, so that an untouched box is known.

A mark is a digest of a box's name and its texts. Whether a box was changed in one window cannot be seen from what is
kept meanwhile: another window may have changed it there.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from locality.web.drawing import is_chosen, kind_of, options_of, typed_text
from locality.web.typed import DATE_PARTS

_BYTES = 6  # of a digest: enough for the few boxes of one form
_NOT_SEEN = frozenset({"hidden", "password", "file"})


def marks_of_form(form: Any) -> frozenset[str]:
    """The marks of all boxes that a reader can see, as the form shows them now."""
    return marks_of({name: texts for field in form.leaves() for name, texts in _shown_in(field)})


def marks_of(texts: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The marks of what a page sent: what it shows when it is shown again."""
    return frozenset(_mark(name, said) for name, said in texts.items())


def untouched(typed: Mapping[str, Sequence[str]], marks: frozenset[str]) -> frozenset[str]:
    """The names of what was sent just as it was shown; the three boxes of a date are one."""
    changed = {_unit(name) for name, texts in typed.items() if _mark(name, texts) not in marks}
    return frozenset(name for name in typed if _unit(name) not in changed)


def _shown_in(field: Any) -> Iterator[tuple[str, list[str]]]:
    kind = kind_of(field)
    if kind == "date":
        yield from ((f"{field.name}-{part}", [text]) for part, text in field.parts.items())
    elif kind == "checkbox":
        yield field.name, ["y"] if field.data else []
    elif kind in ("radios", "select", "checkboxes"):
        chosen = [option.value for option in options_of(field) if is_chosen(field, option)]
        yield field.name, chosen or [""]
    elif kind not in _NOT_SEEN:
        yield field.name, [typed_text(field)]


def _mark(name: str, texts: Sequence[str]) -> str:
    """Browsers write the ends of lines in another way than they were given."""
    said = "\0".join([name, *("\n".join(text.split("\r\n")).strip() for text in texts)])
    digest = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _unit(name: str) -> str:
    start, _, part = name.rpartition("-")
    return start if part in DATE_PARTS else name
