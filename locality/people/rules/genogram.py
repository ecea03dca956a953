"""The family tree as a drawing: usual genogram symbols at fixed places, in units of the drawing (about a pixel).

A square is male, a circle female, a diamond somebody whose sex is not known, a triangle a pregnancy. A cross says that
somebody has died; the person whose page it is has a double outline. Lines never pass through a symbol or its words:
see ``genogram_lines``.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.people.rules.codes import Sex
from locality.people.rules.genogram_lines import EDGE, GUTTER, ROW, SLOT, SYMBOL, Line, Routes, middle, written
from locality.people.rules.kinship import Kin, Kinship, Tie, arrange

MOST = 40  # people in one drawing
LETTERS = 14  # in a line of words
SOMEONE = "Someone else"
_INNER = 5  # between the two outlines of the index person


class Shape(StrEnum):
    """What is drawn for somebody."""

    SQUARE = "square"
    CIRCLE = "circle"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"


@dataclass(frozen=True, slots=True)
class Symbol:
    """Somebody's symbol around (x, y), with the words that stand to its right."""

    key: str
    shape: Shape
    x: float
    y: float
    words: tuple[str, ...]
    title: str
    is_index: bool
    has_died: bool
    is_seen: bool

    @property
    def outlines(self) -> tuple[float, ...]:
        """Half the width of each outline; the index person has two."""
        return (SYMBOL / 2, SYMBOL / 2 - _INNER) if self.is_index else (SYMBOL / 2,)

    def corners(self, half: float) -> str:
        """The corners of a diamond or a triangle, as SVG writes them."""
        x, y = self.x, self.y
        points = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
        if self.shape is Shape.TRIANGLE:
            points = [(x, y - half), (x + half, y + half), (x - half, y + half)]
        return written(points)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the symbol with its words."""
        left = self.x - SYMBOL / 2
        return (left, self.y - ROW / 2, left + SLOT - GUTTER, self.y + ROW / 2)


@dataclass(frozen=True, slots=True)
class Home:
    """People who live together now, under what the household is called."""

    name: str
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outline:
    """A dashed rectangle round people of one household who stand beside each other."""

    x: float
    y: float
    width: float
    height: float
    letter: str

    @property
    def letter_x(self) -> float:
        """Where the letter stands: clear of the lines to the first symbol, and of the letter of another outline."""
        return self.x + 64 + (ord(self.letter) - ord("A")) % 8 * 13


@dataclass(frozen=True, slots=True)
class Genogram:
    """The whole drawing. ``cuts`` are the strokes through the lines of couples who are no longer together."""

    width: float
    height: float
    symbols: tuple[Symbol, ...]
    lines: tuple[Line, ...]
    cuts: tuple[Line, ...]
    outlines: tuple[Outline, ...]
    homes: tuple[tuple[str, str], ...]
    generations: int


def draw(people: Sequence[Kin], ties: Iterable[Tie], *, index: str, homes: Sequence[Home] = ()) -> Genogram:
    """Draw up to ``MOST`` people, the index person among them; the same input always gives the same drawing."""
    known = {one.key: one for one in people}
    kin = arrange(list(known.values()), ties, index=index)
    routes = Routes(kin)
    routes.plan()
    tops = routes.heights()
    symbols = tuple(
        _symbol(one, kin.column[key], tops[(2 * kin.row[key] + 1, 0)], is_index=key == index)
        for key, one in sorted(known.items(), key=lambda item: (kin.row[item[0]], kin.column[item[0]]))
    )
    outlines, names = _outlines(homes, kin, symbols)
    return Genogram(
        width=(max(kin.column.values()) + 1) * SLOT + EDGE,
        height=tops[(2 * kin.rows + 1, 0)] + EDGE,
        symbols=symbols,
        lines=tuple(line.drawn(tops) for line in routes.lines),
        cuts=tuple(cut for line in routes.lines for cut in line.cuts(tops)),
        outlines=outlines,
        homes=names,
        generations=kin.rows,
    )


def shape_of(one: Kin) -> Shape:
    """The symbol that is usual for somebody; who may not be seen is never told apart by sex."""
    if not one.is_seen:
        return Shape.DIAMOND
    if one.is_unborn:
        return Shape.TRIANGLE
    return {Sex.MALE: Shape.SQUARE, Sex.FEMALE: Shape.CIRCLE}.get(one.sex, Shape.DIAMOND)


def wrapped(name: str, *, lines: int = 2) -> tuple[str, ...]:
    """A name in short lines, cut with an ellipsis where it is longer than they hold; wide letters count twice."""
    found: list[str] = [""]
    for word in name.split():
        joined = f"{found[-1]} {word}".strip()
        if _wide(joined) <= LETTERS or not found[-1]:
            found[-1] = joined
        else:
            found.append(word)
    kept = found[:lines]
    if len(found) > lines:
        kept[-1] += "…"
    return tuple(_cut(line) for line in kept)


def _wide(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def _cut(line: str) -> str:
    if _wide(line) <= LETTERS:
        return line
    kept = ""
    for letter in line:
        if _wide(kept + letter) >= LETTERS:
            break
        kept += letter
    return f"{kept}…"


def _symbol(one: Kin, column: int, y: float, *, is_index: bool) -> Symbol:
    name = one.name if one.is_seen else SOMEONE
    when = one.when if one.is_seen else ""
    return Symbol(
        key=one.key,
        shape=shape_of(one),
        x=middle(column),
        y=y,
        words=(*wrapped(name), *([when] if when else [])),
        title=f"{name}, {when}" if when else name,
        is_index=is_index,
        has_died=one.has_died and one.is_seen,
        is_seen=one.is_seen,
    )


def _outlines(
    homes: Sequence[Home], kin: Kinship, symbols: Sequence[Symbol]
) -> tuple[tuple[Outline, ...], tuple[tuple[str, str], ...]]:
    """Rectangles round each household: one where it holds nobody else, else one for each run of neighbours."""
    boxes = {symbol.key: symbol.box for symbol in symbols}
    found: list[Outline] = []
    names: list[tuple[str, str]] = []
    for number, home in enumerate(homes[:26]):
        members = [key for key in boxes if key in home.people]
        if not members:
            continue
        letter = chr(ord("A") + len(names))
        names.append((letter, home.name))
        room = 9 - number % 3 * 3
        found += [_round([boxes[key] for key in run], room, letter) for run in _runs(members, boxes, kin)]
    return tuple(found), tuple(names)


def _runs(
    members: Sequence[str], boxes: Mapping[str, tuple[float, float, float, float]], kin: Kinship
) -> list[list[str]]:
    whole = _round([boxes[key] for key in members], 0, "")
    inside = [
        key
        for key, box in boxes.items()
        if box[0] < whole.x + whole.width and whole.x < box[2] and box[1] < whole.y + whole.height and whole.y < box[3]
    ]
    if set(inside) == set(members):
        return [list(members)]
    runs: list[list[str]] = []
    at = {(kin.row[key], kin.column[key]): key for key in members}
    for row, column in sorted(at):
        beside = at.get((row, column - 1))
        if beside is not None:
            runs[-1].append(at[(row, column)])
        else:
            runs.append([at[(row, column)]])
    return runs


def _round(boxes: Sequence[tuple[float, float, float, float]], room: float, letter: str) -> Outline:
    left, top = min(box[0] for box in boxes) - room, min(box[1] for box in boxes) - room
    right, bottom = max(box[2] for box in boxes) + room, max(box[3] for box in boxes) + room
    return Outline(left, top, right - left, bottom - top, letter)


def when_of(born_on: dt.date | None, died_on: dt.date | None, age: str) -> str:
    """The short line under a name: the age, or the years of a life that has ended."""
    if died_on is None:
        return age
    return f"{born_on.year if born_on else '?'}–{died_on.year}"
