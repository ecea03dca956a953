"""The lines of a family tree, each in a lane of its own.

They run in the channels between two rows and in the gutters between two columns, and never through a symbol or words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from locality.people.rules.kinship import Bond, Kinship

SLOT = 176  # width of a column
GUTTER = 22  # of which this much at its left is kept for lines
SYMBOL = 34
ROW = 54  # height of a symbol with its words beside it
LANE = 9  # between two lines that run beside each other
EDGE = 14  # room above, below and between what is drawn

Point = tuple[float, float]
# Where a point of a line stands before heights are known: (2r + 1, 0) is row r, (2c, lane) a lane of channel c.
Level = tuple[int, int]
Stop = tuple[float, Level]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that joins people: its corners, whether it is dashed (care) or dotted (other kin), and whom it joins."""

    points: tuple[Point, ...]
    look: str
    joins: tuple[str, ...]

    @property
    def path(self) -> str:
        """The corners as SVG writes them."""
        return written(self.points)


def middle(column: int) -> float:
    """Where the symbols of a column stand."""
    return EDGE + column * SLOT + GUTTER + SYMBOL / 2


def written(points: Iterable[Point]) -> str:
    """Corners as SVG writes them."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)


@dataclass(slots=True)
class Route:
    """A line before heights are known; ``cut_at`` is where a couple's line is struck through."""

    stops: tuple[Stop, ...]
    look: str
    joins: tuple[str, ...]
    cut_at: Stop | None = None

    def drawn(self, tops: Mapping[Level, float]) -> Line:
        """The line at its height."""
        return Line(tuple((x, tops[level]) for x, level in self.stops), self.look, self.joins)

    def cuts(self, tops: Mapping[Level, float]) -> tuple[Line, ...]:
        """Two strokes across the middle of a line that has ended."""
        if self.cut_at is None:
            return ()
        x, y = self.cut_at[0], tops[self.cut_at[1]]
        return tuple(Line(((x + at - 3, y + 6), (x + at + 3, y - 6)), "cut", self.joins) for at in (-3, 3))


