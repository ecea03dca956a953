"""How councils spell what Annex A asks for: texts, numbers, blanks.

Pure. A function returns the value, or raises ``Unrecognised`` with the problem and its cure.
"""

import datetime as dt
import re
import unicodedata

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

TEXT_MAX = 120
CHILD_ID_MAX = 20  # CIN census: LAchildID is at most 20 letters and digits
AGE_MAX = 130
COUNT_MAX = 1000
_SPREADSHEET_ERRORS = ("#n/a", "#value!", "#ref!", "#name?", "#null!", "#div/0!", "#num!")
_NOTHING = ("", "-", "--", "?", "n/a", "na", "nil", "none", "null", "(blank)", "not applicable")
_BLANKS = frozenset(_SPREADSHEET_ERRORS + _NOTHING)
_NOT_TEXT = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # Unicode categories: controls and spaces


class Unrecognised(Exception):
    """A cell that means nothing to us: what is wrong, and what to write instead."""

    def __init__(self, problem: str, cure: str) -> None:
        self.problem = problem
        self.cure = cure
        super().__init__(f"{problem} {cure}")


def tidy(value: Cell) -> str:
    """A cell as one line of text: hard spaces made plain, runs of space made one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    folded = unicodedata.normalize("NFKC", str(value))
    plain = "".join(" " if unicodedata.category(c) in _NOT_TEXT else c for c in folded)
    return " ".join(plain.split())


def key(value: Cell) -> str:
    """What two spellings of one word share: lower-case letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", tidy(value).casefold())


def is_blank(value: Cell) -> bool:
    """Whether a cell says nothing: empty, a dash, ``N/A``, or a spreadsheet's own error."""
    return tidy(value).casefold() in _BLANKS


def show(value: Cell) -> str:
    """A cell as a person would know it again in an error file."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.strftime("%d/%m/%Y")
    return tidy(value)


def words(value: Cell) -> str:
    """A name of an organisation, team or worker."""
    found = tidy(value)
    if len(found) > TEXT_MAX:
        raise Unrecognised(f"This is longer than {TEXT_MAX} characters.", "Shorten it.")
    return found


def child_id(value: Cell) -> str:
    """The council's number for a child: leading noughts kept, a spreadsheet's ``.0`` dropped."""
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise Unrecognised("This is not a child's number.", "Write the child's number as text.")
    found = tidy(value)
    if not re.fullmatch(rf"[A-Za-z0-9]{{1,{CHILD_ID_MAX}}}", found):
        raise Unrecognised(
            f"A child's number is up to {CHILD_ID_MAX} letters and digits.",
            "Write the number from your own system.",
        )
    return found.upper()


def number(value: Cell, *, most: int) -> float:
    """A count or an age, 0 to ``most``; a little below 0 is the age of a baby not yet born."""
    text = tidy(value)
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if isinstance(value, bool) or not -1 <= found <= most:
        cure = f"Write a number from 0 to {most}."
        raise Unrecognised("This is not a number that can be right.", cure)
    return found


def whole_number(value: Cell, *, most: int = COUNT_MAX) -> int:
    """A count with no part of one."""
    found = number(value, most=most)
    if not found.is_integer() or found < 0:
        raise Unrecognised("This is not a whole number.", f"Write a whole number from 0 to {most}.")
    return int(found)
