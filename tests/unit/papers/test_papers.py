"""Papers as files: what a reader library finds in a PDF and in a Word file, and that words are never instructions."""

import datetime as dt
import io
import re
from typing import Any

import pypdf
import pytest
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as st

from locality.papers.glyphs import is_drawn, spelt_out
from locality.papers.paper import (
    Facts,
    Heading,
    Items,
    Lines,
    Paper,
    Quote,
    Section,
    Table,
    Text,
    from_json,
    to_json,
)
from locality.papers.typeset import pdf_of
from locality.papers.word import word_of

ON = dt.date(2026, 3, 3)
AT = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)


def _paper(words: str = "Settles quickly") -> Paper:
    return Paper(
        "CAF of the Adeyemi family",
        "CAF of the Adeyemi family, CA-1",
        (("Reference", "CA-1"), ("Who was present", "Leah\nGrace")),
        (
            Section("one", "Who Leah is", (Facts((("Name", "Leah"),)), Quote(words, "Leah, 3 March 2026"))),
            Section(
                "two",
                "Development",
                (
                    Heading("General health"),
                    Text(words, "Strengths:"),
                    Items(("one", "two")),
                    Table("The team", ("Who", "Role"), (("Amira Khan", "Health visitor"),)),
                    Lines("Signed"),
                ),
            ),
        ),
    )


def _read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def _text(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in _read(pdf).pages))


def _kinds(node: Any) -> list[str]:
    """The kinds of structure elements under one, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [kind for child in node for kind in _kinds(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (_kinds(node["/K"]) if "/K" in node else [])


def test_a_pdf_says_its_title_its_language_and_that_it_is_tagged_for_everybody() -> None:
    reader = _read(pdf_of(_paper(), made_on=ON))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "CAF of the Adeyemi family"
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_a_pdf_has_headings_lists_tables_and_quotes_in_reading_order() -> None:
    reader = _read(pdf_of(_paper(), made_on=ON))
    root: Any = reader.trailer["/Root"]
    kinds = _kinds(root["/StructTreeRoot"])
    assert [kind for kind in kinds if kind.startswith("/H")] == ["/H1", "/H2", "/H2", "/H3", "/H3"]
    assert {"/L", "/LI", "/P", "/BlockQuote", "/Table", "/THead", "/TH", "/TD"} <= set(kinds)


def test_all_words_are_in_the_pdf_in_large_print_too() -> None:
    for large in (False, True):
        text = _text(pdf_of(_paper(), made_on=ON, large=large))
        for words in ("Settles quickly", "Leah, 3 March 2026", "Amira Khan", "General health", "Page 1 of"):
            assert words in text
    assert len(_read(pdf_of(_paper("word " * 500), made_on=ON, large=True)).pages) > len(
        _read(pdf_of(_paper("word " * 500), made_on=ON)).pages
    )


@pytest.mark.parametrize(
    "words",
    [
        "#set page(width: 1cm)",
        "$ x^2 $ *bold* _thin_ = Heading",
        '#read("/etc/passwd") #import "x"',
        "@label <label> https://example.org",
        "`raw` \\ // comment /* x */",
        '"quoted" ]] }} {{ 7*7 }}',
    ],
)
def test_what_people_wrote_is_never_an_instruction(words: str) -> None:
    assert words.replace(" ", "") in _text(pdf_of(_paper(words), made_on=ON)).replace(" ", "")


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert pdf_of(_paper(), made_on=ON) == pdf_of(_paper(), made_on=ON)


def test_other_scripts_are_drawn_or_said_to_stand_elsewhere() -> None:
    text = _text(pdf_of(_paper("🦖, Żółć Ελλάδα Дом 😀 বাংলা ভাষা"), made_on=ON))
    assert "Ελλάδα" in text
    assert "words in a script that this file cannot show" in text
    assert "[t-rex]" in text
    file = Document(io.BytesIO(word_of(_paper("বাংলা ভাষা"), made_at=AT)))
    assert "বাংলা ভাষা" in "".join(line.text for line in file.paragraphs)


@given(st.text(max_size=80))
@example("\x7f")
def test_every_text_can_be_spelt_out_in_what_the_fonts_have(text: str) -> None:
    assert all(is_drawn(one) for one in spelt_out(text))


@settings(max_examples=25)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_no_text_can_stop_a_pdf(text: str) -> None:
    assert pdf_of(_paper(text), made_on=ON).startswith(b"%PDF")


def test_fifty_thousand_words_are_in_the_file() -> None:
    words = " ".join(f"w{number}" for number in range(50_000))
    pages = _read(pdf_of(_paper(words), made_on=ON)).pages
    assert "w0 w1" in pages[0].extract_text()
    assert "w49999" in pages[len(pages) - 1].extract_text()


def test_a_paper_survives_being_kept() -> None:
    assert from_json(to_json(_paper())) == _paper()
    assert [one.key for one in _paper().without(["one"]).sections] == ["two"]


def test_a_word_file_has_real_headings_and_its_language() -> None:
    file = Document(io.BytesIO(word_of(_paper(), made_at=AT)))
    styles = [(p.style.name, p.text) for p in file.paragraphs if p.style is not None]
    assert ("Heading 1", "CAF of the Adeyemi family") in styles
    assert ("Heading 2", "Development") in styles
    assert ("List Bullet", "one") in styles
    assert file.core_properties.language == "en-GB"
    assert file.tables[0].rows[1].cells[0].text == "Amira Khan"


@settings(max_examples=8)
@example("")
@given(st.text(min_size=20, max_size=300))
def test_no_text_can_stop_a_word_file(text: str) -> None:
    assert word_of(_paper(text), made_at=AT).startswith(b"PK")
