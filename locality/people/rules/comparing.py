"""One fact of two records compared: the finding, its words and its weight. Pure."""

import datetime as dt
from collections.abc import Sequence

from locality.people.rules import weights
from locality.people.rules.codes import Sex
from locality.people.rules.names import close_enough, fold, letters_apart, sounds_alike
from locality.people.rules.nicknames import is_other_form
from locality.people.rules.weights import Finding, agrees, close, differs, missing

_NO_DATE = "birth date missing"


def compare_numbers(fact: str, ours: str | None, theirs: str | None, *, same: float, other: float) -> Finding:
    """Two NHS numbers or pupil numbers."""
    if not ours or not theirs:
        return missing(fact)
    if ours == theirs:
        return agrees(fact, f"same {fact}", same)
    return differs(fact, f"different {fact}", other)


def compare_births(
    born_on: dt.date | None, due_on: dt.date | None, *, their_born_on: dt.date | None, their_due_on: dt.date | None
) -> Finding:
    """Two birth dates, two expected dates, or one of each."""
    if born_on is not None and their_born_on is not None:
        return _birth_dates(born_on, their_born_on)
    ours, theirs = due_on or born_on, their_due_on or their_born_on
    if ours is None or theirs is None:
        return missing("birth date", _NO_DATE)
    if abs(ours - theirs) <= weights.NEAR_DUE:
        words = "due about the same time" if due_on and their_due_on else "born near the date due"
        return close("birth date", words, weights.BORN_NEAR_DUE)
    return differs("birth date", "different birth date", weights.BORN_OTHER)


def _birth_dates(ours: dt.date, theirs: dt.date) -> Finding:
    fact = "birth date"
    if ours == theirs:
        return agrees(fact, "same birth date", weights.BORN_SAME)
    if (ours.year, ours.month, ours.day) == (theirs.year, theirs.day, theirs.month):
        return close(fact, "day and month of birth swapped", weights.BORN_SWAPPED)
    if _one_figure_apart(ours, theirs):
        return close(fact, "birth date differs by one figure", weights.BORN_FIGURE)
    if abs((ours - theirs).days) == 1:
        return close(fact, "birth date differs by one day", weights.BORN_DAY)
    if sum(_parts_agree(ours, theirs)) == 2:
        return close(fact, "birth date differs in its day, month or year", weights.BORN_MUDDLED)
    return differs(fact, "different birth date", weights.BORN_OTHER)


def _one_figure_apart(ours: dt.date, theirs: dt.date) -> bool:
    """Whether one figure differs as the dates are written, or two neighbours have changed places."""
    one, other = ours.isoformat().replace("-", ""), theirs.isoformat().replace("-", "")
    apart = [place for place in range(8) if one[place] != other[place]]
    if len(apart) == 2 and apart[1] == apart[0] + 1:
        return one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]
    return len(apart) == 1


def _parts_agree(ours: dt.date, theirs: dt.date) -> tuple[bool, bool, bool]:
    return ours.year == theirs.year, ours.month == theirs.month, ours.day == theirs.day


def compare_sexes(ours: Sex, theirs: Sex) -> Finding:
    """Two sexes."""
    if Sex.UNKNOWN in (ours, theirs):
        return missing("sex", "sex not known")
    if ours == theirs:
        return agrees("sex", "same sex", weights.SEX_SAME)
    return differs("sex", "different sex", weights.SEX_OTHER)


def compare_given_names(ours: Sequence[str], theirs: Sequence[str]) -> Finding:
    """First names, folded: the first name first, then what else each goes or went by."""
    fact = "first name"
    if not ours or not theirs:
        return missing(fact)
    if ours[0] == theirs[0]:
        return agrees(fact, "same first name", weights.GIVEN_SAME)
    pairs = [(one, other) for one in ours for other in theirs]
    if any(one == other for one, other in pairs):
        return agrees(fact, "same first name as they are known by", weights.GIVEN_ALSO)
    if any(_forms(one, other) for one, other in pairs):
        return close(fact, "first name may be a short form", weights.GIVEN_FORM)
    if any(close_enough(one, other) for one, other in pairs):
        return close(fact, "first name nearly the same", weights.GIVEN_SLIP)
    if any(sounds_alike(one, other) for one, other in pairs):
        return close(fact, "first name sounds the same", weights.GIVEN_SOUND)
    if any(_partly(one, other) for one, other in pairs):
        return close(fact, "part of the first name is the same", weights.GIVEN_PART)
    return differs(fact, "different first name", weights.GIVEN_OTHER)


