"""What a paper says: sections of headings, texts, facts, quotes, lists and tables. Pure; kept as JSON."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

LANGUAGE = "en-GB"
# All that XML and PDF cannot hold: control characters but tab and line end, halves of characters, what is no character.
_NEVER_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str

    kind = "heading"


@dataclass(frozen=True, slots=True)
class Text:
    """Words, in paragraphs where they have lines; ``label`` stands before them in bold."""

    text: str
    label: str = ""

    kind = "text"


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, and whose."""

    text: str
    by: str = ""

    kind = "quote"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values."""

    rows: tuple[tuple[str, str], ...]

    kind = "facts"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    lines: tuple[str, ...]

    kind = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first cell of each row heads it."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    kind = "table"


@dataclass(frozen=True, slots=True)
class Lines:
    """Room to write by hand: a label and so many lines (a signature, a date)."""

    label: str
    count: int = 1

    kind = "lines"


Block = Heading | Text | Quote | Facts | Items | Table | Lines
_BLOCKS = {block.kind: block for block in (Heading, Text, Quote, Facts, Items, Table, Lines)}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper under its own heading; ``key`` names it when somebody leaves it out."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. ``facts`` stand under the title; ``about`` says on every page whose it is, and for whom."""

    title: str
    about: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    def without(self, keys: Sequence[str]) -> "Paper":
        """The same paper without these sections."""
        return replace(self, sections=tuple(section for section in self.sections if section.key not in keys))


def to_json(paper: Paper) -> dict[str, Any]:
    """The paper as JSON holds it. Control characters, which no file can show, are gone from it."""
    held: dict[str, Any] = _shown(_held(paper))
    return held


def _held(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "about": paper.about,
        "language": LANGUAGE,
        "facts": [list(row) for row in paper.facts],
        "sections": [
            {"key": one.key, "title": one.title, "blocks": [_block(block) for block in one.blocks]}
            for one in paper.sections
        ],
    }


def from_json(held: Mapping[str, Any]) -> Paper:
    """The paper that JSON holds."""
    return Paper(
        title=held["title"],
        about=held["about"],
        facts=tuple((row[0], row[1]) for row in held["facts"]),
        sections=tuple(
            Section(one["key"], one["title"], tuple(_from_block(block) for block in one["blocks"]))
            for one in held["sections"]
        ),
    )


def _shown(held: Any) -> Any:
    if isinstance(held, str):
        return _NEVER_SHOWN.sub("", held)
    if isinstance(held, dict):
        return {name: _shown(value) for name, value in held.items()}
    return [_shown(value) for value in held] if isinstance(held, list | tuple) else held


def _block(block: Block) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(block, name) for name in block.__dataclass_fields__}
    return {"kind": block.kind, **values}


def _from_block(held: Mapping[str, Any]) -> Block:
    values = {name: _frozen(value) for name, value in held.items() if name != "kind"}
    block: Block = _BLOCKS[held["kind"]](**values)
    return block


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
