"""References survive the telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.ids import REFERENCE_SPACE, encode_reference, find_reference

numbers = st.integers(0, REFERENCE_SPACE - 1)


@given(numbers)
def test_what_people_type_is_found_whatever_the_case_and_spacing(number: int) -> None:
    reference = encode_reference("EH", number)
    assert find_reference(f"  {reference.lower().replace('-', ' ')} ") == reference
    assert find_reference(reference.replace("-", "")) == reference


@given(numbers, st.integers(3, 10), st.sampled_from("23456789ABCDEFGHJKMNPQRSTVWXY"))
def test_one_wrong_character_is_noticed(number: int, place: int, wrong: str) -> None:
    reference = encode_reference("EH", number)
    if reference[place] not in {"-", wrong}:
        assert find_reference(reference[:place] + wrong + reference[place + 1 :]) is None


@given(numbers, st.integers(0, 5))
def test_two_neighbours_swapped_are_noticed(number: int, place: int) -> None:
    squeezed = encode_reference("EH", number).replace("-", "")[2:]
    swapped = squeezed[:place] + squeezed[place + 1] + squeezed[place] + squeezed[place + 2 :]
    assert swapped == squeezed or find_reference(f"EH{swapped}") is None


def test_different_numbers_never_share_a_reference() -> None:
    assert len({encode_reference("EH", number) for number in range(20_000)}) == 20_000


def test_neighbouring_numbers_do_not_look_alike() -> None:
    first, second = encode_reference("EH", 1000), encode_reference("EH", 1001)
    assert sum(a != b for a, b in zip(first[3:7], second[3:7], strict=True)) >= 2


@pytest.mark.parametrize("typed", ["", "EH", "EH-0000-000", "EH-7K3M-4", "hello", "EH-7K3M-42P-99", "É" * 9])
def test_other_text_is_no_reference(typed: str) -> None:
    assert find_reference(typed) is None


def test_numbers_beyond_the_space_are_refused() -> None:
    with pytest.raises(ValueError, match="reference numbers"):
        encode_reference("EH", REFERENCE_SPACE)
