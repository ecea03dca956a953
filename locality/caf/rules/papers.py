"""Who may have which paper of a family's help, and what each recipient does not get. Pure.

What must not be disclosed beats every share. A parent never gets another adult's whereabouts, a child's home only where
it is their own too, and the strands of those children alone whose parent they are. An agency gets what the family
agreed to. Who told the front door is for nobody.
"""

import enum
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from locality.caf.rules.words import VoiceReaders
from locality.kernel.errors import Reason
from locality.kernel.ids import PersonId

LEFT_OUT = "[left out]"
MADE_AT_ONCE = 10  # papers that are made while one waits; more are made in the background
_SHORTEST = 5  # characters of a text below which taking it out would take out ordinary words


class PaperKind(enum.StrEnum):
    """What is given on paper."""

    CAF = "caf"
    PLAN = "plan"
    CHILD_PLAN = "child_plan"


class RecipientKind(enum.StrEnum):
    """Who gets a paper: an adult of the family, a child, or somebody who works with them."""

    ADULT = "adult"
    CHILD = "child"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a paper and what they may know.

    ``children``: whose strands. ``own_places``: their own addresses and numbers, plain. ``is_told_more``: needs, health
    and what was found together, not basic information alone. ``shares_home``: an adult who lives with the
    children. ``topics_out``: the codes of what the family keeps out.
    """

    kind: RecipientKind
    id: uuid.UUID
    name: str
    children: frozenset[PersonId]
    own_places: frozenset[str] = frozenset()
    is_told_more: bool = True
    shares_home: bool = True
    topics_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """An address or number of somebody: what it says, and the marks by which it would be known again."""

    person_id: PersonId
    label: str
    words: str
    marks: tuple[str, ...]
    is_hidden: bool


# By the codes of the topics that a family may keep out (consent): the elements that are about each. Other texts may
# touch on a topic too: whoever gives a paper reads it first.
TOPIC_ELEMENTS: Mapping[str, frozenset[str]] = {
    "physical_health": frozenset({"D1.1a", "D1.1b"}),
    "mental_health": frozenset({"D1.2"}),
    "sexual_health": frozenset({"D1.1a"}),
    "substance_use": frozenset({"D1.3", "D3.1"}),
    "domestic_abuse": frozenset({"D2.1", "D3.1"}),
    "offending": frozenset({"D1.3", "D3.1"}),
    "immigration": frozenset(),
    "money": frozenset({"D3.3"}),
    "family_history": frozenset({"D3.1"}),
    "ethnicity_religion": frozenset({"D1.4"}),
}


def elements_about(topics: Iterable[str]) -> frozenset[str]:
    """The elements that are about any of these topics."""
    return frozenset(code for topic in topics for code in TOPIC_ELEMENTS[topic])


def elements_out(recipient: Recipient) -> frozenset[str]:
    """The elements that a recipient does not get: on topics that the family keeps out, or about a home not theirs."""
    kept = elements_about(recipient.topics_out)
    return kept if knows_the_home(recipient) else kept | _OF_THE_HOME


# What is said of a home and its surroundings says where it is.
_OF_THE_HOME = frozenset({"D3.3", "D3.4"})


def knows_the_home(recipient: Recipient) -> bool:
    """Whether a recipient may read what is said of the home: all but an adult of the family who lives elsewhere."""
    return recipient.kind is not RecipientKind.ADULT or recipient.shares_home


def is_for_adults(recipient: Recipient) -> bool:
    """Whether a recipient may read what is about the parents; a child reads their own strand."""
    return recipient.kind is not RecipientKind.CHILD


def may_have_place(recipient: Recipient, place: Place) -> bool:
    """Whether a recipient may be told this address or number."""
    if place.is_hidden:
        return False
    if recipient.kind is RecipientKind.WORKER or place.person_id == recipient.id:
        return True
    if place.person_id not in recipient.children:
        return False
    return any(plain(mark) in recipient.own_places for mark in place.marks)


def may_hear(
    recipient: Recipient, *, child_id: PersonId | None, readers: VoiceReaders | None, family_may_see: bool | None
) -> bool:
    """Whether a child's words may stand in a recipient's paper: in the child's own, and where the child allows."""
    if child_id is None or child_id not in recipient.children:
        return False
    if recipient.id == child_id:
        return True
    if recipient.kind is RecipientKind.WORKER:
        return readers is VoiceReaders.TEAM
    return recipient.kind is RecipientKind.ADULT and bool(family_may_see)


