"""Forms that are sent again and again while somebody types: which page sends, and as its how-manieth."""

from collections.abc import Sequence
from typing import Any

from locality.caf.rules.arriving import Sending
from locality.kernel.ids import new_id
from locality.web.form import FormWithVersion
from locality.web.hidden import HiddenId, HiddenNumber


class _PageId(HiddenId):
    """The id of a page; whoever sends none is a page of its own."""

    def _read(self, sent: Sequence[Any]) -> None:
        super()._read(sent)
        self.process_errors.clear()


class _Turn(HiddenNumber):
    """How often the page has sent; nothing that can be read counts as the first time."""

    def _read(self, sent: Sequence[Any]) -> None:
        super()._read(sent)
        self.process_errors.clear()


class TypedForm(FormWithVersion):
    """A form whose page keeps what is typed: the script counts ``page_turn`` up each time it sends."""

    page_id = _PageId(default=new_id)
    page_turn = _Turn(default=0)

    def sending(self, *, is_draft: bool) -> Sending:
        """From which page this came."""
        return Sending(self.page_id.data, self.page_turn.data or 0, is_draft)
