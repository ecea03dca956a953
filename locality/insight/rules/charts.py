"""The geometry of a line chart by month. Pure arithmetic; the template draws it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 560, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 14, 34
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_TICKS = 5
_MOST_NAMED = 8  # points of which every second has room for its month


@dataclass(frozen=True, slots=True)
class Point:
    """One month's value. ``value`` None leaves a gap in the line; ``is_open`` draws a hollow mark (not over yet)."""

    month: dt.date
    value: float | None
    is_open: bool = False
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as drawn."""

    x: float
    y: float
    is_open: bool
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart with its number, or a month under it with its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything that the template draws: lines (one a stretch without gaps), marks and ticks."""

    width: int
    height: int
    left: int
    right: int
    base: int
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    values: tuple[Tick, ...]
    months: tuple[Tick, ...]


def line_chart(points: Sequence[Point], *, suffix: str = "") -> LineChart:
    """The chart of these months, in order. The scale begins at nought, so that heights can be compared."""
    top, step = _scale(max((p.value for p in points if p.value is not None), default=0.0))
    xs = _xs(len(points))
    base = HEIGHT - _BOTTOM

    def y(value: float) -> float:
        return round(base - (base - _TOP) * value / top, 1)

    marks = tuple(
        Mark(x, y(p.value), p.is_open, p.is_marked) for x, p in zip(xs, points, strict=True) if p.value is not None
    )
    ticks = tuple(Tick(y(n * step), f"{n * step:g}{suffix}") for n in range(round(top / step) + 1))
    return LineChart(
        WIDTH, HEIGHT, _LEFT, WIDTH - _RIGHT, base, _lines(points, xs, [y(p.value or 0) for p in points]), marks, ticks,
        tuple(_month_ticks(points, xs)),
    )  # fmt: skip


def _xs(n: int) -> list[float]:
    if n == 1:
        return [(_LEFT + WIDTH - _RIGHT) / 2]
    width = WIDTH - _RIGHT - _LEFT - 16
    return [round(_LEFT + 8 + width * place / max(n - 1, 1), 1) for place in range(n)]


def _scale(most: float) -> tuple[float, float]:
    """The top of the scale and the step between its lines: round numbers, at most five lines above nought."""
    if most <= 0:
        return 1.0, 1.0
    size = 10 ** floor(log10(most / _MOST_TICKS))
    step = next(size * s for s in _STEPS if size * s * _MOST_TICKS >= most * (1 - 1e-9))
    return step * max(ceil(most / step - 1e-9), 1), step


def _lines(points: Sequence[Point], xs: Sequence[float], ys: Sequence[float]) -> tuple[str, ...]:
    lines: list[list[str]] = [[]]
    for point, x, y in zip(points, xs, ys, strict=True):
        if point.value is None:
            lines.append([])
        else:
            lines[-1].append(f"{x},{y}")
    return tuple(" ".join(line) for line in lines if len(line) > 1)


def _month_ticks(points: Sequence[Point], xs: Sequence[float]) -> list[Tick]:
    # January and July of each year, and the first month where it has room: enough to find one’s place.
    found = []
    if len(points) <= _MOST_NAMED:  # every second one, the last among them
        last = len(points) - 1
        return [Tick(xs[n], f"{point.month:%b %Y}") for n, point in enumerate(points) if (last - n) % 2 == 0]
    for place, (point, x) in enumerate(zip(points, xs, strict=True)):
        if point.month.month in {1, 7} or (place == 0 and point.month.month not in {6, 12}):
            found.append(Tick(x, f"{point.month:%b %Y}"))
    return found
