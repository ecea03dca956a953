"""What can go wrong with an operation, in words for the person who asked."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a sentence, and the form field that it belongs to (None: to the whole form)."""

    field: str | None
    message: str


class DomainError(Exception):
    """An operation refused; carries the reasons, nothing was changed."""

    def __init__(self, reasons: Iterable[Reason] | str = ()) -> None:
        self.reasons: tuple[Reason, ...] = (Reason(None, reasons),) if isinstance(reasons, str) else tuple(reasons)
        super().__init__("; ".join(reason.message for reason in self.reasons))


class NotFound(DomainError):
    """There is no such record, or none that this actor may know of."""


class NotAllowed(DomainError):
    """The actor may know of the record but not do this; a reason says who can."""


class RuleBroken(DomainError):
    """A rule of the field stands against it."""


class Conflict(DomainError):
    """Somebody else was quicker, or such a record exists already."""


class NothingHappened(Exception):
    """What was to happen outside the database surely has not, and may well at another attempt."""
