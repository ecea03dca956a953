"""The triangle: a manager's home, with the two headline measures by month."""

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.permissions import Permission
from locality.caf import api as caf
from locality.insight import queries
from locality.insight.rules.charts import LineChart, Point, line_chart
from locality.insight.rules.measures import (
    HIGHER_STAGES,
    Counts,
    MonthReferrals,
    Rate,
    SpanRate,
    StageFigures,
    referrals_by_month,
    stage_figures,
    step_down_rate,
    step_downs_by_span,
    unusual,
)
from locality.insight.rules.periods import (
    PERIOD_LABELS,
    Period,
    PeriodChoice,
    Span,
    add_months,
    month_of,
    period_of,
    spans_back,
)
from locality.insight.rules.places import Choice, PlaceSize
from locality.insight.rules.sentences import (
    flow_sentence,
    referral_sentence,
    running_sentence,
    span_words,
    step_down_sentence,
)
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.people import api as people
from locality.web import page, triangle
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor

blueprint = Blueprint("insight", __name__)

MONTHS_SHOWN = 24
# Rolling twelve months behind each month shown.
_MONTHS_BEHIND = 11


@blueprint.get("/triangle")
@requires(Permission.TRIANGLE_VIEW)
def show_triangle() -> ResponseReturnValue:
    """Children by stage, moves up and down in a period, and the headline measures by month."""
    session, today = db.session(), london_date(SYSTEM_CLOCK.now())
    places = queries.list_places(session, current_actor())
    if not places:
        return page.render("insight/no_places.html")
    place, wanted = _asked_place(places), _asked_period()
    period = period_of(wanted, today=today)
    months = [add_months(month_of(today), -back) for back in reversed(range(MONTHS_SHOWN))]
    spans = spans_back(wanted, today=today, months=MONTHS_SHOWN)
    counts = queries.stage_counts(session, place.id, since=min(spans[0].first, period.first))
    figures = stage_figures(counts, period)
    return page.render(
        "insight/triangle.html",
        place=place,
        period=period,
        filters=_filters(places, place, wanted),
        figures=figures,
        drawing=_drawing(figures, place),
        flow=flow_sentence(figures),
        step_downs=_step_downs(counts, spans, period_of(PeriodChoice.THIS_MONTH, today=today)),
        referrals=_referrals(session, place, months),
    )


@blueprint.get("/insight/asked-again")
@requires(Permission.TRIANGLE_VIEW)
def asked_again() -> ResponseReturnValue:
    """Whether families have to tell things again: known facts used again and asked again, by month."""
    today = london_date(SYSTEM_CLOCK.now())
    months = people.reuse_by_month(db.session(), since=add_months(month_of(today), -_MONTHS_BEHIND))
    reused, re_asked = sum(one.reused for one in months), sum(one.re_asked for one in months)
    return page.render(
        "insight/asked_again.html",
        months=tuple(reversed(months)),
        rate=Rate(re_asked, reused + re_asked),
        words={people.FactSource.CONTACT: "Contacts", people.FactSource.ASSESSMENT: "Assessments"},
    )


@blueprint.get("/insight/heard")
@requires(Permission.TRIANGLE_VIEW)
def heard() -> ResponseReturnValue:
    """Whether children are heard by a way that suits them: CAFs and reviews by month, in the reader's places."""
    session, today = db.session(), london_date(SYSTEM_CLOCK.now())
    places = queries.list_places(session, current_actor())
    if not places:
        return page.render("insight/no_places.html")
    since = add_months(month_of(today), -_MONTHS_BEHIND)
    months = [one for one in reversed(caf.voice_share(session, places[0].clusters, since=since)) if one.due]
    hidden = caf.hidden_among([one.due for one in months])
    rate = Rate(sum(one.heard for one in months), sum(one.due for one in months))
    return page.render(
        "insight/heard.html",
        months=[(one, place in hidden) for place, one in enumerate(months)],
        rate=rate,
        is_small=rate.denominator < caf.SMALL_NUMBER,
        small=caf.SMALL_NUMBER,
        words={"assessment": "CAFs", "review": "Reviews"},
        places=places[0].name,
    )


@dataclass(frozen=True, slots=True)
class StepDowns:
    """The step-down rate as the page shows it: of spans of whole months, with what each is called, oldest first."""

    rates: tuple[tuple[str, Rate], ...]
    by_stage: tuple[tuple[int, Rate], ...]
    sentence: str
    running: str
    chart: LineChart


@dataclass(frozen=True, slots=True)
class Referrals:
    """Social care referrals as the page shows them."""

    now: MonthReferrals
    months: tuple[MonthReferrals, ...]
    sentence: str
    chart: LineChart


def _asked_period() -> PeriodChoice:
    asked = request.args.get("period", "")
    return PeriodChoice(asked) if asked in set(PeriodChoice) else PeriodChoice.THREE_MONTHS


def _asked_place(places: tuple[Choice, ...]) -> Choice:
    asked = request.args.get("place")
    found = places[0] if asked is None else next((place for place in places if place.key == asked), None)
    if found is None:
        raise PageNotFound
    return found


def _step_downs(counts: Counts, spans: tuple[Span, ...], running: Period) -> StepDowns:
    rates = step_downs_by_span(counts, spans)
    marked = unusual([each.rate.value for each in rates])
    last = stage_figures(counts, spans[-1])
    return StepDowns(
        rates=tuple((span_words(each.span), each.rate) for each in rates),
        by_stage=tuple((row.stage, Rate(row.went_down, row.ever_there)) for row in last if row.stage in HIGHER_STAGES),
        sentence=step_down_sentence(rates),
        running=running_sentence(step_down_rate(stage_figures(counts, running))),
        chart=line_chart([_point(each, is_marked=place in marked) for place, each in enumerate(rates)], suffix="%"),
    )


def _point(each: SpanRate, *, is_marked: bool) -> Point:
    value = None if each.rate.value is None else 100 * each.rate.value
    return Point(each.span.last, value, is_marked=is_marked)


def _referrals(session: Session, place: Choice, months: list[dt.date]) -> Referrals:
    children, again = queries.social_care_referrals(session, place, since=add_months(months[0], -_MONTHS_BEHIND))
    estimates = queries.populations(session, place.id)
    by_month = referrals_by_month(children, estimates, months, running=months[-1], again=again)
    rated = by_month[-1].population is not None
    points = [Point(m.month, m.rate if rated else float(m.rolling), m.is_running) for m in by_month]
    return Referrals(by_month[-1], by_month, referral_sentence(by_month), line_chart(points))


def _drawing(figures: tuple[StageFigures, ...], place: Choice) -> triangle.Triangle:
    def href(stage: int) -> str | None:
        if place.size is not PlaceSize.CLUSTER:
            return None
        return url_for("clusters.caseload", slug=place.key, stage=stage)

    return triangle.draw(
        [triangle.StageCount(row.stage, row.at_end, row.came_up, row.went_down, href(row.stage)) for row in figures]
    )


def _filters(
    places: tuple[Choice, ...], place: Choice, wanted: PeriodChoice
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    periods = [
        (label, url_for("insight.show_triangle", period=choice.value, place=place.key), choice is wanted)
        for choice, label in PERIOD_LABELS.items()
    ]
    wheres = [
        (other.name, url_for("insight.show_triangle", period=wanted.value, place=other.key), other == place)
        for other in places
    ]
    return [("Period", periods), ("Place", wheres)]
