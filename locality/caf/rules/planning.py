"""What an action of the plan needs, and what an update of it may say."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from locality.caf.rules.elements import find_element
from locality.caf.rules.words import OUTCOME_LABELS, ActionStatus
from locality.kernel.errors import Reason

MOST_YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """An action as somebody wants to write it down."""

    outcome_wanted: str
    action: str
    responsible_name: str
    due_on: dt.date
    element_codes: tuple[str, ...] = ()
    outcome_code: int | None = None


def reasons_against_action(facts: ActionFacts, *, today: dt.date) -> tuple[Reason, ...]:
    """Why this is not yet an action: what should change, what is done, who does it, by when."""
    reasons = []
    if not facts.outcome_wanted:
        reasons.append(Reason("outcome_wanted", "Enter what should be better"))
    if not facts.action:
        reasons.append(Reason("action", "Enter what will be done"))
    if not facts.responsible_name:
        reasons.append(Reason("responsible_name", "Enter who will do it"))
    if facts.due_on < today:
        reasons.append(Reason("due_on", "The date must be today or in the future"))
    elif facts.due_on > today.replace(day=1) + dt.timedelta(days=366 * MOST_YEARS_AHEAD):
        reasons.append(Reason("due_on", "The date must be within the next two years"))
    if any(find_element(code) is None for code in facts.element_codes):
        reasons.append(Reason("element_codes", "Select elements from the list"))
    if facts.outcome_code is not None and facts.outcome_code not in OUTCOME_LABELS:
        reasons.append(Reason("outcome_code", "Select an outcome from the list"))
    return tuple(reasons)


_NEEDS_A_NOTE = frozenset({ActionStatus.PARTLY, ActionStatus.NOT_DONE, ActionStatus.NO_LONGER_NEEDED})


def reasons_against_update(status: ActionStatus, note: str) -> tuple[Reason, ...]:
    """Why an update is not enough: what was not done, or only in part, wants a word why."""
    if status in _NEEDS_A_NOTE and not note:
        return (Reason("note", "Enter what happened, so that the family knows why"),)
    return ()


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """A goal as somebody wants to write it down."""

    change_wanted: str
    how_we_know: str
    at_review: str
    element_codes: tuple[str, ...] = ()
    outcome_code: int | None = None


def reasons_against_goal(facts: GoalFacts) -> tuple[Reason, ...]:
    """Why this is not yet a goal: what needs to change, how everybody will know, how it should look at review."""
    reasons = []
    if not facts.change_wanted:
        reasons.append(Reason("change_wanted", "Enter what needs to change"))
    if not facts.how_we_know:
        reasons.append(Reason("how_we_know", "Enter how everybody will know that it has changed"))
    if not facts.element_codes:
        reasons.append(Reason("element_codes", "Select which needs of the assessment it answers"))
    elif any(find_element(code) is None for code in facts.element_codes):
        reasons.append(Reason("element_codes", "Select elements from the list"))
    if facts.outcome_code is not None and facts.outcome_code not in OUTCOME_LABELS:
        reasons.append(Reason("outcome_code", "Select an outcome from the list"))
    return tuple(reasons)


SOON_DAYS = 7


class Pace(StrEnum):
    """Whether an open action keeps its time."""

    LATE = "late"
    SOON = "soon"
    ON_TIME = "on_time"


def pace_of(due_on: dt.date, *, today: dt.date) -> Pace:
    """Late after its day, soon within a week of it, else on time."""
    if due_on < today:
        return Pace.LATE
    return Pace.SOON if due_on <= today + dt.timedelta(days=SOON_DAYS) else Pace.ON_TIME
