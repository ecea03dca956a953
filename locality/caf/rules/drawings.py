"""A child's drawing: strokes of a pen on a sheet, as the browser sends them and as they are drawn again.

A drawing is kept as its strokes, not as a picture: it can be undone and gone on with tomorrow, is sharp at any size,
and holds nothing but the numbers below, so that nothing else can travel in it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from locality.kernel.errors import Reason, RuleBroken

WIDTH, HEIGHT = 1000, 700
# As the buttons show them, each with its name; the order is what a stroke's number means and never changes.
COLOURS = (
    ("Black", "#1a1a1a"), ("Red", "#d4351c"), ("Orange", "#f47738"), ("Yellow", "#ffdd00"), ("Green", "#00703c"),
    ("Blue", "#1d70b8"), ("Purple", "#7a3aa0"), ("Pink", "#e6589f"), ("Brown", "#7a4a21"), ("Grey", "#7d868c"),
)  # fmt: skip
PENS = (("Thin", 6), ("Thick", 16), ("Very thick", 36))
MOST_STROKES = 2_000
MOST_NUMBERS = 60_000
_TOO_MUCH = "This drawing is full. Save it, and draw the rest in another"
_NOT_A_DRAWING = "This is no drawing of ours. Open the page again and draw once more"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the pen: the numbers of its colour and pen, and its points x, y, x, y … on the sheet."""

    colour: int
    pen: int
    points: tuple[int, ...]

    def kept(self) -> dict[str, Any]:
        """The stroke as it is kept."""
        return {"c": self.colour, "w": self.pen, "p": list(self.points)}


def read_strokes(sent: object) -> tuple[Stroke, ...]:
    """The strokes that a browser sent, every number checked. Raises ``RuleBroken`` for anything else."""
    if not isinstance(sent, list):
        raise RuleBroken([Reason("drawing", _NOT_A_DRAWING)])
    if len(sent) > MOST_STROKES:
        raise RuleBroken([Reason("drawing", _TOO_MUCH)])
    strokes = tuple(_stroke(one) for one in sent)
    if sum(len(stroke.points) for stroke in strokes) > MOST_NUMBERS:
        raise RuleBroken([Reason("drawing", _TOO_MUCH)])
    return strokes


def _stroke(sent: object) -> Stroke:
    if not isinstance(sent, Mapping) or set(sent) != {"c", "w", "p"}:
        raise RuleBroken([Reason("drawing", _NOT_A_DRAWING)])
    colour, pen, points = sent["c"], sent["w"], sent["p"]
    sound = _is_below(colour, len(COLOURS)) and _is_below(pen, len(PENS)) and _are_points(points)
    if not sound:
        raise RuleBroken([Reason("drawing", _NOT_A_DRAWING)])
    return Stroke(colour, pen, tuple(points))


def _are_points(points: object) -> bool:
    if not isinstance(points, list) or not points or len(points) % 2 or len(points) > MOST_NUMBERS:
        return False
    return all(_is_below(x, WIDTH + 1) for x in points[::2]) and all(_is_below(y, HEIGHT + 1) for y in points[1::2])


def _is_below(number: object, end: int) -> bool:
    return type(number) is int and 0 <= number < end  # a bool is an int to isinstance


def as_svg(strokes: Iterable[Stroke], *, title: str) -> str:
    """The drawing as an SVG picture of its own, on white paper. ``title`` is plain words of ours."""
    lines = "".join(_path(stroke) for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<title>{title}</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<g fill="none" stroke-linecap="round" stroke-linejoin="round">{lines}</g></svg>'
    )


def _path(stroke: Stroke) -> str:
    pairs = [f"{x} {y}" for x, y in zip(stroke.points[::2], stroke.points[1::2], strict=True)]
    # A dot is a line of no length, which round ends make visible.
    way = "L".join(pairs if len(pairs) > 1 else pairs * 2)
    return f'<path d="M{way}" stroke="{COLOURS[stroke.colour][1]}" stroke-width="{PENS[stroke.pen][1]}"/>'
