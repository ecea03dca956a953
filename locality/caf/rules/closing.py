"""When and how early help for a family may end."""

import datetime as dt
from dataclasses import dataclass

from locality.caf.rules.words import ClosureRating, ClosureReason
from locality.kernel.errors import Reason

NEEDS_MET = frozenset({ClosureReason.NEEDS_MET_UNIVERSAL, ClosureReason.NEEDS_MET_SINGLE_AGENCY})
_NO_RATING = frozenset({ClosureReason.DUPLICATE_OR_ERROR, ClosureReason.CHILD_DIED})
_NEEDS_A_NOTE = frozenset({ClosureReason.NOT_ENGAGED, ClosureReason.OTHER, ClosureReason.DUPLICATE_OR_ERROR})


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """A closure as somebody wants to record it, and where the episode stands."""

    reason: ClosureReason
    closed_on: dt.date
    opened_on: dt.date
    open_actions: int
    moves_waiting: int
    rating: ClosureRating | None = None
    note: str = ""
    universal_service: str = ""
    way_back: str = ""
    social_care_decided_on: dt.date | None = None


def reasons_not_to_close(facts: ClosingFacts, *, today: dt.date) -> tuple[Reason, ...]:
    """Why the episode cannot be closed like this; empty means it can."""
    reasons = [*_about_dates(facts, today=today)]
    if facts.moves_waiting:
        reasons.append(Reason(None, "A stage move waits for an answer. Wait for it or withdraw it before closing"))
    if facts.reason not in _NO_RATING and facts.rating is None:
        reasons.append(Reason("rating", "Select how much of what was hoped for has been achieved"))
    if facts.reason in _NEEDS_A_NOTE and not facts.note:
        reasons.append(Reason("note", "Enter what happened"))
    if facts.reason in NEEDS_MET:
        reasons += _about_needs_met(facts)
    if facts.reason is ClosureReason.STEPPED_UP_SOCIAL_CARE:
        reasons += _about_social_care(facts, today=today)
    return tuple(reasons)


def _about_dates(facts: ClosingFacts, *, today: dt.date) -> tuple[Reason, ...]:
    if facts.closed_on > today:
        return (Reason("closed_on", "The closing date must be today or in the past"),)
    if facts.closed_on < facts.opened_on:
        return (Reason("closed_on", "The closing date must not be before the help began"),)
    return ()


def _about_needs_met(facts: ClosingFacts) -> list[Reason]:
    reasons = []
    if facts.open_actions:
        noun = "action is" if facts.open_actions == 1 else "actions are"
        line = f"{facts.open_actions} {noun} still open in the plan. Say how each ended first"
        reasons.append(Reason(None, line))
    if not facts.universal_service:
        reasons.append(Reason("universal_service", "Enter who stays in touch with the family"))
    if not facts.way_back:
        reasons.append(Reason("way_back", "Enter what the family does if it wants help again"))
    return reasons


def _about_social_care(facts: ClosingFacts, *, today: dt.date) -> list[Reason]:
    # A referral that is merely made, or an assessment that has begun, is no reason to stop helping.
    if facts.social_care_decided_on is None:
        line = "Enter the date on which social care decided to take over. Until then, keep helping"
        return [Reason("social_care_decided_on", line)]
    if facts.social_care_decided_on > today:
        return [Reason("social_care_decided_on", "The decision must have been made already")]
    return []
