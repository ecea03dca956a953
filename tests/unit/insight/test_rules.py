"""Periods, measures, what they say, and how they are drawn."""

import datetime as dt
import itertools
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.insight.rules.charts import HEIGHT, WIDTH, Point, line_chart
from locality.insight.rules.measures import (
    Chance,
    Counts,
    MonthCounts,
    MonthReferrals,
    Population,
    Rate,
    Returned,
    SpanRate,
    StageFigures,
    chance_of,
    population_for,
    referrals_by_month,
    stage_figures,
    step_down_rate,
    step_downs_by_span,
    unusual,
)
from locality.insight.rules.periods import Period, PeriodChoice, Span, add_months, period_of, spans_back, year_start
from locality.insight.rules.places import KnownCluster, choices_for
from locality.insight.rules.sentences import flow_sentence, referral_sentence, span_words, step_down_sentence

TODAY = dt.date(2026, 3, 3)
JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 1) for month in (1, 2, 3))


@pytest.mark.parametrize(
    ("choice", "first", "last", "until_on"),
    [
        (PeriodChoice.THIS_MONTH, MARCH, MARCH, TODAY),
        (PeriodChoice.LAST_MONTH, FEBRUARY, FEBRUARY, dt.date(2026, 2, 28)),
        (PeriodChoice.THREE_MONTHS, JANUARY, MARCH, TODAY),
        (PeriodChoice.TWELVE_MONTHS, dt.date(2025, 4, 1), MARCH, TODAY),
    ],
)
def test_a_period_is_made_of_whole_months(
    choice: PeriodChoice, first: dt.date, last: dt.date, until_on: dt.date
) -> None:
    assert period_of(choice, today=TODAY) == Period(first, last, until_on)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(PeriodChoice))
def test_a_period_never_reaches_into_the_future(today: dt.date, choice: PeriodChoice) -> None:
    period = period_of(choice, today=today)
    assert period.first <= period.last <= period.until_on <= today


@pytest.mark.parametrize(
    ("month", "starts"),
    [(MARCH, dt.date(2025, 4, 1)), (dt.date(2026, 4, 1), dt.date(2026, 4, 1)), (JANUARY, dt.date(2025, 4, 1))],
)
def test_the_financial_year_starts_in_april(month: dt.date, starts: dt.date) -> None:
    assert year_start(month) == starts


MONTHS = [
    MonthCounts(JANUARY, 3, entered=2, left=3, up_in=1, down_out=2),
    MonthCounts(JANUARY, 2, entered=4, left=1, down_in=2, up_out=1),
    MonthCounts(FEBRUARY, 3, entered=3, left=4, down_out=1),
    MonthCounts(MARCH, 3, entered=1, left=0),
]


# Ten children at stage 3 and twenty at stage 2 to begin with. One who came back to stage 3 in March had left it in
# January; another came back in February, the month in which they had left it.
COUNTS = Counts(JANUARY, {3: 10, 2: 20}, MONTHS, [Returned(MARCH, JANUARY, 3, 1), Returned(FEBRUARY, FEBRUARY, 3, 1)])


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (JANUARY, MARCH, StageFigures(3, at_end=9, ever_there=14, came_up=1, went_down=3)),
        (FEBRUARY, MARCH, StageFigures(3, at_end=9, ever_there=12, came_up=0, went_down=1)),
        (FEBRUARY, FEBRUARY, StageFigures(3, at_end=8, ever_there=11, came_up=0, went_down=1)),
        (MARCH, MARCH, StageFigures(3, at_end=9, ever_there=9, came_up=0, went_down=0)),
    ],
)
def test_children_of_a_stage_over_a_period(first: dt.date, last: dt.date, expected: StageFigures) -> None:
    figures = {row.stage: row for row in stage_figures(COUNTS, Span(first, last))}
    assert figures[3] == expected
    assert figures[4] == StageFigures(4, 0, 0, 0, 0)


def test_the_step_down_rate_divides_by_children_at_the_higher_stage() -> None:
    rate = step_down_rate(stage_figures(COUNTS, Span(JANUARY, MARCH)))
    assert (rate.numerator, rate.denominator) == (3, 14 + 24)
    assert rate.value == pytest.approx(3 / 38)


def test_every_span_is_counted_by_the_one_definition() -> None:
    whole, *months = [Span(JANUARY, MARCH), *(Span(month, month) for month in (JANUARY, FEBRUARY, MARCH))]
    rates = step_downs_by_span(COUNTS, [whole, *months])
    assert [each.rate for each in rates] == [step_down_rate(stage_figures(COUNTS, each.span)) for each in rates]
    assert (rates[0].rate.value or 0) > max(each.rate.value or 0 for each in rates[1:])


@pytest.mark.parametrize(
    ("choice", "number", "last"),
    [
        (PeriodChoice.THIS_MONTH, 24, Span(FEBRUARY, FEBRUARY)),
        (PeriodChoice.LAST_MONTH, 24, Span(FEBRUARY, FEBRUARY)),
        (PeriodChoice.THREE_MONTHS, 8, Span(dt.date(2025, 12, 1), FEBRUARY)),
        (PeriodChoice.TWELVE_MONTHS, 2, Span(dt.date(2025, 3, 1), FEBRUARY)),
    ],
)
def test_like_is_set_beside_like(choice: PeriodChoice, number: int, last: Span) -> None:
    spans = spans_back(choice, today=TODAY, months=24)
    assert (len(spans), spans[-1]) == (number, last)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(PeriodChoice))
