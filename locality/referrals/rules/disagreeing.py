"""Professional disagreement about a referral: four stages, each with a person, a date and an answer. Pure.

Working Together (2023) asks every partnership for an escalation policy. A disagreement never holds up what keeps a
child safe: whoever thinks that a child is at risk refers to social care at once, and disagrees afterwards.
"""

from collections.abc import Mapping
from enum import StrEnum

from locality.kernel.errors import Reason


class Level(StrEnum):
    """Who tries to settle it, from the two who disagree to those who answer for the whole partnership."""

    PRACTITIONER = "practitioner"
    LINE_MANAGER = "line_manager"
    SENIOR_LEAD = "senior_lead"
    PARTNERSHIP = "partnership"


LEVELS = tuple(Level)
LEVEL_WORDS: Mapping[Level, str] = {
    Level.PRACTITIONER: "Between practitioners",
    Level.LINE_MANAGER: "With a line manager",
    Level.SENIOR_LEAD: "With the safeguarding or senior lead",
    Level.PARTNERSHIP: "With the partnership",
}
# Working days in which each stage answers. Policies differ by partnership; all ask that days, not weeks, are named.
LEVEL_DAYS: Mapping[Level, int] = {
    Level.PRACTITIONER: 1,
    Level.LINE_MANAGER: 2,
    Level.SENIOR_LEAD: 3,
    Level.PARTNERSHIP: 5,
}


class Step(StrEnum):
    """What was done about a disagreement."""

    RAISED = "raised"
    ANSWERED = "answered"
    MOVED_UP = "moved_up"
    SETTLED = "settled"


STEP_WORDS: Mapping[Step, str] = {
    Step.RAISED: "Raised",
    Step.ANSWERED: "Answered",
    Step.MOVED_UP: "Moved up",
    Step.SETTLED: "Settled",
}


class Settlement(StrEnum):
    """How it ended."""

    AS_ASKED = "as_asked"
    AS_IT_WAS = "as_it_was"
    ANOTHER_WAY = "another_way"
    OVERTAKEN = "overtaken"


SETTLEMENT_WORDS: Mapping[Settlement, str] = {
    Settlement.AS_ASKED: "What was asked for is done",
    Settlement.AS_IT_WAS: "The decision stands, and both sides accept it",
    Settlement.ANOTHER_WAY: "Both sides agreed on another way",
    Settlement.OVERTAKEN: "Events have overtaken it",
}


def next_level(level: Level) -> Level | None:
    """The stage after this one; None after the last."""
    place = LEVELS.index(level) + 1
    return LEVELS[place] if place < len(LEVELS) else None


def reasons_against_words(field: str, words: str, message: str) -> tuple[Reason, ...]:
    """Each stage says something; ``message`` asks for it."""
    return () if words.strip() else (Reason(field, message),)
