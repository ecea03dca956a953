"""Chasing reviews: whoever leads is reminded, then told that it is late; then the supervisor is told. Pure."""

import datetime as dt
from enum import StrEnum

from locality.caf.rules.reviews import limits
from locality.kernel.clock import add_working_days


class ChaseStep(StrEnum):
    """What is done about a planned review, in this order; each once."""

    REMIND = "remind"
    DUE = "due"
    SUPERVISOR = "supervisor"


CHASE_LABELS = {
    ChaseStep.REMIND: "The lead professional was reminded",
    ChaseStep.DUE: "The lead professional was told that it is late",
    ChaseStep.SUPERVISOR: "The supervisor was told that it is late",
}


def remind_up_to(today: dt.date) -> dt.date:
    """Reviews due by this day are to be remembered today."""
    return add_working_days(today, limits().remind_days)


def step_due(due_on: dt.date, *, today: dt.date) -> ChaseStep | None:
    """The furthest step that is due for a review today; None while it lies far ahead."""
    if today >= add_working_days(due_on, limits().tell_supervisor_days):
        return ChaseStep.SUPERVISOR
    if today > due_on:
        return ChaseStep.DUE
    return ChaseStep.REMIND if due_on <= remind_up_to(today) else None
