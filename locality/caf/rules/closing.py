"""When and how early help for a family may end."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from locality.caf.rules.words import ClosureRating, ClosureReason
from locality.kernel.errors import Reason


class SocialCareDecision(StrEnum):
    """What social care decided; only then has it taken a family over (domain reference 1.9)."""

    CHILD_PROTECTION = "child_protection"
    CHILD_IN_NEED = "child_in_need"
    LOOKED_AFTER = "looked_after"


SOCIAL_CARE_DECISION_LABELS = {
    SocialCareDecision.CHILD_PROTECTION: "A child protection plan",
    SocialCareDecision.CHILD_IN_NEED: "A child in need plan",
    SocialCareDecision.LOOKED_AFTER: "The child is looked after",
}

NEEDS_MET = frozenset({ClosureReason.NEEDS_MET_UNIVERSAL, ClosureReason.NEEDS_MET_SINGLE_AGENCY})
_NO_RATING = frozenset({ClosureReason.DUPLICATE_OR_ERROR, ClosureReason.CHILD_DIED})
# Help stops though nobody says that it is no longer needed: would things get worse without it?
_CONSIDERS_RISK = frozenset({ClosureReason.CONSENT_WITHDRAWN, ClosureReason.NOT_ENGAGED})
_SAYS_GOODBYE = NEEDS_MET | {ClosureReason.REACHED_AGE_LIMIT}
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
    social_care_decision: SocialCareDecision | None = None
    risk_considered: str = ""
    transfer_to: str = ""
    transfer_agreed: bool | None = None
    child_views: str = ""
    parent_views: str = ""
    needs_to_look_at: int = 0


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
    if facts.reason in _CONSIDERS_RISK and not facts.risk_considered:
        reasons.append(Reason("risk_considered", "Enter whether things could get worse without help, and what you did"))
    if facts.reason is ClosureReason.MOVED_OUT_OF_AREA:
        reasons += _about_moving(facts)
    return tuple(reasons)


def asked_about(reason: ClosureReason) -> frozenset[str]:
    """The fields that the end of help asks for with this reason; everything else would be noise."""
    fields = {"closed_on", "note"}
    if reason not in _NO_RATING:
        fields.add("rating")
    if reason in _SAYS_GOODBYE or reason is ClosureReason.OTHER:
        fields |= {"child_views", "parent_views", "universal_service", "way_back"}
    if reason in _CONSIDERS_RISK:
        fields |= {"risk_considered", "way_back"}
    if reason is ClosureReason.STEPPED_UP_SOCIAL_CARE:
        fields |= {"social_care_decision", "social_care_decided_on", "child_views", "parent_views"}
    if reason is ClosureReason.MOVED_OUT_OF_AREA:
        fields |= {"transfer_to", "transfer_agreed", "child_views", "parent_views"}
    return frozenset(fields)


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
    if facts.needs_to_look_at:
        noun = "need has" if facts.needs_to_look_at == 1 else "needs have"
        line = (
            f"{facts.needs_to_look_at} {noun} not been looked at for the end of the help. Do that first, under Outcomes"
        )
        reasons.append(Reason(None, line))
    if not facts.child_views:
        reasons.append(Reason("child_views", "Enter what the children say about the help, or why they were not asked"))
    if not facts.parent_views:
        reasons.append(Reason("parent_views", "Enter what the parents say about the help, or why they were not asked"))
    if not facts.universal_service:
        reasons.append(Reason("universal_service", "Enter who stays in touch with the family"))
    if not facts.way_back:
        reasons.append(Reason("way_back", "Enter what the family does if it wants help again"))
    return reasons


def _about_social_care(facts: ClosingFacts, *, today: dt.date) -> list[Reason]:
    # A referral that is merely made, or an assessment that has begun, is no reason to stop helping.
    if facts.social_care_decision is None:
        line = "Select what social care decided. A referral or an assessment that has begun is not enough"
        return [Reason("social_care_decision", line)]
    if facts.social_care_decided_on is None:
        line = "Enter the date on which social care decided to take over. Until then, keep helping"
        return [Reason("social_care_decided_on", line)]
    if facts.social_care_decided_on > today:
        return [Reason("social_care_decided_on", "The decision must have been made already")]
    return []


def _about_moving(facts: ClosingFacts) -> list[Reason]:
    reasons = []
    if not facts.transfer_to:
        reasons.append(Reason("transfer_to", "Enter to which council's area the family moves, or that it is not known"))
    if facts.transfer_agreed is None:
        reasons.append(Reason("transfer_agreed", "Select whether the family agrees that the new area is told"))
    return reasons
