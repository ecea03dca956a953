"""What is written under one element, and what to do when two people wrote at the same time."""

import difflib
import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from locality.caf.rules.words import Evidence
from locality.kernel.errors import Reason

MAX_TEXT = 400_000  # characters in one box: more than 50,000 words are kept whole
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+(?=\s|\Z)|(?=\n)|\Z)\s*", re.DOTALL)  # with the blanks after it
_WORDS_COMPARED_ONE_BY_ONE = 3_000  # longer texts are compared line by line, to stay quick


@dataclass(frozen=True, slots=True)
class Answer:
    """Strengths and needs under an element; "not discussed" is not the same as "no need"."""

    strengths: str = ""
    needs: str = ""
    evidence: tuple[Evidence, ...] = ()
    severity: int | None = None
    is_not_discussed: bool = False

    @property
    def is_given(self) -> bool:
        """True when the element has an answer: some text, or the word that it was not discussed."""
        return bool(self.strengths or self.needs or self.is_not_discussed)


EMPTY = Answer()


def reasons_against(answer: Answer) -> tuple[Reason, ...]:
    """Why this cannot be saved by the worker's own hand; drafts are kept whatever they say."""
    reasons = []
    if answer.is_not_discussed and (answer.strengths or answer.needs):
        reasons.append(
            Reason(
                "is_not_discussed",
                "You wrote something, so it was discussed. Clear this box or clear the text",
            )
        )
    if answer.severity is not None and answer.severity not in range(4):
        reasons.append(Reason("severity", "Select how serious the need is from the list"))
    return (*reasons, *too_long("strengths", answer.strengths), *too_long("needs", answer.needs))


def too_long(field: str, text: str) -> tuple[Reason, ...]:
    """A reason when a text is longer than a box keeps."""
    if len(text) <= MAX_TEXT:
        return ()
    return (Reason(field, f"This must be {MAX_TEXT:,} characters or fewer"),)


class Choice(enum.StrEnum):
    """What a worker does when a colleague has saved the same element in the meantime."""

    MINE = "mine"
    THEIRS = "theirs"
    JOIN = "join"


def settle(choice: Choice, *, mine: Answer, theirs: Answer) -> Answer:
    """The answer that follows from a choice; joining keeps every word of both."""
    if choice is Choice.MINE:
        return mine
    if choice is Choice.THEIRS:
        return theirs
    evidence = tuple(item for item in Evidence if item in mine.evidence or item in theirs.evidence)
    strengths = join_texts(theirs.strengths, mine.strengths)
    needs = join_texts(theirs.needs, mine.needs)
    return Answer(
        strengths=strengths,
        needs=needs,
        evidence=evidence,
        # The more serious of the two, so that no worry is softened by accident.
        severity=max((s for s in (mine.severity, theirs.severity) if s is not None), default=None),
        is_not_discussed=not (strengths or needs) and (mine.is_not_discussed or theirs.is_not_discussed),
    )


def join_texts(first: str, second: str) -> str:
    """Both texts as one: what they begin and end with alike stands once, the rest one after the other.

    Every word of both stays, in its order.
    """
    one, other = _SENTENCE.findall(first), _SENTENCE.findall(second)
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    between_one, between_other = one[start : len(one) - end], other[start : len(other) - end]
    if not between_one or not between_other:
        return first if between_one else second
    begin, finish = "".join(one[:start]), "".join(other[len(other) - end :])
    return f"{begin}{''.join(between_one).rstrip()}\n\n{''.join(between_other)}{finish}"


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many sentences two texts begin with alike, whatever blanks follow them."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a.split() != b.split()), min(len(one), len(other)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of words: in both texts, only in the old or only in the new."""

    text: str
    is_new: bool = False
    is_old: bool = False


def differences(old: str, new: str) -> tuple[Stretch, ...]:
    """The two texts as one run of stretches, so that a page can mark what differs."""
    old_parts, new_parts = _parts(old, new)
    stretches: list[Stretch] = []
    matcher = difflib.SequenceMatcher(a=old_parts, b=new_parts, autojunk=True)
    for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if kind == "equal":
            stretches.append(Stretch(" ".join(old_parts[from_old:to_old])))
            continue
        if to_old > from_old:
            stretches.append(Stretch(" ".join(old_parts[from_old:to_old]), is_old=True))
        if to_new > from_new:
            stretches.append(Stretch(" ".join(new_parts[from_new:to_new]), is_new=True))
    return tuple(stretches)


def _parts(old: str, new: str) -> tuple[Sequence[str], Sequence[str]]:
    old_words, new_words = old.split(), new.split()
    if max(len(old_words), len(new_words)) <= _WORDS_COMPARED_ONE_BY_ONE:
        return old_words, new_words
    return old.splitlines(), new.splitlines()
