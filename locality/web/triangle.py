"""The geometry of the triangle: how many children are at each stage, and how many moved between stages.

The area of each band is to scale: a stage with twice the children has twice the area. The thickness of each arrow is to
scale with the moves it stands for. Pure arithmetic; ``templates/_components/triangle.html`` draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH, HEIGHT = 420, 360
ARROW = 24  # an arrow stands in a square of this side
_APEX_X, _TOP, _BASE, _HALF = 190, 16, 344, 180
_THINNEST, _THICKEST = 1.5, 14.0
_LOWEST_WITH_NUMBER = 24  # a band lower than this has no room for its number


@dataclass(frozen=True, slots=True)
class StageCount:
    """One stage: children at it now, how many came up into it from the stage below and went down from it to there.

    ``href`` leads to the list of these children for those who may see it.
    """

    stage: int
    count: int
    came_up: int = 0
    went_down: int = 0
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A stage as drawn: corners, the line towards its words, its number's height (None: no room), and its arrows."""

    stage: int
    count: int
    came_up: int
    went_down: int
    href: str | None
    points: str
    leader: str
    number_y: float | None
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class Triangle:
    """Everything that the template draws, top band first."""

    outline: str
    middle: int
    bands: tuple[Band, ...]
    width: int = WIDTH
    height: int = HEIGHT
    arrow: int = ARROW


def draw(stages: Sequence[StageCount]) -> Triangle:
    """The drawing of the stages, whatever their order; without any children the bands have equal heights."""
    ordered = sorted(stages, key=lambda one: -one.stage)
    edges = _edges([one.count for one in ordered])
    most = max((max(one.came_up, one.went_down) for one in ordered), default=0)
    rows = [HEIGHT * (place + 0.5) / len(ordered) for place in range(len(ordered))]
    bands = tuple(
        _band(one, top=edges[place], foot=edges[place + 1], row=rows[place], most=most)
        for place, one in enumerate(ordered)
    )
    outline = _points([(_APEX_X, _TOP), (_APEX_X + _HALF, _BASE), (_APEX_X - _HALF, _BASE)])
    return Triangle(outline, _APEX_X, bands)


def _edges(counts: list[int]) -> list[float]:
    """Heights, as shares of the whole, at which the triangle is cut so that each part has its share of the area."""
    total = sum(counts)
    if not total:
        return [place / max(len(counts), 1) for place in range(len(counts) + 1)]
    edges, reached = [0.0], 0
    for count in counts:
        reached += count
        edges.append(sqrt(reached / total))
    return edges


def _band(one: StageCount, *, top: float, foot: float, row: float, most: int) -> Band:
    y_top, y_foot = _TOP + top * (_BASE - _TOP), _TOP + foot * (_BASE - _TOP)
    corners = [
        (_APEX_X - top * _HALF, y_top), (_APEX_X + top * _HALF, y_top),
        (_APEX_X + foot * _HALF, y_foot), (_APEX_X - foot * _HALF, y_foot),
    ]  # fmt: skip
    middle = (y_top + y_foot) / 2
    edge = _APEX_X + (top + foot) / 2 * _HALF
    # In a band that ends in the apex the number stands lower, where the band is wide enough.
    number_y = middle + (8 if top == 0 else 0)
    return Band(
        one.stage, one.count, one.came_up, one.went_down, one.href,
        points=_points(corners),
        leader=_points([(edge - 8, middle), (WIDTH - 30, row), (WIDTH, row)]),
        number_y=round(number_y + 6, 1) if y_foot - y_top >= _LOWEST_WITH_NUMBER * (2 if top == 0 else 1) else None,
        up=_arrow(_thickness(one.came_up, most), upward=True),
        down=_arrow(_thickness(one.went_down, most), upward=False),
    )  # fmt: skip


def _thickness(moves: int, most: int) -> float:
    return 0.0 if moves == 0 else max(_THINNEST, _THICKEST * moves / most)


def _arrow(thickness: float, *, upward: bool) -> str:
    """Corners of an arrow whose shaft is as wide as its flow, within its square; "" when nothing flows."""
    if thickness == 0:
        return ""
    shaft, head, half = thickness / 2, thickness / 2 + 4, ARROW / 2
    tip = -half + 1 if upward else half - 1
    neck = tip + (8 if upward else -8)
    corners = [(-shaft, -tip), (-shaft, neck), (-head, neck), (0, tip), (head, neck), (shaft, neck), (shaft, -tip)]
    return _points([(half + across, half + along) for across, along in corners])


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
