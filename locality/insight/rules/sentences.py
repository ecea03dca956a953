"""What figures say, each in one sentence of plain English."""

import datetime as dt
from collections.abc import Sequence

from locality.insight.rules.measures import (
    Chance,
    MonthReferrals,
    Rate,
    SpanRate,
    StageFigures,
    chance_of,
    unusual,
)
from locality.insight.rules.periods import Span
from locality.web.formats import count, percent
from locality.web.formats import month as month_words


def flow_sentence(figures: Sequence[StageFigures]) -> str:
    """Which way children moved in the period, all stages together."""
    up, down = sum(row.came_up for row in figures), sum(row.went_down for row in figures)
    if up == down == 0:
        return "No child moved up or down."
    if up == down:
        return f"As many moves went down as up: {down:,} each way."
    if down > up:
        return f"More moves went down than up: {down:,} down and {up:,} up."
    return f"More moves went up than down: {up:,} up and {down:,} down."


def span_words(span: Span) -> str:
    """October 2026; August to October 2026; November 2025 to January 2026."""
    if span.first == span.last:
        return month_words(span.last)
    first = month_words(span.first)
    return f"{first.split()[0] if span.first.year == span.last.year else first} to {month_words(span.last)}"


def step_down_sentence(rates: Sequence[SpanRate]) -> str:
    """Whether the last span's rate is above or below that of the span before, with both, and what chance may do."""
    if not rates or rates[-1].rate.value is None:
        return "Nobody was at stage 2, 3 or 4 in these months, so there is no step-down rate."
    now, before = rates[-1], rates[-2] if len(rates) > 1 else None
    said = f"{span_words(now.span)}: {_share(now.rate, said_in_full=True)}."
    if before is None or before.rate.value is None:
        return f"{said} There is nothing earlier to set beside it."
    said = f"{said} {span_words(before.span)}: {_share(before.rate)}. {_difference(now.rate, before.rate)}"
    places = unusual([each.rate.value for each in rates])
    unlike = [span_words(rates[place].span) for place in places]
    return f"{said} Unusual beside the others: {'; '.join(unlike)}." if unlike else said


def running_sentence(rate: Rate) -> str:
    """The month that is not over: counted, and compared with nothing."""
    return f"This month so far: {count(rate.numerator, 'step-down')}. A month that is not over is not compared."


def _share(rate: Rate, *, said_in_full: bool = False) -> str:
    whom = " at stages 2 to 4" if said_in_full else ""
    downs = count(rate.numerator, "step-down") if said_in_full else f"{rate.numerator:,}"
    return f"{downs} among {count(rate.denominator, 'child', 'children')}{whom}, {percent(rate.value)}"


def _difference(now: Rate, before: Rate) -> str:
    points = round(100 * (now.value or 0), 1) - round(100 * (before.value or 0), 1)
    if round(points, 1) == 0:
        return "The rate is the same."
    moved = f"The rate {'rose' if points > 0 else 'fell'} by {abs(points):.1f} percentage points"
    return f"{moved}{_CHANCE_WORDS[chance_of(now, before)]}"


_CHANCE_WORDS = {
    Chance.TOO_FEW: ". The numbers are too small to say whether that is more than chance.",
    Chance.COULD_BE: ". That could be chance.",
    Chance.UNLIKELY: ". Chance alone seldom does that: look for what has changed.",
}


def referral_sentence(months: Sequence[MonthReferrals]) -> str:
    """The latest month's rolling rate against a year before, and the year so far."""
    if not months:
        return "There are no figures yet."
    now = months[-1]
    so_far = f"{now.year_to_date:,} since 1 April."
    if now.rate is None:
        return f"{count(now.rolling, 'referral')} to social care in the last 12 months; {so_far}"
    said = f"{now.rate:.1f} referrals per 10,000 children in the last 12 months, {_change(months)}; {so_far}"
    whole = [month for month in months if not month.is_running]
    return f"{said} {_unusual_words([m.month for m in whole], [float(m.children) for m in whole])}"


def _change(months: Sequence[MonthReferrals]) -> str:
    now, before = months[-1].rate, months[-13].rate if len(months) > 12 else None
    if now is None or before is None:
        return "with no year before to set beside it"
    if round(now, 1) == round(before, 1):
        return "the same as a year before"
    return f"{'up' if now > before else 'down'} from {before:.1f} a year before"


def _unusual_words(months: Sequence[dt.date], values: Sequence[float | None]) -> str:
    places = unusual(values)
    if places:
        return f"{month_words(months[places[-1]])} was the last unusual month."
    return f"No month was unusual since {month_words(months[0])}." if months else ""
