"""Told facts: one line for each thing told about somebody, and what may become of a line.

A line is never overwritten. It is confirmed with the family, corrected by a new line that takes its place, or said to
be so no longer; what stood before stays readable. Pure.
"""

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.access.parts import Part
from locality.kernel.ids import PersonId

MAX_WORDS = 20_000  # the longest account that a contact can hold
_NOT_WORDS = re.compile(r"[\W_]+")


class Topic(StrEnum):
    """What a line is about; a form's question names the topic that answers it."""

    LED_TO = "led_to"
    REASONS = "reasons"
    WANTS = "wants"
    GOING_WELL = "going_well"
    WORRYING = "worrying"
    FAMILY_VIEWS = "family_views"
    WHO_LIVES_HERE = "who_lives_here"
    SCHOOL = "school"
    WHO_HELPS = "who_helps"
    TRIED_BEFORE = "tried_before"
    EVENTS = "events"
    FIRST_LANGUAGE = "first_language"
    INTERPRETER = "interpreter"
    CULTURE = "culture"
    ARRANGEMENTS = "arrangements"
    SAFE_CONTACT = "safe_contact"
    GP_AND_HEALTH_VISITOR = "gp_and_health_visitor"
    HEALTH = "health"
    RISK_TO_VISITORS = "risk_to_visitors"


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic in words, the part of a record that its lines belong to, and whether one answer takes another's place.

    Of a ``single`` topic one answer is right at a time (a first language); of the others many lines stand side by side.
    """

    words: str
    part: Part
    single: bool = False


# In the order in which a family's page shows them.
TOPICS: Mapping[Topic, TopicFacts] = {
    Topic.LED_TO: TopicFacts("What led to asking for help", Part.STORY),
    Topic.REASONS: TopicFacts("Why help was asked for", Part.STORY),
    Topic.WANTS: TopicFacts("What the family wants", Part.STORY),
    Topic.GOING_WELL: TopicFacts("What is going well", Part.STORY),
    Topic.WORRYING: TopicFacts("What is worrying", Part.STORY),
    Topic.FAMILY_VIEWS: TopicFacts("What the family says about the help", Part.PLAN),
    Topic.WHO_LIVES_HERE: TopicFacts("Who lives here", Part.STORY, single=True),
    Topic.SCHOOL: TopicFacts("School, nursery or work", Part.STORY, single=True),
    Topic.WHO_HELPS: TopicFacts("Who helps already", Part.STORY),
    Topic.TRIED_BEFORE: TopicFacts("What was tried before", Part.STORY),
    Topic.EVENTS: TopicFacts("Important events", Part.STORY),
    Topic.FIRST_LANGUAGE: TopicFacts("First language", Part.STORY, single=True),
    Topic.INTERPRETER: TopicFacts("Interpreter or signer", Part.STORY, single=True),
    Topic.CULTURE: TopicFacts("Religion and culture", Part.STORY, single=True),
    Topic.ARRANGEMENTS: TopicFacts("What makes it easier to take part", Part.STORY, single=True),
    Topic.SAFE_CONTACT: TopicFacts("How to get in touch safely", Part.WHEREABOUTS, single=True),
    Topic.GP_AND_HEALTH_VISITOR: TopicFacts("GP and health visitor", Part.HEALTH, single=True),
    Topic.HEALTH: TopicFacts("Health and disability", Part.HEALTH, single=True),
    Topic.RISK_TO_VISITORS: TopicFacts("Risks to visitors", Part.RESTRICTED),
}
TOPIC_ORDER: Mapping[Topic, int] = {topic: place for place, topic in enumerate(TOPICS)}
# How an answer to "is an interpreter needed?" reads in the story; nothing when nobody asked.
INTERPRETER_WORDS: Mapping[bool | None, str] = {
    True: "An interpreter is needed",
    False: "No interpreter is needed",
    None: "",
}
# What the family alone can say: shown as their own words, whoever wrote them down.
OWN_TOPICS = frozenset({Topic.WANTS, Topic.FAMILY_VIEWS})


class FactState(StrEnum):
    """What has become of a line."""

    CURRENT = "current"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    NO_LONGER = "no_longer"


OPEN_STATES = frozenset({FactState.CURRENT, FactState.CONFIRMED})


class Settling(StrEnum):
    """What a worker may do with a line, together with the family."""

    CONFIRM = "confirm"
    CORRECT = "correct"
    END = "end"


_SETTLED: Mapping[tuple[FactState, Settling], FactState] = {
    (FactState.CURRENT, Settling.CONFIRM): FactState.CONFIRMED,
    (FactState.CURRENT, Settling.CORRECT): FactState.CORRECTED,
    (FactState.CURRENT, Settling.END): FactState.NO_LONGER,
    (FactState.CONFIRMED, Settling.CONFIRM): FactState.CONFIRMED,
    (FactState.CONFIRMED, Settling.CORRECT): FactState.CORRECTED,
    (FactState.CONFIRMED, Settling.END): FactState.NO_LONGER,
    # Said to be over by mistake: it can be said to be right after all.
    (FactState.NO_LONGER, Settling.CONFIRM): FactState.CONFIRMED,
}


def settled(state: FactState, how: Settling) -> FactState | None:
    """The state after a line is settled; None when that cannot be done with it any more."""
    return _SETTLED.get((state, how))


class FactAgreement(StrEnum):
    """Whether the family agreed to share a line when it was told."""

    AGREED = "agreed"
    NOT_KNOWN = "not_known"
    WITHOUT = "without"


AGREEMENTS: Mapping[FactAgreement, str] = {
    FactAgreement.AGREED: "The family agreed to share this",
    FactAgreement.NOT_KNOWN: "Not known whether the family agreed",
    FactAgreement.WITHOUT: "Shared without the family’s agreement",
}


class FactSource(StrEnum):
    """The kind of record in which a line was told."""

    CONTACT = "contact"
    ASSESSMENT = "assessment"
    REVIEW = "review"
    AGREEMENT = "agreement"
    FAMILY = "family"


_TO_WHOM: Mapping[FactSource, str] = {
    FactSource.CONTACT: "to the front door",
    FactSource.ASSESSMENT: "for the assessment",
    FactSource.REVIEW: "at a review",
    FactSource.AGREEMENT: "with the agreement",
}


@dataclass(frozen=True, slots=True)
class ToldFact:
    """One line about one person: what was told, by whom, when, where it stands and what became of it.

    ``telling_id`` is shared by the lines of one telling about several people; ``replaced_by`` is the line that corrects
    this one; ``own_words`` marks what the family says of itself. ``same_as`` is the record that leads where several
    records were linked as one person, else the person's own.
    """

    id: uuid.UUID
    telling_id: uuid.UUID
    person_id: PersonId
    topic: Topic
    part: Part
    words: str
    told_on: dt.date
    teller: str
    own_words: bool
    source_kind: FactSource
    source_id: uuid.UUID
    agreement: FactAgreement
    state: FactState
    replaced_by: uuid.UUID | None
    recorded_at: dt.datetime
    recorded_by_name: str
    settled_on: dt.date | None
    settled_by_name: str
    same_as: PersonId

    @property
    def is_open(self) -> bool:
        """Whether the line still counts."""
        return self.state in OPEN_STATES

    @property
    def source(self) -> str:
        """Who told it, to whom and when: "Told by Maria Adeyemi to the front door on 3 March 2026"."""
        listener = _TO_WHOM.get(self.source_kind) or f"to {self.recorded_by_name}"
        by = f"by {self.teller} " if self.teller else ""
        return f"Told {by}{listener} on {self.told_on.day} {self.told_on:%B %Y}"


def plain(words: str) -> str:
    """Words for comparing: case, accents' composition, punctuation and blanks do not make a difference.

    Words that hold nothing else (an emoji, say) are compared as written.
    """
    folded = unicodedata.normalize("NFKC", words).casefold()
    return " ".join(_NOT_WORDS.sub(" ", folded).split()) or folded.strip()


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, letter for letter, punctuation and case apart."""
    return plain(one) == plain(other)


