"""The triangle is drawn to scale."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.web.triangle import HEIGHT, WIDTH, StageCount, draw

counts = st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4)


def _corners(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split())]


def _area(points: str) -> float:
    corners = _corners(points)
    around = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)) / 2


def _stages(numbers: list[int]) -> list[StageCount]:
    return [StageCount(stage, number) for stage, number in enumerate(numbers, start=1)]


@given(counts.filter(any))
def test_the_area_of_a_band_is_its_share_of_the_children(numbers: list[int]) -> None:
    drawing = draw(_stages(numbers))
    whole = _area(drawing.outline)
    for band in drawing.bands:
        # Corners are rounded to a tenth of a unit.
        assert _area(band.points) / whole == pytest.approx(band.count / sum(numbers), abs=0.002)


@given(counts)
def test_bands_lie_one_under_another_within_the_drawing(numbers: list[int]) -> None:
    drawing = draw(_stages(numbers))
    assert [band.stage for band in drawing.bands] == [4, 3, 2, 1]
    for upper, lower in pairwise(drawing.bands):
        assert _corners(upper.points)[-1] == _corners(lower.points)[0]
    for band in drawing.bands:
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in _corners(band.points) + _corners(band.leader))


def test_with_no_children_the_bands_are_equally_high() -> None:
    heights = {round(_corners(b.points)[2][1] - _corners(b.points)[0][1], 0) for b in draw(_stages([0] * 4)).bands}
    assert heights == {82.0}


def test_an_arrow_is_as_wide_as_its_flow_and_missing_without_one() -> None:
    bands = draw([StageCount(2, 10, came_up=5, went_down=10), StageCount(1, 10)]).bands

    def shaft(points: str) -> float:
        corners = _corners(points)
        return corners[-1][0] - corners[0][0]

    assert shaft(bands[0].down) == pytest.approx(2 * shaft(bands[0].up))
    assert (bands[1].up, bands[1].down) == ("", "")
