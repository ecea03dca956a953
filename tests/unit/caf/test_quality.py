"""The audit of quality: its score, what it needs, and which figures may be shown."""

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.quality import (
    ITEMS_OF_THE_FORM,
    SMALL_NUMBER,
    Answer,
    Cell,
    QualityItem,
    QualityScore,
    reasons_against_audit,
    score_of,
    shown,
)
from locality.migrations.runner import FOLDER

MARCH = dt.date(2026, 3, 1)
_DATA = json.loads((Path(FOLDER) / "versions" / "0026_reference.json").read_text(encoding="utf-8"))["quality"]
ITEMS = tuple(QualityItem(**one) for one in _DATA)


def test_the_form_has_as_many_items_as_the_source() -> None:
    assert len(ITEMS) == ITEMS_OF_THE_FORM == len({item.code for item in ITEMS})


@pytest.mark.parametrize(
    ("yes", "not_applicable", "percent"),
    [(39, 0, Fraction(100)), (0, 0, Fraction(0)), (30, 9, Fraction(100)), (26, 0, Fraction(200, 3)), (0, 39, None)],
    ids=["all met", "none met", "all that applied", "two thirds", "nothing applied"],
)
def test_the_score_is_a_hundred_times_a_over_39_less_b(yes: int, not_applicable: int, percent: Fraction | None) -> None:
    assert QualityScore(yes, not_applicable).percent == percent


@given(st.lists(st.sampled_from(Answer), min_size=39, max_size=39))
def test_the_score_follows_the_formula_whatever_is_answered(answers: list[Answer]) -> None:
    score = score_of(ITEMS, {item.code: answer for item, answer in zip(ITEMS, answers, strict=True)})
    yes, na = answers.count(Answer.YES), answers.count(Answer.NOT_APPLICABLE)
    assert score.percent == (None if na == 39 else Fraction(yes * 100, 39 - na))
    assert score.percent is None or 0 <= score.percent <= 100


def test_every_item_needs_an_answer_and_a_no_needs_words() -> None:
    answers: dict[str, Answer | None] = {item.code: Answer.YES for item in ITEMS} | {"1.1": None, "2.1": Answer.NO}
    reasons = reasons_against_audit(ITEMS, answers, is_author=False, to_improve="")
    assert [reason.field for reason in reasons] == ["item-1-1", "to_improve"]


def test_nobody_audits_their_own_work() -> None:
    answers: dict[str, Answer | None] = {item.code: Answer.YES for item in ITEMS}
    (reason,) = reasons_against_audit(ITEMS, answers, is_author=True, to_improve="")
    assert "Ask a colleague or your manager" in reason.message


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_no_hidden_figure_can_be_worked_out_from_the_others(audits: list[int]) -> None:
    cells = [Cell(f"Cluster {n}", MARCH, count, count, 2 * count) for n, count in enumerate(audits)]
    found = shown(cells)
    hidden = [place for place, cell in found.items() if cell is None]
    assert all(cell is None or cell.audits >= SMALL_NUMBER for cell in found.values())
    assert len(hidden) != 1 or len(found) == 1, "one hidden figure alone follows from the total"
    left = sum(audits[int(place[0].split()[1])] for place in hidden)
    assert left == 0 or left >= SMALL_NUMBER or sum(audits) < SMALL_NUMBER, "the total less what is shown is small"
