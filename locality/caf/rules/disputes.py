"""Where somebody of the family sees an assessment differently: about which part, and what came of it. Pure.

What is disputed stays, with the statement beside it (UK GDPR article 16; domain reference 7.5): neither side's words
take the place of the other's.
"""

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from locality.caf.rules.elements import CHILD_ELEMENTS, SHARED_ELEMENTS, find_element
from locality.caf.rules.sections import SECTIONS, SectionCode, find_section
from locality.kernel.errors import Reason

WHOLE, HEADER, CONCLUSION = "whole", "header", "conclusion"
_FAMILY_SECTIONS = (SectionCode.STORY, SectionCode.HOME)


class Settled(enum.StrEnum):
    """What came of it, once both have talked."""

    CHANGED = "changed"
    BOTH_STAND = "both_stand"
    TAKEN_BACK = "taken_back"


SETTLED_LABELS: Mapping[Settled, str] = {
    Settled.CHANGED: "We talked, and the text was changed",
    Settled.BOTH_STAND: "Both views stand, one beside the other",
    Settled.TAKEN_BACK: "They do not see it differently any more",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an assessment: an element, a section, the conclusions for a child, what led to it, or all of it.

    ``code`` is the element's or the section's own; ``child_id`` is None for what is about everybody.
    """

    code: str
    child_id: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """The part as a form sends it."""
        return self.code if self.child_id is None else f"{self.code}:{self.child_id}"


def parts_of(children: Iterable[uuid.UUID]) -> tuple[Part, ...]:
    """Every part of an assessment about these children that somebody can see differently, in form order."""
    found = [Part(WHOLE), Part(HEADER)]
    for child in children:
        found += [Part(element.code, child) for element in CHILD_ELEMENTS]
        found += [Part(SectionCode.NEEDS_TO_TAKE_PART.value, child), Part(CONCLUSION, child)]
    found += [Part(element.code) for element in SHARED_ELEMENTS]
    return (*found, *(Part(code.value) for code in _FAMILY_SECTIONS))


def name_of(part: Part, called: str = "") -> str:
    """What a part is called; ``called`` is the name of its child."""
    fixed = {WHOLE: "The assessment as a whole", HEADER: "Who was present, what led to it",
             CONCLUSION: f"Conclusions for {called}"}  # fmt: skip
    if part.code in fixed:
        return fixed[part.code]
    element = find_element(part.code)
    if element is not None:
        return f"{element.name} ({called})" if called else element.name
    section = find_section(part.code, for_child=part.child_id is not None)
    return SECTIONS[section.code].title.format(child=called) if section is not None else part.code


def said_about(version_no: int | None, *, is_open: bool) -> str:
    """What is added to a statement that is carried over from an earlier version; "" where it is about this one."""
    return "" if version_no is None else f" (said about version {version_no}{', still open' if is_open else ''})"


def reasons_against_dispute(*, said_on: dt.date, started_on: dt.date, today: dt.date) -> tuple[Reason, ...]:
    """Why a statement cannot be kept like this."""
    if said_on > today:
        return (Reason("said_on", "The date must be today or in the past"),)
    if said_on < started_on:
        return (Reason("said_on", f"The assessment was begun on {started_on.day} {started_on:%B %Y}, not before"),)
    return ()


def reasons_against_answer(settled: Settled | None, words: str) -> tuple[Reason, ...]:
    """Why an answer cannot be kept: where both views stand, the worker's stands in words."""
    if settled is Settled.BOTH_STAND and not words:
        return (Reason("answer", "Enter what you say to it"),)
    return ()
