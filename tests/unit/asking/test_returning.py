"""Memorable answers and how often may be tried."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.asking.rules import returning, state, typing
from locality.asking.rules.state import PROGRESS_WORDS, Progress

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("typed", ["Miss O'Hara", " miss ohara ", "MISS O’HARA.", "miss-o hara"])
def test_an_answer_is_the_same_however_it_is_written(typed: str) -> None:
    assert returning.tidy_answer(typed) == "missohara"


@pytest.mark.parametrize(
    ("typed", "words"), [("Tom", "at least 8"), ("....", "at least 8"), ("aaaaaaaa", "same letter")]
)
def test_an_answer_that_is_easily_guessed_is_refused(typed: str, words: str) -> None:
    assert words in (returning.fault_of_answer(typed) or "")


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(typed: str) -> None:
    fault = returning.fault_of_answer(typed)
    assert fault is None or fault.startswith("Your memorable answer")


@given(st.one_of(st.none(), st.timedeltas(dt.timedelta(), dt.timedelta(hours=3))))
def test_the_wait_ends_when_the_oldest_counted_try_is_old_enough(ago: dt.timedelta | None) -> None:
    tenth = None if ago is None else NOW - ago
    until = returning.try_again_at(by_reference=tenth, by_client=None, now=NOW)
    assert (until is not None) == (ago is not None and ago < returning.REFERENCE_WINDOW)
    assert until is None or until > NOW


def test_what_is_known_of_a_contact_is_told_in_three_sentences_only() -> None:
    told = {state.progress_of(is_decided=d, is_held=h) for d in (True, False) for h in (True, False)}
    assert told == set(Progress) == set(PROGRESS_WORDS)


@given(st.dictionaries(st.sampled_from(["said", "born_on-day", "csrf_token", "x"]), st.lists(st.text(max_size=20))))
def test_only_a_pages_own_answers_are_kept(sent: dict[str, list[str]]) -> None:
    kept = typing.keepable(sent, ["said", "born_on"])
    assert set(kept) == set(sent) & {"said", "born_on-day"}
    assert all("\x00" not in text for texts in kept.values() for text in texts)
