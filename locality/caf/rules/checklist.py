"""The checklist before an assessment: five questions, what follows from them, and what must come first. Pure.

The questions mirror the five outcomes of Every Child Matters. The checklist is optional; where somebody answers that
a child is not safe, nothing goes on before a decision about that is recorded (domain 1.1).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from locality.kernel.errors import Reason


class Answer(enum.StrEnum):
    """An answer to a question of the checklist."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


ANSWERS = {Answer.YES: "Yes", Answer.NO: "No", Answer.NOT_SURE: "Not sure"}

QUESTIONS: Mapping[str, str] = {
    "healthy": "healthy",
    "safe": "safe from harm",
    "learning": "learning and developing well",
    "positive": "having a positive effect on others",
    "free_of_poverty": "free from the effects of poverty",
}
"""The five questions by field, as each goes on after "Is Leah ..."."""


class Safeguarding(enum.StrEnum):
    """What was decided where a child may not be safe."""

    REFER_NOW = "refer_now"
    TALKED_OVER = "talked_over"


SAFEGUARDING = {
    Safeguarding.REFER_NOW: "I am referring to children’s social care now",
    Safeguarding.TALKED_OVER: "I have talked it over with whoever leads on safeguarding, and it is not a referral now",
}


class Outcome(enum.StrEnum):
    """What comes of a checklist."""

    NO_FURTHER_ACTION = "no_further_action"
    SINGLE_AGENCY_RESPONSE = "single_agency_response"
    START_CAF = "start_caf"
    SPECIALIST_ASSESSMENT = "specialist_assessment"
    SAFEGUARDING_REFERRAL = "safeguarding_referral"


OUTCOMES = {
    Outcome.NO_FURTHER_ACTION: "Nothing more is needed",
    Outcome.SINGLE_AGENCY_RESPONSE: "My own service can help",
    Outcome.START_CAF: "An assessment together with the family",
    Outcome.SPECIALIST_ASSESSMENT: "A specialist looks at one need",
    Outcome.SAFEGUARDING_REFERRAL: "A referral to children’s social care",
}


class Step(enum.StrEnum):
    """Where a checklist stands: what is asked next."""

    SAFEGUARDING = "safeguarding"
    NEEDS = "needs"
    OUTCOME = "outcome"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Facts:
    """What has been answered so far."""

    answers: Mapping[str, Answer]
    safeguarding: Safeguarding | None = None
    own_service: Answer | None = None
    would_help: Answer | None = None
    family_aware: bool | None = None
    outcome: Outcome | None = None

    @property
    def is_unsafe(self) -> bool:
        """Whether somebody answered that the child is not safe."""
        return self.answers["safe"] is Answer.NO

    @property
    def asks_needs(self) -> bool:
        """Whether anything but "yes" was answered, so that there is something to ask about."""
        return any(answer is not Answer.YES for answer in self.answers.values())


def next_step(facts: Facts) -> Step:
    """What is asked next. Safety comes first and cannot be passed over."""
    if facts.is_unsafe and facts.safeguarding is None:
        return Step.SAFEGUARDING
    if facts.outcome is not None:
        return Step.DECIDED
    if facts.safeguarding is Safeguarding.REFER_NOW:
        return Step.OUTCOME
    if facts.asks_needs and facts.family_aware is None:
        return Step.NEEDS
    return Step.OUTCOME


def suggested(facts: Facts) -> Outcome:
    """What the answers point to; a person decides."""
    if facts.safeguarding is Safeguarding.REFER_NOW:
        return Outcome.SAFEGUARDING_REFERRAL
    if not facts.asks_needs:
        return Outcome.NO_FURTHER_ACTION
    if facts.own_service is Answer.YES and facts.would_help is not Answer.YES:
        return Outcome.SINGLE_AGENCY_RESPONSE
    return Outcome.START_CAF


def reasons_against_safeguarding(*, who: str, why: str) -> tuple[Reason, ...]:
    """A decision about safety has a name and a reason."""
    reasons = []
    if not who:
        reasons.append(Reason("who", "Enter whom you talked with"))
    if not why:
        reasons.append(Reason("why", "Enter what you saw or heard, and why you decided so"))
    return tuple(reasons)


def reasons_against_outcome(facts: Facts, outcome: Outcome, *, why: str) -> tuple[Reason, ...]:
    """Why this outcome cannot be recorded."""
    if next_step(facts) is Step.SAFEGUARDING:
        return (Reason(None, "First record what you decided about safety"),)
    if facts.safeguarding is Safeguarding.REFER_NOW and outcome is not Outcome.SAFEGUARDING_REFERRAL:
        return (Reason("outcome", "You are referring to social care: that is the outcome"),)
    if outcome is Outcome.START_CAF and facts.asks_needs and facts.family_aware is False:
        return (Reason("outcome", "There is no assessment without the family. Talk with them first"),)
    if outcome is not suggested(facts) and not why:
        return (Reason("outcome_why", "Enter why, as the answers point to something else"),)
    return ()
