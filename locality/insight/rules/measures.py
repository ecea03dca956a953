"""The measures behind the triangle: children by stage, flows, the step-down rate and social care referrals.

Definitions are those of domain 5.1: M08 (step-down rate), M01 (referrals per 10,000), with the conventions of 5.0.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from locality.insight.rules.periods import Period, add_months, year_start

STAGES = (4, 3, 2, 1)
HIGHER_STAGES = (4, 3, 2)  # the stages from which a child can step down
PER = 10_000
# Limits of an individuals chart: the mean and 2.66 times the mean moving range (Wheeler's constant for n = 2).
XMR_FACTOR = 2.66
FEWEST_FOR_LIMITS = 8


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
    """Children who came back to a stage in a month: those who had left it in that month, and in the period."""

    month: dt.date
    stage: int
    left_in_month: int
    left_in_period: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All kept counts of one place from ``since`` on; ``opening`` children stood at each stage when it began.

    ``period`` is the one for which the returns were counted.
    """

    since: dt.date
    period: Period
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


def stage_figures(counts: Counts) -> tuple[StageFigures, ...]:
    """Figures of each stage over the period of the counts, the highest first.

    A child who leaves a stage and comes back within the period is there once (the returns say so).
    """
    return tuple(_figures(counts, stage) for stage in STAGES)


def _figures(counts: Counts, stage: int) -> StageFigures:
    period = counts.period
    own = [row for row in counts.months if row.stage == stage]
    before = [row for row in own if row.month < period.first]
    within = [row for row in own if period.first <= row.month <= period.last]
    opening = counts.opening.get(stage, 0) + sum(row.entered - row.left for row in before)
    entered = sum(row.entered for row in within)
    back = sum(
        row.left_in_period for row in counts.returned if row.stage == stage and period.first <= row.month <= period.last
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
class MonthRate:
    """A rate in one month; ``is_running`` marks the month that is not over."""

    month: dt.date
    rate: Rate
    is_running: bool


def step_down_by_month(counts: Counts, months: Sequence[dt.date], *, running: dt.date) -> tuple[MonthRate, ...]:
    """M08 month by month, in one pass over the counts; ``months`` follow one another and none is before them."""
    by_cell = {(row.stage, row.month): row for row in counts.months}
    back = {(row.stage, row.month): row.left_in_month for row in counts.returned}
    there = {
        stage: counts.opening.get(stage, 0)
        + sum(row.entered - row.left for row in counts.months if row.stage == stage and row.month < months[0])
        for stage in HIGHER_STAGES
    }
    rates = []
    for month in months:
        downs = everybody = 0
        for stage in HIGHER_STAGES:
            row = by_cell.get((stage, month), MonthCounts(month, stage))
            downs += row.down_out
            everybody += there[stage] + row.entered - back.get((stage, month), 0)
            there[stage] += row.entered - row.left
        rates.append(MonthRate(month, Rate(downs, everybody), month == running))
    return tuple(rates)


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
    """Social care referrals (one a child) of a month, of the twelve months to it, and of its financial year to it."""

    month: dt.date
    children: int
    rolling: int
    year_to_date: int
    population: Population | None
    is_running: bool

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
) -> tuple[MonthReferrals, ...]:
    """M01 month by month. ``children`` must reach back eleven months, or to April, before the first of ``months``."""
    return tuple(
        MonthReferrals(
            month=month,
            children=children.get(month, 0),
            rolling=_between(children, add_months(month, -11), month),
            year_to_date=_between(children, year_start(month), month),
            population=population_for(month, estimates),
            is_running=month == running,
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
