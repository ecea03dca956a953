"""The fields of our forms: what may be typed in each, and what the page says when something else was.

Each field knows its label, hint and messages and takes its exact rule as a callable, so that rooms keep their own
rules. No field raises on what a browser (or somebody without one) sends: wrong, missing or repeated parts end as a
message beside the field with the typed text kept. ``templates/_components/field.html`` draws them.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from wtforms import SelectChoice
from wtforms.validators import StopValidation

from locality.web import typed
from locality.web.field_base import OurField, first_text

TextCheck = Callable[[str], str | None]
DateCheck = Callable[[dt.date], str | None]

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what is sent, what is read, a hint under it, and (in selects) the group it stands in."""

    value: str
    label: str
    hint: str = ""
    group: str = ""


ChoiceLike: TypeAlias = Choice | SelectChoice | tuple[Any, ...]


def as_choices(given: Iterable[ChoiceLike]) -> tuple[Choice, ...]:
    """Choices however written: ``Choice``, WTForms' ``SelectChoice`` or ``(value, label[, hint])``."""
    return tuple(_as_choice(choice) for choice in given)


def _as_choice(given: ChoiceLike) -> Choice:
    if isinstance(given, Choice):
        return given
    if isinstance(given, tuple):
        value, label, *rest = given
        return Choice(str(value), str(label), str(rest[0]) if rest else "")
    hint = str((given.render_kw or {}).get("hint", ""))
    return Choice(str(given.value), str(given.label), hint, given.optgroup or "")


class TextField(OurField):
    """One line of text."""

    lines = False

    def __init__(
        self,
        label: str = "",
        *,
        max_length: int = 200,
        check: TextCheck | None = None,
        look: dict[str, str | int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.max_length = max_length
        self.check = check
        self.look: dict[str, str | int] = look or {}

    def _set(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = self._tidy(first_text(sent))

    def _tidy(self, text: str) -> str:
        return typed.clean(text, lines=self.lines)

    def _check(self) -> None:
        if typed.has_unusual(self.data):
            called = typed.in_sentence(self.called)
            raise self.refuse(f"Remove the unusual characters (shown as {typed.MARK}) from {called}")
        if len(self.data) > self.max_length:
            raise self.refuse(f"{self.called} must be {self.max_length:,} characters or fewer")
        message = self.check(self.data) if self.check else None
        if message:
            raise self.refuse(message)


class TextArea(TextField):
    """Text of several lines; ``count`` shows how much room is left (with JavaScript)."""

    kind = "textarea"
    lines = True

    def __init__(self, label: str = "", *, rows: int = 5, count: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **{"max_length": 4000, **kwargs})
        self.rows = rows
        self.count = count


class PersonalName(TextField):
    """A person's name as the person writes it: any script, no digits demanded or refused, one line."""

    def __init__(self, label: str = "", *, max_length: int = 100, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"spellcheck": "false", "autocomplete": "off", "width": 20})
        super().__init__(label, max_length=max_length, **kwargs)


class PostcodeField(TextField):
    """A UK postcode, kept as "SS1 2AB"; whether it exists is the room's question."""

    def __init__(self, label: str = "Postcode", *, max_length: int = 12, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"spellcheck": "false", "autocomplete": "off", "width": 10})
        super().__init__(label, max_length=max_length, **kwargs)

    def _tidy(self, text: str) -> str:
        return typed.written_postcode(super()._tidy(text))

    def _check(self) -> None:
        super()._check()
        if not typed.is_postcode(self.data):
            raise self.refuse("Enter a full UK postcode, like SS1 2AB")


class EmailField(TextField):
    """An e-mail address, kept as typed but for blanks around it."""

    def __init__(self, label: str = "Email address", *, max_length: int = 254, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"type": "email", "spellcheck": "false", "autocomplete": "email"})
        super().__init__(label, max_length=max_length, **kwargs)

    def _check(self) -> None:
        super()._check()
        if not typed.is_email(self.data):
            raise self.refuse("Enter an email address in the correct format, like name@example.com")


class NhsNumber(TextField):
    """An NHS number, kept as ten digits; pass the check digit's rule as ``check``."""

    def __init__(self, label: str = "NHS number", *, max_length: int = 20, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off", "width": 10})
        kwargs.setdefault("hint", "10 digits, like 999 123 4567")
        super().__init__(label, max_length=max_length, **kwargs)

    def _tidy(self, text: str) -> str:
        return typed.squeezed_digits(super()._tidy(text), count=10)

    def _check(self) -> None:
        if not re.fullmatch(r"[0-9]{10}", self.data):
            raise self.refuse("NHS number must be 10 digits, like 999 123 4567")
        super()._check()


class Password(TextField):
    """A password: never trimmed, never sent back to the page."""

    kind = "password"

    def __init__(self, label: str = "Password", *, max_length: int = 200, new: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"autocomplete": "new-password" if new else "current-password"})
        super().__init__(label, max_length=max_length, **kwargs)

    def _tidy(self, text: str) -> str:
        return text

    def _check(self) -> None:
        if typed.has_unusual(self.data):
            raise self.refuse(f"{self.called} must only have characters that a keyboard can type")
        super()._check()


