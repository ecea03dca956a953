"""What is said to somebody whose search cannot find anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.people.rules.searching import advice, look_alike


@pytest.mark.parametrize(
    ("names", "number", "says_more", "begins"),
    [
        ("", None, False, "There is nothing here to look for"),
        ("x", None, False, "One letter is too little"),
        ("12 34", None, False, "“12 34” is no whole number: it has 4 figures"),
        ("", "9990000019", False, "This cannot be a real NHS number"),
        ("leah", "9990000019", True, "This cannot be a real NHS number"),
        ("", "A999200025001", False, "This cannot be a real pupil number"),
        ("", "9990000018", False, None),
        ("", "M999200025001", False, None),
        ("", None, True, None),
        ("x", None, True, None),
        ("li", None, False, None),
        ("o neill", None, False, None),
    ],
)
def test_what_cannot_find_anybody_is_explained(
    names: str, number: str | None, begins: str | None, *, says_more: bool
) -> None:
    said = advice(names=names, number=number, says_more=says_more)
    assert said is None if begins is None else str(said).startswith(begins)


@given(st.text(max_size=30), st.booleans())
def test_anything_typed_gets_an_answer_in_words_or_none(names: str, says_more: bool) -> None:
    said = advice(names=names, number=None, says_more=says_more)
    assert said is None or said.endswith(".")


def test_names_look_alike_whatever_their_accents_and_case() -> None:
    assert look_alike(["Zoë Brown", "zoe brown", "Tom Brown"]) == {"zoe brown"}
