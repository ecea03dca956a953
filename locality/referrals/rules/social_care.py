"""What children's social care answers to a referral, and what the answer counts as. Pure.

Within one working day a social worker acknowledges a referral and decides what response it needs (Working Together;
Keeping children safe in education). The outcome goes back to whoever referred, with its date and who decided.
"""

from collections.abc import Mapping
from enum import StrEnum

from locality.kernel.errors import Reason


class CareOutcome(StrEnum):
    """The responses that the guidance names, and those that open no case."""

    PROTECTION = "protection"
    STRATEGY = "strategy"
    ASSESSMENT = "assessment"
    STEP_DOWN = "step_down"
    ADVICE = "advice"
    NFA = "nfa"


CARE_WORDS: Mapping[CareOutcome, str] = {
    CareOutcome.PROTECTION: "Immediate protection",
    CareOutcome.STRATEGY: "Strategy discussion (section 47)",
    CareOutcome.ASSESSMENT: "Assessment (section 17)",
    CareOutcome.STEP_DOWN: "Step down to early help",
    CareOutcome.ADVICE: "Advice or information",
    CareOutcome.NFA: "No further action",
}
CARE_HINTS: Mapping[CareOutcome, str] = {
    CareOutcome.PROTECTION: "A social worker acts at once",
    CareOutcome.STEP_DOWN: "The needs can be met by early help. Whoever referred arranges it",
    CareOutcome.ADVICE: "Social care opens no case",
    CareOutcome.NFA: "Social care opens no case",
}
OPENS_A_CASE = frozenset({CareOutcome.PROTECTION, CareOutcome.STRATEGY, CareOutcome.ASSESSMENT})
LONGEST_WORDS = 4000


def is_no_further_action(outcome: CareOutcome) -> bool:
    """Whether the referral counts in the share without further action (M03): social care opens no case.

    Advice and step-down too: the children in need census knows only whether a referral led to anything there.
    """
    return outcome not in OPENS_A_CASE


def reasons_against_outcome(outcome: CareOutcome, words: str) -> tuple[Reason, ...]:
    """Why an answer may not stand: whoever referred must learn why social care opens no case."""
    if outcome not in OPENS_A_CASE and not words.strip():
        return (Reason("words", "Enter why, so that whoever referred can act on it"),)
    return ()
