"""What every question page shares: its heading, what is said above the questions, and how its answers read later."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from werkzeug.datastructures import MultiDict

from locality.web import formats
from locality.web.prefill import Prefilled

MOST_WORDS = 4_000


class Question(Prefilled):
    """A page of questions. ``title`` is its heading; ``lead`` what is said above; ``button`` the words to go on.

    ``shown_when`` names questions that are only asked after an answer, as "question-value"; the style sheet knows it.
    """

    title: ClassVar[str] = ""
    lead: ClassVar[tuple[str, ...]] = ()
    button: ClassVar[str] = "Continue"
    shown_when: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def of(cls, texts: Mapping[str, Sequence[str]]) -> Self:
        """The form with what was typed before, not yet checked and with no token."""
        sent: MultiDict[str, str] = MultiDict((name, text) for name, many in texts.items() for text in many)
        return cls(formdata=sent, meta={"csrf": False})

    def names(self) -> tuple[str, ...]:
        """The names of its own questions."""
        return tuple(field.name for field in self if field.type != "CSRFTokenField")

    def questions(self) -> tuple[Any, ...]:
        """Its fields that a person fills in."""
        return tuple(
            field for field in self if getattr(field, "kind", "") != "hidden" and field.type != "CSRFTokenField"
        )

    def is_asked(self, field: Any) -> bool:
        """Whether the answers so far ask for this one: its page shows it, or would."""
        name, _, value = self.shown_when.get(field.name, "").partition("-")
        if not name:
            return True
        before = self._fields[name]
        return any(option.value == value and before.is_chosen(option) for option in before.options())

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each question with its answer in words; what was left empty is left out."""
        answered = ((field.label.text, in_words(field)) for field in self.questions() if self.is_asked(field))
        return tuple((label, words) for label, words in answered if words)


def in_words(field: Any) -> str:
    """A field's answer as a person reads it."""
    if field.kind == "date":
        return formats.day(field.data) if field.data else " ".join(part for part in field.parts.values() if part)
    if field.kind == "checkbox":
        return "Yes" if field.data else ""
    if hasattr(field, "options"):
        return ", ".join(option.label for option in field.options() if field.is_chosen(option))
    shown = getattr(field, "typed_text", None)
    return str(shown if shown is not None else field.data or "")