def says(told: str, words: str) -> bool:
    """Whether what a paper tells are these words, also where some of them were left out."""
    first, *others = (plain(part) for part in told.split(LEFT_OUT))
    whole = plain(words)
    if not others:
        return whole == first
    at = len(first)
    for part in others[:-1]:
        found = whole.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return whole.startswith(first) and whole.endswith(others[-1]) and at + len(others[-1]) <= len(whole)


def hidden_alike(places: Iterable[Place], known: Iterable[Place]) -> tuple[Place, ...]:
    """The places, each hidden where somebody's hidden place is the same: a child's home may be a refuge."""
    hidden = {_where(place) for place in known if place.is_hidden}
    return tuple(replace(place, is_hidden=place.is_hidden or _where(place) in hidden) for place in places)


def _where(place: Place) -> frozenset[str]:
    return frozenset(plain(mark) for mark in place.marks)


def home_is_hidden(places: Iterable[Place], child_id: PersonId) -> bool:
    """Whether a child lives where nobody may know; a school or a doctor would lead there."""
    return any(place.is_hidden for place in places if place.person_id == child_id)


def plain(mark: str) -> str:
    """A mark for comparing: letters and figures alone, in lower case."""
    return "".join(re.findall(r"\w", mark.casefold()))


@dataclass(frozen=True, slots=True)
class Unsayable:
    """Texts that must not stand anywhere in a recipient's paper, whoever wrote them there."""

    marks: tuple[str, ...]
    pattern: re.Pattern[str] | None = field(default=None, compare=False)

    def taken_out(self, text: str) -> str:
        """The text with each of them replaced, however it is spaced and in whatever case."""
        return text if self.pattern is None else self.pattern.sub(LEFT_OUT, text)


def unsayable(marks: Iterable[str]) -> Unsayable:
    """What must not be said, ready to be taken out of texts; very short marks are left alone."""
    wanted = sorted({mark for mark in marks if len(plain(mark)) >= _SHORTEST}, key=lambda mark: (-len(mark), mark))
    if not wanted:
        return Unsayable(())
    pattern = re.compile("|".join(_loosely(mark) for mark in wanted), re.IGNORECASE)
    return Unsayable(tuple(wanted), pattern)


def _loosely(mark: str) -> str:
    """The mark as people write it: blanks, hyphens, commas and dots between its parts as they like."""
    letters = re.findall(r"\w", mark)
    begin = r"(?<!\w)" if letters[0].isalnum() else ""
    return begin + r"[\s\-–.,()@]*".join(re.escape(letter) for letter in letters) + r"(?!\w)"


def reasons_not_to_give(
    recipient: Recipient, kind: PaperKind, *, agency_left_out: bool, has_override: bool, is_caf_complete: bool
) -> tuple[Reason, ...]:
    """Why this recipient cannot be given this paper now, each with who can help."""
    name = recipient.name
    if recipient.kind is RecipientKind.WORKER and agency_left_out and not has_override:
        return (
            Reason(
                None,
                f"The family said that the agency of {name} must not be told. Where a child or an adult is at risk, "
                "record a decision to share without agreement and add them to the team by it",
            ),
        )
    if not recipient.children and recipient.kind is RecipientKind.WORKER:
        return (
            Reason(None, f"The family has not agreed that {name} is told. Go over the agreement with the family first"),
        )
    if not recipient.children:
        return (
            Reason(
                None,
                f"{name} is on record as a parent or carer of none of these children. "
                "If that is wrong, record it on the page of the family’s people first",
            ),
        )
    if kind is PaperKind.CAF and not recipient.is_told_more:
        return (Reason(None, f"The family agreed that {name} is told basic information, not the assessment"),)
    if kind is PaperKind.CAF and not is_caf_complete and recipient.kind is RecipientKind.WORKER:
        return (Reason(None, "The assessment is not complete yet. Complete it, then give it to others"),)
    return ()


def reasons_against_giving(left: Sequence[str], known: Iterable[str]) -> tuple[Reason, ...]:
    """Why these sections cannot be left out."""
    return () if set(left) <= set(known) else (Reason("leave_out", "Choose the sections from those shown"),)
