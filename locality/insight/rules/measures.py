"""The measures behind the triangle: children by stage, flows, the step-down rate and social care referrals.

Definitions are those of domain 5.1: M08 (step-down rate), M01 (referrals per 10,000), with the conventions of 5.0.
"""

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from types import MappingProxyType

from locality.insight.rules.periods import Period, Span, add_months, year_start

STAGES = (4, 3, 2, 1)
HIGHER_STAGES = (4, 3, 2)  # the stages from which a child can step down
PER = 10_000
# Limits of an individuals chart: the mean and 2.66 times the mean moving range (Wheeler's constant for n = 2).
XMR_FACTOR = 2.66
FEWEST_FOR_LIMITS = 8
# Two shares are compared by the normal distribution: where 5 of each kind are expected, and 95 of 100 within 1.96.
FEWEST_EXPECTED = 5
ONE_IN_TWENTY = 1.96


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """Kept counts of one stage in one month, in one place."""

    month: dt.date
    stage: int
    entered: int = 0
    left: int = 0
    up_in: int = 0
    up_out: int = 0
    down_in: int = 0
    down_out: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """Children who came back to a stage in a month, by the month in which they had left it."""

    month: dt.date
    left_month: dt.date
    stage: int
    n: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All kept counts of one place from ``since`` on; ``opening`` children stood at each stage when it began."""

    since: dt.date
    opening: Mapping[int, int]
    months: Sequence[MonthCounts]
    returned: Sequence[Returned]


@dataclass(frozen=True, slots=True)
class StageFigures:
    """One stage over a period: children at its end, children ever there, and those who came and went."""

    stage: int
    at_end: int
    ever_there: int
    came_up: int
    went_down: int


def stage_figures(counts: Counts, period: Period | Span) -> tuple[StageFigures, ...]:
    """Figures of each stage over a period of the counts, the highest first.

    A child who leaves a stage and comes back within the period is there once (the returns say so).
    """
    return tuple(_figures(counts, stage, period) for stage in STAGES)


def _figures(counts: Counts, stage: int, period: Period | Span) -> StageFigures:
    own = [row for row in counts.months if row.stage == stage]
    before = [row for row in own if row.month < period.first]
    within = [row for row in own if period.first <= row.month <= period.last]
    opening = counts.opening.get(stage, 0) + sum(row.entered - row.left for row in before)
    entered = sum(row.entered for row in within)
    back = sum(
        row.n
        for row in counts.returned
        if row.stage == stage and period.first <= row.left_month and row.month <= period.last
    )
    return StageFigures(
        stage=stage,
        at_end=opening + entered - sum(row.left for row in within),
        ever_there=opening + entered - back,
        came_up=sum(row.up_in for row in within),
        went_down=sum(row.down_out for row in within),
    )


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with what it is made of; ``value`` is None when there is nothing to divide by."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The share, 0.142 for 14.2 per cent."""
        return self.numerator / self.denominator if self.denominator else None


def step_down_rate(figures: Iterable[StageFigures]) -> Rate:
    """M08 over all stages: step-downs in the period by children at a higher stage at any time in it.

    A child who was at two of these stages counts once at each, as in the rates by stage that it sums up.
    """
    higher = [row for row in figures if row.stage in HIGHER_STAGES]
    return Rate(sum(row.went_down for row in higher), sum(row.ever_there for row in higher))


@dataclass(frozen=True, slots=True)
class SpanRate:
    """A rate over some whole months."""

    span: Span
    rate: Rate


def step_downs_by_span(counts: Counts, spans: Iterable[Span]) -> tuple[SpanRate, ...]:
    """M08 of each span by itself: the same definition whatever its length."""
    return tuple(SpanRate(span, step_down_rate(stage_figures(counts, span))) for span in spans)


class Chance(StrEnum):
    """What may be said of the difference of two rates."""

    TOO_FEW = "too_few"
    COULD_BE = "could_be"
    UNLIKELY = "unlikely"


def chance_of(now: Rate, before: Rate) -> Chance:
    """Whether a difference as large as this comes up more than 1 time in 20 when nothing has changed.

    The usual comparison of two shares, from five expected of each kind on. Brothers and sisters move together, so that
    chance differs by more than it allows for: "unlikely" is a reason to look, not a proof.
    """
    everybody = now.denominator + before.denominator
    if not now.denominator or not before.denominator:
        return Chance.TOO_FEW
    share = (now.numerator + before.numerator) / everybody
    smaller = min(now.denominator, before.denominator)
    if smaller * min(share, 1 - share) < FEWEST_EXPECTED:
        return Chance.TOO_FEW
    spread = math.sqrt(share * (1 - share) * (1 / now.denominator + 1 / before.denominator))
    apart = abs(now.numerator / now.denominator - before.numerator / before.denominator)
    return Chance.UNLIKELY if apart > ONE_IN_TWENTY * spread else Chance.COULD_BE


@dataclass(frozen=True, slots=True)
class Population:
    """Children aged 0 to 17 at a mid-year, and the first month whose reports use it."""

    mid_year: int
    n: int
    source: str
    used_from: dt.date


def population_for(month: dt.date, estimates: Sequence[Population]) -> Population | None:
    """The estimate paired with a month: the last whose use has begun. None when none has."""
    begun = [estimate for estimate in estimates if estimate.used_from <= month]
    return max(begun, key=lambda estimate: estimate.used_from, default=None)


@dataclass(frozen=True, slots=True)
class MonthReferrals:
    """Social care referrals (one a child) of a month, of the twelve months to it, and of its financial year to it.

    ``again``: of those of the twelve months, how many of children referred in the twelve months before each (M02).
    """

    month: dt.date
    children: int
    rolling: int
    year_to_date: int
    population: Population | None
    is_running: bool
    again: int = 0

    @property
    def again_share(self) -> float | None:
        """M02: the share of referrals again, in per cent; None without a referral."""
        return 100 * self.again / self.rolling if self.rolling else None

    @property
    def rate(self) -> float | None:
        """M01: the twelve months' referrals per 10,000 children aged 0 to 17; None without an estimate."""
        return None if self.population is None else PER * self.rolling / self.population.n


def referrals_by_month(
    children: Mapping[dt.date, int],
    estimates: Sequence[Population],
    months: Sequence[dt.date],
    *,
    running: dt.date,
    again: Mapping[dt.date, int] = MappingProxyType({}),
) -> tuple[MonthReferrals, ...]:
    """M01 and M02 by month. ``children`` and ``again`` reach back eleven months, or to April, before ``months``."""
    return tuple(
        MonthReferrals(
            month=month,
            children=children.get(month, 0),
            rolling=_between(children, add_months(month, -11), month),
            year_to_date=_between(children, year_start(month), month),
            population=population_for(month, estimates),
            is_running=month == running,
            again=_between(again, add_months(month, -11), month),
        )
        for month in months
    )


def _between(children: Mapping[dt.date, int], first: dt.date, last: dt.date) -> int:
    return sum(n for month, n in children.items() if first <= month <= last)


def unusual(values: Sequence[float | None]) -> tuple[int, ...]:
    """Which values lie outside the limits of an individuals (XmR) chart of them all; none when they are too few."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < FEWEST_FOR_LIMITS:
        return ()
    numbers = [value for _place, value in known]
    centre = fmean(numbers)
    spread = XMR_FACTOR * fmean(abs(after - before) for before, after in itertools.pairwise(numbers))
    return tuple(place for place, value in known if abs(value - centre) > spread)