def test_spans_follow_one_another_and_none_holds_a_month_that_is_not_over(today: dt.date, choice: PeriodChoice) -> None:
    spans = spans_back(choice, today=today, months=24)
    assert all(add_months(one.last, 1) == after.first for one, after in itertools.pairwise(spans))
    assert len({(s.last.year - s.first.year) * 12 + s.last.month - s.first.month for s in spans}) == 1
    assert spans[-1].last < today.replace(day=1)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        pytest.param(Rate(52, 310), Rate(48, 305), Chance.COULD_BE, id="one point of sixteen"),
        pytest.param(Rate(90, 310), Rate(48, 305), Chance.UNLIKELY, id="nearly twice as many"),
        pytest.param(Rate(4, 20), Rate(1, 20), Chance.TOO_FEW, id="a handful"),
        pytest.param(Rate(0, 0), Rate(48, 305), Chance.TOO_FEW, id="nobody now"),
        pytest.param(Rate(10, 10), Rate(10, 10), Chance.TOO_FEW, id="everybody both times"),
    ],
)
def test_what_chance_may_do(now: Rate, before: Rate, expected: Chance) -> None:
    assert chance_of(now, before) is expected


@given(st.integers(0, 400), st.integers(0, 400), st.integers(400, 900), st.integers(400, 900))
def test_chance_is_the_same_whichever_came_first(a: int, b: int, of_a: int, of_b: int) -> None:
    assert chance_of(Rate(a, of_a), Rate(b, of_b)) is chance_of(Rate(b, of_b), Rate(a, of_a))


def test_stage_one_is_no_stage_to_step_down_from() -> None:
    assert step_down_rate([StageFigures(1, 50, 60, 0, 0)]) == Rate(0, 0)
    assert Rate(0, 0).value is None


ESTIMATES = [
    Population(2024, 40_000, "Made up", dt.date(2020, 4, 1)),
    Population(2025, 50_000, "Made up", FEBRUARY),
]


@pytest.mark.parametrize(("month", "n"), [(JANUARY, 40_000), (FEBRUARY, 50_000), (dt.date(2020, 3, 1), None)])
def test_each_month_has_the_estimate_that_it_was_paired_with(month: dt.date, n: int | None) -> None:
    found = population_for(month, ESTIMATES)
    assert (found.n if found else None) == n


def test_the_referral_rate_covers_twelve_months_and_the_year_so_far() -> None:
    children = {add_months(MARCH, -back): 10 for back in range(30)}
    (now,) = referrals_by_month(children, ESTIMATES, [MARCH], running=MARCH)
    assert (now.children, now.rolling, now.year_to_date) == (10, 120, 120)
    assert now.rate == pytest.approx(10_000 * 120 / 50_000)
    (april,) = referrals_by_month(children, [], [dt.date(2025, 4, 1)], running=MARCH)
    assert (april.rolling, april.year_to_date, april.rate) == (120, 10, None)


def test_a_value_far_outside_the_others_is_unusual() -> None:
    steady = [10.0, 11.0, 10.0, 9.0, 10.0, 11.0, 10.0, 9.0, 10.0]
    assert unusual(steady) == ()
    assert unusual([*steady, 30.0]) == (9,)
    assert unusual([1.0, 100.0]) == ()


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=40))
def test_only_values_that_are_there_can_be_unusual(values: list[float | None]) -> None:
    assert all(values[place] is not None for place in unusual(values))


@pytest.mark.parametrize(
    ("up", "down", "sentence"),
    [
        (0, 0, "No child moved up or down."),
        (2, 2, "As many moves went down as up: 2 each way."),
        (1, 6, "More moves went down than up: 6 down and 1 up."),
        (6, 1, "More moves went up than down: 6 up and 1 down."),
    ],
)
def test_which_way_children_moved(up: int, down: int, sentence: str) -> None:
    assert flow_sentence([StageFigures(3, 5, 5, up, down)]) == sentence


AUTUMN, SUMMER = Span(dt.date(2025, 8, 1), dt.date(2025, 10, 1)), Span(dt.date(2025, 5, 1), dt.date(2025, 7, 1))


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        pytest.param(
            Rate(52, 310), Rate(48, 305), "The rate rose by 1.1 percentage points. That could be chance.", id="up"
        ),
        pytest.param(Rate(40, 310), Rate(90, 305), "The rate fell by 16.6 percentage points. Chance alone", id="down"),
        pytest.param(Rate(50, 300), Rate(100, 600), "The rate is the same.", id="the same"),
        pytest.param(Rate(2, 30), Rate(3, 30), "The numbers are too small to say", id="few"),
        pytest.param(Rate(2, 30), Rate(0, 0), "There is nothing earlier to set beside it.", id="nothing before"),
    ],
)
def test_the_step_down_rate_is_said_to_rise_or_fall_with_both_figures(now: Rate, before: Rate, words: str) -> None:
    sentence = step_down_sentence([SpanRate(SUMMER, before), SpanRate(AUTUMN, now)])
    assert sentence.startswith(f"August to October 2025: {now.numerator} step-downs among {now.denominator} children")
    assert words in sentence
    if before.value is not None:
        assert f"May to July 2025: {before.numerator} among {before.denominator} children" in sentence


