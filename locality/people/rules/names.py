"""Names: kept as people write them, shown whole, compared without accents, case and punctuation."""

import unicodedata

from locality.kernel.errors import Reason

NAME_NOT_KNOWN = "Name not known"
NAME_LENGTH = 100

# Letters that decomposing leaves whole, and marks that people leave out.
_PLAIN = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i",
        "'": None, "’": None, "‘": None, "`": None, "ʼ": None, "-": " ", "‐": " ", "–": " ", ".": " ", ",": " ",
    }
)  # fmt: skip


def reasons_against_names(**names: str) -> tuple[Reason, ...]:
    """Names that are too long to be any, beside the field that each belongs to."""
    return tuple(
        Reason(field, f"Enter a name of up to {NAME_LENGTH} characters")
        for field, name in names.items()
        if len(name) > NAME_LENGTH
    )


def display_name(given_name: str, family_name: str, *, unborn: bool = False) -> str:
    """The name to show: whole, as written; a baby not yet named takes the family's."""
    whole = " ".join(part for part in (given_name, family_name) if part)
    if unborn and not given_name:
        return f"Baby {family_name}" if family_name else "Unborn baby"
    return whole or NAME_NOT_KNOWN


def fold(name: str) -> str:
    """A name for comparing: lower case, no accents, apostrophes dropped, hyphens and full stops as spaces."""
    plain = name.casefold().translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def letters_apart(one: str, other: str, *, at_most: int = 3) -> int:
    """How many letters must be added, dropped, changed or swapped with their neighbour to make one of the other.

    Stops counting at ``at_most`` + 1.
    """
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        before, last = row, before
        row = [i]
        for j, right in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], at_most + 1)


def close_enough(one: str, other: str) -> bool:
    """Whether two folded names differ by as little as a slip of the pen: one letter, or two in a long name."""
    shorter = min(len(one), len(other))
    if shorter < 3:
        return False
    return letters_apart(one, other) <= (2 if shorter > 6 else 1)
