"""Screening and deciding at the front door: what a decision must carry before it may stand.

Working Together and the local thresholds *support* a decision; nothing here computes one. A social
care referral is never held up by a missing agreement or a missing detail: only the reason is asked.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.errors import Reason
from locality.referrals.rules import codes, needs
from locality.referrals.rules.codes import AgreementKnown, Outcome, ShareGround

EARLY_HELP_STAGES = (1, 2, 3)
DECIDE_WORKING_DAYS = 1  # Keeping children safe in education: a decision within one working day.


class ContactState(StrEnum):
    """Whether a contact still waits for a decision about any of its children."""

    OPEN = "open"
    DECIDED = "decided"


class HoldingKind(StrEnum):
    """What happened to the holding of a contact."""

    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What an officer decided for one child, and what the rules need to know beside it."""

    outcome: Outcome
    stage: int | None
    need_codes: tuple[str, ...]
    reason: str
    agreed: bool
    ground: ShareGround | None
    agreement_known: AgreementKnown
    safeguarding_concern: bool
    has_open_case: bool
    manager_consulted: str = ""
    family_told: bool = False
    why_not_told: str = ""
    shared_with: str = ""


def stage_for(facts: DecisionFacts) -> int | None:
    """The stage that a decision places the child at: as decided for early help, 4 for social care."""
    if facts.outcome in codes.SOCIAL_CARE_OUTCOMES:
        return 4
    return facts.stage if facts.outcome in codes.EARLY_HELP_OUTCOMES else None


def reasons_not_to_decide(facts: DecisionFacts) -> tuple[Reason, ...]:
    """Why this decision may not stand; empty when it may."""
    found: list[Reason] = []
    if not facts.reason.strip():
        found.append(Reason("reason", "Enter the reason for the decision"))
    if needs.unknown_needs(facts.need_codes):
        found.append(Reason("need_codes", "Select needs from the list"))
    if facts.outcome in codes.EARLY_HELP_OUTCOMES:
        found.extend(_early_help_reasons(facts))
    if facts.outcome is Outcome.LINK_TO_OPEN_CASE and not facts.has_open_case:
        found.append(Reason("outcome", "This child has no open case. Select another outcome"))
    if facts.outcome is Outcome.RETURNED_NO_CONSENT and facts.safeguarding_concern:
        message = (
            "Somebody suspects harm, so this contact cannot be returned for want of agreement. Select another outcome"
        )
        found.append(Reason("outcome", message))
    if facts.outcome is Outcome.TRANSFER_OTHER_LA:
        found.extend(_transfer_reasons(facts))
    return tuple(found)


def _transfer_reasons(facts: DecisionFacts) -> list[Reason]:
    found: list[Reason] = []
    if not facts.shared_with.strip():
        found.append(Reason("shared_with", "Enter which council"))
    found.extend(_agreement_reasons(facts))
    return found


def _early_help_reasons(facts: DecisionFacts) -> list[Reason]:
    found: list[Reason] = []
    if facts.stage not in EARLY_HELP_STAGES:
        found.append(Reason("stage", "Select the stage: 1, 2 or 3 for early help"))
    if not facts.need_codes:
        found.append(Reason("need_codes", "Select at least one need"))
    found.extend(_agreement_reasons(facts))
    return found


def _agreement_reasons(facts: DecisionFacts) -> list[Reason]:
    """What is missing from a decision by which information leaves the front door: agreement, or a ground in full."""
    found: list[Reason] = []
    if not facts.agreed and facts.ground is None:
        message = "Select whether the family agrees, or the ground for sharing without agreement"
        found.append(Reason("ground", message))
    if not facts.agreed and facts.ground is not None:
        found.extend(
            reasons_against_sharing(
                manager_consulted=facts.manager_consulted,
                family_told=facts.family_told,
                why_not_told=facts.why_not_told,
            )
        )
    return found


def reasons_against_sharing(*, manager_consulted: str, family_told: bool, why_not_told: str) -> tuple[Reason, ...]:
    """What is missing from a decision to share early help without agreement (golden rules of information sharing)."""
    found: list[Reason] = []
    if not manager_consulted.strip():
        found.append(Reason("manager_consulted", "Enter which manager you asked, or why there was no time"))
    if not family_told and not why_not_told.strip():
        found.append(Reason("why_not_told", "Enter why the family was not told"))
    return tuple(found)


def must_ask_anew(kind: codes.ReferralKind, agreement: codes.AgreementBasis) -> bool:
    """Whether a referral may not go on before the family was asked: nobody agreed, or the agreement was taken back."""
    return kind is codes.ReferralKind.EARLY_HELP and agreement is codes.AgreementBasis.NONE


def reasons_against_going_on(
    basis: codes.AgreementBasis, *, manager_consulted: str, family_told: bool, why_not_told: str
) -> tuple[Reason, ...]:
    """What is missing before a referral without agreement goes on: a yes of today, or a ground in full."""
    if basis is codes.AgreementBasis.NONE:
        return (Reason("agreed", "Select yes if the family agrees now. If it does not, select the ground for sharing"),)
    if basis is codes.AgreementBasis.AGREED:
        return ()
    return reasons_against_sharing(
        manager_consulted=manager_consulted, family_told=family_told, why_not_told=why_not_told
    )


