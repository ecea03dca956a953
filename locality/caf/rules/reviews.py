"""When assessments, first meetings and reviews are due, and what a review needs.

No national time limits apply to early help; these are the locality's own, set when the application starts. Unless it
says otherwise: assessment 20 working days from agreement, first meeting 15 working days from the CAF, first review
after six weeks, later ones at most twelve weeks apart (domain reference 1.8).
"""

import datetime as dt
from dataclasses import dataclass

from locality.kernel.clock import add_working_days, is_working_day
from locality.kernel.errors import Reason

DRIFT_DAYS = 365


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """A locality's time limits: working days, and weeks between reviews."""

    assessment_days: int = 20
    first_meeting_days: int = 15
    first_review_weeks: int = 6
    most_review_weeks: int = 12
    remind_days: int = 5
    tell_supervisor_days: int = 5


_chosen = [TimeLimits()]


def use_limits(chosen: TimeLimits) -> None:
    """Set the limits, once, when the application starts."""
    _chosen[:] = [chosen]


def limits() -> TimeLimits:
    """The limits in use."""
    return _chosen[0]


def assessment_due(agreed_on: dt.date) -> dt.date:
    """The working day by which the CAF should be complete."""
    return add_working_days(agreed_on, limits().assessment_days)


def first_meeting_due(completed_on: dt.date) -> dt.date:
    """The working day by which the team should first meet and agree the plan."""
    return add_working_days(completed_on, limits().first_meeting_days)


def suggested_review(after: dt.date, *, is_first: bool) -> dt.date:
    """The usual working day for the next review: the first comes sooner than the later ones."""
    weeks = limits().first_review_weeks if is_first else limits().most_review_weeks
    return add_working_days(after + dt.timedelta(weeks=weeks), 0)


def latest_review(after: dt.date) -> dt.date:
    """The last working day on which the next review may fall."""
    return add_working_days(after + dt.timedelta(weeks=limits().most_review_weeks), 0)


def reasons_against_date(
    planned_on: dt.date, *, after: dt.date, today: dt.date, field: str = "next_on"
) -> tuple[Reason, ...]:
    """Why a review cannot be planned for this day. ``after`` is the meeting it follows."""
    if planned_on <= after or planned_on < today:
        return (Reason(field, "The next review must be in the future"),)
    if not is_working_day(planned_on):
        day = f"{planned_on:%A} {planned_on.day} {planned_on:%B %Y}"
        return (Reason(field, f"{day} is not a working day. Choose a working day"),)
    latest = latest_review(max(after, today))
    if planned_on > latest:
        day = f"{latest.day} {latest:%B %Y}"
        weeks = limits().most_review_weeks
        return (Reason(field, f"Reviews are at most {weeks} weeks apart. Choose a day up to {day}"),)
    return ()


@dataclass(frozen=True, slots=True)
class HeldReview:
    """What is recorded about a review that took place."""

    held_on: dt.date
    present: str
    progress: str
    next_on: dt.date | None
    closes_next: bool = False


def reasons_against_review(review: HeldReview, *, opened_on: dt.date, today: dt.date) -> tuple[Reason, ...]:
    """Why a review cannot be recorded like this; the next date is left out only before closure."""
    reasons = []
    if review.held_on > today:
        reasons.append(Reason("held_on", "The review must have taken place already"))
    elif review.held_on < opened_on:
        reasons.append(Reason("held_on", "The review must be after the help began"))
    if not review.present:
        reasons.append(Reason("present", "Enter who was there"))
    if not review.progress:
        reasons.append(Reason("progress", "Enter what has changed since last time"))
    if review.closes_next:
        if review.next_on is not None:
            reasons.append(Reason("next_on", "Leave the date empty when you are going to close, or clear the box"))
    elif review.next_on is None:
        reasons.append(Reason("next_on", "Enter the date of the next review"))
    else:
        reasons += reasons_against_date(review.next_on, after=review.held_on, today=today)
    return tuple(reasons)


def is_drifting(opened_on: dt.date, *, today: dt.date) -> bool:
    """Whether a case has been open for a year or more and wants a fresh look.

    A question to the supervisor, never a verdict on the family.
    """
    return (today - opened_on).days >= DRIFT_DAYS
