"""The fields of our forms: what may be typed in each, and what the page says when something else was.

Each field knows its label, hint and messages and takes its exact rule as a callable, so that rooms keep their own rules. No
field raises on what a browser (or somebody without one) sends: wrong, missing or repeated parts end as a message beside
the field with the typed text kept. How a field is drawn is the business of ``templates/_components/field.html``.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import SelectChoice
from wtforms.validators import StopValidation

from locality.kernel.ids import new_id
from locality.web import typed
from locality.web.field_base import OurField, first_text

TextCheck = Callable[[str], str | None]
DateCheck = Callable[[dt.date], str | None]

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what is sent, what is read, a hint under it, and the group that it stands in (selects only)."""

    value: str
    label: str
    hint: str = ""
    group: str = ""


ChoiceLike = Choice | SelectChoice | tuple[Any, ...]


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

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = self.tidy(first_text(valuelist))

    def tidy(self, text: str) -> str:
        """The text in the form in which it is kept."""
        return typed.clean(text, lines=self.lines)

    def check_given(self) -> None:
        if typed.has_unusual(self.data):
            called = typed.in_sentence(self.called)
            raise self.refuse(f"Remove the unusual characters (shown as {typed.MARK}) from {called}")
        if len(self.data) > self.max_length:
            raise self.refuse(f"{self.called} must be {self.max_length:,} characters or fewer")
        message = self.check(self.data) if self.check else None
        if message:
            raise self.refuse(message)


TextField_ = TextField


class TextArea(TextField):
    """Text of several lines; ``count`` shows how much room is left (with JavaScript)."""

    kind = "textarea"
    lines = True

    def __init__(self, label: str = "", *, max_length: int = 4000, rows: int = 5, count: bool = False, **kwargs: Any) -> None:
        super().__init__(label, max_length=max_length, **kwargs)
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

    def tidy(self, text: str) -> str:
        text = super().tidy(text)
        squeezed = re.sub(r"[\s.-]", "", text).upper()
        return f"{squeezed[:-3]} {squeezed[-3:]}" if _POSTCODE.fullmatch(squeezed) else text

    def check_given(self) -> None:
        super().check_given()
        if not _POSTCODE.fullmatch(self.data.replace(" ", "")):
            raise self.refuse("Enter a full UK postcode, like SS1 2AB")


class EmailField(TextField):
    """An e-mail address, kept as typed but for blanks around it."""

    def __init__(self, label: str = "Email address", *, max_length: int = 254, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"type": "email", "spellcheck": "false", "autocomplete": "email"})
        super().__init__(label, max_length=max_length, **kwargs)

    def check_given(self) -> None:
        super().check_given()
        if not _EMAIL.fullmatch(self.data):
            raise self.refuse("Enter an email address in the correct format, like name@example.com")


