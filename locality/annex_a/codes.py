"""Gender, ethnicity, source and yes or no, however a council spells them. Pure.

A code wins over Annex A's letter before it: one widely used tool gives REFU and NOBT the same
letter ``s)``, so for ethnicity the letters after ``r)`` stand for nothing on their own.
"""

import re

from locality.annex_a.reference import spellings
from locality.annex_a.spelling import Cell, Unrecognised, key, tidy

NOT_YET_OBTAINED = "NOBT"
SEX_NOT_KNOWN = "U"

_HEALTH = "Write which, from 3A (GP) to 3F (other health)."
_COUNCIL = "Write which, from 5A (social care) to 5D (early help)."
_VAGUE_SOURCES = {
    "individual": "Write which, from 1A (family) to 1D (other individual).",
    "health": _HEALTH,
    "healthservice": _HEALTH,
    "healthservices": _HEALTH,
    "laservice": _COUNCIL,
    "laservices": _COUNCIL,
}
_LETTER_FIRST = re.compile(r"^([a-z]1?)\s*[).:\-]\s*(.+)$")  # "e) 2A: Schools", "p1) 5D: LA services"
_SOURCE_CODE = re.compile(r"^(1[a-d]|2[ab]|3[a-f]|5[a-d]|10|[46789])(?![0-9a-z])")


def sex(value: Cell) -> str:
    """``M``, ``F`` or ``U`` (CIN census since 2024/25). Raises ``Unrecognised``."""
    found = spellings("gender").get(key(value))
    if found is None:
        problem = "This gender is not one that Annex A lists."
        raise Unrecognised(problem, "Write Male, Female, Not stated or Neither.")
    return found


def yes_no(value: Cell) -> bool:
    """``a) Yes``, ``Y``, ``True``, ``1`` and their opposites. Raises ``Unrecognised``."""
    found = spellings("yes or no").get(key(value))
    if found is None:
        raise Unrecognised("This says neither yes nor no.", "Write Yes or No.")
    return found == "yes"


def ethnicity(value: Cell) -> str:
    """One of the 20 national codes; ``UNKNOWN`` is "not yet obtained". Raises ``Unrecognised``."""
    text = tidy(value).casefold()
    known = spellings("ethnicity")
    _, rest = _letter_and_rest(text)
    found = known.get(key(text)) or known.get(key(rest))
    if found is not None:
        return found
    tokens: list[str] = re.findall(r"[a-z]+", text)
    for token in (*tokens[:2], *tokens[-1:]):  # "a) WBRI White British", "White British (WBRI)"
        if len(token) == 4 and known.get(token) == token.upper():
            return token.upper()
    problem = "This ethnicity is not one of the national codes."
    raise Unrecognised(problem, "Write the code, such as WBRI or NOBT.")


def _letter_and_rest(text: str) -> tuple[str, str]:
    found = _LETTER_FIRST.match(text)
    return (str(found.group(1)), str(found.group(2))) if found else ("", text)


def source(value: Cell) -> str:
    """One of the 22 codes for who made a contact or referral. Raises ``Unrecognised``."""
    text = tidy(value).casefold()
    known = spellings("source")
    letter, rest = _letter_and_rest(text)
    if match := _SOURCE_CODE.match(rest):
        return str(match.group(1)).upper()
    found = known.get(key(rest)) or known.get(key(text))
    vague = _VAGUE_SOURCES.get(key(rest))
    if found is None and vague is not None:
        found = known.get(letter)
    if found is None:
        problem = "This source is not one that Annex A lists."
        raise Unrecognised(
            "This could be several sources." if vague else problem,
            vague or "Write the code, such as 2A or 6.",
        )
    return found
