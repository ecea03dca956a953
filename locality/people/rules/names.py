"""Names: kept as people write them, shown whole, compared without accents, case and punctuation."""

import re
import unicodedata
from functools import lru_cache

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


@lru_cache(maxsize=65_536)
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
    if one == other:
        return 0
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    one, other = _where_they_part(one, other)
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


def _where_they_part(one: str, other: str) -> tuple[str, str]:
    """The middles of two words, without the beginning and the end that they share."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    end = 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    return (one[: len(one) - end], other[: len(other) - end]) if end else (one, other)


@lru_cache(maxsize=262_144)
def close_enough(one: str, other: str) -> bool:
    """Whether two folded names differ by as little as a slip of the pen: one letter, or two in a long name."""
    shorter, most = min(len(one), len(other)), 1
    if shorter < 3:
        return False
    if shorter > 6:
        most = 2
    # One slip changes at most two letters of those that stand in either: most pairs need no counting.
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return False
    return letters_apart(one, other, at_most=most) <= most


# How English and borrowed spellings of one sound are levelled, in this order. Our own short list.
_SPELLINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"^(kn|gn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^wh", "w"), (r"mb$", "m"), (r"sch", "s"), (r"tch", "c"),
        (r"ph|v", "f"), (r"gh", ""), (r"ck|q", "k"), (r"x", "ks"), (r"dg", "j"), (r"th|tt", "t"), (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"), (r"ch|sh|sz|cz", "s"), (r"g(?=[eiy])", "j"), (r"z", "s"),
    )
)  # fmt: skip


@lru_cache(maxsize=65_536)
def sound(name: str) -> str:
    """A folded name as it sounds, roughly: Katherine, Catherine and Kathryn give one answer, so do Stephen and Steven.

    Empty for names without a letter from a to z.
    """
    letters = re.sub(r"[^a-z]", "", name)
    for pattern, plain in _SPELLINGS:
        letters = pattern.sub(plain, letters)
    first, rest = letters[:1], re.sub(r"[aeiouyhw]", "", letters[1:])
    return re.sub(r"(.)\1+", r"\1", ("a" if first in "aeiouyh" and first else first) + rest)


def sounds_alike(one: str, other: str) -> bool:
    """Whether two folded names sound the same; names of one sound only (Lee, Lea) say too little."""
    return len(sound(one)) > 1 and sound(one) == sound(other)
