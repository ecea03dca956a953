"""Never asking what is known: a form's questions filled in with what was told before, each with its source.

A form says which topic answers which of its questions::

    class HeaderForm(Prefilled, FormWithVersion):
        topics = {"what_led": Topic.LED_TO}

Its page calls ``form.prefill(known)`` and draws ``form.shown``; when it is saved, ``form.answers()`` says what was
answered for each topic, and which known line stood in the field when the page was opened.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from locality.web.field_base import OurField, first_text
from locality.web.fields import TextField
from locality.web.form import Form

STILL_RIGHT = "Still right?"
_MOST_SHOWN = 50


class Known(Protocol):
    """A line that answers a question: its words, and who told it where and when, in a sentence without its stop."""

    @property
    def id(self) -> uuid.UUID:
        """Which line."""
        ...

    @property
    def words(self) -> str:
        """What was told."""
        ...

    @property
    def source(self) -> str:
        """As in: Told by Maria Adeyemi to the front door on 3 March 2026."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered for a topic, and the known line that stood in the field before (None: the field was empty)."""

    topic: StrEnum
    words: str
    shown: uuid.UUID | None


class HiddenShown(OurField):
    """Which known line stood in which field, as the page carries it: ``what_led:<id>,wants:<id>``.

    What cannot be read is left out: it changes no more than a count.
    """

    kind = "hidden"
    error_id = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", **kwargs)
        self.lines: dict[str, uuid.UUID] = {}

    def remember(self, name: str, line: uuid.UUID) -> None:
        """Note that a field shows a line."""
        self.lines[name] = line
        self.data = ",".join(f"{field}:{shown}" for field, shown in self.lines.items())

    def _read(self, sent: Sequence[Any]) -> None:
        self.lines = {}
        self.data = ""
        for pair in first_text(sent).split(",")[:_MOST_SHOWN]:
            name, _, line = pair.partition(":")
            try:
                self.remember(name[:100], uuid.UUID(line))
            except ValueError:
                continue


class Prefilled(Form):
    """A form some of whose questions were answered before. ``topics``: the topic of each such question, by field.

    ``asking`` stands after the source of what was filled in.
    """

    topics: ClassVar[Mapping[str, StrEnum]] = {}
    asking: ClassVar[str] = STILL_RIGHT
    shown = HiddenShown()

    def prefill(self, known: Mapping[Any, Known]) -> None:
        """Fill empty text fields with what is known by topic, and say under each question who told it.

        What somebody typed, or saved here before, is never replaced. A question of another kind only gets the hint.
        """
        for name, topic in self.topics.items():
            field, line = self._fields.get(name), known.get(topic)
            if field is None or line is None:
                continue
            if self.is_submitted():
                if self.shown.lines.get(name) == line.id:
                    _add_hint(field, f"{line.source}. {self.asking}")
            elif isinstance(field, TextField) and not field.data and len(line.words) <= field.max_length:
                field.process_data(line.words)
                self.shown.remember(name, line.id)
                _add_hint(field, f"{line.source}. {self.asking}")
            elif not isinstance(field, TextField):
                _add_hint(field, f"{line.source}: {line.words}")

    def answers(self) -> tuple[Answered, ...]:
        """What was answered for each topic, in the order of ``topics``; questions left empty are left out."""
        found = []
        for name, topic in self.topics.items():
            field = self._fields.get(name)
            words = field.data if field is not None and isinstance(field.data, str) else ""
            if words.strip():
                found.append(Answered(topic, words, self.shown.lines.get(name)))
        return tuple(found)


def _add_hint(field: Any, line: str) -> None:
    field.description = " ".join(part for part in (_stopped(str(field.description or "")), line) if part)


def _stopped(hint: str) -> str:
    """A hint that ends as a sentence, so that another can follow it."""
    return hint if not hint or hint[-1] in ".?!" else f"{hint}."
