"""A child's choice of who may see things, page by page, in the words of the child's pages. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locality.caf.rules.sittings import Answer
from locality.caf.rules.voices import SeeingChoice
from locality.caf.rules.words import VoiceReaders

WORDS, FILES, FAMILY = "words", "files", "family"


@dataclass(frozen=True, slots=True)
class Seeing:
    """A child's whole choice: who may see the words, who the pictures and recordings, and whether the family may."""

    words: SeeingChoice
    files: SeeingChoice
    family_may_see: bool


def people_key(what: str) -> str:
    """Under which the people chosen for one thing are kept."""
    return f"{what}.people"


def next_page(what: str, *, has_files: bool) -> str:
    """What is asked next: words, then pictures when there are any, then the family."""
    return FILES if what == WORDS and has_files else FAMILY


def reader_words(always: Sequence[str], *, others: bool) -> dict[VoiceReaders, str]:
    """The choices, fewest readers first; ``always`` are the people who sit with the child and who lead."""
    words = {VoiceReaders.LEAD_ONLY: f"Only {' and '.join(always)}"}
    if others:
        words |= {VoiceReaders.CHOSEN: "The people I choose", VoiceReaders.TEAM: "Everybody who helps me"}
    return words


def seeing_from(answers: Mapping[str, Answer], *, has_words: bool, has_files: bool) -> Seeing:
    """The whole choice as answered. What was not asked follows what was."""
    words = _choice(answers, WORDS) if has_words or not has_files else _choice(answers, FILES)
    files = _choice(answers, FILES) if has_files else words
    return Seeing(words, files, answers.get(FAMILY, Answer()).choice == "yes")


def _choice(answers: Mapping[str, Answer], what: str) -> SeeingChoice:
    readers = answers.get(what, Answer()).choice
    chosen = frozenset(answers.get(people_key(what), Answer()).cards)
    is_chosen = readers == VoiceReaders.CHOSEN
    return SeeingChoice(VoiceReaders(readers) if readers else None, chosen if is_chosen else frozenset())
