"""One recipient's paper in the making: what may be said is written, and what is left out is noted in words."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from locality.caf.queries.papers import Contents, PersonFacts
from locality.caf.rules.papers import Place, Recipient, RecipientKind, Unsayable, elements_out, may_have_place
from locality.kernel.ids import PersonId
from locality.papers.paper import Block, Facts, Paper, Quote, Section, Text
from locality.web.formats import day

NOT_KNOWN = "Not known"


@dataclass(slots=True)
class Writer:
    """What a paper is made from, for whom, and what has come of it so far.

    Every text goes through ``clean``; a paper says nothing that has not.
    """

    contents: Contents
    recipient: Recipient
    unsayable: Unsayable
    out: dict[str, None] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)

    @property
    def elements_out(self) -> frozenset[str]:
        """The elements that the recipient does not get."""
        return elements_out(self.recipient)

    def leave_out(self, what: str) -> None:
        """Note in words that something is not in the paper."""
        self.out.setdefault(what)

    def clean(self, text: str) -> str:
        """A text without what this recipient must not read."""
        cleaned = self.unsayable.taken_out(text)
        if cleaned != text:
            self.leave_out("Addresses, numbers and names that must not be passed on, wherever they stood in a text")
        return cleaned

    def section(self, key: str, title: str, blocks: Iterable[Block | None]) -> None:
        """Add a section where it says anything."""
        found = tuple(block for block in blocks if block is not None)
        if found:
            self.sections.append(Section(key, title, found))

    def facts(self, rows: Iterable[tuple[str, str]]) -> Facts | None:
        """Names and values, those without a value left away."""
        found = tuple((name, self.clean(value)) for name, value in rows if value)
        return Facts(found) if found else None

    def text(self, words: str | None, label: str = "") -> Text | None:
        """Words under a label, where there are any."""
        return Text(self.clean(words), label) if words else None

    def quote(self, words: str | None, by: str = "") -> Quote | None:
        """Somebody's own words, where there are any, and whose they are: that may be typed too."""
        return Quote(self.clean(words), self.clean(by)) if words else None

    def children(self) -> tuple[PersonFacts, ...]:
        """The children whose strands the recipient gets, the oldest first; the others are noted as left out."""
        everybody = self.contents.around.people
        others = [one.called for one in everybody.values() if one.kind == "child" and one.id not in self.wanted]
        if others:
            self.leave_out(f"What is about {' and '.join(others)} alone")
        return tuple(one for one in everybody.values() if one.id in self.wanted)

    @property
    def wanted(self) -> frozenset[PersonId]:
        """Whose strands the recipient gets."""
        return self.recipient.children

    def places_of(self, person: PersonFacts) -> list[tuple[str, str]]:
        """The addresses and numbers of somebody that the recipient may have."""
        rows = []
        for place in self.contents.around.places:
            if place.person_id != person.id:
                continue
            if may_have_place(self.recipient, place):
                rows.append((place.label, place.words))
            else:
                self.leave_out(_kept_back(person, place))
        return rows

    def paper(self, title: str, facts: Iterable[tuple[str, str]], *, about: str) -> Paper:
        """What has been written, as a paper."""
        rows = tuple((name, self.clean(value)) for name, value in facts if value)
        return Paper(title, about, rows, tuple(self.sections))

    @property
    def is_for_family(self) -> bool:
        """Whether somebody of the family reads it."""
        return self.recipient.kind is not RecipientKind.WORKER


def _kept_back(person: PersonFacts, place: Place) -> str:
    why = "must not be disclosed" if place.is_hidden else "is for them to tell"
    return f"{place.label} of {person.name}: it {why}"


def born_or_due(person: PersonFacts) -> tuple[str, str]:
    """When somebody was born, or a baby is expected."""
    if person.due_on is not None:
        return ("Expected on", day(person.due_on))
    return ("Date of birth", day(person.born_on) if person.born_on else NOT_KNOWN)


def called_by_id(contents: Contents) -> Mapping[uuid.UUID, str]:
    """What everybody of the family is called."""
    return {one.id: one.called for one in contents.around.people.values()}
