"""Whether somebody being entered may be on record already: each fact compared, weighed and said in words. Pure.

Points (``weights``) decide the order and the wording only; a person decides the rest.
"""

import calendar
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.people.rules import weights
from locality.people.rules.codes import Sex
from locality.people.rules.comparing import (
    compare_adults,
    compare_births,
    compare_crosswise,
    compare_given_names,
    compare_numbers,
    compare_sexes,
    compare_surnames,
    compare_telephones,
)
from locality.people.rules.comparing_places import KnownPlace, compare_places
from locality.people.rules.names import fold
from locality.people.rules.weights import Finding, Verdict, differs

__all__ = [
    "STRENGTHS", "Candidate", "Finding", "KnownPlace", "Match", "Probe", "Strength", "Verdict", "compare",
    "likely_dates", "match",
]  # fmt: skip


class Strength(StrEnum):
    """How likely two records are one person."""

    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    POSSIBLE = "possible"
    HOUSEHOLD = "household"


STRENGTHS = {
    Strength.VERY_LIKELY: "Very likely the same",
    Strength.LIKELY: "Likely the same",
    Strength.POSSIBLE: "Possibly the same",
    Strength.HOUSEHOLD: "Somebody else, perhaps of the same household",
}
# Of fifty thousand people on record one is the person being entered with odds of 2 to the -15.6 before anything is
# known: at 22 points the odds are about 80 to 1 that they are, at 15 about even, at 10 it is worth a look.
_FLOORS = ((22.0, Strength.VERY_LIKELY), (15.0, Strength.LIKELY), (10.0, Strength.POSSIBLE))
_HOUSEHOLD_FLOOR = 9.0  # of what a household shares: a surname alone is not enough
_BY_NUMBER = 15.0  # what only a shared NHS or pupil number brings


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of somebody who is being entered; leave empty what is not known.

    ``lines`` and ``postcode`` say where they live, ``phones`` how they or their family are reached, ``adults`` who
    looks after them, each by whole name (the mother of a child not yet born).
    """

    given_name: str = ""
    family_name: str = ""
    known_as: str = ""
    born_on: dt.date | None = None
    due_on: dt.date | None = None
    sex: Sex = Sex.UNKNOWN
    nhs_number: str | None = None
    upn: str | None = None
    postcode: str | None = None
    lines: Sequence[str] = ()
    phones: Sequence[str] = ()
    adults: Sequence[str] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is enough to look for: more than a date, a sex or a postcode."""
        return any(
            (self.given_name, self.family_name, self.known_as, self.nhs_number, self.upn, self.phones, self.adults)
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on record who might be meant.

    ``places``, ``same_phone`` and ``adults`` hold only what the actor may be told, None where that is nothing.
    """

    person_id: uuid.UUID
    reference: str
    name: str
    given_name: str
    family_name: str
    known_as: str
    previous_names: tuple[str, ...]
    born_on: dt.date | None
    due_on: dt.date | None
    sex: Sex
    nhs_number: str | None
    upn: str | None
    places: tuple[KnownPlace, ...] | None = None
    same_phone: bool | None = None
    adults: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody on record who may be the person being entered, and why."""

    person_id: uuid.UUID
    reference: str
    name: str
    born_on: dt.date | None
    due_on: dt.date | None
    strength: Strength
    weight: float
    findings: tuple[Finding, ...]

    @property
    def why(self) -> str:
        """The findings that say something, in one line."""
        told = [f.words for f in self.findings if f.verdict is not Verdict.MISSING]
        return " · ".join(told)

    @property
    def explained(self) -> tuple[tuple[str, str], ...]:
        """Every finding with its points, by how it compares: what agrees first, what is not known last."""
        return tuple(
            (words, ", ".join(_with_points(one) for one in self.findings if one.verdict is verdict))
            for verdict, words in _VERDICTS.items()
            if any(one.verdict is verdict for one in self.findings)
        )


_VERDICTS = {
    Verdict.AGREES: "Agrees",
    Verdict.CLOSE: "Close",
    Verdict.DIFFERS: "Differs",
    Verdict.MISSING: "Not known",
}


def _with_points(finding: Finding) -> str:
    if finding.verdict is Verdict.MISSING:
        return finding.fact
    sign = "−" if finding.weight < 0 else "+"
    return f"{finding.words} ({sign}{abs(finding.weight):.0f})"


def match(probe: Probe, candidate: Candidate) -> Match | None:
    """The comparison of a probe with one person on record; None when too little speaks for it."""
    findings = compare(probe, candidate)
    weight = round(weights.total(findings), 2)
    strength = _strength(weight, findings)
    if strength is None:
        return None
    return Match(
        person_id=candidate.person_id,
        reference=candidate.reference,
        name=candidate.name,
        born_on=candidate.born_on,
        due_on=candidate.due_on,
        strength=strength,
        weight=weight,
        findings=findings,
    )


def compare(probe: Probe, candidate: Candidate) -> tuple[Finding, ...]:
    """Every fact of the two, compared."""
    return (
        compare_numbers(
            "NHS number", probe.nhs_number, candidate.nhs_number, same=weights.NHS_SAME, other=weights.NHS_OTHER
        ),
        compare_numbers("pupil number", probe.upn, candidate.upn, same=weights.UPN_SAME, other=weights.UPN_OTHER),
        *_names_and_birth(probe, candidate),
        compare_sexes(probe.sex, candidate.sex),
        *compare_places(probe.lines, probe.postcode, candidate.places),
        compare_telephones(candidate.same_phone),
        compare_adults(probe.adults, candidate.adults),
    )


def _names_and_birth(probe: Probe, candidate: Candidate) -> list[Finding]:
    birth = compare_births(probe.born_on, probe.due_on, their_born_on=candidate.born_on, their_due_on=candidate.due_on)
    given, family = fold(probe.given_name), fold(probe.family_name)
    their_given, their_family = fold(candidate.given_name), fold(candidate.family_name)
    crosswise = compare_crosswise(given, family, their_given=their_given, their_family=their_family)
    if crosswise is not None:
        return [birth, crosswise]
    before = [fold(name) for name in candidate.previous_names if name]
    first = compare_given_names(
        _called(given, probe.known_as), _called(their_given, candidate.known_as, *candidate.previous_names)
    )
    last = compare_surnames(family, their_family, before=before)
    if last.verdict is Verdict.DIFFERS and birth.weight == weights.BORN_NEAR_DUE:
        last = differs("surname", "different surname, as a baby’s often is", weights.SURNAME_BABY)
    found = [birth, first, last]
    if _may_be_twins(birth, first, last):
        found.append(differs("twin", "may be a twin or sibling", weights.TWIN))
    return found


def _called(name: str, *others: str) -> list[str]:
    return [one for one in (name, *(fold(other) for other in others if other)) if one]


def _may_be_twins(birth: Finding, first: Finding, last: Finding) -> bool:
    """One birth date and one surname, but two first names."""
    return (
        birth.verdict is Verdict.AGREES
        and first.verdict is Verdict.DIFFERS
        and last.verdict in (Verdict.AGREES, Verdict.CLOSE)
    )


def _strength(weight: float, findings: Sequence[Finding]) -> Strength | None:
    numbered = any(one.weight >= _BY_NUMBER for one in findings)
    found = next((strength for floor, strength in _FLOORS if weight >= floor), None)
    if found is None or not (numbered or _is_one_person(findings)):
        return Strength.HOUSEHOLD if weights.of_household(findings) >= _HOUSEHOLD_FLOOR else None
    if not numbered and any(one.fact == "twin" or _born_otherwise(one) for one in findings):
        return Strength.POSSIBLE
    return found


def _born_otherwise(finding: Finding) -> bool:
    return finding.fact == "birth date" and finding.verdict is Verdict.DIFFERS


def _is_one_person(findings: Iterable[Finding]) -> bool:
    """Whether anything of a person's own speaks for it: two of a household share all but first name and birth date."""
    own = {one.fact: one for one in findings if one.fact not in weights.HOUSEHOLD}
    birth, first = own["birth date"], own.get("first name")
    return first is None or birth.verdict in (Verdict.AGREES, Verdict.CLOSE) or first.weight > 0 or _says_nothing(own)


def _says_nothing(own: Mapping[str, Finding]) -> bool:
    """Whether neither birth date nor first name is known: a baby on the way, a mother with a surname only."""
    return all(own[fact].verdict is Verdict.MISSING for fact in ("birth date", "first name"))


def likely_dates(born_on: dt.date) -> tuple[dt.date, ...]:
    """Birth dates that a slip of the pen makes of this one.

    Day and month swapped, the day before or after, one figure wrong, another month, ten years out; none more than ten
    years away.
    """
    year, month, day = born_on.year, born_on.month, born_on.day
    slips = {born_on, born_on - _ONE_DAY, born_on + _ONE_DAY}
    decade = year - year % 10
    written = [(other, month, day) for other in (*range(decade, decade + 10), year - 10, year + 10)]
    written += [(year, other, day) for other in _ONE_FIGURE[month] if other <= 12]
    written += [(year, month, other) for other in _ONE_FIGURE[day]]
    if day <= 12:
        written.append((year, day, month))
    for one in written:
        if 1 <= one[0] <= 9999 and (one[2] <= 28 or one[2] <= calendar.monthrange(one[0], one[1])[1]):
            slips.add(dt.date(*one))
    return tuple(sorted(slips))


_ONE_DAY = dt.timedelta(days=1)
# The days of a month that are one figure away from each.
_ONE_FIGURE = {
    number: tuple(other for other in range(1, 32) if other // 10 == number // 10 or other % 10 == number % 10)
    for number in range(1, 32)
}
