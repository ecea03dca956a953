"""The life of a set of routing rules: drafted, rehearsed, approved by a second person, live, superseded.

A draft is open to change, and may be thrown away. Rehearsed, it may be approved as it stands; any change makes it a
draft again. Approved, it never changes; until its day comes it may be withdrawn with a reason. Which set is live at an
instant follows from the approved sets' instants alone, no two of which are the same: the one that began last.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from locality.kernel.errors import Reason
from locality.referrals.rules import clocks, conditions
from locality.referrals.rules.conditions import Rule, in_order

LONGEST_NAME = 100
MOST_DAYS = 20
STEP = 10  # between the places of two rules, so that one fits in between
LAST_PLACE = 9_990


class SetState(StrEnum):
    """What has been decided about a set."""

    DRAFT = "draft"
    REHEARSED = "rehearsed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Standing(StrEnum):
    """Where a set stands at an instant; an approved set waits for its day, is live, or was followed by another."""

    DRAFT = "draft"
    REHEARSED = "rehearsed"
    WAITING = "waiting"
    LIVE = "live"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


OPEN_STATES = frozenset({SetState.DRAFT, SetState.REHEARSED})


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds whatever rule speaks: working days to answer, families kept together, other areas when full."""

    routine_days: int = clocks.ROUTINE_WORKING_DAYS
    siblings_together: bool = True
    overflow: bool = True


@dataclass(frozen=True, slots=True)
class Content:
    """What a set says: its settings and its rules in their order."""

    settings: Settings
    rules: tuple[Rule, ...] = ()


def standing(state: SetState, live_from: dt.datetime | None, *, live_since: dt.datetime, now: dt.datetime) -> Standing:
    """Where a set stands; ``live_since`` is when the set that is live at ``now`` began."""
    if state is not SetState.APPROVED or live_from is None:
        return Standing(state.value)
    if live_from > now:
        return Standing.WAITING
    return Standing.LIVE if live_from == live_since else Standing.SUPERSEDED


_STAYS: Mapping[SetState, str] = {
    SetState.APPROVED: "This set was approved and stays as it is. Draft a new set from it",
    SetState.WITHDRAWN: "This set was withdrawn and stays as it is. Draft a new set from it",
    SetState.DISCARDED: "This set was thrown away and stays as it is. Draft a new set from it",
}


def reasons_not_to_change(state: SetState) -> tuple[Reason, ...]:
    """Why a set cannot be changed, rehearsed or thrown away (any more)."""
    return (Reason(None, _STAYS[state]),) if state in _STAYS else ()


_NOT_WITHDRAWN: Mapping[Standing, str] = {
    Standing.LIVE: "This set is live already. To take it back, an administrator drafts a new set and a manager makes"
    " that one live",
    Standing.SUPERSEDED: "This set was live, and another has followed it",
    Standing.WITHDRAWN: "This set has been withdrawn already",
    Standing.DISCARDED: "This set was thrown away before it was approved",
    Standing.DRAFT: "This set is not approved. An administrator can throw it away",
    Standing.REHEARSED: "This set is not approved. An administrator can throw it away",
}


def reasons_not_to_withdraw(standing: Standing, why: str) -> tuple[Reason, ...]:
    """Why a set cannot be withdrawn: it must be approved, its day must not have come, and it takes a reason."""
    if standing is not Standing.WAITING:
        return (Reason(None, _NOT_WITHDRAWN[standing]),)
    return () if why.strip() else (Reason("why", "Enter why the set is withdrawn"),)


def reasons_not_to_approve(
    state: SetState,
    *,
    approver: uuid.UUID | None,
    editors: Collection[uuid.UUID],
    live_from: dt.datetime,
    now: dt.datetime,
) -> tuple[Reason, ...]:
    """Why somebody cannot make a set live from an instant."""
    if state is SetState.APPROVED:
        return (Reason(None, "This set has been approved already"),)
    if state in _STAYS:
        return reasons_not_to_change(state)
    if state is SetState.DRAFT:
        return (Reason(None, "Rehearse this set first. An administrator does that"),)
    if approver is None or approver in editors:
        return (Reason(None, "You wrote this set. A second person, a manager, approves it"),)
    if live_from < now:
        return (Reason("live_from", "Date must be today or later: what was decided in the past stays"),)
    return ()


def to_store(content: Content) -> dict[str, Any]:
    """What a set says, as JSON."""
    return {
        "routine_days": content.settings.routine_days,
        "siblings_together": content.settings.siblings_together,
        "overflow": content.settings.overflow,
        "ordered": [conditions.to_store(rule) for rule in in_order(content.rules)],
    }


def from_store(stored: Mapping[str, Any]) -> Content:
    """What a set says, from its JSON."""
    usual = Settings()
    settings = Settings(
        routine_days=stored.get("routine_days", usual.routine_days),
        siblings_together=stored.get("siblings_together", usual.siblings_together),
        overflow=stored.get("overflow", usual.overflow),
    )
    return Content(settings, tuple(conditions.from_store(rule) for rule in stored.get("ordered", ())))


def moved(rules: Sequence[Rule], rule_id: uuid.UUID, *, up: bool) -> tuple[Rule, ...]:
    """The rules with one of them a place earlier or later, each at a place of its own again."""
    ordered = list(in_order(rules))
    at = next(place for place, rule in enumerate(ordered) if rule.id == rule_id)
    to = max(at - 1, 0) if up else min(at + 1, len(ordered) - 1)
    ordered.insert(to, ordered.pop(at))
    return renumbered(ordered)


def duplicated(rules: Sequence[Rule], rule_id: uuid.UUID, *, new_id: uuid.UUID) -> tuple[Rule, ...]:
    """The rules with a copy of one of them right after it, under a name of its own."""
    ordered = list(in_order(rules))
    at = next(place for place, rule in enumerate(ordered) if rule.id == rule_id)
    name = _name_of_copy(ordered[at].name, {rule.name.casefold() for rule in ordered})
    ordered.insert(at + 1, replace(ordered[at], id=new_id, name=name))
    return renumbered(ordered)


def _name_of_copy(name: str, taken: Collection[str]) -> str:
    for number in range(1, len(taken) + 2):
        ending = " (copy)" if number == 1 else f" (copy {number})"
        copy = name[: LONGEST_NAME - len(ending)] + ending
        if copy.casefold() not in taken:
            return copy
    raise AssertionError("one of so many names is free")  # pragma: no cover


def renumbered(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules in this order, ten places apart."""
    return tuple(replace(rule, order=place * STEP) for place, rule in enumerate(rules, start=1))


def next_place(rules: Sequence[Rule]) -> int:
    """The place after the last rule."""
    last = max((rule.order for rule in rules), default=0)
    return min((last // STEP + 1) * STEP, LAST_PLACE)
