"""Which addresses are one place: wrongly told apart, a hidden address stands in the open under another spelling."""

import pytest

from locality.people.rules.places import Place, is_same_place


def there(*lines: str, postcode: str | None = "SS1 1AA", uprn: str | None = None) -> Place:
    return Place(lines, postcode, uprn)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (there("Flat 3, 12 High St"), there("12 High Street", "Flat 3")),
        (there("12 High Street"), there("Flat 3", "12 HIGH ST.")),
        (there("12a High Street"), there("12 A High Street")),
        (there("012 High Street"), there("１２ High Street")),
        (there("Rose Cottage"), there("12 High Street")),
        (there("Rose Cottage"), there("The Old Rectory")),
        (there(), there("12 High Street")),
        (there("1 Old Road", postcode=None, uprn="100"), there("Rose Cottage", postcode="SS9 9AA", uprn="100")),
        (there("12 High Street", uprn="100"), there("Flat 2, 12 High Street", uprn="200")),
    ],
)
def test_in_doubt_two_spellings_are_one_place(one: Place, other: Place) -> None:
    assert is_same_place(one, other)
    assert is_same_place(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (there("12 High Street"), there("14 High Street")),
        (there("12 High Street"), there("12 High Street", postcode="SS1 1AB")),
        (there("Rose Cottage", postcode=None), there("Rose Cottage", postcode=None)),
        (there("12 High Street", postcode=None), there("12 High Street")),
    ],
)
def test_other_numbers_or_another_postcode_are_another_place(one: Place, other: Place) -> None:
    assert not is_same_place(one, other)
    assert not is_same_place(other, one)
