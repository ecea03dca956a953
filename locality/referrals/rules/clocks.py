"""The clocks of a referral: when a service must answer, and what happens when it does not.

At the due time the service is reminded; two working days later the front door's manager is told;
five working days later the referral is offered elsewhere. A question to the sender and the answer to a disagreement
are chased by the same days, and go nowhere else. Nothing is ever closed by a clock.
"""

import datetime as dt
from enum import StrEnum

from locality.kernel.clock import add_working_days, due_after_working_days, london_date
from locality.referrals.rules.codes import ReferralKind, Urgency

ROUTINE_WORKING_DAYS = 5
URGENT_WORKING_DAYS = 1
SOCIAL_CARE_WORKING_DAYS = 1  # Keeping children safe in education: acknowledged within one day.
TELL_MANAGER_AFTER = 2
OFFER_ELSEWHERE_AFTER = 5


class ClockStep(StrEnum):
    """What a passed due time asks for; each happens once for an offer."""

    REMIND = "remind"
    TELL_MANAGER = "tell_manager"
    OFFER_ELSEWHERE = "offer_elsewhere"


def working_days_to_answer(kind: ReferralKind, urgency: Urgency, routine_days: int) -> int:
    """How many working days a service has: one when urgent or for social care."""
    if kind is ReferralKind.SOCIAL_CARE:
        return SOCIAL_CARE_WORKING_DAYS
    return URGENT_WORKING_DAYS if urgency is Urgency.URGENT else routine_days


def answer_due(offered_at: dt.datetime, days: int) -> dt.datetime:
    """The instant by which a service must answer an offer."""
    return due_after_working_days(offered_at, days)


def steps_due(due_at: dt.datetime, now: dt.datetime, *, may_go_elsewhere: bool) -> tuple[ClockStep, ...]:
    """The steps that something unanswered has reached; an offer is never closed, only offered elsewhere.

    A referral to social care may not go elsewhere however late the answer: nobody else can take it, so people are told
    instead. Nor may what waits for the sender, or for somebody's word in a disagreement.
    """
    if now < due_at:
        return ()
    today, due_on = london_date(now), london_date(due_at)
    steps = [ClockStep.REMIND]
    if today >= add_working_days(due_on, TELL_MANAGER_AFTER):
        steps.append(ClockStep.TELL_MANAGER)
    if may_go_elsewhere and today >= add_working_days(due_on, OFFER_ELSEWHERE_AFTER):
        steps.append(ClockStep.OFFER_ELSEWHERE)
    return tuple(steps)


def time_left(due_at: dt.datetime, now: dt.datetime) -> str:
    """How long is left, as a queue shows it: "3 h 10 min left", "2 days left", "late by 1 day"."""
    late = now > due_at
    minutes = int(abs((due_at - now).total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        days = hours // 24
        span = f"{days} day" if days == 1 else f"{days} days"
    elif hours:
        span = f"{hours} h {rest} min"
    else:
        span = f"{rest} min"
    return f"late by {span}" if late else f"{span} left"
