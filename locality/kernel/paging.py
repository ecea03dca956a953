"""One page of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of page ``number`` (from 1); ``total`` is None where counting would walk a growing table."""

    rows: Sequence[T]
    number: int
    has_next: bool
    size: int = PAGE_SIZE
    total: int | None = None

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before this one."""
        return self.number > 1


def page_of(rows: Sequence[T], number: int, *, size: int = PAGE_SIZE, total: int | None = None) -> Page[T]:
    """A page made from up to ``size`` + 1 rows fetched; the extra row only says that there is more."""
    return Page(rows=rows[:size], number=number, has_next=len(rows) > size, size=size, total=total)


def page_number(typed: str | None) -> int:
    """The page asked for in an address; 1 for anything that is not a number from 1 to 10,000."""
    if typed is not None and typed.isascii() and typed.isdigit() and len(typed) <= 5:
        return min(max(int(typed), 1), 10_000)
    return 1