def what_is_shared(facts: DecisionFacts) -> tuple[str, str]:
    """What a decision sends out and to whom; empty where nothing leaves the front door."""
    if facts.outcome in codes.EARLY_HELP_OUTCOMES:
        return "The summary that travels with the referral", "The service that the referral is offered to"
    if facts.outcome is Outcome.STRATEGY_DISCUSSION:
        return "What was said and the summary", "Children’s social care and the police"
    if facts.outcome is Outcome.SOCIAL_CARE_REFERRAL:
        return "What was said and the summary", "Children’s social care"
    if facts.outcome is Outcome.TRANSFER_OTHER_LA:
        return "What was said", facts.shared_with.strip()
    return "", ""


def reasons_not_to_correct(facts: DecisionFacts, *, why: str) -> tuple[Reason, ...]:
    """Why a decision may not be put in place of the one before it; empty when it may."""
    missing = () if why.strip() else (Reason("why_corrected", "Enter why the decision is corrected"),)
    return (*missing, *reasons_not_to_decide(facts))


def reasons_against_second_look(*, is_decider: bool, agrees: bool, note: str) -> tuple[Reason, ...]:
    """Why a second look may not stand: a second look is another's, and who disagrees says why."""
    if is_decider:
        return (Reason(None, "You decided this yourself. Ask another front door officer for the second look"),)
    if not agrees and not note.strip():
        return (Reason("note", "Enter what you would decide, and why"),)
    return ()


def basis_of(facts: DecisionFacts) -> codes.AgreementBasis:
    """On what footing the referral travels."""
    if facts.agreed:
        return codes.AgreementBasis.AGREED
    if facts.ground is not None or facts.outcome in codes.SOCIAL_CARE_OUTCOMES:
        return codes.AgreementBasis.SHARED_WITHOUT
    return codes.AgreementBasis.NONE


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the threshold document: a sign that is often seen at a stage."""

    head: str
    text: str


# Condensed from the levels of need that English partnerships publish; a prompt, never a score.
THRESHOLDS: Mapping[int, tuple[Indicator, ...]] = {
    1: (
        Indicator("Child", "Milestones met, checks and immunisations up to date"),
        Indicator("Child", "Good attendance and friendships"),
        Indicator("Parents and carers", "Warm, steady care and clear boundaries"),
        Indicator("Family and home", "Stable housing and people to turn to"),
    ),
    2: (
        Indicator("Child", "Missed appointments, delayed speech or slipping attendance"),
        Indicator("Child", "Low mood, or a bereavement"),
        Indicator("Parents and carers", "Boundaries that change from day to day"),
        Indicator("Family and home", "Debt, or few people to turn to"),
    ),
    3: (
        Indicator("Child", "Persistent absence, or at risk of exclusion"),
        Indicator("Child", "Young carer, or early signs of exploitation"),
        Indicator("Parents and carers", "Mental ill-health or substance use that affects care"),
        Indicator("Family and home", "Domestic abuse below significant harm, or losing the home"),
    ),
    4: (
        Indicator("Child", "Abuse or neglect, serious self-harm or exploitation"),
        Indicator("Parents and carers", "Cannot keep the child safe"),
        Indicator("Family and home", "Unsafe home, or the family is breaking down"),
    ),
}


LONGEST_ACCOUNT = 20_000  # characters of what was said
_EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def reasons_against_contact(
    *, what_said: str, children: int, received_at: dt.datetime, now: dt.datetime
) -> tuple[Reason, ...]:
    """Why a contact may not be recorded as it stands; empty when it may."""
    found: list[Reason] = []
    if children < 1:
        found.append(Reason(None, "Name at least one child"))
    if not what_said.strip():
        found.append(Reason("what_said", "Enter what was said"))
    if len(what_said) > LONGEST_ACCOUNT:
        found.append(Reason("what_said", f"What was said must be {LONGEST_ACCOUNT:,} characters or fewer"))
    if received_at > now + dt.timedelta(minutes=5):
        found.append(Reason("received_on", "The date received must be today or in the past"))
    if received_at < _EARLIEST:
        found.append(Reason("received_on", "The date received must be after 1 January 2000"))
    return tuple(found)


LONGEST_SUMMARY = 10_000  # characters of what travels to a service


def reasons_against_referral(
    *, children: int, need_codes: tuple[str, ...], stage: int, summary: str
) -> tuple[Reason, ...]:
    """Why a referral for early help may not be sent as it stands; empty when it may."""
    found: list[Reason] = []
    if children < 1:
        found.append(Reason("children", "Select at least one child"))
    if stage not in EARLY_HELP_STAGES:
        found.append(Reason("stage", "Select the stage: 1, 2 or 3 for early help"))
    if not need_codes or needs.unknown_needs(need_codes):
        found.append(Reason("need_codes", "Select at least one need from the list"))
    if not summary.strip():
        found.append(Reason("consented_summary", "Enter what the service should know"))
    if len(summary) > LONGEST_SUMMARY:
        found.append(Reason("consented_summary", f"The summary must be {LONGEST_SUMMARY:,} characters or fewer"))
    return tuple(found)
