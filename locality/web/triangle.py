"""The geometry of the triangle: how many children are at each stage, and how many moved between stages.

The area of each band is to scale: a stage with twice the children has twice the area. The thickness of each arrow is to
scale with the moves it stands for. Pure arithmetic; ``templates/_components/triangle.html`` draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH, HEIGHT = 760, 360
_APEX_X, _TOP, _BASE, _HALF = 190, 20, 340, 180
_ROW_TOP, _ROW = 56, 88  # the first row of words and the distance to the next
_WORDS_X, _FLOW_X = 420, 436
_THINNEST, _THICKEST = 1.5, 13.0


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
    """A stage as drawn: its band's corners, the line to its words, and the words' place."""

    stage: int
    count: int
    came_up: int
    went_down: int
    href: str | None
    points: str
    leader: str
    x: float
    y: float
    flow_y: float
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class Triangle:
    """Everything that the template draws, top band first."""

    width: int
    height: int
    outline: str
    bands: tuple[Band, ...]


def draw(stages: Sequence[StageCount]) -> Triangle:
    """The drawing of the stages, whatever their order; without any children the bands have equal heights."""
    ordered = sorted(stages, key=lambda one: -one.stage)
    edges = _edges([one.count for one in ordered])
    most = max((max(one.came_up, one.went_down) for one in ordered), default=0)
    bands = tuple(_band(one, place, (edges[place], edges[place + 1]), most) for place, one in enumerate(ordered))
    outline = _points([(_APEX_X, _TOP), (_APEX_X + _HALF, _BASE), (_APEX_X - _HALF, _BASE)])
    return Triangle(WIDTH, HEIGHT, outline, bands)


def _edges(counts: list[int]) -> list[float]:
    """Heights, as shares of the whole, at which the triangle is cut so that each part has its share of the area."""
    total = sum(counts)
    shares = [count / total for count in counts] if total else [1 / len(counts)] * len(counts)
    edges, reached = [0.0], 0.0
    for share in shares:
        reached = min(1.0, reached + share)
        edges.append(sqrt(reached) if total else reached)
    return edges


def _band(one: StageCount, place: int, cut: tuple[float, float], most: int) -> Band:
    top, foot = cut
    y_top, y_foot = _TOP + top * (_BASE - _TOP), _TOP + foot * (_BASE - _TOP)
    corners = [
        (_APEX_X - top * _HALF, y_top), (_APEX_X + top * _HALF, y_top),
        (_APEX_X + foot * _HALF, y_foot), (_APEX_X - foot * _HALF, y_foot),
    ]  # fmt: skip
    row = _ROW_TOP + place * _ROW
    middle = (y_top + y_foot) / 2
    edge = _APEX_X + (top + foot) / 2 * _HALF
    leader = _points([(edge - 6, middle), (_WORDS_X - 34, row - 6), (_WORDS_X - 10, row - 6)])
    flow_y = row + 46
    return Band(
        one.stage, one.count, one.came_up, one.went_down, one.href,
        points=_points(corners), leader=leader, x=_WORDS_X, y=row, flow_y=flow_y,
        up=_arrow(_FLOW_X, flow_y - 5, _thickness(one.came_up, most), upward=True),
        down=_arrow(_FLOW_X + 150, flow_y - 5, _thickness(one.went_down, most), upward=False),
    )  # fmt: skip


def _thickness(moves: int, most: int) -> float:
    return 0.0 if moves == 0 else max(_THINNEST, _THICKEST * moves / most)


def _arrow(x: float, y: float, thickness: float, *, upward: bool) -> str:
    """Corners of an arrow whose shaft is as wide as its flow; "" when nothing flows."""
    if thickness == 0:
        return ""
    shaft, head, tip = thickness / 2, thickness / 2 + 4, -15 if upward else 15
    neck = tip + (9 if upward else -9)
    offsets = [(-shaft, -tip), (-shaft, neck), (-head, neck), (0, tip), (head, neck), (shaft, neck), (shaft, -tip)]
    return _points([(x + across, y + along) for across, along in offsets])


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
