"""When an assessment is complete, and how far each of its sections has come."""

import enum
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from locality.caf.rules.answers import Answer
from locality.caf.rules.elements import CHILD_ELEMENTS, SHARED_ELEMENTS, Element
from locality.caf.rules.words import Capacity
from locality.kernel.errors import Reason


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """How far the assessment of one child has come."""

    name: str
    answers: Mapping[str, Answer]
    has_voice: bool
    has_conclusion: bool
    comments: frozenset[Capacity]


@dataclass(frozen=True, slots=True)
class CompletionFacts:
    """What decides whether an assessment can be completed."""

    is_draft: bool
    has_agreement: bool
    has_header: bool
    children: tuple[ChildFacts, ...]
    shared: Mapping[str, Answer]


def reasons_not_to_complete(facts: CompletionFacts) -> tuple[Reason, ...]:
    """Everything that stands between a draft and a complete CAF, in the order of the task list."""
    if not facts.is_draft:
        return (Reason(None, "This CAF is complete already"),)
    reasons = []
    if not facts.has_agreement:
        reasons.append("The family’s agreement is not recorded, or it has been withdrawn")
    if not facts.has_header:
        reasons.append("About this assessment: say who was present and what led to it")
    for child in facts.children:
        reasons += _reasons_about_child(child, facts.shared)
    reasons += _unanswered("Parents and family", SHARED_ELEMENTS, facts.shared)
    reasons += _unexplained("Parents and family", SHARED_ELEMENTS, facts.shared)
    return tuple(Reason(None, line) for line in reasons)


def _reasons_about_child(child: ChildFacts, shared: Mapping[str, Answer]) -> list[str]:
    title = f"Development of {child.name}"
    lines = _unanswered(title, CHILD_ELEMENTS, child.answers)
    lines += _unexplained(title, CHILD_ELEMENTS, child.answers)
    # A form that lists needs alone fails the quality audit: strengths are half of an assessment.
    if not any(answer.strengths for answer in (*child.answers.values(), *shared.values())):
        lines.append(f"{title}: no strength is written down yet")
    if not child.has_voice:
        lines.append(f"{child.name}’s voice: write what {child.name} says, or why you could not ask")
    if not child.has_conclusion:
        lines.append(f"Conclusions for {child.name} are missing")
    if Capacity.CHILD not in child.comments or Capacity.PARENT not in child.comments:
        lines.append(f"Comments on the assessment of {child.name}: ask child and parent, or say they had none")
    return lines


def _unanswered(title: str, elements: Iterable[Element], answers: Mapping[str, Answer]) -> list[str]:
    missing = [e.name for e in elements if not answers.get(e.code, Answer()).is_given]
    if not missing:
        return []
    named = "; ".join(missing[:3]) + ("; and more" if len(missing) > 3 else "")
    noun = "element has" if len(missing) == 1 else "elements have"
    return [f"{title}: {len(missing)} {noun} no answer ({named})"]


def _unexplained(title: str, elements: Iterable[Element], answers: Mapping[str, Answer]) -> list[str]:
    missing = [e.name for e in elements if e.code in answers and answers[e.code].needs and not answers[e.code].evidence]
    return [f"{title}: say how you know about “{name}”" for name in missing]


def count_given(answers: Iterable[Answer]) -> int:
    """How many elements have an answer."""
    return sum(answer.is_given for answer in answers)


def elements_in_all(children: Collection[uuid.UUID]) -> int:
    """How many answers a CAF with these children asks for: twelve each, and seven for all together."""
    return len(CHILD_ELEMENTS) * len(children) + len(SHARED_ELEMENTS)


class SectionState(enum.StrEnum):
    """How far a section of the task list has come."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    DONE = "done"
    WAITING = "waiting"


def section_state(done: int, of: int) -> SectionState:
    """The state of a section with ``of`` parts, ``done`` of which have an answer."""
    if done >= of:
        return SectionState.DONE
    return SectionState.STARTED if done else SectionState.NOT_STARTED
