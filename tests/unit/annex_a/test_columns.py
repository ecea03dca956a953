"""Which sheet is which list, and which heading which column."""

import pytest

from locality.annex_a import columns


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("List 1", "List 1"),
        ("List_1", "List 1"),
        ("LIST 1 - Contacts", "List 1"),
        ("list\xa02", "List 2"),
        ("1. Contacts", "List 1"),
        ("Contacts", "List 1"),
        ("2", "List 2"),
        ("Early Help", "List 2"),
        ("Annex A List 3", "List 3"),
        ("Referrals", "List 3"),
        ("List 03", "List 3"),
        ("List 10", None),
        ("List 11", None),
        ("List 4", None),
        ("Summary", None),
        ("", None),
    ],
)
def test_a_sheet_is_known_by_its_title(title, expected):
    assert columns.list_of_sheet(title) == expected


def test_headings_are_found_however_spelt_and_in_any_order():
    headings = ("CONTACT  SOURCE", "date of\xa0contact", "Child unique ID ", "gender?", " Ethnicity", "D.O.B", "AGE")
    assert columns.places(columns.CONTACTS, headings) == {
        "Child Unique ID": 2,
        "Gender": 3,
        "Ethnicity": 4,
        "Date of Birth": 5,
        "Age of Child (Years)": 6,
        "Date of Contact": 1,
        "Contact Source": 0,
    }


def test_headings_may_stand_below_a_title_and_notes():
    rows = [("Annex A: contacts",), (), ("Drawn on", "3 March 2026"), ("Child Unique ID", "Gender", "Date of Contact")]
    heading, places = columns.find_headings(columns.CONTACTS, rows)
    assert heading == 3
    assert places == {"Child Unique ID": 0, "Gender": 1, "Date of Contact": 2}


def test_columns_that_must_be_there_are_named_when_they_are_not():
    found = columns.places(columns.REFERRALS, ("Child Unique ID", "Gender", "Ethnicity", "Date of Referral"))
    assert columns.missing_columns(columns.REFERRALS, found) == (
        "Referral Source",
        "Referral NFA?",
        "Number of Referrals in Last 12 Months",
        "Allocated Team",
        "Allocated Worker",
    )


def test_a_sheet_of_something_else_has_no_headings():
    assert columns.find_headings(columns.CONTACTS, [("a", "b"), (1, 2)]) == (0, {})
    assert columns.find_headings(columns.CONTACTS, []) == (0, {})
