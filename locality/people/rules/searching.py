"""What to say to somebody whose search cannot find anything, or found people who look alike. Pure."""

from collections import Counter
from collections.abc import Iterable

from locality.people.rules.identifiers import tidy_nhs_number, tidy_upn
from locality.people.rules.names import fold

_LIKE = (
    "Type a name, a date of birth like 27/3/2019, a reference like PE-7K3M-42P, an NHS number, a pupil number,"
    " a telephone number or the beginning of a postcode."
)
_NHS_FIGURES = 10


def advice(*, names: str, number: str | None, says_more: bool) -> str | None:
    """What is wrong with what was typed, in words that help to type it better; None when it can be looked for.

    ``number`` is an NHS number or pupil number as typed; ``says_more`` that a date, place, telephone or reference is
    there too.
    """
    words = names.split()
    if number is not None:
        return _about_number(number)
    if says_more:
        return None
    if not words:
        return f"There is nothing here to look for. {_LIKE}"
    if all(word.isdigit() for word in words):
        return (
            f"“{names}” is no whole number: it has {sum(map(len, words))} figures. An NHS number has 10, a telephone"
            " number 10 or 11 that begin with 0, and a date is written like 27/3/2019."
        )
    if all(len(fold(word)) < 2 for word in words):
        return "One letter is too little to find somebody by. Type at least two letters of a name, or a date of birth."
    return None


def _about_number(number: str) -> str | None:
    is_nhs = len(number) == _NHS_FIGURES
    if (tidy_nhs_number(number) if is_nhs else tidy_upn(number)) is not None:
        return None
    called = "NHS number" if is_nhs else "pupil number"
    return f"This cannot be a real {called}: its check figure is wrong. Look at it again, figure by figure."


def look_alike(names: Iterable[str]) -> frozenset[str]:
    """Those names, folded, that more than one of the people found has."""
    counted = Counter(fold(name) for name in names)
    return frozenset(name for name, number in counted.items() if number > 1)
