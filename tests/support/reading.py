"""How hard a page is to read: the Flesch-Kincaid grade of its sentences (Kincaid and others, 1975). Pure.

Grade 4 is what a child of nine reads; the formula counts words to a sentence and syllables to a word, nothing else.
What people click and fill in is read too: each label, hint, line of a list and button is a sentence of its own.
"""

import re
from dataclasses import dataclass

from tests.support.pages import Page

_BLOCKS = (
    "h1, h2, h3, p, li, dt, dd, label, legend, button, th, td, caption, summary, .govuk-hint, .govuk-error-message"
)
_END = re.compile(r"(?<=[.!?:])\s+")
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
_VOWELS = re.compile(r"[aeiouy]+")
# Endings that are written with a vowel and not said as one.
_SILENT = re.compile(r"(?:[^laeiouy]es|[^td]ed|[^aeiouyl]e|[aeiouy]le)$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its numbers of words and of syllables."""

    text: str
    words: int
    syllables: int


def syllables(word: str) -> int:
    """How many syllables an English word has, by its groups of vowels: right for nine words of ten."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(_VOWELS.findall(letters))
    if groups > 1 and _SILENT.search(letters):
        groups -= 1
    return max(groups, 1)


def sentences(texts: list[str]) -> list[Sentence]:
    """The sentences of texts; what has fewer than three words is no sentence."""
    found = []
    for text in texts:
        for one in _END.split(text):
            words = _WORD.findall(one)
            if len(words) >= 3:
                found.append(Sentence(one, len(words), sum(map(syllables, words))))
    return found


def grade(found: list[Sentence]) -> float:
    """The Flesch-Kincaid grade of sentences together; add 5 for the age of a reader."""
    words, spoken = sum(one.words for one in found), sum(one.syllables for one in found)
    return 0.39 * words / len(found) + 11.8 * spoken / words - 15.59 if found else 0.0


def texts_of(page: Page) -> list[str]:
    """What is read in the main part of a page, block by block; a block that holds blocks is not read twice."""
    return [
        " ".join(block.text(separator=" ").split())
        for block in page.tree.css("main *")
        if block.css_matches(_BLOCKS) and not block.css(_BLOCKS)[1:]
    ]
