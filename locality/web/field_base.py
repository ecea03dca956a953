"""What every field shares: a name for sentences, a message when empty, and where the error summary links to."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation


class OurField(Field):  # type: ignore[misc]  # WTForms has no types
    """The base of all fields.

    ``required`` is the message when nothing was given ("Enter a family name"); None makes the field optional.
    ``called`` names the field inside messages; it is the label unless the label is a question. ``kind`` tells the
    macro what to draw. Subclasses say how to take a known value (``_set``), how to read what was sent (``_read``) and
    what is wrong with it (``_check``).
    """

    kind = "text"

    def __init__(
        self, label: str = "", *, required: str | None = None, hint: str = "", called: str = "", **kwargs: Any
    ) -> None:
        super().__init__(label, description=hint, **kwargs)
        self.required = required
        self.called = called or ("Your answer" if label.endswith("?") else label)

    @property
    def error_id(self) -> str | None:
        """The id of the first input to correct; None when nothing on the page can be."""
        return str(self.id)

    def refuse(self, message: str) -> StopValidation:
        """The exception that ends this field's checks with a message."""
        return StopValidation(message)

    def process_data(self, value: Any) -> None:
        """Take a value that is known already."""
        self._set(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent: any number of texts or files under the field's name."""
        self._read(valuelist)

    def pre_validate(self, form: Any) -> None:
        """Empty first, then the field's own check on what there is."""
        if not self._is_empty():
            self._check()
        elif self.required:
            raise self.refuse(self.required)

    def _set(self, value: Any) -> None:
        self.data = value

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = first_text(sent)

    def _is_empty(self) -> bool:
        return self.data is None or self.data in ("", ())

    def _check(self) -> None:
        """Raise ``refuse(message)`` when what was given will not do."""


def first_text(values: Sequence[Any]) -> str:
    """The first value sent when it is text, else nothing: a file or a missing part reads as empty."""
    return values[0] if values and isinstance(values[0], str) else ""
