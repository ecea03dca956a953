"""Scales and their scores: what may be entered, how it reads, and how far somebody has come. Pure.

Only like is set beside like: the same version of a scale, answered by the same kind of person.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.errors import Reason

MOST_ITEMS = 40
_FURTHEST = 1_000


class Better(StrEnum):
    """Which way is better on a scale."""

    HIGHER = "higher"
    LOWER = "lower"


BETTER_LABELS = {Better.HIGHER: "Higher is better", Better.LOWER: "Lower is better"}


class Respondent(StrEnum):
    """Who answers a scale."""

    PARENT = "parent"
    TEACHER = "teacher"
    SELF = "self"
    WORKER = "worker"


RESPONDENT_LABELS = {
    Respondent.PARENT: "A parent or carer",
    Respondent.TEACHER: "A teacher",
    Respondent.SELF: "The child or young person",
    Respondent.WORKER: "A worker, with the family",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One number of a scale. ``counts``: it is part of the total; ``better`` is its own direction."""

    code: str
    label: str
    lowest: int
    highest: int
    counts: bool = True
    better: Better = Better.HIGHER


@dataclass(frozen=True, slots=True)
class Band:
    """Totals up to ``up_to``, from where the band before ends."""

    up_to: int
    label: str


@dataclass(frozen=True, slots=True)
class ScaleFacts:
    """One version of a scale, as far as reading its scores needs it."""

    items: tuple[Item, ...]
    better: Better
    respondents: tuple[Respondent, ...]
    bands: Mapping[Respondent, tuple[Band, ...]]

    @property
    def lowest(self) -> int:
        """The lowest total."""
        return sum(item.lowest for item in self.items if item.counts)

    @property
    def highest(self) -> int:
        """The highest total."""
        return sum(item.highest for item in self.items if item.counts)

    def band_of(self, total: int, respondent: Respondent) -> str | None:
        """The band of a total for this respondent; None where no bands are kept for them."""
        return next((band.label for band in self.bands.get(respondent, ()) if total <= band.up_to), None)


def total_of(items: Iterable[Item], points: Mapping[str, int]) -> int:
    """The total: all items that count, added."""
    return sum(points[item.code] for item in items if item.counts)


def reasons_against_score(
    scale: ScaleFacts, points: Mapping[str, int | None], *, respondent: Respondent, scored_on: dt.date, today: dt.date
) -> tuple[Reason, ...]:
    """Why a score cannot be kept: each item must have a number within its range."""
    reasons = []
    if respondent not in scale.respondents:
        reasons.append(Reason("respondent", "Select who answered from the list"))
    if scored_on > today:
        reasons.append(Reason("scored_on", "The date must be today or in the past"))
    for item in scale.items:
        value = points.get(item.code)
        if value is None or not item.lowest <= value <= item.highest:
            line = f"Enter a number from {item.lowest} to {item.highest} for {item.label.lower()}"
            reasons.append(Reason(field_of(item.code), line))
    return tuple(reasons)


def field_of(code: str) -> str:
    """The name of the field in which an item is entered."""
    return f"item-{code}"


@dataclass(frozen=True, slots=True)
class ScaleDraft:
    """A version of a scale as an administrator wants to define it; an item is (label, lowest, highest)."""

    name: str
    items: tuple[tuple[str, int, int], ...]
    respondents: tuple[Respondent, ...]
    licence: str


def reasons_against_scale(draft: ScaleDraft) -> tuple[Reason, ...]:
    """Why a scale cannot be defined like this."""
    reasons = [] if draft.name else [Reason("name", "Enter the name of the scale")]
    reasons += _about_items(draft)
    if not draft.respondents:
        reasons.append(Reason("respondents", "Select who answers it"))
    if not draft.licence:
        reasons.append(Reason("licence", "Enter whose it is and what you may do with it"))
    return tuple(reasons)


def _about_items(draft: ScaleDraft) -> list[Reason]:
    reasons = []
    if not draft.items:
        reasons.append(Reason("items", "Enter at least one item, with its range"))
    if len(draft.items) > MOST_ITEMS:
        reasons.append(Reason("items", f"A scale has at most {MOST_ITEMS} items"))
    labels = [label.casefold() for label, _lowest, _highest in draft.items]
    if len(set(labels)) < len(labels):
        reasons.append(Reason("items", "Two items have the same name"))
    for label, lowest, highest in draft.items:
        if lowest >= highest or abs(lowest) > _FURTHEST or abs(highest) > _FURTHEST:
            reasons.append(Reason("items", f"The range of “{label}” must go from a lower to a higher number"))
    return reasons


def read_items(typed: str) -> tuple[tuple[tuple[str, int, int], ...], tuple[str, ...]]:
    """Items as an administrator writes them, one a line: ``Sleep, 0 to 10``; and the lines that are not like that."""
    items, wrong = [], []
    for line in (one.strip() for one in typed.splitlines()):
        if not line:
            continue
        label, _, span = line.rpartition(",")
        lowest, _, highest = span.partition(" to ")
        try:
            items.append((label.strip(), int(lowest), int(highest)))
        except ValueError:
            wrong.append(line)
        else:
            if not label.strip():
                wrong.append(line)
    return tuple(items), tuple(wrong)


# --- How far somebody has come ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """One score as a point of a line."""

    scored_on: dt.date
    total: int
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Scores of one child that may be compared: one version of a scale, one kind of respondent, in order of date."""

    person_id: uuid.UUID
    scale_name: str
    version_id: uuid.UUID
    respondent: Respondent
    better: Better
    lowest: int
    highest: int
    readings: tuple[Reading, ...]

    @property
    def first(self) -> Reading:
        """Where it began."""
        return self.readings[0]

    @property
    def last(self) -> Reading:
        """Where it stands."""
        return self.readings[-1]

    @property
    def gain(self) -> int | None:
        """Points in the better direction from the first score to the last; None with one score only."""
        if len(self.readings) < 2:
            return None
        change = self.last.total - self.first.total
        return change if self.better is Better.HIGHER else -change


def in_words(line: Line, *, child: str) -> str:
    """How far a child has come on one line, in a sentence."""
    who = {
        Respondent.PARENT: "a parent or carer",
        Respondent.TEACHER: "a teacher",
        Respondent.SELF: child,
        Respondent.WORKER: "the worker",
    }[line.respondent]
    gain = line.gain
    if gain is None:
        return f"{child} has one score of {line.first.total} so far, as {who} sees it. A second one shows what changes."
    ended = f"from {_with_band(line.first)} to {_with_band(line.last)}, as {who} sees it"
    if gain == 0:
        return f"{child}’s score is where it was: {ended}."
    points = f"{abs(gain)} point" if abs(gain) == 1 else f"{abs(gain)} points"
    return f"{child}’s score got {points} {'better' if gain > 0 else 'worse'}: {ended}."


def _with_band(reading: Reading) -> str:
    return f"{reading.total} ({reading.band.lower()})" if reading.band else str(reading.total)


def plan_in_words(lines: Sequence[Line]) -> str:
    """How far everybody of a plan has come together, in a sentence."""
    gains = [line.gain for line in lines if line.gain is not None]
    if not gains:
        return "Nothing has been scored twice yet, so there is no distance to show."
    better, worse = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    same = len(gains) - better - worse
    noun = "line" if len(gains) == 1 else "lines"
    return f"Of {len(gains)} {noun} scored more than once, {better} got better, {worse} got worse and {same} stayed."