def _forms(one: str, other: str) -> bool:
    return is_other_form(one.split(" ", maxsplit=1)[0], other.split(" ", maxsplit=1)[0])


def _partly(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return (len(shorter) > 1 and longer.startswith(shorter)) or not set(one.split()).isdisjoint(other.split())


def compare_surnames(ours: str, theirs: str, *, before: Sequence[str]) -> Finding:
    """Surnames, folded; ``before`` are their earlier names."""
    fact = "surname"
    if not ours or not theirs:
        return missing(fact)
    if ours == theirs:
        return agrees(fact, "same surname", weights.SURNAME_SAME)
    if any(ours == name or ours in name.split() for name in before):
        return agrees(fact, "same surname as before", weights.SURNAME_BEFORE)
    if close_enough(ours, theirs):
        words = "one letter" if letters_apart(ours, theirs) == 1 else "two letters"
        return close(fact, f"surname differs by {words}", weights.SURNAME_SLIP)
    if not set(ours.split()).isdisjoint(theirs.split()):
        return close(fact, "part of the surname is the same", weights.SURNAME_PART)
    if sounds_alike(ours, theirs):
        return close(fact, "surname sounds the same", weights.SURNAME_SOUND)
    return differs(fact, "different surname", weights.SURNAME_OTHER)


def compare_crosswise(given: str, family: str, *, their_given: str, their_family: str) -> Finding | None:
    """Names that are the same when first name and surname change places, or are divided in another place."""
    if not (given and family and their_given and their_family) or (given, family) == (their_given, their_family):
        return None
    if _alike(given, their_family) and _alike(family, their_given) and not _alike(given, their_given):
        return close("name", "first name and surname swapped", weights.NAMES_SWAPPED)
    if _shares(given, their_family) and _shares(family, their_given) and not _shares(given, their_given):
        return close("name", "first name and half of a double surname swapped", weights.NAMES_HALF_SWAPPED)
    ours, theirs = f"{given} {family}".split(), f"{their_given} {their_family}".split()
    if len(ours) > 2 and sorted(ours) == sorted(theirs) and set(given.split()) != set(their_given.split()):
        return close("name", "same names, divided in another place", weights.NAMES_DIVIDED)
    return None


def _alike(one: str, other: str) -> bool:
    return one == other or close_enough(one, other)


def _shares(one: str, other: str) -> bool:
    """Whether two names, or a part of each, are alike."""
    return any(_alike(ours, theirs) for ours in one.split() for theirs in other.split())


def compare_telephones(same: bool | None) -> Finding:  # noqa: FBT001 - the database has compared them
    """Whether any telephone number is theirs or their family's."""
    if same is None:
        return missing("telephone")
    if same:
        return agrees("telephone", "same telephone number", weights.PHONE_SAME)
    return differs("telephone", "different telephone number", weights.PHONE_OTHER)


def compare_adults(ours: Sequence[str], theirs: Sequence[str] | None) -> Finding:
    """The adults around two children, each by whole name as written."""
    if not ours or not theirs:
        return missing("adults", "adults not known")
    for one in ours:
        for other in theirs:
            if _same_adult(fold(one), fold(other)):
                return agrees("adults", f"same adult, {other}", weights.ADULTS_SAME)
    return differs("adults", "different adults", weights.ADULTS_OTHER)


def _same_adult(one: str, other: str) -> bool:
    ours, theirs = sorted(one.split()), sorted(other.split())
    if len(ours) != len(theirs) or len(ours) < 2:
        return ours == theirs and bool(ours)
    return all(a == b or close_enough(a, b) or is_other_form(a, b) for a, b in zip(ours, theirs, strict=True))
