"""The geometry of a line of scores: where each point stands. Pure arithmetic; a template draws it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from locality.caf.rules.scales import Line

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BASE = 48, 612, 16, 176


@dataclass(frozen=True, slots=True)
class Point:
    """One score as drawn, with its words below and above."""

    x: int
    y: int
    total: int
    day: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A height with its number."""

    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as drawn: its points in order of date, and the ends of its range."""

    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]

    @property
    def path(self) -> str:
        """The points as a polyline takes them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def draw(line: Line, *, words: Callable[[dt.date], str]) -> Drawn:
    """The line over its whole range, so that a small change looks small; dates to scale."""
    first, last = line.first.scored_on, line.last.scored_on
    days = max((last - first).days, 1)
    span = max(line.highest - line.lowest, 1)

    def height(total: int) -> int:
        return round(BASE - (total - line.lowest) / span * (BASE - TOP))

    points = tuple(
        Point(
            x=round(LEFT + 24 + (reading.scored_on - first).days / days * (RIGHT - LEFT - 72)),
            y=height(reading.total),
            total=reading.total,
            day=words(reading.scored_on),
            is_last=reading is line.last,
        )
        for reading in line.readings
    )
    middle = (line.lowest + line.highest) // 2
    ticks = tuple(Tick(height(value), str(value)) for value in (line.lowest, middle, line.highest))
    return Drawn(points, ticks)
