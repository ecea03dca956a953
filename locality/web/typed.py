"""What people type, made safe to keep: one written form, and no character that a database or a screen cannot carry."""

import datetime as dt
import re
import unicodedata

MARK = "�"
DATE_PARTS = ("day", "month", "year")
EARLIEST_YEAR = 1900
LATEST_YEAR = 2100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DateFault = tuple[tuple[str, ...], str]
_UNUSUAL = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters but for tab and line ends
    "\ud800-\udfff"  # halves of surrogate pairs
    "\u202a-\u202e\u2066-\u2069"  # characters that turn the direction of text round, used to disguise it
    "\ufffd-\uffff"  # the mark, which also stands for bytes that were not text, and what is no character
    "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_GAPS = re.compile("[\t\n]+")
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


def clean(text: str, *, lines: bool = False) -> str:
    """The text as kept: composed characters, plain line ends, no blanks around it, unusual characters marked with �.

    Without ``lines`` it is one line: tabs and line ends, which come with pasted text, become spaces.
    """
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text.replace("\ufeff", "")))
    if not lines:
        text = _GAPS.sub(" ", text)
    return _UNUSUAL.sub(MARK, text).strip()


def has_unusual(text: str) -> bool:
    """Whether the text holds a character that ``clean`` would mark."""
    return _UNUSUAL.search(text) is not None


def in_sentence(name: str) -> str:
    """A field's name for the middle of a sentence: "Date of birth" becomes "date of birth", "NHS number" stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def written_postcode(text: str) -> str:
    """A postcode as it is written, "SS1 2AB"; other text unchanged."""
    squeezed = re.sub(r"[\s.-]", "", text).upper()
    return f"{squeezed[:-3]} {squeezed[-3:]}" if _POSTCODE.fullmatch(squeezed) else text


def is_postcode(text: str) -> bool:
    """Whether the text has the shape of a full UK postcode."""
    return _POSTCODE.fullmatch(text.replace(" ", "")) is not None


def is_email(text: str) -> bool:
    """Whether the text has the shape of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def squeezed_digits(text: str, *, count: int) -> str:
    """A number typed with blanks or hyphens as its ``count`` digits; other text unchanged."""
    squeezed = re.sub(r"[\s-]", "", text)
    return squeezed if re.fullmatch(rf"[0-9]{{{count}}}", squeezed) else text


def read_date(parts: dict[str, str]) -> dt.date | None:
    """The date typed in three parts, months as numbers or English names; None when there is no such date."""
    day, month, year = _number(parts["day"], 2), _month(parts["month"]), _number(parts["year"], 4)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def date_fault(parts: dict[str, str]) -> DateFault | None:
    """Which parts to correct and the message, with ``{called}`` for the date's name; None when it is a date."""
    missing = tuple(part for part in DATE_PARTS if not parts[part])
    if missing:
        return missing, f"{{called}} must include a {' and '.join(missing)}"
    if not re.fullmatch(r"[0-9]{4}", parts["year"]):
        return ("year",), "Year must include 4 numbers"
    if not EARLIEST_YEAR <= int(parts["year"]) <= LATEST_YEAR:
        return ("year",), f"Year must be between {EARLIEST_YEAR} and {LATEST_YEAR}"
    if read_date(parts) is None:
        return _unreal_parts(parts), "{called} must be a real date"
    return None


def read_time(typed: str, *, by_day: bool = False) -> dt.time | None:
    """The time meant by "9:30am", "4.15 pm", "16:15", "1615" or "9"; None for anything else.

    ``by_day``: an hour from 1 to 6 without am or pm is in the afternoon, for nobody meets at three in the night.
    """
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif by_day and 1 <= hour <= 6 and len(match[1]) == 1:
        hour += 12
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _unreal_parts(parts: dict[str, str]) -> tuple[str, ...]:
    day = () if 1 <= _number(parts["day"], 2) <= 31 else ("day",)
    month = () if 1 <= _month(parts["month"]) <= 12 else ("month",)
    return (*day, *month) or DATE_PARTS


def _number(text: str, most_digits: int) -> int:
    return int(text) if re.fullmatch(rf"[0-9]{{1,{most_digits}}}", text) else 0


def _month(text: str) -> int:
    start = text[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else _number(text, 2)