@dataclass(slots=True)
class Routes:
    """All lines of a drawing, each horizontal stretch in a lane where no other runs."""

    kin: Kinship
    lines: list[Route] = field(default_factory=list)
    _taken: dict[int, list[list[tuple[float, float]]]] = field(default_factory=lambda: defaultdict(list))
    _below: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _above: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _gutters: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def plan(self) -> None:
        """Lay the lines: couples first, so that they run nearest to their symbols, then children, then the rest."""
        joints = [self._couple(union.parents, is_over=union.is_over) for union in self.kin.unions]
        for union, joint in zip(self.kin.unions, joints, strict=True):
            for bond in Bond:
                children = [child for child, how in union.children if how is bond]
                self._children(union.parents, children, joint, look="care" if bond is Bond.CARE else "birth")
        for sibship in self.kin.sibships:
            self._sibship(sibship)
        for one, other in self.kin.loose:
            self._loose(one, other)

    def heights(self) -> dict[Level, float]:
        """How far down each row and each lane of a channel lies; the drawing ends where a further row would be."""
        found: dict[Level, float] = {}
        top = float(EDGE)
        for channel in range(self.kin.rows + 1):
            lanes = len(self._taken[channel])
            for lane in range(max(lanes, 1)):
                found[(2 * channel, lane)] = top + EDGE / 2 + lane * LANE
            top += EDGE + lanes * LANE
            if channel < self.kin.rows:
                found[(2 * channel + 1, 0)] = top + ROW / 2
                top += ROW
        found[(2 * self.kin.rows + 1, 0)] = top
        return found

    def _couple(self, parents: Sequence[str], *, is_over: bool) -> Stop:
        """A bracket under a couple, or a short line down from one parent; answers where children hang from it."""
        channel = self.kin.row[parents[0]] + 1
        ends = [self._foot(one) for one in sorted(parents, key=lambda one: self.kin.column[one])]
        left, right = ends[0], ends[-1]
        level = self._lane(channel, left, right)
        for one, x in zip(sorted(parents, key=lambda one: self.kin.column[one]), ends, strict=True):
            self._add([(x, self._at(one)), (x, level)], "birth", [one])
        joint = ((left + right) / 2, level)
        if len(ends) > 1:
            middle = (self._gutter_before(parents), level) if is_over else None
            self.lines.append(Route(((left, level), (right, level)), "birth", tuple(parents), middle))
        return joint

    def _children(self, parents: Sequence[str], children: Sequence[str], joint: Stop, *, look: str) -> None:
        """Lines from a joint to children: those in the next row share one lane, others come down a gutter."""
        channel = joint[1][0] // 2
        next_row = [child for child in children if self.kin.row[child] == channel]
        if next_row:
            heads = {child: self._head(child) for child in next_row}
            level = self._lane(channel, min(joint[0], *heads.values()), max(joint[0], *heads.values()), joint[1][1] + 1)
            for child, x in heads.items():
                self._add([joint, (joint[0], level), (x, level), (x, self._at(child))], look, [*parents, child])
        for child in children:
            if child not in next_row:
                self._down(joint, child, look, (*parents, child))

    def _sibship(self, people: Sequence[str]) -> None:
        """Brothers and sisters whose parents are not drawn: a bracket above them."""
        heads = [self._head(one) for one in people]
        level = self._lane(self.kin.row[people[0]], min(heads), max(heads))
        for one, x in zip(people, heads, strict=True):
            self._add([(heads[0], level), (x, level), (x, self._at(one))], "birth", [one])

    def _loose(self, one: str, other: str) -> None:
        """Kin whom nobody in the drawing links: a dotted line, from the foot of one to the head of the other."""
        foot = self._foot(one)
        channel = self.kin.row[one] + 1
        head_channel = self.kin.row[other]
        if channel == head_channel:
            x = self._head(other)
            level = self._lane(channel, foot, x)
            self._add([(foot, self._at(one)), (foot, level), (x, level), (x, self._at(other))], "kin", [one, other])
            return
        gutter = self._gutter(other)
        level = self._lane(channel, foot, gutter)
        self._add([(foot, self._at(one)), (foot, level), (gutter, level)], "kin", [one])
        self._from_gutter((gutter, level), other, "kin", (one, other))

    def _down(self, joint: Stop, child: str, look: str, joins: tuple[str, ...]) -> None:
        gutter = self._gutter(child)
        level = self._lane(joint[1][0] // 2, joint[0], gutter, joint[1][1] + 1)
        self._add([joint, (joint[0], level), (gutter, level)], look, joins[:-1])
        self._from_gutter((gutter, level), child, look, joins)

    def _from_gutter(self, start: Stop, person: str, look: str, joins: tuple[str, ...]) -> None:
        x = self._head(person)
        level = self._lane(self.kin.row[person], start[0], x)
        self._add([start, (start[0], level), (x, level), (x, self._at(person))], look, joins)

    def _add(self, stops: Sequence[Stop], look: str, joins: Sequence[str]) -> None:
        self.lines.append(Route(tuple(stops), look, tuple(joins)))

    def _at(self, person: str) -> Level:
        return (2 * self.kin.row[person] + 1, 0)

    def _foot(self, person: str) -> float:
        """Where the next line leaves a symbol downwards; several lines of one person stand beside each other."""
        self._below[person] += 1
        return middle(self.kin.column[person]) + _beside(self._below[person])

    def _head(self, person: str) -> float:
        self._above[person] += 1
        return middle(self.kin.column[person]) + _beside(self._above[person])

    def _gutter(self, person: str) -> float:
        column = self.kin.column[person]
        self._gutters[column] += 1
        return EDGE + column * SLOT + 3 + (self._gutters[column] - 1) * 4 % (GUTTER - 8)

    def _gutter_before(self, parents: Sequence[str]) -> float:
        """Where a couple's line is struck through: beside the right-hand one, where no child hangs."""
        return EDGE + max(self.kin.column[one] for one in parents) * SLOT + GUTTER / 2

    def _lane(self, channel: int, one: float, other: float, at_least: int = 0) -> Level:
        """The first lane of a channel in which nothing runs between two places."""
        left, right = min(one, other) - 5, max(one, other) + 5
        lanes = self._taken[channel]
        for lane in range(at_least, len(lanes) + at_least + 1):
            while len(lanes) <= lane:
                lanes.append([])
            if all(right < start or end < left for start, end in lanes[lane]):
                lanes[lane].append((left, right))
                return (2 * channel, lane)
        raise AssertionError("there is always another lane")


def _beside(number: int) -> float:
    """0, then 5 to the right, 5 to the left, 10 to the right …, as far as a symbol reaches."""
    steps = number // 2 * 5 % 15
    return float(-steps if number % 2 else steps)
