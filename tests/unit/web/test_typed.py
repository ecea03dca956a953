"""What people type, cleaned."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.web import typed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Zoë  ", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("two\r\nlines", "two lines"),
        ("tab\tbed", "tab bed"),
        ("a\x00b", "a�b"),
        ("safe\u202egnp.exe", "safe�gnp.exe"),
        ("\ud83d", "�"),
        ("\ufeffstart", "start"),
        ("naïve 👩‍👧 family", "naïve 👩‍👧 family"),
        ("محمد", "محمد"),
    ],
    ids=[
        "blanks around", "composed", "one line", "tab", "NUL", "direction", "half a pair", "byte order mark", "emoji",
        "Arabic",
    ],
)  # fmt: skip
def test_a_line_is_kept_as(text: str, kept: str) -> None:
    assert typed.clean(text) == kept


def test_lines_keep_their_ends() -> None:
    assert typed.clean("one\r\ntwo\rthree\u2028four\n", lines=True) == "one\ntwo\nthree\nfour"


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing_and_everything_kept_can_be_stored(text: str) -> None:
    for lines in (True, False):
        once = typed.clean(text, lines=lines)
        assert typed.clean(once, lines=lines) == once
        assert "\x00" not in once
        once.encode("utf-8")


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("3", "3", "2026"), dt.date(2026, 3, 3)),
        (("03", "March", "2026"), dt.date(2026, 3, 3)),
        (("29", "feb", "2024"), dt.date(2024, 2, 29)),
        (("29", "2", "2023"), None),
        (("3", "3", "26"), None),
        (("３", "3", "2026"), None),
        (("²", "3", "2026"), None),
        (("3", "3", "1899"), None),
        (("", "3", "2026"), None),
        (("31", "Marchember", "2026"), dt.date(2026, 3, 31)),
    ],
)
def test_a_date_is_read(parts: tuple[str, str, str], date: dt.date | None) -> None:
    given_parts = dict(zip(typed.DATE_PARTS, parts, strict=True))
    assert typed.read_date(given_parts) == date
    assert (typed.date_fault(given_parts) is None) == (date is not None)


@given(st.fixed_dictionaries({part: st.text(max_size=12) for part in typed.DATE_PARTS}))
def test_whatever_stands_in_the_boxes_is_a_date_or_has_a_fault(parts: dict[str, str]) -> None:
    assert (typed.read_date(parts) is None) == (typed.date_fault(parts) is not None)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_every_date_can_be_typed(date: dt.date) -> None:
    assert typed.read_date({"day": str(date.day), "month": f"{date:%B}", "year": str(date.year)}) == date


@pytest.mark.parametrize(
    ("text", "written"),
    [("ss12ab", "SS1 2AB"), ("S S 1-2a b", "SS1 2AB"), ("EC1A 1BB", "EC1A 1BB"), ("nowhere", "nowhere"), ("", "")],
)
def test_a_postcode_is_written(text: str, written: str) -> None:
    assert typed.written_postcode(text) == written


@pytest.mark.parametrize("text", ["a@b.uk", "o'brien+x@council.gov.uk"])
def test_an_address_is_an_email_address(text: str) -> None:
    assert typed.is_email(text)


@pytest.mark.parametrize("text", ["a@b", "a b@c.uk", "@c.uk", "a@@c.uk", "a@.uk", "a@c..uk"])
def test_other_text_is_no_email_address(text: str) -> None:
    assert not typed.is_email(text)


def test_a_name_stands_in_a_sentence() -> None:
    assert [typed.in_sentence(name) for name in ("Date of birth", "NHS number", "X")] == [
        "date of birth",
        "NHS number",
        "X",
    ]
