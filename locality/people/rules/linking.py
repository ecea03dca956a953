"""Whether two records are of one person: the facts side by side, what stands against a decision, and linked sets. Pure.

A link says that two records are of one person. Links join like the edges of a graph: everybody who can be reached
from a record by standing links is the same person, and when one link is undone the set falls apart where it was held.
"""

import uuid
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from locality.kernel.errors import Reason
from locality.people.rules.weights import Finding, Verdict

Node = TypeVar("Node", bound=Hashable)


class LinkKind(StrEnum):
    """What was decided about two records."""

    SAME_PERSON = "same_person"
    SAME_HOUSEHOLD = "same_household"
    NOT_SAME = "not_same"


LINK_KINDS = {
    LinkKind.SAME_PERSON: "Same person",
    LinkKind.SAME_HOUSEHOLD: "Same household",
    LinkKind.NOT_SAME: "Not the same person",
}


SIDES = {
    Verdict.AGREES: "Agrees",
    Verdict.CLOSE: "Nearly agrees",
    Verdict.DIFFERS: "Differs",
    Verdict.MISSING: "Missing",
}
# How much a finding says, by its points: 3 points more mean eight times as likely (``weights``).
_A_LITTLE, _A_LOT = 3.0, 8.0

# The facts that stand side by side, in the order of the page, and the finding that weighs each; "" for what is shown
# only, because another fact is weighed with it (a name before counts with the surname).
FACTS = {
    "First name": "first name",
    "Surname": "surname",
    "Known as": "",
    "Names before": "",
    "Date of birth": "birth date",
    "Date due": "birth date",
    "Sex": "sex",
    "NHS number": "NHS number",
    "Pupil number": "pupil number",
    "First language": "",
}
_NAMES = ("First name", "Surname")


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of two records: what each says, how they compare, and what that is worth in points."""

    fact: str
    one: str
    other: str
    side: Verdict
    points: float
    words: str = ""

    @property
    def weight(self) -> str:
        """How much it says, in words."""
        if self.side is Verdict.MISSING or not self.points:
            return "Says nothing"
        towards = "Speaks for it" if self.points > 0 else "Speaks against it"
        size = abs(self.points)
        much = "a little" if size < _A_LITTLE else "a lot" if size < _A_LOT else "a great deal"
        return f"{towards} {much}"

    def as_finding(self) -> dict[str, object]:
        """What is kept with a decision: codes and points only, never what the record says."""
        return {"fact": self.fact, "side": self.side.value, "points": round(self.points, 1)}


def side_by_side(one: Mapping[str, str], other: Mapping[str, str], findings: Iterable[Finding]) -> tuple[Compared, ...]:
    """The facts of two records side by side, with what the comparison of the two (``matching.compare``) found.

    Each record's facts are written as people read them, "" is not known.
    """
    weighed = {finding.fact: finding for finding in findings}
    return tuple(_compared(fact, (one[fact], other[fact]), weighed) for fact in FACTS)


def _compared(fact: str, said: tuple[str, str], weighed: Mapping[str, Finding]) -> Compared:
    finding = weighed.get(FACTS[fact])
    if fact in _NAMES and "name" in weighed:  # both names were weighed as one, because they changed places
        finding = weighed["name"] if fact == _NAMES[0] else Finding("name", Verdict.CLOSE, weighed["name"].words)
    # A birth date is weighed with a date due: the fact that neither record has says nothing of its own.
    if finding is None or (FACTS[fact] == "birth date" and not any(said)):
        return Compared(fact, *said, side_of(said), 0.0)
    return Compared(fact, *said, finding.verdict, finding.weight, finding.words)


def side_of(said: Sequence[str]) -> Verdict:
    """How what several records say of one fact reads; what is not known neither agrees nor differs."""
    known = [words.casefold() for words in said if words]
    if len(known) < 2:
        return Verdict.MISSING
    return Verdict.AGREES if len(set(known)) == 1 else Verdict.DIFFERS


def linked_sets(people: Iterable[Node], links: Iterable[tuple[Node, Node]]) -> list[frozenset[Node]]:
    """Everybody among ``people`` by linked set, those who are alone too: the connected components (union-find)."""
    parent = {person: person for person in people}

    def root(person: Node) -> Node:
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    for one, other in links:
        parent[root(one)] = root(other)
    found: dict[Node, set[Node]] = {}
    for person in parent:
        found.setdefault(root(person), set()).add(person)
    return [frozenset(members) for members in found.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """What is known of two records when somebody decides about them, each with those linked to it.

    ``together``: they are in one linked set already. ``apart`` and ``housed``: references of pairs between the two sets
    that were decided not to be the same, or to share a household; ``decided_apart`` and ``decided_housed``: whether
    these two records themselves were. ``numbers``: the NHS numbers traced for either set.
    """

    one: uuid.UUID
    other: uuid.UUID
    together: bool
    apart: tuple[tuple[str, str], ...]
    housed: tuple[tuple[str, str], ...]
    decided_apart: bool
    decided_housed: bool
    numbers: tuple[frozenset[str], frozenset[str]]

    @property
    def numbers_differ(self) -> bool:
        """Whether both have an NHS number that was traced, and not the same."""
        one, other = self.numbers
        return bool(one and other and one != other)


def reasons_against(kind: LinkKind, facts: LinkFacts, *, despite_numbers: bool) -> tuple[Reason, ...]:
    """What stands against a decision about two records, in words for whoever decides."""
    if facts.one == facts.other:
        return (Reason(None, "Choose two different records"),)
    if kind is LinkKind.SAME_PERSON:
        return _against_same(facts, despite_numbers=despite_numbers)
    if facts.together:
        return (Reason(None, "These records are linked as one person. Undo that link first"),)
    decided = facts.decided_apart if kind is LinkKind.NOT_SAME else facts.decided_housed
    return (Reason(None, "This has been decided already"),) if decided else ()


def _against_same(facts: LinkFacts, *, despite_numbers: bool) -> tuple[Reason, ...]:
    if facts.together:
        return (Reason(None, "These records are linked already, directly or through another record"),)
    reasons = [
        Reason(None, f"{one} and {other} were decided {words}. Undo that decision first")
        for pairs, words in ((facts.apart, "not to be the same person"), (facts.housed, "to be two of one household"))
        for one, other in pairs
    ]
    if facts.numbers_differ and not despite_numbers:
        words = "Both NHS numbers were traced and they differ. Tick that you have checked, and say in the reason how"
        reasons.append(Reason("despite_numbers", words))
    return tuple(reasons)
