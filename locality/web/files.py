"""A file that somebody sends with a form: its bytes, never more of them than the form allows."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import FileStorage

from locality.web.field_base import OurField


class FileField(OurField):
    """A file: ``data`` is its bytes or None. ``most`` bytes are kept; ``is_too_large`` says that there were more."""

    kind = "file"

    def __init__(self, label: str = "", *, most: int, look: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.most = most
        self.look: dict[str, str] = look or {}
        self.is_too_large = False

    def _read(self, sent: Sequence[Any]) -> None:
        self.data = None
        if sent and isinstance(sent[0], FileStorage) and sent[0].filename:
            content = sent[0].stream.read(self.most + 1)
            self.is_too_large = len(content) > self.most
            self.data = content[: self.most]

    def _is_empty(self) -> bool:
        return self.data is None

    def _check(self) -> None:
        if self.is_too_large:
            raise self.refuse(f"The file must be smaller than {self.most // (1024 * 1024)} MB")
