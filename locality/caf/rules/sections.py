"""The sections of the assessment that are free words: each with its questions, for the family or for each child.

The nineteen elements cut a life into boxes; the story does not, and nothing is squeezed out of it (domain 1.3).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from locality.caf.rules.answers import Choice, too_long
from locality.caf.rules.settling import settle_text
from locality.kernel.errors import Reason


class SectionCode(enum.StrEnum):
    """A section of the assessment that is free words."""

    STORY = "story"
    HOME = "home"
    WRITERS = "writers"
    NEEDS_TO_TAKE_PART = "needs_to_take_part"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a section; ``name`` is its key in what is saved."""

    name: str
    label: str
    hint: str = ""
    rows: int = 5


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A section: its title, where in the task list it stands, for whom it is, and what it asks.

    ``{child}`` stands for what the child is called, in ``place`` for the whole name.
    """

    code: SectionCode
    title: str
    place: str
    questions: tuple[Question, ...]
    is_shared: bool = True


SECTIONS: Mapping[SectionCode, SectionFacts] = {
    SectionCode.STORY: SectionFacts(
        SectionCode.STORY,
        "The whole story",
        "The whole family · 5 of 5",
        (
            Question(
                "story",
                "What is going on in this family, as you understand it?",
                "In your own words, as long as it needs to be. What hangs together, what came first, what helps",
                rows=16,
            ),
        ),
    ),
    SectionCode.HOME: SectionFacts(
        SectionCode.HOME,
        "Family and home now",
        "The whole family · 2 of 5",
        (
            Question("living", "Who lives in the home, and who matters but lives elsewhere?", "Who does what for whom"),
            Question("changes", "What has changed lately, or is about to?", "Moves, births, separations, work, health"),
        ),
    ),
    SectionCode.WRITERS: SectionFacts(
        SectionCode.WRITERS,
        "Who writes this assessment",
        "The assessment · 2 of 3",
        (
            Question("reach", "How can the family and others reach you?", "Your work telephone and e-mail", rows=2),
            Question("others", "Who writes it with you? (optional)", "Names, roles and organisations", rows=3),
        ),
    ),
    SectionCode.NEEDS_TO_TAKE_PART: SectionFacts(
        SectionCode.NEEDS_TO_TAKE_PART,
        "What {child} and the parents need to take part",
        "{child} · 2 of 6",
        (
            Question("child", "What does {child} need to take part?", "Signing, pictures, quiet, somebody trusted", 3),
            Question("parents", "What do the parents need?", "An interpreter, large print, a lift, child care", 3),
            Question(
                "learning",
                "Is anything known about special educational needs, attendance or risk of exclusion?",
                "A plan at school, a reduced timetable",
                3,
            ),
            Question(
                "caring", "Does {child} care for somebody, and is anything uncertain about their status?",
                "Young carer, immigration or residence", 3,
            ),
        ),
        is_shared=False,
    ),
}  # fmt: skip


def find_section(code: str, *, for_child: bool) -> SectionFacts | None:
    """The section with this code, when it is asked for a child or for the family as the section is meant."""
    found = next((one for one in SECTIONS.values() if one.code == code), None)
    return found if found is not None and found.is_shared is not for_child else None


Words = Mapping[str, str]


def is_given(words: Words) -> bool:
    """Whether anything is written in a section."""
    return any(words.values())


def reasons_against(section: SectionFacts, words: Words) -> tuple[Reason, ...]:
    """Why this cannot be kept."""
    return tuple(reason for one in section.questions for reason in too_long(one.name, words.get(one.name, "")))


def settle(choice: Choice, *, mine: Words, theirs: Words) -> dict[str, str]:
    """What follows from a choice after two people wrote: question by question, joining keeps every word of both."""
    return {
        name: settle_text(choice, mine=mine.get(name, ""), theirs=theirs.get(name, ""))
        for name in dict.fromkeys((*theirs, *mine))
    }
