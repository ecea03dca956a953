"""A rule of an authority: what it asks of a referral, and where it sends one that fits.

A rule fits when every one of its conditions is met; a condition is met when the referral has any of the values that it
names. A referral may have several values of a kind (two needs, brothers of four and nine), or none (no stage yet).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

UNBORN = "unborn"
YES, NO = "yes", "no"
OLDEST = 25  # help may last to 25 for a young person with special educational needs
StoredRule = dict[str, Any]


class Asked(StrEnum):
    """What a condition asks about."""

    NEED = "need"
    AGE = "age"
    STAGE = "stage"
    CLUSTER = "cluster"
    LOCALITY = "locality"
    SCHOOL = "school"
    POSTCODE = "postcode"
    LANGUAGE = "language"
    URGENCY = "urgency"
    OPEN_CASE = "open_case"
    SIBLING_WORKER = "sibling_worker"
    PREFERENCE = "preference"


# What a referral always has exactly one of; of everything else it may have several, or none.
ONE_OF: Mapping[Asked, frozenset[str]] = {
    Asked.URGENCY: frozenset({"routine", "urgent"}),
    Asked.OPEN_CASE: frozenset({YES, NO}),
    Asked.SIBLING_WORKER: frozenset({YES, NO}),
    Asked.PREFERENCE: frozenset({YES, NO}),
}
# Of these a referral has one at most.
AT_MOST_ONE = frozenset({Asked.STAGE, Asked.CLUSTER, Asked.LOCALITY, *ONE_OF})


class Sends(StrEnum):
    """Where a rule sends a referral that fits."""

    SERVICE = "service"
    TEAM = "team"
    PREFERRED = "preferred"
    USUAL = "usual"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``to`` is a service or a team; ``urgent`` asks for an answer within one working day."""

    id: uuid.UUID
    order: int
    name: str
    when: Mapping[Asked, frozenset[str]]
    sends: Sends
    to: uuid.UUID | None = None
    urgent: bool = False


def in_order(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Rules as they are looked at: by their place; those at the same place always in the same order."""
    return tuple(sorted(rules, key=lambda rule: (rule.order, str(rule.id))))


def to_store(rule: Rule) -> StoredRule:
    """A rule as JSON."""
    return {
        "id": str(rule.id),
        "order": rule.order,
        "name": rule.name,
        "when": {asked.value: sorted(rule.when[asked]) for asked in Asked if asked in rule.when},
        "sends": rule.sends.value,
        "to": None if rule.to is None else str(rule.to),
        "urgent": rule.urgent,
    }


def from_store(stored: Mapping[str, Any]) -> Rule:
    """A rule from its JSON."""
    return Rule(
        id=uuid.UUID(stored["id"]),
        order=stored["order"],
        name=stored["name"],
        when={Asked(asked): frozenset(values) for asked, values in stored["when"].items()},
        sends=Sends(stored["sends"]),
        to=None if stored["to"] is None else uuid.UUID(stored["to"]),
        urgent=stored["urgent"],
    )