class Reuse(StrEnum):
    """How a known fact was used when a form came to its question."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    RE_ASKED = "re_asked"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do with an answer: confirm or replace these lines, add a new one, and what to count."""

    confirm: bool = False
    replace: bool = False
    add: bool = False
    reuse: Reuse | None = None


_NOTHING = Judgement()


def judge(
    words: str,
    *,
    topic: Topic,
    known: Sequence[ToldFact],
    record: uuid.UUID,
    shown: uuid.UUID | None = None,
    alone: bool = True,
) -> Judgement:
    """What an answer means beside the open lines ``known`` of the same person and topic.

    ``shown`` is the line that stood in the field when the page was opened. Counted is:

    - shown and kept: CONFIRMED; shown and changed: CORRECTED. Both are facts re-used.
    - not shown, although an answer was known: RE_ASKED when the topic has one answer at a time, or when the answer is
      one that was known. Another account of what happened, or one worry more, is nothing that was asked again.

    A topic counts once a record, however many people the record is about. Changing an answer that the same ``record``
    gave before corrects that record's own line, unless the record tells several lines of the topic (not ``alone``).
    """
    if not plain(words):
        return _NOTHING
    own = [fact for fact in known if fact.source_id == record]
    same = [fact for fact in known if same_words(fact.words, words)]
    if shown is not None:
        there = next((fact for fact in known if fact.id == shown), None)
        if there is not None and there not in own:
            if there in same:
                return Judgement(confirm=True, reuse=Reuse.CONFIRMED)
            return Judgement(replace=True, add=True, reuse=Reuse.CORRECTED)
    if any(fact in same for fact in own):
        return _NOTHING
    if own and alone:
        return Judgement(replace=True, add=True)
    if shown is None and known and (same or TOPICS[topic].single):
        return Judgement(add=True, reuse=Reuse.RE_ASKED)
    return Judgement(add=True)
