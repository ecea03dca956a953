"""What a page carries for itself: ids made by the server and the version of the record that was shown."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from locality.kernel.ids import new_id
from locality.web.field_base import OurField, first_text

BROKEN = "Something on this page was out of date. Check your answers and send them again"
_NUMBER = re.compile(r"[0-9]{1,9}")


class HiddenId(OurField):
    """An id that the page carries; not a UUID ends as a message for the whole form."""

    kind = "hidden"
    error_id = None

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", new_id)
        super().__init__("", **kwargs)

    def _read(self, sent: Sequence[Any]) -> None:
        try:
            self.data = uuid.UUID(first_text(sent))
        except ValueError:
            self.data = self.default() if callable(self.default) else self.object_data
            self.process_errors.append(BROKEN)


class HiddenNumber(OurField):
    """A small number that the page carries, such as the version of the record that was shown."""

    kind = "hidden"
    error_id = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", **kwargs)

    def _read(self, sent: Sequence[Any]) -> None:
        text = first_text(sent)
        if _NUMBER.fullmatch(text):
            self.data = int(text)
        else:
            self.data = self.object_data
            self.process_errors.append(BROKEN)
