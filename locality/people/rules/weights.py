"""What each way in which two records compare is worth, after Fellegi and Sunter (1969). Pure.

A weight is log2(m / u): m is how often records of one person compare so, u how often records of two people do. It is
counted in doublings: 3 points more means eight times as likely. Points for facts that do not hang together add up.

The m and u are our own estimates of how people write things down and how widely things are shared; none was computed
from a labelled set. FEBRL 4 was looked at while the ceiling and the floors were set (docs/performance.md). What a
household shares (surname, home, telephone, adults) hangs together, so its sum has a ceiling.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache


class Verdict(StrEnum):
    """How one fact of the two compares."""

    AGREES = "agrees"
    CLOSE = "close"
    DIFFERS = "differs"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact compared: which, how, in words ("same birth date"), and what it weighs."""

    fact: str
    verdict: Verdict
    words: str
    weight: float = 0.0


def points(m: float, u: float) -> float:
    """log2(m / u), to two places."""
    return round(math.log2(m / u), 2)


NHS_SAME, NHS_OTHER = points(0.998, 0.000001), points(0.001, 1.0)
UPN_SAME, UPN_OTHER = points(0.99, 0.000001), points(0.01, 1.0)

BORN_SAME = points(0.92, 1 / 8000)
BORN_SWAPPED = points(0.01, 1 / 8000)
BORN_FIGURE = points(0.03, 0.003)
BORN_DAY = points(0.005, 0.0003)
BORN_MUDDLED = points(0.01, 0.0012)
BORN_NEAR_DUE = points(0.9, 0.01)
BORN_OTHER = points(0.005, 0.99)

GIVEN_SAME = points(0.80, 0.01)
GIVEN_ALSO = points(0.05, 0.002)
GIVEN_FORM = points(0.05, 0.005)
GIVEN_SLIP = points(0.08, 0.008)
GIVEN_SOUND = points(0.03, 0.004)
GIVEN_PART = points(0.03, 0.008)
GIVEN_OTHER = points(0.04, 0.96)

SURNAME_SAME = points(0.80, 0.002)
SURNAME_BEFORE = points(0.04, 0.0007)
SURNAME_SLIP = points(0.06, 0.002)
SURNAME_SOUND = points(0.02, 0.002)
SURNAME_PART = points(0.03, 0.003)
SURNAME_OTHER = points(0.07, 0.99)
SURNAME_BABY = points(0.3, 0.99)  # a baby is entered under the mother's name and grows up with the father's, or so

NAMES_SWAPPED = points(0.01, 0.00001)
NAMES_HALF_SWAPPED = points(0.004, 0.00002)
NAMES_DIVIDED = points(0.01, 0.00001)
NAME_MISPLACED = points(0.01, 0.002)

SEX_SAME, SEX_OTHER = points(0.98, 0.5), points(0.02, 0.5)

POSTCODE_SAME = points(0.6, 0.002)
POSTCODE_BEFORE = points(0.2, 0.002)
POSTCODE_SLIP = points(0.03, 0.002)
POSTCODE_OTHER = points(0.35, 0.99)
ADDRESS_SAME = points(0.55, 0.02)
ADDRESS_BEFORE = points(0.2, 0.02)
ADDRESS_NEAR = points(0.1, 0.02)
ADDRESS_OTHER = points(0.35, 0.95)
PHONE_SAME, PHONE_OTHER = points(0.5, 0.004), points(0.5, 1.0)
ADULTS_SAME, ADULTS_OTHER = points(0.8, 0.01), points(0.15, 0.98)

TWIN = -1.5  # a judgement: same surname and birth date, another first name
HOUSEHOLD_CEILING = 20.0
HOUSEHOLD = frozenset({"surname", "postcode", "address", "telephone", "adults"})
NEAR_DUE = dt.timedelta(days=42)


@cache
def missing(fact: str, words: str | None = None) -> Finding:
    """A fact that one of the two does not have: it says nothing."""
    return Finding(fact, Verdict.MISSING, words or f"{fact} missing")


@lru_cache(maxsize=1024)
def agrees(fact: str, words: str, weight: float) -> Finding:
    """A fact that is the same."""
    return Finding(fact, Verdict.AGREES, words, weight)


@lru_cache(maxsize=1024)
def close(fact: str, words: str, weight: float) -> Finding:
    """A fact that is nearly the same."""
    return Finding(fact, Verdict.CLOSE, words, weight)


@lru_cache(maxsize=1024)
def differs(fact: str, words: str, weight: float) -> Finding:
    """A fact that is not the same."""
    return Finding(fact, Verdict.DIFFERS, words, weight)


def of_household(findings: Iterable[Finding]) -> float:
    """The points of what a household shares, up to their ceiling."""
    return min(sum(one.weight for one in findings if one.fact in HOUSEHOLD), HOUSEHOLD_CEILING)


def total(findings: Iterable[Finding]) -> float:
    """The points of all findings together, what a household shares up to its ceiling."""
    all_of_them = tuple(findings)
    return sum(one.weight for one in all_of_them if one.fact not in HOUSEHOLD) + of_household(all_of_them)
