"""Asking somebody from outside the team to audit one assessment: who may be asked, until when, what they read. Pure.

They judge how the work was done, never the family: what they read names nobody. The family has agreed that its record
is used, without names, to see whether help works.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from locality.kernel.errors import Reason

USUAL_DAYS, MOST_DAYS = 14, 28
_FAMILY_NAME, _SOMEBODY = "the family’s name", "somebody of the family"
_SHORT = 3  # letters: such a name counts only as it is written, so that no other word is taken for it


_NOT_AGREED = (
    "The family has not agreed that its record is used, without names, to see whether help works. "
    "Go over the agreement with the family first"
)


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What decides whether somebody may be asked to audit an assessment."""

    name: str
    is_complete: bool
    is_writer: bool
    is_in_team: bool
    has_audited: bool
    is_closed_to: bool
    agency_left_out: bool
    is_agreed: bool
    reason: str
    until_on: dt.date
    reason_names: bool = False


def reasons_not_to_invite(facts: InvitationFacts, *, today: dt.date) -> tuple[Reason, ...]:
    """Why somebody cannot be asked, each with who or what can help."""
    who = facts.name
    found = (
        (not facts.is_complete, None, "Only a complete assessment is audited. Complete it first"),
        (facts.is_writer, "account_id", f"{who} wrote it. Ask somebody else"),
        (facts.is_in_team, "account_id", f"{who} is in the team and can audit it without being asked in this way"),
        (facts.has_audited, "account_id", f"{who} has audited it already. Ask somebody else"),
        (facts.is_closed_to, "account_id", f"{who} may not open this family’s records. Ask somebody else"),
        (facts.agency_left_out, "account_id", f"The family said that the agency of {who} must not be told"),
        (not facts.is_agreed, None, _NOT_AGREED),
        (not facts.reason, "reason", "Enter why they are asked"),
        (facts.reason_names, "reason", f"Leave out names of the family: {who} reads the assessment without them"),
        (facts.until_on <= today, "until_on", "The day must be in the future"),
        (facts.until_on > today + dt.timedelta(days=MOST_DAYS), "until_on",
         f"The day must be within the next {MOST_DAYS} days"),
    )  # fmt: skip
    return tuple(Reason(field, words) for stands, field, words in found if stands)


@dataclass(frozen=True, slots=True)
class StandIns:
    """What stands for the names of a family in a text that must name nobody."""

    labels: Mapping[str, str]
    pattern: re.Pattern[str] | None

    def put_in(self, text: str) -> str:
        """The text with each name replaced, alone or as part of a name joined by a hyphen."""
        return text if self.pattern is None else self.pattern.sub(self._label, text)

    def _label(self, found: re.Match[str]) -> str:
        return self.labels[_folded(found[0])]


def _folded(name: str) -> str:
    """A name as two spellings are compared that an expression takes for one: the Turkish i with and without its dot."""
    return name.replace("İ", "i").casefold().replace("ı", "i")


def _parts(names: Iterable[str]) -> dict[str, str]:
    """Names and what they are made of, as written, by how they are compared; single letters are none."""
    found = dict.fromkeys(part for whole in names for part in (whole, *re.split(r"[\s\-‐-―]+", whole)))
    return {_folded(name): name for name in found if len(name) > 1}


def stand_ins(people: Iterable[tuple[str, Iterable[str]]], others: Iterable[str] = ()) -> StandIns:
    """Stand-ins for people, each given as a label ("Child 1") and every name that they go or went by.

    A name that several of them bear is the family's. ``others``: names of whoever has no label of their own.
    """
    labels: dict[str, str] = {}
    written: dict[str, str] = {}
    for label, names in people:
        for key, name in _parts(names).items():
            labels[key] = label if labels.get(key, label) == label else _FAMILY_NAME
            written[key] = name
    for key, name in _parts(others).items():
        labels.setdefault(key, _SOMEBODY)
        written.setdefault(key, name)
    if not labels:
        return StandIns({}, None)
    longest_first = sorted(written.values(), key=lambda name: (-len(name), name))
    either = "|".join(re.escape(name) if len(name) <= _SHORT else f"(?i:{re.escape(name)})" for name in longest_first)
    return StandIns(labels, re.compile(rf"(?<!\w)(?:{either})(?!\w)"))
