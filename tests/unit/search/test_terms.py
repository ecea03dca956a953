"""What is typed into the search box, taken apart."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.ids import encode_reference
from locality.search.terms import Terms, read_terms

BORN = (dt.date(2019, 3, 27),)


@pytest.mark.parametrize(
    "typed",
    [
        "27/3/2019", "27.03.2019", "27-3-2019", "27 March 2019", "27th mar 2019", "2019-03-27", "27032019",
        "27th of March, 2019", "March 27, 2019", "27-Mar-2019", "27Mar2019", "2019/03/27", "2019-3-27", "27 3 2019",
        "27 / 3 / 2019", "27 march  2019",
    ],
)  # fmt: skip
def test_a_date_of_birth_in_any_british_form(typed: str) -> None:
    assert read_terms(typed) == Terms(dates=BORN)


def test_a_year_of_two_figures_means_two_years() -> None:
    assert read_terms("27/3/19").dates == (dt.date(1919, 3, 27), dt.date(2019, 3, 27))


def test_a_date_that_is_none_is_named_and_left_out() -> None:
    assert read_terms("smith 31/2/2019") == Terms(names="smith", unreal="31/2/2019")


@pytest.mark.parametrize("typed", ["amira khan", "Khan, Amira", "o’brien", "Anne-Marie", "12 may street"])
def test_what_is_nothing_else_is_a_name(typed: str) -> None:
    terms = read_terms(typed)
    assert terms.names == typed.replace(",", "")
    assert terms == Terms(names=terms.names)


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [("ss2 6er", "SS2 6ER"), ("SS26ER", "SS2 6ER"), ("SS2 6", "SS2 6"), ("ss2", "SS2 "), ("EC1A 1BB", "EC1A 1BB")],
)
def test_a_postcode_or_its_beginning(typed: str, postcode: str) -> None:
    assert read_terms(typed) == Terms(postcode=postcode)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("999 000 0018", "9990000018"),
        ("9990000018", "9990000018"),
        ("m999200025001", "M999200025001"),
        ("M 9992 00025 001", "M999200025001"),
        ("999-000-0018", "9990000018"),
    ],
)
def test_a_number(typed: str, number: str) -> None:
    assert read_terms(typed) == Terms(number=number)


def test_a_reference_however_typed() -> None:
    reference = encode_reference("PE", 77)
    for typed in (reference, reference.lower(), reference.replace("-", " ")):
        assert read_terms(typed) == Terms(reference=reference)


def test_nine_letters_are_a_name_even_where_they_make_a_reference() -> None:
    assert read_terms("Whytegray").names == "Whytegray"


def test_everything_at_once_in_any_order() -> None:
    terms = read_terms("SS2 6ER khan 27/3/2019 amira")
    assert terms == Terms(names="khan amira", dates=BORN, postcode="SS2 6ER")


@given(st.text(max_size=300))
def test_anything_can_be_typed(typed: str) -> None:
    terms = read_terms(typed)
    assert "\x00" not in terms.names
    assert terms.is_empty == (terms == Terms(unreal=terms.unreal))


@pytest.mark.parametrize(
    "typed",
    ["01702960001", "01702 960 001", "(01702) 960001", "+44 1702 960001", "+44 (0)1702 960-001", "0044 1702 960001"],
)
def test_a_telephone_number_with_any_spacing(typed: str) -> None:
    assert read_terms(typed) == Terms(phone="01702960001")


def test_letters_with_marks_of_their_own_stay_in_the_name() -> None:
    assert read_terms("Morẹ́nikẹ́ Ọ̀ṣúndé").names == "Morẹ́nikẹ́ Ọ̀ṣúndé"


@pytest.mark.parametrize(
    ("typed", "one"),
    [("leah adeyemi 14/5/2018", True), ("999 000 0018", True), ("leah adeyemi", False), ("14/5/2018", False),
     ("leah 14/5/2018", False), ("01702 960001", False)],
)  # fmt: skip
def test_only_a_number_or_a_whole_name_with_a_birth_date_names_one_person(typed: str, one: bool) -> None:
    assert read_terms(typed).names_one_person is one
