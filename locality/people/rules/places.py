"""Whether two addresses are one place, so that hiding one hides the other. In doubt they are."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says of where it is; ``lines`` hold everything but the postcode."""

    lines: Sequence[str]
    postcode: str | None = None
    uprn: str | None = None


def is_same_place(one: Place, other: Place) -> bool:
    """Whether they carry one property number, or one postcode and no numbers that keep them apart.

    "Flat 3, 12 High St" and "12 High Street, Flat 3" are one place, and so is a house with a name instead of a
    number and any other of its postcode: to hide too much harms nobody, to hide too little may cost a life.
    """
    if one.uprn and one.uprn == other.uprn:
        return True
    if not one.postcode or one.postcode != other.postcode:
        return False
    first, second = _numbers(one.lines), _numbers(other.lines)
    return not first or not second or bool(first & second)


def _numbers(lines: Sequence[str]) -> frozenset[str]:
    """The numbers in the lines, without the letter that may follow: "12", "12a" and "12 A" are not told apart."""
    return frozenset(
        str(int(number)) for number in re.findall("[0-9]+", unicodedata.normalize("NFKC", " ".join(lines)))
    )
