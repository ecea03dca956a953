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


class Side(StrEnum):
    """How one fact of two records compares."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"


SIDES = {Side.AGREES: "Agrees", Side.DIFFERS: "Differs", Side.MISSING: "Missing"}
_HOW_MUCH = ("a little", "a lot", "a great deal")


# The facts of a record that are compared, in the order of the page, and how much each counts: what few people share
# counts most, the usual order of record linkage.
FACTS = {
    "First name": 1,
    "Surname": 1,
    "Known as": 0,
    "Names before": 0,
    "Date of birth": 1,
    "Date due": 1,
    "Sex": 0,
    "NHS number": 2,
    "Pupil number": 2,
    "First language": 0,
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of two records: what each says, how they compare, and how much that counts (0 to 2)."""

    fact: str
    one: str
    other: str
    side: Side
    counts: int

    @property
    def weight(self) -> str:
        """How much it says, in words."""
        if self.side is Side.MISSING:
            return "Says nothing"
        towards = "Speaks for it" if self.side is Side.AGREES else "Speaks against it"
        return f"{towards} {_HOW_MUCH[self.counts]}"

    def as_finding(self) -> dict[str, object]:
        """What is kept with a decision: codes only, never what the record says."""
        return {"fact": self.fact, "side": self.side.value, "counts": self.counts}


def compare(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[Compared, ...]:
    """The facts of two records side by side; each record's facts are written as people read them, "" is not known."""
    return tuple(
        Compared(fact, one[fact], other[fact], side_of((one[fact], other[fact])), counts)
        for fact, counts in FACTS.items()
    )


def side_of(said: Sequence[str]) -> Side:
    """How what several records say of one fact compares; what is not known neither agrees nor differs."""
    known = [words.casefold() for words in said if words]
    if len(known) < 2:
        return Side.MISSING
    return Side.AGREES if len(set(known)) == 1 else Side.DIFFERS


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
