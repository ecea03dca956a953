"""Where two people live or lived, compared. Pure.

What is here has been let through by the database: an address that the reader may not be told of never comes so far.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from locality.people.rules import weights
from locality.people.rules.names import close_enough, fold, letters_apart
from locality.people.rules.weights import Finding, agrees, close, differs, missing

_SHORT = {
    "st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "cl": "close", "dr": "drive", "ln": "lane",
    "ct": "court", "pl": "place", "cres": "crescent", "gdns": "gardens", "apartment": "flat",
}  # fmt: skip
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """An address as two records are compared by it; ``now`` is false for one where they lived before."""

    lines: tuple[str, ...]
    postcode: str | None
    now: bool = True


def compare_places(
    lines: Sequence[str], postcode: str | None, theirs: Iterable[KnownPlace] | None
) -> tuple[Finding, Finding]:
    """The postcode and the address of one against that of the other's places which fits best."""
    found = [(_postcodes(postcode, place), _addresses(tuple(lines), place)) for place in theirs or ()]
    if not found:
        return missing("postcode"), missing("address")
    return max(found, key=lambda pair: pair[0].weight + pair[1].weight)


def _postcodes(ours: str | None, place: KnownPlace) -> Finding:
    fact, theirs = "postcode", place.postcode
    if not ours or not theirs:
        return missing(fact)
    if ours == theirs:
        if place.now:
            return agrees(fact, "same postcode", weights.POSTCODE_SAME)
        return agrees(fact, "same postcode as before", weights.POSTCODE_BEFORE)
    if letters_apart(ours, theirs) == 1:
        return close(fact, "postcode differs by one character", weights.POSTCODE_SLIP)
    return differs(fact, "different postcode", weights.POSTCODE_OTHER)


def _addresses(ours: tuple[str, ...], place: KnownPlace) -> Finding:
    fact = "address"
    numbers, words = _taken_apart(ours)
    their_numbers, their_words = _taken_apart(place.lines)
    if not words or not their_words:
        return missing(fact)
    share = _shared(words, their_words) / min(len(words), len(their_words))
    same_number = not numbers.isdisjoint(their_numbers) or not numbers or not their_numbers
    if share >= 0.6 and same_number:
        if place.now:
            return agrees(fact, "same address", weights.ADDRESS_SAME)
        return agrees(fact, "same address as before", weights.ADDRESS_BEFORE)
    if share >= 0.6 or (share >= 0.3 and not numbers.isdisjoint(their_numbers)):
        return close(fact, "address nearly the same", weights.ADDRESS_NEAR)
    return differs(fact, "different address", weights.ADDRESS_OTHER)


@lru_cache(maxsize=65_536)
def _taken_apart(lines: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """House numbers, and words without street's usual short forms."""
    parts = [_SHORT.get(word, word) for word in fold(" ".join(lines)).split()[:_MOST_WORDS]]
    numbers = frozenset(match.group() for part in parts if (match := re.match("[0-9]+", part)))
    return numbers, frozenset(part for part in parts if not part[0].isdigit())


def _shared(ours: frozenset[str], theirs: frozenset[str]) -> int:
    same = ours & theirs
    rest = theirs - same
    return len(same) + sum(any(close_enough(one, other) for other in rest) for one in ours - same)
