"""What somebody typed into the search box, taken apart: names, dates of birth, postcode, numbers, reference. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from locality.kernel.ids import find_reference

LONGEST = 200

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REFERENCE = re.compile(r"(?<!\w)[A-Za-z]{2}[\s-]?[2-9A-Za-z]{4}[\s-]?[2-9A-Za-z]{3}(?!\w)")
_BRITISH = re.compile(r"(?<!\w)([0-9]{1,2})\s?[/.-]\s?([0-9]{1,2})\s?[/.-]\s?([0-9]{4}|[0-9]{2})(?!\w)")
_ISO = re.compile(r"(?<!\w)([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?!\w)")
_SPACED = re.compile(r"(?<!\w)([0-3]?[0-9]) ([01]?[0-9]) ((?:19|20)[0-9]{2})(?!\w)")
_WORDED = re.compile(
    r"(?<!\w)([0-9]{1,2})(?:st|nd|rd|th)?[\s-]*(?:of\s+)?([A-Za-z]{3,9})\.?,?[\s-]*([0-9]{4}|[0-9]{2})(?!\w)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?<!\w)([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4}|[0-9]{2})(?!\w)", re.IGNORECASE
)
_RUN_TOGETHER = re.compile(r"(?<!\w)([0-3][0-9])([01][0-9])((?:19|20)[0-9]{2})(?!\w)")
_NHS = re.compile(r"(?<!\w)([0-9]{3})[\s-]?([0-9]{3})[\s-]?([0-9]{4})(?!\w)")
_UPN = re.compile(r"(?<!\w)[A-Za-z](?:[\s-]?[0-9]){11}[\s-]?[0-9A-Za-z](?!\w)")
# A national number begins with 0, an international one with +44 or 0044; 9 to 11 figures follow with any spacing.
_PHONE = re.compile(r"(?<![\w+])(?:\+44|0044|0)(?:[\s().-]*[0-9]){9,11}(?!\w)")
_FULL_POSTCODE = re.compile(r"(?<!\w)([A-Za-z]{1,2}[0-9][0-9A-Za-z]?)\s*([0-9][A-Za-z]{2})(?!\w)")
_SECTOR = re.compile(r"(?<!\w)([A-Za-z]{1,2}[0-9][0-9A-Za-z]?)\s+([0-9])(?!\w)")
_DISTRICT = re.compile(r"(?<!\w)([A-Za-z]{1,2}[0-9][0-9A-Za-z]?)(?!\w)")


@dataclass(frozen=True, slots=True)
class Terms:
    """What to look for. ``dates`` are the dates that were meant (a year of two figures may mean two);

    ``postcode`` is the beginning of one as stored (``"SS2 "``, ``"SS2 6"``, ``"SS2 6ER"``); ``unreal`` what looks like
    a date and is none.
    """

    names: str = ""
    dates: tuple[dt.date, ...] = ()
    postcode: str | None = None
    number: str | None = None
    phone: str | None = None
    reference: str | None = None
    unreal: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.names or self.dates or self.postcode or self.number or self.phone or self.reference)

    @property
    def names_one_person(self) -> bool:
        """Whether it can only be one person: an identifier, or a whole name with a date of birth."""
        return self.number is not None or (bool(self.dates) and len(self.names.split()) > 1)


def read_terms(typed: str) -> Terms:
    """Take apart what was typed, in any order: what is nothing else is part of a name."""
    rest = " ".join(unicodedata.normalize("NFC", typed[:LONGEST]).split())
    reference, rest = _take(_REFERENCE, rest, lambda found: _reference(found.group()))
    upn, rest = _take(_UPN, rest, lambda found: re.sub(r"[\s-]", "", found.group()).upper())
    phone, rest = _take(_PHONE, rest, lambda found: phone_figures(found.group()))
    dates, unreal, rest = _take_dates(rest)
    nhs, rest = _take(_NHS, rest, lambda found: "".join(found.groups()))
    postcode, rest = _take_postcode(rest)
    return Terms(
        names=" ".join("".join(letter if _of_names(letter) else " " for letter in rest).split()),
        dates=dates,
        postcode=postcode,
        number=upn or nhs,
        phone=phone,
        reference=reference,
        unreal=unreal,
    )


def phone_figures(typed: str) -> str:
    """A telephone number as its figures, written nationally; the database's function of this name says the same."""
    figures = re.sub(r"\(0\)|[^0-9]", "", typed)
    return re.sub(r"^(00)?44(?=[1-9][0-9]{8,9}$)", "0", figures)


def _of_names(letter: str) -> bool:
    """Letters, figures, the marks above and below letters, spaces and what joins names."""
    return letter.isalnum() or letter in " '’.-_" or unicodedata.combining(letter) != 0


def _reference(text: str) -> str | None:
    # Nine letters in a row are a name, even where they happen to make a reference.
    return None if text.isalpha() else find_reference(text)


def _take(pattern: re.Pattern[str], text: str, read: Callable[[re.Match[str]], str | None]) -> tuple[str | None, str]:
    """The first match that ``read`` accepts, and the text without it."""
    for found in pattern.finditer(text):
        value = read(found)
        if value is not None:
            return value, f"{text[: found.start()]} {text[found.end() :]}"
    return None, text


# How dates are written, and where day, month and year stand in each way.
_DATES = (
    (_ISO, (3, 2, 1)), (_BRITISH, (1, 2, 3)), (_SPACED, (1, 2, 3)), (_WORDED, (1, 2, 3)), (_MONTH_FIRST, (2, 1, 3)),
    (_RUN_TOGETHER, (1, 2, 3)),
)  # fmt: skip


def _take_dates(text: str) -> tuple[tuple[dt.date, ...], str | None, str]:
    for pattern, order in _DATES:
        found = pattern.search(text)
        if found is None:
            continue
        day, month, year = (found.group(place) for place in order)
        if month.isalpha() and month[:3].lower() not in _MONTHS:
            continue
        dates = _dates(day, month, year)
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        return dates, None if dates else found.group(), rest
    return (), None, text


def _dates(day: str, month: str, year: str) -> tuple[dt.date, ...]:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    years = (1900 + int(year), 2000 + int(year)) if len(year) == 2 else (int(year),)
    found = []
    for one in years:
        try:
            found.append(dt.date(one, number, int(day)))
        except ValueError:
            continue
    return tuple(found)


def _take_postcode(text: str) -> tuple[str | None, str]:
    readings: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_FULL_POSTCODE, lambda found: f"{found.group(1)} {found.group(2)}".upper()),
        (_SECTOR, lambda found: f"{found.group(1)} {found.group(2)}".upper()),
        (_DISTRICT, lambda found: f"{found.group(1)} ".upper()),
    )
    for pattern, read in readings:
        postcode, rest = _take(pattern, text, read)
        if postcode is not None:
            return postcode, rest
    return None, text
