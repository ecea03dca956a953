"""Scales: what may be entered, bands, and how far somebody has come."""

import datetime as dt
import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.lines import BASE, TOP, draw
from locality.caf.rules.scales import (
    Band,
    Better,
    Item,
    Line,
    Reading,
    Respondent,
    ScaleDraft,
    ScaleFacts,
    in_words,
    plan_in_words,
    read_items,
    reasons_against_scale,
    reasons_against_score,
    total_of,
)
from locality.migrations.runner import FOLDER

TODAY = dt.date(2026, 3, 3)
CHILD, VERSION = uuid.UUID(int=1), uuid.UUID(int=2)
_DATA = json.loads((Path(FOLDER) / "versions" / "0026_reference.json").read_text(encoding="utf-8"))["sdq"]


def sdq(number: int) -> ScaleFacts:
    """A version of the SDQ as the product comes with it."""
    version = next(one for one in _DATA["versions"] if one["number"] == number)
    return ScaleFacts(
        items=tuple(
            Item(one["code"], one["label"], one["lowest"], one["highest"], one["counts"], Better(one["better"]))
            for one in _DATA["items"]
        ),
        better=Better.LOWER,
        respondents=(Respondent.PARENT, Respondent.TEACHER, Respondent.SELF),
        bands={Respondent(who): tuple(Band(*band) for band in bands) for who, bands in version["bands"].items()},
    )


@pytest.mark.parametrize(
    ("number", "respondent", "edges"),
    [
        (1, Respondent.PARENT, [(0, 13), (14, 16), (17, 40)]),
        (1, Respondent.TEACHER, [(0, 13), (14, 16), (17, 40)]),
        (2, Respondent.TEACHER, [(0, 11), (12, 15), (16, 18), (19, 40)]),
        (2, Respondent.PARENT, [(0, 13), (14, 16), (17, 19), (20, 40)]),
    ],
    ids=["three bands, parents", "three bands, teachers", "four bands, teachers", "four bands, parents"],
)
def test_totals_fall_into_the_bands_of_their_respondent_and_version(
    number: int, respondent: Respondent, edges: list[tuple[int, int]]
) -> None:
    scale = sdq(number)
    found = [{scale.band_of(total, respondent) for total in range(low, high + 1)} for low, high in edges]
    assert all(len(labels) == 1 for labels in found)
    assert len(set().union(*found)) == len(edges)


def test_no_band_is_made_up_for_whom_none_is_sourced() -> None:
    assert sdq(2).band_of(20, Respondent.SELF) is None


def test_the_total_is_the_first_four_scales() -> None:
    points = {"emotional": 7, "conduct": 3, "hyperactivity": 8, "peer": 4, "prosocial": 9}
    assert total_of(sdq(2).items, points) == 22
    assert (sdq(2).lowest, sdq(2).highest) == (0, 40)


@given(st.dictionaries(st.sampled_from(["emotional", "conduct", "hyperactivity", "peer", "prosocial"]),
                       st.integers(-3, 13) | st.none()))  # fmt: skip
def test_a_score_is_kept_exactly_when_every_number_is_there_and_in_range(points: dict[str, int | None]) -> None:
    reasons = reasons_against_score(sdq(2), points, respondent=Respondent.PARENT, scored_on=TODAY, today=TODAY)
    wrong = [item for item in sdq(2).items if (value := points.get(item.code)) is None or not 0 <= value <= 10]
    assert len(reasons) == len(wrong)


def test_a_score_of_tomorrow_or_of_somebody_else_is_refused() -> None:
    scale = replace(sdq(2), respondents=(Respondent.PARENT,))
    points: dict[str, int | None] = {item.code: 1 for item in scale.items}
    later = TODAY + dt.timedelta(days=1)
    reasons = reasons_against_score(scale, points, respondent=Respondent.WORKER, scored_on=later, today=TODAY)
    assert [reason.field for reason in reasons] == ["respondent", "scored_on"]


def _line(*totals: int, better: Better = Better.LOWER) -> Line:
    readings = tuple(Reading(TODAY + dt.timedelta(days=30 * n), total) for n, total in enumerate(totals))
    return Line(CHILD, "SDQ", VERSION, Respondent.TEACHER, better, 0, 40, readings)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (_line(22), "Leah has one score of 22 so far, as a teacher sees it."),
        (_line(22, 14), "Leah’s score got 8 points better: from 22 to 14, as a teacher sees it."),
        (_line(14, 15), "Leah’s score got 1 point worse: from 14 to 15, as a teacher sees it."),
        (_line(14, 20, 14), "Leah’s score is where it was: from 14 to 14, as a teacher sees it."),
        (_line(3, 7, better=Better.HIGHER), "Leah’s score got 4 points better: from 3 to 7, as a teacher sees it."),
    ],
    ids=["one score", "lower is better", "worse by one", "there and back", "higher is better"],
)
def test_a_line_says_how_far_a_child_has_come(line: Line, words: str) -> None:
    assert in_words(line, child="Leah").startswith(words)


def test_a_plan_says_how_many_lines_got_better() -> None:
    lines = [_line(22, 14), _line(14, 15), _line(9, 9), _line(5)]
    assert plan_in_words(lines) == "Of 3 lines scored more than once, 1 got better, 1 got worse and 1 stayed."


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_every_point_stands_within_the_drawing_and_higher_totals_stand_higher(totals: list[int]) -> None:
    points = draw(_line(*totals), words=str).points
    assert all(TOP <= point.y <= BASE and 0 <= point.x <= 640 for point in points)
    ordered = sorted(points, key=lambda point: point.total)
    assert [point.y for point in ordered] == sorted((point.y for point in points), reverse=True)


def test_items_are_read_as_an_administrator_writes_them() -> None:
    items, wrong = read_items("Sleep, 0 to 10\n\n Mood, at home, 1 to 5 \nNo range\n, 1 to 2")
    assert items[:2] == (("Sleep", 0, 10), ("Mood, at home", 1, 5))
    assert wrong == ("No range", ", 1 to 2")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"name": "", "licence": ""}, ["name", "licence"]),
        ({"items": ()}, ["items"]),
        ({"items": (("Sleep", 5, 5),)}, ["items"]),
        ({"items": (("Sleep", 0, 5), ("sleep", 0, 5))}, ["items"]),
        ({"respondents": ()}, ["respondents"]),
    ],
    ids=["as it should be", "no name, no licence", "no items", "no range", "the same twice", "nobody answers"],
)
def test_a_scale_needs_what_it_needs(changes: dict[str, object], fields: list[str]) -> None:
    draft = ScaleDraft("Mornings", (("Sleep", 0, 10),), (Respondent.PARENT,), "Our own")
    reasons = reasons_against_scale(replace(draft, **changes))  # type: ignore[arg-type]
    assert [reason.field for reason in reasons] == fields
