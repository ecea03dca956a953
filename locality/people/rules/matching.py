"""Whether somebody being entered may be on record already: each fact compared, weighed and said in words.

The weights are the usual ones of record linkage, rounded: what few people share counts for much (an NHS number, a full
birth date), what many share for little (a sex). They decide the order and the wording only; a person decides the rest.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from locality.people.rules.codes import Sex
from locality.people.rules.names import close_enough, fold, letters_apart

NEAR_DUE = dt.timedelta(days=42)


class Verdict(StrEnum):
    """How one fact of the two compares."""

    AGREES = "agrees"
    CLOSE = "close"
    DIFFERS = "differs"
    MISSING = "missing"


class Strength(StrEnum):
    """How likely two records are one person."""

    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    POSSIBLE = "possible"


STRENGTHS = {
    Strength.VERY_LIKELY: "Very likely the same",
    Strength.LIKELY: "Likely the same",
    Strength.POSSIBLE: "Possibly the same",
}
_FLOORS = ((9.0, Strength.VERY_LIKELY), (6.0, Strength.LIKELY), (3.0, Strength.POSSIBLE))


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of somebody who is being entered; leave empty what is not known."""

    given_name: str = ""
    family_name: str = ""
    known_as: str = ""
    born_on: dt.date | None = None
    due_on: dt.date | None = None
    sex: Sex = Sex.UNKNOWN
    nhs_number: str | None = None
    upn: str | None = None
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on record who might be meant. ``same_postcode`` is None where the actor may not be told."""

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
    same_postcode: bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact compared: which, how, in words ("same birth date"), and what it weighs."""

    fact: str
    verdict: Verdict
    words: str
    weight: float = 0.0


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


def match(probe: Probe, candidate: Candidate) -> Match | None:
    """The comparison of a probe with one person on record; None when too little speaks for it."""
    findings = tuple(
        finding
        for compared in (
            _number("NHS number", probe.nhs_number, candidate.nhs_number, differs=-8.0),
            _number("pupil number", probe.upn, candidate.upn, differs=-4.0),
            _dates(probe, candidate),
            *_names(probe, candidate),
            _sex(probe.sex, candidate.sex),
            _postcode(probe, candidate),
        )
        if (finding := compared) is not None
    )
    weight = sum(finding.weight for finding in findings)
    for floor, strength in _FLOORS:
        if weight >= floor:
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
    return None


def likely_dates(born_on: dt.date) -> tuple[dt.date, ...]:
    """Birth dates that a slip of the pen makes of this one: day and month swapped, the next day, year or decade."""
    slips = {born_on}
    if born_on.day <= 12:
        slips.add(dt.date(born_on.year, born_on.day, born_on.month))
    for days in (-1, 1, -10, 10):
        slips.add(born_on + dt.timedelta(days=days))
    for year, month in ((-1, 0), (1, 0), (-10, 0), (10, 0), (0, -1), (0, 1)):
        try:
            slips.add(born_on.replace(year=born_on.year + year, month=born_on.month + month))
        except ValueError:
            continue  # 29 February, or a month that has no such day: nobody can have written it
    return tuple(sorted(slips))


def _number(fact: str, probe: str | None, known: str | None, *, differs: float) -> Finding:
    if not probe or not known:
        return Finding(fact, Verdict.MISSING, f"{fact} missing")
    if probe == known:
        return Finding(fact, Verdict.AGREES, f"same {fact}", 12.0)
    return Finding(fact, Verdict.DIFFERS, f"different {fact}", differs)


def _dates(probe: Probe, candidate: Candidate) -> Finding:
    ours, theirs = probe.born_on, candidate.born_on
    if ours is not None and theirs is not None:
        return _birth_dates(ours, theirs)
    expected, happened = probe.due_on or ours, candidate.due_on or theirs
    if expected is None or happened is None:
        return Finding("birth date", Verdict.MISSING, "birth date missing")
    if abs(expected - happened) <= NEAR_DUE:
        words = "due about the same time" if probe.due_on and candidate.due_on else "born near the date due"
        return Finding("birth date", Verdict.CLOSE, words, 4.0)
    return Finding("birth date", Verdict.DIFFERS, "different birth date", -6.0)