class WholeNumber(OurField):
    """A whole number between two bounds, both included; ``typed_text`` is what the page shows again."""

    kind = "text"

    def __init__(
        self,
        label: str = "",
        *,
        lowest: int = 0,
        highest: int = 1_000_000,
        look: dict[str, str | int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.lowest = lowest
        self.highest = highest
        self.look: dict[str, str | int] = look or {"inputmode": "numeric", "spellcheck": "false", "width": 4}
        self.max_length = 20
        self.typed_text = ""

    def _set(self, value: Any) -> None:
        self.data = value
        self.typed_text = "" if value is None else str(value)

    def _read(self, sent: Sequence[Any]) -> None:
        self.typed_text = typed.clean(first_text(sent))[: self.max_length]
        squeezed = self.typed_text.replace(",", "").replace(" ", "")
        self.data = int(squeezed) if _WHOLE_NUMBER.fullmatch(squeezed) else None

    def _is_empty(self) -> bool:
        return not self.typed_text

    def _check(self) -> None:
        if self.data is None:
            raise self.refuse(f"{self.called} must be a whole number, like {max(self.lowest, 1)}")
        if not self.lowest <= self.data <= self.highest:
            raise self.refuse(f"{self.called} must be between {self.lowest:,} and {self.highest:,}")


class DateParts(OurField):
    """A date in three boxes; ``data`` is a date or None, ``parts`` what was typed, ``wrong`` the boxes to correct."""

    kind = "date"

    def __init__(self, label: str = "", *, check: DateCheck | None = None, birth: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.check = check
        self.birth = birth
        self.parts: dict[str, str] = dict.fromkeys(typed.DATE_PARTS, "")
        self.wrong: tuple[str, ...] = ()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the date from three boxes, not one."""
        self.process_errors: list[str] = []
        value = data if isinstance(data, dt.date) else self.default() if callable(self.default) else self.default
        self.object_data = self.data = value
        self.raw_data: list[str] = []
        if isinstance(value, dt.date):
            self.parts = {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
        if formdata is not None:
            self.parts = {
                part: typed.clean(first_text(formdata.getlist(f"{self.name}-{part}")))[:20] for part in typed.DATE_PARTS
            }
            self.raw_data = list(self.parts.values())
            self.data = typed.read_date(self.parts)

    def _is_empty(self) -> bool:
        return not any(self.parts.values())

    @property
    def error_id(self) -> str:
        """The first wrong box."""
        return f"{self.id}-{self.wrong[0] if self.wrong else 'day'}"

    def refuse(self, message: str) -> StopValidation:
        """The exception; all three boxes are wrong unless some were named."""
        self.wrong = self.wrong or typed.DATE_PARTS
        return super().refuse(message)

    def _check(self) -> None:
        fault = typed.date_fault(self.parts)
        if fault is not None:
            self.wrong, words = fault
            raise self.refuse(words.format(called=self.called))
        message = self.check(self.data) if self.check else None
        if message:
            raise self.refuse(message)


def _not_listed(called: str) -> str:
    return f"Choose {typed.in_sentence(called)} from those shown"


class ChoiceField(OurField):
    """One of several choices. ``choices`` may be set by the view after the form is made; ``coerce`` makes the value."""

    kind = "radios"

    def __init__(
        self, label: str = "", *, choices: Iterable[ChoiceLike] = (), coerce: Callable[[str], Any] = str, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.choices: Iterable[ChoiceLike] = choices
        self.coerce = coerce

    def options(self) -> tuple[Choice, ...]:
        """The choices in their written order."""
        return as_choices(self.choices)

    def is_chosen(self, option: Choice) -> bool:
        """Whether this choice is the one taken."""
        return self.data is not None and str(self.data) == option.value

    def _set(self, value: Any) -> None:
        self.data = value

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = first_text(sent) or None

    def _check(self) -> None:
        value = str(self.data)
        if value not in {option.value for option in self.options()}:
            self.data = None
            raise self.refuse(self.required or _not_listed(self.called))
        self.data = self.coerce(value)


class Radios(ChoiceField):
    """One of a few choices, all in sight."""


class Select(ChoiceField):
    """One of many choices in a list; ``blank`` is the words of the empty first line."""

    kind = "select"

    def __init__(self, label: str = "", *, blank: str = "Choose one", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.blank = blank

    def groups(self) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """Choices under their group's name, "" for those without one, in written order."""
        found: dict[str, list[Choice]] = {}
        for option in self.options():
            found.setdefault(option.group, []).append(option)
        return tuple((name, tuple(options)) for name, options in found.items())


class YesNo(Radios):
    """Yes or no; ``data`` is True, False or None for unanswered."""

    def __init__(self, label: str = "", *, yes: str = "Yes", no: str = "No", **kwargs: Any) -> None:
        super().__init__(label, choices=(Choice("yes", yes), Choice("no", no)), **kwargs)

    def _set(self, value: Any) -> None:
        self.data = value if isinstance(value, bool) else None

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = {"yes": True, "no": False}.get(first_text(sent))

    def is_chosen(self, option: Choice) -> bool:
        """Whether this choice is among those taken."""
        return self.data is not None and self.data is (option.value == "yes")

    def _check(self) -> None:
        # Only yes and no can have been read.
        return


class Checkboxes(ChoiceField):
    """Any number of choices; ``data`` is a tuple in the order of the choices."""

    kind = "checkboxes"

    def is_chosen(self, option: Choice) -> bool:
        """Whether this choice is among those taken."""
        return option.value in {str(value) for value in self.data or ()}

    def _set(self, value: Any) -> None:
        self.data = tuple(value or ())

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = tuple(value for value in sent if isinstance(value, str) and value)

    def _check(self) -> None:
        values = {option.value for option in self.options()}
        sent = {str(value) for value in self.data}
        self.data = tuple(self.coerce(option.value) for option in self.options() if option.value in sent)
        if not sent <= values:
            raise self.refuse(self.required or _not_listed(self.called))


class Checkbox(OurField):
    """One box to tick; ``required`` is the message when it must be ticked and was not."""

    kind = "checkbox"

    def _set(self, value: Any) -> None:
        self.data = bool(value)

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = bool(sent)

    def _is_empty(self) -> bool:
        return not self.data
