"""What figures say, each in one sentence of plain English."""

import datetime as dt
from collections.abc import Sequence

from locality.insight.rules.measures import MonthRate, MonthReferrals, Rate, StageFigures, unusual
from locality.web.formats import count
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


def step_down_sentence(rate: Rate, months: Sequence[MonthRate]) -> str:
    """The period's rate, and whether any month stands out."""
    if rate.value is None:
        return "Nobody was at stage 2, 3 or 4 in this period, so there is no step-down rate."
    said = (
        f"{count(rate.numerator, 'step-down')} among {count(rate.denominator, 'child', 'children')} at stages 2 to 4"
        f" in this period: {100 * rate.value:.1f}%."
    )
    whole = [month for month in months if not month.is_running]
    return f"{said} {_unusual_words([m.month for m in whole], [m.rate.value for m in whole])}"


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