def _birth_dates(ours: dt.date, theirs: dt.date) -> Finding:
    if ours == theirs:
        return Finding("birth date", Verdict.AGREES, "same birth date", 6.0)
    if (ours.year, ours.month, ours.day) == (theirs.year, theirs.day, theirs.month):
        return Finding("birth date", Verdict.CLOSE, "day and month of birth swapped", 4.0)
    one, other = ours.strftime("%d%m%Y"), theirs.strftime("%d%m%Y")
    if letters_apart(one, other) == 1:
        return Finding("birth date", Verdict.CLOSE, "birth date differs by one figure", 3.0)
    if abs((ours - theirs).days) == 1:
        return Finding("birth date", Verdict.CLOSE, "birth date differs by one day", 3.0)
    return Finding("birth date", Verdict.DIFFERS, "different birth date", -6.0)


def _names(probe: Probe, candidate: Candidate) -> list[Finding]:
    given, family = fold(probe.given_name), fold(probe.family_name)
    their_given, their_family = fold(candidate.given_name), fold(candidate.family_name)
    if given and family and (given, family) == (their_family, their_given) and given != family:
        return [Finding("name", Verdict.CLOSE, "first name and surname swapped", 6.0)]
    given_also = [fold(n) for n in (candidate.known_as, *candidate.previous_names)]
    called = [n for n in (given, fold(probe.known_as)) if n]
    return [
        _given(called, [n for n in (their_given, *given_also) if n]),
        _family(family, their_family, [fold(n) for n in candidate.previous_names]),
    ]


def _given(ours: list[str], theirs: list[str]) -> Finding:
    if not ours or not theirs:
        return Finding("first name", Verdict.MISSING, "first name missing")
    if set(ours) & set(theirs):
        return Finding("first name", Verdict.AGREES, "same first name", 4.0)
    if any(close_enough(one, other) for one in ours for other in theirs):
        return Finding("first name", Verdict.CLOSE, "first name nearly the same", 3.0)
    if any(_shortened(one, other) for one in ours for other in theirs):
        return Finding("first name", Verdict.CLOSE, "first name may be a short form", 1.5)
    return Finding("first name", Verdict.DIFFERS, "different first name", -5.0)


def _shortened(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    first_word = longer.split(" ", maxsplit=1)[0]
    return longer.startswith(shorter) or first_word == shorter.split(" ", maxsplit=1)[0]


def _family(ours: str, theirs: str, before: list[str]) -> Finding:
    if not ours or not theirs:
        return Finding("surname", Verdict.MISSING, "surname missing")
    if ours == theirs:
        return Finding("surname", Verdict.AGREES, "same surname", 4.0)
    if ours in before or any(ours in name.split() for name in before):
        return Finding("surname", Verdict.AGREES, "same surname as before", 3.5)
    if close_enough(ours, theirs):
        apart = letters_apart(ours, theirs)
        words = "surname differs by one letter" if apart == 1 else "surname differs by two letters"
        return Finding("surname", Verdict.CLOSE, words, 3.0)
    if set(ours.split()) & set(theirs.split()):
        return Finding("surname", Verdict.CLOSE, "part of the surname is the same", 2.5)
    return Finding("surname", Verdict.DIFFERS, "different surname", -4.0)


def _sex(ours: Sex, theirs: Sex) -> Finding:
    if Sex.UNKNOWN in (ours, theirs):
        return Finding("sex", Verdict.MISSING, "sex not known")
    if ours == theirs:
        return Finding("sex", Verdict.AGREES, "same sex", 0.5)
    return Finding("sex", Verdict.DIFFERS, "different sex", -1.5)


def _postcode(probe: Probe, candidate: Candidate) -> Finding:
    if not probe.postcode or candidate.same_postcode is None:
        return Finding("postcode", Verdict.MISSING, "postcode missing")
    if candidate.same_postcode:
        return Finding("postcode", Verdict.AGREES, "same postcode", 2.5)
    return Finding("postcode", Verdict.DIFFERS, "different postcode")
