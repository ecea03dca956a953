"""Which contacts of the queue are wanted, and how many there would be for each other wish. Pure."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from locality.kernel.ids import AccountId
from locality.referrals.rules.codes import Rag, Source

UNRATED = "none"
NOBODY = "nobody"
KNOWN = {"known": True, "new": False}
LONGEST_REFERENCE = 20  # characters; a reference has 11


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What was asked for; None: all. ``rating`` is a rating or ``UNRATED``, ``holder`` an account or ``NOBODY``."""

    rating: str | None = None
    source: Source | None = None
    holder: AccountId | str | None = None
    late: bool = False
    known: bool | None = None
    reference: str = ""

    @property
    def is_unrated(self) -> bool:
        """Whether contacts without a rating are wanted."""
        return self.rating == UNRATED

    @property
    def is_with_nobody(self) -> bool:
        """Whether contacts that nobody holds are wanted."""
        return self.holder == NOBODY

    def as_query(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        typed = {
            "rating": self.rating,
            "source": None if self.source is None else self.source.value,
            "holder": None if self.holder is None else str(self.holder),
            "late": "yes" if self.late else None,
            "known": None if self.known is None else next(word for word, known in KNOWN.items() if known is self.known),
            "reference": self.reference or None,
        }
        return {name: value for name, value in typed.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many contacts are alike in all that can be filtered, and in whether they cannot wait (``is_harm``)."""

    rag: Rag | None
    source: Source
    held_by: AccountId | None
    held_by_name: str | None
    is_late: bool
    is_known: bool
    number: int
    is_harm: bool = False


def read_filter(typed: Mapping[str, str]) -> QueueFilter:
    """The filter in an address; what makes no sense is left out."""
    rating, source = typed.get("rating", ""), typed.get("source", "")
    return QueueFilter(
        rating=rating if rating in {*Rag, UNRATED} else None,
        source=Source(source) if source in set(Source) else None,
        holder=_read_holder(typed.get("holder", "")),
        late=typed.get("late") == "yes",
        known=KNOWN.get(typed.get("known", "")),
        reference="".join(c for c in typed.get("reference", "").upper() if c.isalnum() or c == "-")[:LONGEST_REFERENCE],
    )


def _read_holder(typed: str) -> AccountId | str | None:
    if typed == NOBODY:
        return NOBODY
    try:
        return AccountId(uuid.UUID(typed))
    except ValueError:
        return None


def fits(wanted: QueueFilter, tally: Tally) -> bool:
    """Whether contacts so alike are wanted (a reference is not tallied)."""
    return (
        (wanted.rating is None or wanted.rating == (UNRATED if tally.rag is None else tally.rag))
        and (wanted.source is None or wanted.source is tally.source)
        and (wanted.holder is None or wanted.holder == (tally.held_by or NOBODY))
        and (not wanted.late or tally.is_late)
        and (wanted.known is None or wanted.known is tally.is_known)
    )


def count(tallies: Sequence[Tally], wanted: QueueFilter) -> int:
    """How many contacts fit."""
    return sum(tally.number for tally in tallies if fits(wanted, tally))


@dataclass(frozen=True, slots=True)
class Option:
    """One link of a filter: what it is called, the filter that it leads to, how many it would show."""

    label: str
    wanted: QueueFilter
    number: int
    is_current: bool


def options(
    tallies: Sequence[Tally],
    wanted: QueueFilter,
    choices: Sequence[tuple[str, Mapping[str, object]]],
) -> tuple[Option, ...]:
    """The links of one filter, each with the other filters kept; what would show nothing is left out.

    ``choices`` are (label, the fields of ``QueueFilter`` that it sets); the first clears the filter.
    """
    make: Callable[..., QueueFilter] = replace
    made = []
    for place, (label, fields) in enumerate(choices):
        leads_to = make(wanted, **fields)
        number = count(tallies, leads_to)
        if number or place == 0 or leads_to == wanted:
            made.append(Option(label, leads_to, number, leads_to == wanted))
    return tuple(made)
