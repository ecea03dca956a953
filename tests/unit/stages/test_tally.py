"""The counts that follow from moves, against a count that looks at every child afresh."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from locality.stages.rules.moves import Direction
from locality.stages.rules.tally import (
    Change,
    Position,
    Tally,
    add_months,
    month_of,
    months_between,
    replay,
    tally_of,
)

TOP = uuid.UUID(int=0)
LOCALITIES = (uuid.UUID(int=1), uuid.UUID(int=2))
# Clusters 10 and 11 share a locality; 12 lies in the other.
CLUSTERS = {uuid.UUID(int=10): LOCALITIES[0], uuid.UUID(int=11): LOCALITIES[0], uuid.UUID(int=12): LOCALITIES[1]}
JANUARY = dt.date(2026, 1, 1)


def _position(stage: int, cluster: uuid.UUID) -> Position:
    return Position(stage, (TOP, CLUSTERS[cluster], cluster))


POSITIONS = st.builds(_position, st.sampled_from((1, 2, 3, 4)), st.sampled_from(sorted(CLUSTERS)))


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """One child's moves: entries, moves up, down and across, ends and new beginnings, some on the same day."""
    on, before, changes = JANUARY, None, []
    for after in draw(st.lists(st.one_of(st.none(), POSITIONS), max_size=12)):
        on += dt.timedelta(days=draw(st.integers(0, 45)))
        if after == before:
            continue
        changes.append(Change(on, _direction(before, after), before, after, draw(st.booleans())))
        before = after
    return changes


def _direction(before: Position | None, after: Position | None) -> Direction:
    if after is None:
        return Direction.LEAVE
    if before is None:
        return Direction.ENTER
    if after.stage == before.stage:
        return Direction.ACROSS
    return Direction.UP if after.stage > before.stage else Direction.DOWN


def _sum(tally: Tally, name: str, *, place: uuid.UUID, stage: int, first: dt.date, last: dt.date) -> int:
    return sum(
        kept[name]
        for cell, kept in tally.counts.items()
        if (cell.place_id, cell.stage) == (place, stage) and first <= cell.month <= last
    )


def _open_at_start(tally: Tally, place: uuid.UUID, stage: int, month: dt.date) -> int:
    until = add_months(month, -1)
    entered = _sum(tally, "entered", place=place, stage=stage, first=dt.date.min, last=until)
    return entered - _sum(tally, "left_stage", place=place, stage=stage, first=dt.date.min, last=until)


def _ever_open(tally: Tally, place: uuid.UUID, stage: int, first: dt.date, last: dt.date) -> int:
    entered = _sum(tally, "entered", place=place, stage=stage, first=first, last=last)
    back = sum(
        n
        for key, n in tally.returns.items()
        if (key.cell.place_id, key.cell.stage) == (place, stage)
        and first <= key.cell.month <= last
        and key.left_month >= first
    )
    return _open_at_start(tally, place, stage, first) + entered - back


def _really_ever_open(
    children: Sequence[list[Change]], place: uuid.UUID, stage: int, first: dt.date, last: dt.date
) -> int:
    return sum(
        any(
            place in stay.position.places
            and stay.position.stage == stage
            and month_of(stay.from_on) <= last
            and (stay.until_on is None or month_of(stay.until_on) >= first)
            for stay in replay(child).stays
        )
        for child in children
    )


@settings(max_examples=60)
@given(st.lists(histories(), min_size=1, max_size=4), st.integers(0, 14), st.integers(0, 11))
def test_children_ever_at_a_stage_are_each_counted_once_in_any_period_and_place(
    children: list[list[Change]], start: int, length: int
) -> None:
    total = Tally()
    for child in children:
        total += replay(child).tally
    first = add_months(JANUARY, start)
    last = add_months(first, length)
    places = [TOP, *LOCALITIES, *CLUSTERS]
    kept = {(p, s): _ever_open(total, p, s, first, last) for p in places for s in (1, 2, 3, 4)}
    real = {(p, s): _really_ever_open(children, p, s, first, last) for p in places for s in (1, 2, 3, 4)}
    assert kept == real


@given(histories())
def test_what_came_in_and_did_not_leave_is_there_now(changes: list[Change]) -> None:
    course = replay(changes)
    now: Counter[tuple[uuid.UUID, int]] = Counter()
    for cell, kept in course.tally.counts.items():
        now[cell.place_id, cell.stage] += kept["entered"] - kept["left_stage"]
    present = [stay.position for stay in course.stays if stay.until_on is None]
    assert {key for key, n in now.items() if n} == {(place, p.stage) for p in present for place in p.places}


@given(histories())
def test_moves_up_and_down_leave_one_stage_and_reach_another(changes: list[Change]) -> None:
    tally = replay(changes).tally
    for way in ("up", "down"):
        made = sum(change.direction.value == way for change in changes)
        for end in (f"{way}_in", f"{way}_out"):
            assert sum(kept[end] for cell, kept in tally.counts.items() if cell.place_id == TOP) == made


@given(histories())
def test_taking_a_move_back_takes_back_all_that_it_added(changes: list[Change]) -> None:
    total = replay(changes).tally
    while changes:
        *changes, last = changes
        before = replay(changes)
        stays = [s if s.until_on else type(s)(s.position, s.from_on, last.on) for s in before.stays]
        total += tally_of(last, earlier=stays).undone()
    assert not any(n for kept in total.counts.values() for n in kept.values())
    assert not any(total.returns.values())


def test_a_transfer_between_clusters_of_one_locality_is_no_move_for_the_locality() -> None:
    here, there = sorted(CLUSTERS)[:2]
    transfer = Change(JANUARY, Direction.ACROSS, _position(2, here), _position(2, there))
    tally = tally_of(transfer, earlier=[])
    assert {cell.place_id for cell in tally.counts} == {here, there}


def test_months_follow_one_another_over_the_year() -> None:
    assert list(months_between(dt.date(2025, 11, 1), dt.date(2026, 2, 1))) == [
        dt.date(2025, 11, 1), dt.date(2025, 12, 1), dt.date(2026, 1, 1), dt.date(2026, 2, 1),
    ]  # fmt: skip
    assert add_months(dt.date(2026, 1, 1), -13) == dt.date(2024, 12, 1)
