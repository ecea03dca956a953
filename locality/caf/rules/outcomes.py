"""Needs under the ten outcome headings, and how far each is met at the start, at reviews and at the end. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from locality.caf.rules.words import OUTCOME_LABELS
from locality.kernel.errors import Reason


class Occasion(StrEnum):
    """When somebody looked at a need."""

    BASELINE = "baseline"
    REVIEW = "review"
    CLOSURE = "closure"


OCCASION_LABELS = {
    Occasion.BASELINE: "At the start",
    Occasion.REVIEW: "At a review",
    Occasion.CLOSURE: "At the end",
}


class Achieved(StrEnum):
    """How far the good outcome has come about."""

    NOT_YET = "not_yet"
    PARTLY = "partly"
    ACHIEVED = "achieved"


ACHIEVED_LABELS = {
    Achieved.NOT_YET: "Not yet",
    Achieved.PARTLY: "In part",
    Achieved.ACHIEVED: "Achieved",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One look at a need."""

    occasion: Occasion
    achieved: Achieved
    checked_on: dt.date


def reasons_against_need(code: int | None, need: str, evidence: str) -> tuple[Reason, ...]:
    """Why a need cannot be kept: heading, words, and how it is known."""
    reasons = []
    if code not in OUTCOME_LABELS:
        reasons.append(Reason("outcome_code", "Select the outcome that it belongs to"))
    if not need:
        reasons.append(Reason("need", "Enter what the need is"))
    if not evidence:
        reasons.append(Reason("evidence", "Enter how you know"))
    return tuple(reasons)


def reasons_against_check(
    evidence: str, *, checked_on: dt.date, opened_on: dt.date, today: dt.date
) -> tuple[Reason, ...]:
    """Why a look at a need cannot be kept: evidence, and a day while help went on."""
    reasons = [] if evidence else [Reason("evidence", "Enter how you know")]
    if checked_on > today:
        reasons.append(Reason("checked_on", "The date must be today or in the past"))
    elif checked_on < opened_on:
        reasons.append(Reason("checked_on", "The date must not be before the help began"))
    return tuple(reasons)


def standing(checks: Iterable[Checked]) -> Achieved:
    """How a need stands now: what the latest look found; not yet before anybody looked."""
    latest = max(checks, key=lambda check: check.checked_on, default=None)
    return Achieved.NOT_YET if latest is None else latest.achieved


def needs_in_words(stand: Iterable[Achieved]) -> str:
    """How a family's needs stand, in a sentence."""
    found = list(stand)
    if not found:
        return "No need has been recorded under the ten outcomes yet."
    achieved = sum(one is Achieved.ACHIEVED for one in found)
    partly = sum(one is Achieved.PARTLY for one in found)
    noun = "need" if len(found) == 1 else "needs"
    return f"{len(found)} {noun}: {achieved} achieved, {partly} in part, {len(found) - achieved - partly} not yet."