class NhsNumber(TextField):
    """An NHS number, kept as ten digits; pass the check digit's rule as ``check``."""

    def __init__(self, label: str = "NHS number", *, max_length: int = 20, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off", "width": 10})
        kwargs.setdefault("hint", "10 digits, like 999 123 4567")
        super().__init__(label, max_length=max_length, **kwargs)

    def tidy(self, text: str) -> str:
        text = super().tidy(text)
        squeezed = re.sub(r"[\s-]", "", text)
        return squeezed if re.fullmatch(r"[0-9]{10}", squeezed) else text

    def check_given(self) -> None:
        if not re.fullmatch(r"[0-9]{10}", self.data):
            raise self.refuse("NHS number must be 10 digits, like 999 123 4567")
        super().check_given()


class Password(TextField):
    """A password: never trimmed, never sent back to the page."""

    kind = "password"

    def __init__(self, label: str = "Password", *, max_length: int = 200, new: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("look", {"autocomplete": "new-password" if new else "current-password"})
        super().__init__(label, max_length=max_length, **kwargs)

    def tidy(self, text: str) -> str:
        return text

    def check_given(self) -> None:
        if typed.has_unusual(self.data):
            raise self.refuse(f"{self.called} must only have characters that a keyboard can type")
        super().check_given()


class WholeNumber(OurField):
    """A whole number between two bounds, both included; ``typed_text`` is what the page shows again."""

    kind = "text"

    def __init__(
        self, label: str = "", *, lowest: int = 0, highest: int = 1_000_000, look: dict[str, str | int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.lowest = lowest
        self.highest = highest
        self.look: dict[str, str | int] = look or {"inputmode": "numeric", "spellcheck": "false", "width": 4}
        self.max_length = 20
        self.typed_text = ""

    def process_data(self, value: Any) -> None:
        self.data = value
        self.typed_text = "" if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.typed_text = typed.clean(first_text(valuelist))[: self.max_length]
        squeezed = self.typed_text.replace(",", "").replace(" ", "")
        self.data = int(squeezed) if _WHOLE_NUMBER.fullmatch(squeezed) else None

    def is_empty(self) -> bool:
        return not self.typed_text

    def check_given(self) -> None:
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

    def is_empty(self) -> bool:
        return not any(self.parts.values())

    @property
    def error_id(self) -> str | None:
        return f"{self.id}-{self.wrong[0] if self.wrong else 'day'}"

    def refuse(self, message: str) -> StopValidation:
        self.wrong = self.wrong or typed.DATE_PARTS
        return super().refuse(message)

    def check_given(self) -> None:
        fault = typed.date_fault(self.parts)
        if fault is not None:
            self.wrong, words = fault
            raise self.refuse(words.format(called=self.called))
        message = self.check(self.data) if self.check else None
        if message:
            raise self.refuse(message)


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

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = first_text(valuelist) or None

    def check_given(self) -> None:
        value = str(self.data)
        if value not in {option.value for option in self.options()}:
            self.data = None
            raise self.refuse(self.required or f"Select {typed.in_sentence(self.called)} from the list")
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

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, bool) else None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = {"yes": True, "no": False}.get(first_text(valuelist))

    def is_chosen(self, option: Choice) -> bool:
        return self.data is not None and self.data is (option.value == "yes")

    def check_given(self) -> None:
        """Only yes and no can have been read."""


class Checkboxes(ChoiceField):
    """Any number of choices; ``data`` is a tuple in the order of the choices."""

    kind = "checkboxes"

    def is_chosen(self, option: Choice) -> bool:
        return option.value in {str(value) for value in self.data or ()}

    def process_data(self, value: Any) -> None:
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = tuple(value for value in valuelist if isinstance(value, str) and value)

    def check_given(self) -> None:
        values = {option.value for option in self.options()}
        sent = {str(value) for value in self.data}
        self.data = tuple(self.coerce(option.value) for option in self.options() if option.value in sent)
        if not sent <= values:
            raise self.refuse(self.required or f"Select {typed.in_sentence(self.called)} from the list")


class Checkbox(OurField):
    """One box to tick; ``required`` is the message when it must be ticked and was not."""

    kind = "checkbox"

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = bool(valuelist)

    def is_empty(self) -> bool:
        return not self.data


class HiddenId(OurField):
    """An id that the page carries; not a UUID ends as a message for the whole form."""

    kind = "hidden"
    broken = "Something on this page was out of date. Check your answers and send them again"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", new_id)
        super().__init__("", **kwargs)

    @property
    def error_id(self) -> str | None:
        return None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        try:
            self.data = uuid.UUID(first_text(valuelist))
        except ValueError:
            self.data = self.default() if callable(self.default) else None
            self.process_errors.append(self.broken)


class HiddenNumber(OurField):
    """A small number that the page carries, such as the version of the record that was shown."""

    kind = "hidden"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", **kwargs)

    @property
    def error_id(self) -> str | None:
        return None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = first_text(valuelist)
        if _WHOLE_NUMBER.fullmatch(text):
            self.data = int(text)
        else:
            self.data = self.object_data
            self.process_errors.append(HiddenId.broken)