def test_an_unusual_span_is_named() -> None:
    spans = spans_back(PeriodChoice.LAST_MONTH, today=TODAY, months=24)
    rates = [SpanRate(span, Rate(90 if place == 20 else 10 + place % 2, 100)) for place, span in enumerate(spans)]
    assert f"Unusual beside the others: {span_words(spans[20])}." in step_down_sentence(rates)
    assert step_down_sentence([SpanRate(AUTUMN, Rate(0, 0))]).startswith("Nobody was at stage 2, 3 or 4")
    assert span_words(Span(dt.date(2025, 11, 1), JANUARY)) == "November 2025 to January 2026"


def _months(rates: list[int], population: Population | None) -> list[MonthReferrals]:
    return [
        MonthReferrals(add_months(MARCH, place - len(rates) + 1), 10, rolling, 100, population, place == len(rates) - 1)
        for place, rolling in enumerate(rates)
    ]


@pytest.mark.parametrize(
    ("months", "words"),
    [
        pytest.param([], "There are no figures yet.", id="nothing"),
        pytest.param(
            _months([500], None), "500 referrals to social care in the last 12 months; 100 since", id="no rate"
        ),
        pytest.param(_months([500], ESTIMATES[0]), "125.0 referrals per 10,000", id="one month"),
        pytest.param(_months([600] + [500] * 12, ESTIMATES[0]), "down from 150.0 a year before", id="down"),
        pytest.param(_months([400] + [500] * 12, ESTIMATES[0]), "up from 100.0 a year before", id="up"),
        pytest.param(_months([500] * 13, ESTIMATES[0]), "the same as a year before", id="level"),
    ],
)
def test_social_care_referrals_in_a_sentence(months: list[MonthReferrals], words: str) -> None:
    assert words in referral_sentence(months)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e7, allow_subnormal=False)), max_size=36))
def test_a_chart_keeps_within_its_frame_whatever_the_values(values: list[float | None]) -> None:
    chart = line_chart([Point(add_months(MARCH, place), value) for place, value in enumerate(values)])
    assert all(0 <= mark.x <= WIDTH and 0 <= mark.y <= HEIGHT for mark in chart.marks)
    assert len(chart.marks) == sum(value is not None for value in values)
    assert 2 <= len(chart.values) <= 6
    assert all(0 <= tick.at <= HEIGHT for tick in chart.values)


def test_a_higher_value_stands_higher_and_gaps_break_the_line() -> None:
    values = [1.0, 2.0, None, 4.0, 3.0]
    chart = line_chart([Point(add_months(JANUARY, n), value) for n, value in enumerate(values)], suffix="%")
    assert len(chart.lines) == 2
    assert chart.marks[2].y < chart.marks[1].y < chart.marks[0].y
    assert [tick.words for tick in chart.values] == ["0%", "1%", "2%", "3%", "4%"]


EAST, WEST = uuid.UUID(int=1), uuid.UUID(int=2)
KNOWN = [
    KnownCluster(uuid.UUID(int=10), "shoebury", "Shoebury", EAST, "east", "East"),
    KnownCluster(uuid.UUID(int=11), "thorpe", "Thorpe", EAST, "east", "East"),
    KnownCluster(uuid.UUID(int=12), "leigh", "Leigh", WEST, "west", "West"),
]
TOP = uuid.UUID(int=99)


@pytest.mark.parametrize(
    ("held", "everything", "keys"),
    [
        pytest.param(
            [], True, ["all", "locality-east", "locality-west", "shoebury", "thorpe", "leigh"], id="authority"
        ),
        pytest.param([EAST], False, ["locality-east", "shoebury", "thorpe"], id="a locality"),
        pytest.param([KNOWN[0].id], False, ["shoebury"], id="one cluster"),
        pytest.param([KNOWN[2].id], False, ["locality-west", "leigh"], id="the only cluster of a locality"),
        pytest.param(
            [EAST, WEST],
            False,
            ["all", "locality-east", "locality-west", "shoebury", "thorpe", "leigh"],
            id="all of it",
        ),
        pytest.param([uuid.UUID(int=77)], False, [], id="places elsewhere"),
    ],
)
def test_whose_figures_somebody_may_see(held: list[uuid.UUID], keys: list[str], *, everything: bool) -> None:
    choices = choices_for(KNOWN, held=held, everything=everything, authority_id=TOP)
    assert [choice.key for choice in choices] == keys


def test_without_places_there_is_only_the_whole_for_those_who_hold_it() -> None:
    assert choices_for([], held=[], everything=False, authority_id=TOP) == ()
    assert [c.key for c in choices_for([], held=[], everything=True, authority_id=TOP)] == ["all"]
