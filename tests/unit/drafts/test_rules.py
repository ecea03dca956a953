"""What is kept of what somebody types."""

from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.answers import MAX_TEXT
from locality.drafts import rules
from locality.kernel.ids import new_id


@given(st.dictionaries(st.text(max_size=120), st.lists(st.text(max_size=40), max_size=4), max_size=8))
def test_what_is_kept_can_be_stored_and_is_what_was_typed(typed: dict[str, list[str]]) -> None:
    kept = rules.keepable(typed)
    for name, texts in kept.items():
        assert 0 < len(name) <= rules.LONGEST_NAME
        assert len(texts) == len(typed[name])
        for text, was in zip(texts, typed[name], strict=True):
            assert "\x00" not in text
            text.encode("utf-8")
            assert text == was or "\N{REPLACEMENT CHARACTER}" in text


def test_a_draft_keeps_as_much_of_a_box_as_the_assessment_takes() -> None:
    assert rules.LONGEST_TEXT >= MAX_TEXT


def test_a_very_long_text_keeps_its_beginning_and_is_named() -> None:
    typed = {"said": ["a" * 10_000_000], "name": ["Zoë"]}
    assert len(rules.keepable(typed)["said"][0]) == rules.LONGEST_TEXT
    assert rules.cut_short(typed) == ("said",)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5)),
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5)),
)
def test_only_fields_that_differ_from_what_was_seen_are_overtaken(seen: dict[str, int], kept: dict[str, int]) -> None:
    overtaken = rules.changed_elsewhere(seen, kept)
    assert set(overtaken) == {name for name in kept if seen.get(name, 0) != kept[name]}
    assert rules.changed_elsewhere(kept, kept) == ()


def test_a_refused_form_writes_what_its_window_changed_and_no_untouched_box_of_another_page() -> None:
    mine, other = new_id(), new_id()
    sent = ("said", "own", "theirs", "unknown", "child-0-name", "child-0-age", "aunt-0-name")
    untouched = ("own", "theirs", "unknown", "child-0-age", "aunt-0-name", "nowhere")
    writers = {"said": other, "own": mine, "theirs": other, "unknown": None}
    left = rules.left_alone(sent, untouched, writers=writers, page_id=mine)
    assert left == {"theirs", "aunt-0-name", "nowhere"}
