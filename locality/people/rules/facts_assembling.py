"""The story of a family from its told facts: what was told twice stands once, what was corrected under its correction.

Pure. Nothing is left out: every fact that goes in stands somewhere in the lines that come out.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.ids import PersonId
from locality.people.rules.facts import TOPIC_ORDER, TOPICS, FactSource, FactState, ToldFact, Topic, plain


class Difference(StrEnum):
    """How a line of the newest contact stands to what was known before it."""

    SAME = "same"
    NEW = "new"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Line:
    """What the page shows as one line: the fact told last, about whom, who else told it, and what it replaced.

    Linked records of one person count as that person.
    """

    fact: ToldFact
    people: tuple[PersonId, ...]
    facts: tuple[ToldFact, ...]
    replaced: tuple[ToldFact, ...]
    difference: Difference | None = None
    differs_from: ToldFact | None = None

    @property
    def again(self) -> tuple[ToldFact, ...]:
        """The other tellings of the same, newest first, one for each."""
        seen = {(self.fact.telling_id, self.fact.teller): self.fact}
        for fact in self.facts:
            seen.setdefault((fact.telling_id, fact.teller), fact)
        return tuple(seen.values())[1:]

    @property
    def before(self) -> tuple[ToldFact, ...]:
        """What was said before it was corrected, newest first, one for each telling."""
        return tuple({(fact.telling_id, plain(fact.words)): fact for fact in self.replaced}.values())


def assemble(facts: Iterable[ToldFact]) -> tuple[Line, ...]:
    """The lines of a story, by topic; within a topic what counts comes first, and the newest before the older."""
    known = {fact.id: fact for fact in facts}
    under = _corrections(known)
    heads = sorted((fact for fact in known.values() if fact.id not in under), key=_newest_first)
    beneath: dict[uuid.UUID, list[ToldFact]] = defaultdict(list)
    for fact in sorted((known[one] for one in under), key=_newest_first):
        beneath[under[fact.id]].append(fact)
    lines = []
    for group in _grouped(heads):
        replaced = tuple(old for fact in group for old in beneath[fact.id])
        people = tuple(dict.fromkeys(sorted((fact.same_as for fact in group), key=str)))
        lines.append(Line(group[0], people, group, replaced))
    return tuple(sorted(lines, key=_place))


def newest_contact(facts: Sequence[ToldFact]) -> uuid.UUID | None:
    """The contact that was told last, when something was known before it; None otherwise."""
    contacts = [fact for fact in facts if fact.source_kind is FactSource.CONTACT]
    if not contacts:
        return None
    last = max(contacts, key=lambda fact: (fact.told_on, fact.recorded_at, str(fact.source_id)))
    before = (fact for fact in facts if fact.source_id != last.source_id and fact.told_on <= last.told_on)
    return last.source_id if any(fact.recorded_at <= last.recorded_at for fact in before) else None


def set_against_known(lines: Sequence[Line], contact: uuid.UUID | None) -> tuple[Line, ...]:
    """The lines with those of one contact marked: the same as was known, new, or different."""
    if contact is None:
        return tuple(lines)
    return tuple(_marked(line, lines, contact) for line in lines)


def _marked(line: Line, lines: Sequence[Line], contact: uuid.UUID) -> Line:
    tellers = {fact.source_id for fact in line.facts}
    if contact not in tellers or not line.fact.is_open:
        return line
    if len(tellers) > 1:
        return _with(line, Difference.SAME)
    if not TOPICS[line.fact.topic].single:
        return _with(line, Difference.NEW)
    others = [other for other in lines if _is_known_beside(other, line, contact)]
    return _with(line, Difference.DIFFERS, others[0].fact) if others else _with(line, Difference.NEW)


def _is_known_beside(other: Line, line: Line, contact: uuid.UUID) -> bool:
    return (
        other.fact.is_open
        and other.fact.topic is line.fact.topic
        and not set(other.people).isdisjoint(line.people)
        and any(fact.source_id != contact for fact in other.facts)
    )


def _with(line: Line, difference: Difference, differs_from: ToldFact | None = None) -> Line:
    return Line(line.fact, line.people, line.facts, line.replaced, difference, differs_from)


def _corrections(known: dict[uuid.UUID, ToldFact]) -> dict[uuid.UUID, uuid.UUID]:
    """By corrected fact, the fact that stands for it at the end of its corrections, as far as it is known."""
    found = {}
    for one, fact in known.items():
        last, seen = fact, {one}
        while last.replaced_by in known and last.replaced_by not in seen:
            last = known[last.replaced_by]
            seen.add(last.id)
        if last.id != one:
            found[one] = last.id
    return found


def _grouped(heads: Sequence[ToldFact]) -> list[tuple[ToldFact, ...]]:
    """Facts that say the same about the same people, newest first."""
    whom: dict[object, list[PersonId]] = defaultdict(list)
    for fact in heads:
        whom[_telling(fact)].append(fact.same_as)
    groups: dict[object, list[ToldFact]] = defaultdict(list)
    for fact in heads:
        kind = FactState.CURRENT if fact.is_open else fact.state
        groups[(fact.topic, plain(fact.words), frozenset(whom[_telling(fact)]), kind)].append(fact)
    return [tuple(group) for group in groups.values()]


def _telling(fact: ToldFact) -> tuple[object, ...]:
    return fact.telling_id, fact.topic, plain(fact.words), fact.state


def _newest_first(fact: ToldFact) -> tuple[int, float, str]:
    return -fact.told_on.toordinal(), -fact.recorded_at.timestamp(), str(fact.id)


def _place(line: Line) -> tuple[object, ...]:
    return TOPIC_ORDER[line.fact.topic], not line.fact.is_open, *_newest_first(line.fact)


def topics_of(lines: Iterable[Line]) -> tuple[Topic, ...]:
    """The topics that have lines, in the order of the page."""
    return tuple(sorted({line.fact.topic for line in lines}, key=TOPIC_ORDER.__getitem__))
