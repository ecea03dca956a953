"""Which characters the fonts of a paper can draw, and words for those that they cannot.

A PDF that can be read aloud may hold no empty boxes. Emoji are spelt out; runs of a script that no font here has are
said to stand elsewhere, where any screen and Word can show them. ``fonts/covered.txt`` lists what the fonts have.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

_COVERED = Path(__file__).parent / "fonts" / "covered.txt"
_ELSEWHERE = "[words in a script that this file cannot show: read them on screen or in the Word copy]"
_DELETED = "\x7f"  # the one character of ASCII that no font draws
_LETTERS = ("L", "M", "N")


def spelt_out(text: str) -> str:
    """The text with every character that cannot be drawn in words instead; drawn text stays as it is."""
    if text.isascii() and _DELETED not in text:
        return text
    return _unknown().sub(lambda found: _words(found.group()), text)


def is_drawn(character: str) -> bool:
    """Whether a font of ours has the character."""
    starts, ends = _ranges()
    place = bisect_right(starts, ord(character)) - 1
    return place >= 0 and ord(character) <= ends[place]


def _words(run: str) -> str:
    if any(unicodedata.category(one).startswith(_LETTERS) for one in run):
        return _ELSEWHERE
    names = [unicodedata.name(one, "").lower() for one in run if unicodedata.category(one) not in ("Cf", "Mn", "Me")]
    return "".join(f"[{name}]" for name in names if name)


@lru_cache(maxsize=1)
def _ranges() -> tuple[list[int], list[int]]:
    """The first and last code points of what is covered, in order; control characters stand for themselves."""
    rows = [line.split("-") for line in _COVERED.read_text(encoding="ascii").split()]
    pairs = [(0, 0x1F), *((int(row[0], 16), int(row[-1], 16)) for row in rows)]
    return [first for first, _ in pairs], [last for _, last in pairs]


@lru_cache(maxsize=1)
def _unknown() -> re.Pattern[str]:
    starts, ends = _ranges()
    known = "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in zip(starts, ends, strict=True))
    # Blanks between two unknown words belong to the run: one note for a sentence, not one a word.
    return re.compile(f"[^{known}]+(?: +[^{known}]+)*")
