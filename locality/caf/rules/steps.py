"""What a family's case needs next, by when; the same words on every page that shows it."""

import datetime as dt
import enum
from dataclasses import dataclass

from locality.caf.rules.reviews import (
    assessment_due,
    first_meeting_due,
    is_drifting,
    suggested_review,
)
from locality.kernel.clock import add_working_days

_DAYS_TO_NAME_A_LEAD = 2
_DAYS_TO_AGREE = 5


class Step(enum.StrEnum):
    """The next thing that a case needs."""

    NAME_LEAD = "name_lead"
    RECORD_AGREEMENT = "record_agreement"
    START_CAF = "start_caf"
    FINISH_CAF = "finish_caf"
    AGREE_PLAN = "agree_plan"
    PLAN_REVIEW = "plan_review"
    HOLD_REVIEW = "hold_review"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Where a case stands; ``agreed_on`` is None without an open agreement."""

    opened_on: dt.date
    has_lead: bool
    agreed_on: dt.date | None
    draft_answers: int | None
    answers_in_all: int
    completed_on: dt.date | None
    actions: int
    planned_review_on: dt.date | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next, in words, and the day by which it should be done."""

    step: Step
    line: str
    due_on: dt.date

    def is_late(self, today: dt.date) -> bool:
        """Whether the day has passed."""
        return self.due_on < today


def next_step(facts: CaseFacts) -> NextStep:
    """The one thing that the case needs first.

    Somebody must lead, the family must agree, the CAF is written, the plan agreed, reviews held.
    """
    if not facts.has_lead:
        due = add_working_days(facts.opened_on, _DAYS_TO_NAME_A_LEAD)
        return NextStep(Step.NAME_LEAD, "Name a lead professional", due)
    if facts.agreed_on is None:
        due = add_working_days(facts.opened_on, _DAYS_TO_AGREE)
        return NextStep(Step.RECORD_AGREEMENT, "Record the family’s agreement", due)
    if facts.draft_answers is not None:
        line = f"Finish the CAF: {facts.draft_answers} of {facts.answers_in_all} answered"
        return NextStep(Step.FINISH_CAF, line, assessment_due(facts.agreed_on))
    if facts.completed_on is None:
        return NextStep(Step.START_CAF, "Start the CAF", assessment_due(facts.agreed_on))
    return _after_the_caf(facts, facts.completed_on)


def _after_the_caf(facts: CaseFacts, completed_on: dt.date) -> NextStep:
    if not facts.actions:
        due = first_meeting_due(completed_on)
        return NextStep(Step.AGREE_PLAN, "Agree the plan with the family", due)
    if facts.planned_review_on is None:
        due = suggested_review(completed_on, is_first=True)
        return NextStep(Step.PLAN_REVIEW, "Plan the next review", due)
    return NextStep(Step.HOLD_REVIEW, "Hold the review", facts.planned_review_on)


class Phase(enum.StrEnum):
    """Whether the work is still finding out, or doing."""

    ASSESSMENT = "assessment"
    PLAN = "plan"


def phase_of(facts: CaseFacts) -> Phase:
    """Assessing until a CAF is complete, working to a plan afterwards."""
    return Phase.PLAN if facts.completed_on is not None else Phase.ASSESSMENT


def wants_fresh_look(facts: CaseFacts, *, today: dt.date) -> bool:
    """Whether the case has been open so long that somebody should ask why."""
    return is_drifting(facts.opened_on, today=today)
