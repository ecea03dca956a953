"""Identifiers: published and worked examples, and what must hold for every number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.people.rules.identifiers import (
    NO_FIXED_ABODE,
    is_temporary_upn,
    is_test_nhs_number,
    nhs_check_digit,
    postcode_sector,
    reasons_against_identifiers,
    tidy_la_child_id,
    tidy_nhs_number,
    tidy_postcode,
    tidy_upn,
    tidy_uprn,
    upn_authority_is_listed,
    upn_check_letter,
)
from tests.factories.people import SAFE_NHS_NUMBERS

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
digits = st.text("0123456789", min_size=9, max_size=9)
upn_bodies = st.text("0123456789", min_size=12, max_size=12)


@pytest.mark.parametrize("typed", ["943 476 5919", "401 023 2137", "987-654-3210", *SAFE_NHS_NUMBERS, "9991234578"])
def test_a_right_nhs_number_is_kept_as_ten_digits(typed: str) -> None:
    assert tidy_nhs_number(typed) == typed.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    "typed", ["987 654 3211", "999 123 4560", "943476591", "94347659190", "", "abc", "９434765919"]
)
def test_a_wrong_nhs_number_is_refused(typed: str) -> None:
    assert tidy_nhs_number(typed) is None


@given(digits)
def test_each_body_has_one_check_digit_or_none(body: str) -> None:
    fitting = [figure for figure in "0123456789" if tidy_nhs_number(body + figure)]
    expected = nhs_check_digit(body)
    assert fitting == ([] if expected is None else [str(expected)])


@given(digits, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_figure_in_an_nhs_number_is_noticed(body: str, place: int, by: int) -> None:
    check = nhs_check_digit(body)
    if check is None:
        return
    number = f"{body}{check}"
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert tidy_nhs_number(wrong) is None


def test_the_test_range_is_known() -> None:
    assert is_test_nhs_number("9990000018")
    assert not is_test_nhs_number("9434765919")


@pytest.mark.parametrize(
    "typed", ["B801200005001", "P207000016049", "b882200025001", "A88220002501A", "M999 2000 25001"]
)
def test_a_right_upn_is_kept_in_capitals(typed: str) -> None:
    assert tidy_upn(typed) == typed.replace(" ", "").upper()


@pytest.mark.parametrize(
    "typed", ["A801200005001", "Q207000016049", "B80120000500", "I801200005001", "", "B80120000500O"]
)
def test_a_wrong_upn_is_refused(typed: str) -> None:
    assert tidy_upn(typed) is None


@given(upn_bodies)
def test_each_upn_body_has_one_check_letter(body: str) -> None:
    fitting = [letter for letter in LETTERS if tidy_upn(letter + body)]
    assert fitting == [upn_check_letter(body)]


@given(st.text("0123456789", min_size=11, max_size=11), st.sampled_from(LETTERS))
def test_a_temporary_upn_checks_with_its_letter(body: str, last: str) -> None:
    upn = upn_check_letter(body + last) + body + last
    assert tidy_upn(upn) == upn
    assert is_temporary_upn(upn)


def test_made_up_pupil_numbers_are_of_no_authority() -> None:
    assert not upn_authority_is_listed("M999200025001")
    assert upn_authority_is_listed("B882200025001")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ss26er", "SS2 6ER"), ("EC1A 1BB", "EC1A 1BB"), ("W1A 0AX", "W1A 0AX"), ("m1 1ae", "M1 1AE"),
        ("B33 8TH", "B33 8TH"), ("CR2 6XH", "CR2 6XH"), ("DN55 1PT", "DN55 1PT"), ("GIR 0AA", "GIR 0AA"),
        ("zz99 3vz", NO_FIXED_ABODE),
    ],
)  # fmt: skip
def test_a_postcode_is_kept_with_one_space(typed: str, kept: str) -> None:
    assert tidy_postcode(typed) == kept


@pytest.mark.parametrize("typed", ["QX1 1AA", "SS2 6CK", "SS2", "", "ZZ99 9ZZ", "SS2 6ER1", "12345"])
def test_what_cannot_be_a_postcode_is_refused(typed: str) -> None:
    assert tidy_postcode(typed) is None


@given(st.text(max_size=20))
def test_tidying_twice_changes_nothing(typed: str) -> None:
    for tidy in (tidy_postcode, tidy_nhs_number, tidy_upn, tidy_uprn, tidy_la_child_id):
        once = tidy(typed)
        assert once is None or tidy(once) == once


def test_a_sector_is_all_but_the_last_two_letters() -> None:
    assert postcode_sector("SS2 6ER") == "SS2 6"


@pytest.mark.parametrize(
    ("typed", "kept"), [("000000199356", "199356"), ("100023336956", "100023336956"), ("0", None), ("x", None)]
)
def test_a_property_number_loses_its_noughts(typed: str, kept: str | None) -> None:
    assert tidy_uprn(typed) == kept


def test_a_local_id_has_at_most_twenty_letters_and_digits() -> None:
    assert tidy_la_child_id(" AB12 ") == "AB12"
    assert tidy_la_child_id("A" * 21) is None
    assert tidy_la_child_id("A-1") is None


def test_each_wrong_identifier_is_named_beside_its_field() -> None:
    reasons = reasons_against_identifiers(nhs_number="9876543211", upn="A801200005001", former_upns=["x"])
    assert [reason.field for reason in reasons] == ["nhs_number", "upn", "former_upns"]
    assert reasons_against_identifiers(nhs_number="9990000018", upn=None) == ()
