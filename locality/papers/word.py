"""A paper as a Word file: real headings, lists and table headings, so that it can be read aloud and changed."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from locality.papers.paper import (
    LANGUAGE,
    Facts,
    Heading,
    Items,
    Lines,
    Paper,
    Quote,
    Table,
    Text,
    from_json,
    to_json,
)

_TEAL = RGBColor(0x0B, 0x55, 0x63)
_FONT = "Arial"
_RULE = "_" * 60


def word_of(paper: Paper, *, made_at: dt.datetime) -> bytes:
    """The paper as the bytes of a ``.docx`` file."""
    file = Document()
    paper = from_json(to_json(paper))
    _style(file, paper, made_at)
    file.add_heading(paper.title, level=1)
    _facts(file, paper.facts)
    for section in paper.sections:
        file.add_heading(section.title, level=2)
        for block in section.blocks:
            _DRAWN[block.kind](file, block)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _style(file: WordDocument, paper: Paper, made_at: dt.datetime) -> None:
    known = file.core_properties
    known.title, known.language, known.author, known.comments = paper.title, LANGUAGE, "", ""
    known.created = known.modified = made_at.replace(tzinfo=None)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(12)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    normal.element.get_or_add_rPr().append(language)
    for level in (1, 2, 3):
        heading = file.styles[f"Heading {level}"]
        heading.font.name, heading.font.color.rgb = _FONT, _TEAL
        heading.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:asciiTheme"), "")
    file.sections[0].footer.paragraphs[0].text = paper.about


def _facts(file: WordDocument, rows: tuple[tuple[str, str], ...]) -> None:
    for name, value in rows:
        line = file.add_paragraph()
        line.add_run(f"{name}: ").bold = True
        line.add_run(value)


def _table(file: WordDocument, table: Table) -> None:
    file.add_heading(table.caption, level=3)
    made = file.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    for cell, name in zip(made.rows[0].cells, table.columns, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - the library has no word for a heading row
    for row in table.rows:
        for cell, words in zip(made.add_row().cells, row, strict=True):
            cell.text = words


def _heading(file: WordDocument, block: Heading) -> None:
    file.add_heading(block.text, level=3)


def _text(file: WordDocument, block: Text) -> None:
    line = file.add_paragraph()
    if block.label:
        line.add_run(f"{block.label} ").bold = True
    line.add_run(block.text)


def _quote(file: WordDocument, block: Quote) -> None:
    file.add_paragraph(f"{block.text}\n{block.by}" if block.by else block.text, style="Quote")


def _items(file: WordDocument, block: Items) -> None:
    for words in block.lines:
        file.add_paragraph(words, style="List Bullet")


def _lines(file: WordDocument, block: Lines) -> None:
    file.add_paragraph().add_run(block.label).bold = True
    for _ in range(block.count):
        file.add_paragraph(_RULE)


_DRAWN: dict[str, Callable[[WordDocument, Any], None]] = {
    Heading.kind: _heading,
    Text.kind: _text,
    Quote.kind: _quote,
    Facts.kind: lambda file, block: _facts(file, block.rows),
    Items.kind: _items,
    Table.kind: _table,
    Lines.kind: _lines,
}
