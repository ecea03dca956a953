"""What one move adds to the counts kept by place, month and stage; and what a period's counts say.

A child may leave a stage and come back to it. So that "children at this stage at any time in a period" counts each
child once, whatever the period, a return is kept with the month in which the child had last left: in a period that
begins after that month the return is a first arrival. Authority, locality and cluster are counted apart, since a move
between clusters is no move for the authority.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from locality.stages.rules.moves import Direction


def month_of(day: dt.date) -> dt.date:
    """The first day of a date's month, which stands for the month."""
    return day.replace(day=1)


def add_months(month: dt.date, months: int) -> dt.date:
    """The month so many months later (earlier, when negative)."""
    index = month.year * 12 + month.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def months_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every month from the first to the last, both included."""
    month = first
    while month <= last:
        yield month
        month = add_months(month, 1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a child stands: a stage, in every place that holds it (authority, locality, cluster, in this order)."""

    stage: int
    places: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A child's time in one position; ``until_on`` None while it lasts. The last day counts as there."""

    position: Position
    from_on: dt.date
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One effective move: from a position (None: not helped before) to another (None: no longer helped)."""

    on: dt.date
    direction: Direction
    before: Position | None
    after: Position | None
    planned: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where a count is kept."""

    place_id: uuid.UUID
    month: dt.date
    stage: int


@dataclass(frozen=True, slots=True, order=True)
class Return:
    """Children who came back, in ``cell``, to a stage that they had last left in ``left_month``."""

    cell: Cell
    left_month: dt.date


COUNTS = ("entered", "left_stage", "up_in", "up_out", "up_out_unplanned", "down_in", "down_out")


@dataclass(slots=True)
class Tally:
    """What is to be added to the kept counts."""

    counts: dict[Cell, Counter[str]] = field(default_factory=dict)
    returns: Counter[Return] = field(default_factory=Counter)

    def add(self, cell: Cell, *names: str) -> None:
        """One more of each of these counts in a cell."""
        self.counts.setdefault(cell, Counter()).update(names)

    def undone(self) -> "Tally":
        """The same with every sign turned: what takes the move back."""
        counts = {cell: Counter({name: -n for name, n in kept.items()}) for cell, kept in self.counts.items()}
        return Tally(counts, Counter({key: -n for key, n in self.returns.items()}))

    def __iadd__(self, other: "Tally") -> "Tally":
        for cell, kept in other.counts.items():
            mine = self.counts.setdefault(cell, Counter())
            for name, n in kept.items():
                mine[name] += n
        for key, n in other.returns.items():
            self.returns[key] += n
        return self


def tally_of(change: Change, *, earlier: Sequence[Stay]) -> Tally:
    """What a change adds, given all the child's earlier stays, the one that it ends included (with its end)."""
    tally = Tally()
    month = month_of(change.on)
    levels = len((change.after or change.before or Position(0, ())).places)
    for level in range(levels):
        out, into = _cell(change.before, level, month), _cell(change.after, level, month)
        if out == into:
            continue
        if out is not None:
            tally.add(out, "left_stage", *_names(change, "out"))
        if into is not None:
            tally.add(into, "entered", *_names(change, "in"))
            last_left = _last_left(earlier, level, into)
            if last_left is not None:
                tally.returns[Return(into, month_of(last_left))] += 1
    return tally


def _cell(position: Position | None, level: int, month: dt.date) -> Cell | None:
    return None if position is None else Cell(position.places[level], month, position.stage)


def _names(change: Change, side: str) -> tuple[str, ...]:
    if change.direction not in {Direction.UP, Direction.DOWN}:
        return ()
    names = (f"{change.direction.value}_{side}",)
    if change.direction is Direction.UP and side == "out" and not change.planned:
        return (*names, "up_out_unplanned")
    return names


def _last_left(earlier: Iterable[Stay], level: int, cell: Cell) -> dt.date | None:
    ends = [
        stay.until_on
        for stay in earlier
        if stay.until_on is not None
        and stay.position.stage == cell.stage
        and stay.position.places[level] == cell.place_id
    ]
    return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A child's ledger replayed: the stays that follow from its changes and all that they add."""

    stays: tuple[Stay, ...]
    tally: Tally


def replay(changes: Sequence[Change]) -> Ledger:
    """Follow one child's changes in order."""
    stays: list[Stay] = []
    total = Tally()
    for change in changes:
        if stays and stays[-1].until_on is None:
            stays[-1] = Stay(stays[-1].position, stays[-1].from_on, change.on)
        total += tally_of(change, earlier=stays)
        if change.after is not None:
            stays.append(Stay(change.after, change.on, None))
    return Ledger(tuple(stays), total)
