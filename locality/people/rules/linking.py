"""Whether two records are of one person: the facts side by side, what stands against a decision, and linked sets. Pure.

A link says that two records are of one person. Links join like the edges of a graph: everybody who can be reached
from a record by standing links is the same person, and when one link is undone the set falls apart where it was held.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

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


class Recorded(Protocol):
    """What a record says of somebody, as far as it is compared."""

    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...
    @property
    def known_as(self) -> str: ...
    @property
    def previous_names(self) -> tuple[str, ...]: ...
    @property
    def born_on(self) -> dt.date | None: ...
    @property
    def due_on(self) -> dt.date | None: ...
    @property
    def sex(self) -> StrEnum: ...
    @property
    def nhs_number(self) -> str | None: ...
    @property
    def upn(self) -> str | None: ...
    @property
    def first_language(self) -> str: ...


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


def compare(one: Recorded, other: Recorded, *, day: Callable[[dt.date], str], sexes: dict[str, str]) -> list[Compared]:
    """The facts of two records side by side; ``day`` writes a date and ``sexes`` a sex as people read them.

    How much a fact counts is the usual order of record linkage: what few people share counts most.
    """
    return [
        _row("First name", one.given_name, other.given_name, counts=1),
        _row("Surname", one.family_name, other.family_name, counts=1),
        _row("Known as", one.known_as, other.known_as, counts=0),
        _row("Names before", ", ".join(one.previous_names), ", ".join(other.previous_names), counts=0),
        _row("Date of birth", _written(one.born_on, day), _written(other.born_on, day), counts=1),
        _row("Date due", _written(one.due_on, day), _written(other.due_on, day), counts=1),
        _row("Sex", _sex(one.sex, sexes), _sex(other.sex, sexes), counts=0),
        _row("NHS number", one.nhs_number or "", other.nhs_number or "", counts=2),
        _row("Pupil number", one.upn or "", other.upn or "", counts=2),
        _row("First language", one.first_language, other.first_language, counts=0),
    ]


def _row(fact: str, one: str, other: str, *, counts: int) -> Compared:
    if not one or not other:
        side = Side.MISSING
    else:
        side = Side.AGREES if one.casefold() == other.casefold() else Side.DIFFERS
    return Compared(fact, one, other, side, counts)


def _written(date: dt.date | None, day: Callable[[dt.date], str]) -> str:
    return "" if date is None else day(date)


def _sex(sex: StrEnum, sexes: dict[str, str]) -> str:
    return "" if sex.value == "U" else sexes[sex]


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
    that were decided not to be the same, or to share a household. ``numbers``: the NHS numbers traced for either set.
    """

    one: uuid.UUID
    other: uuid.UUID
    together: bool
    apart: tuple[tuple[str, str], ...]
    housed: tuple[tuple[str, str], ...]
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
    decided = facts.apart if kind is LinkKind.NOT_SAME else facts.housed
    return (Reason(None, "This has been decided already"),) if _names(decided, facts) else ()


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


def _names(decided: Sequence[tuple[str, str]], facts: LinkFacts) -> bool:
    return bool(decided) and facts.one != facts.other
