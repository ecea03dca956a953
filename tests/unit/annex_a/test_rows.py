"""One row: what is used, what is refused, and how that is said."""

import datetime as dt

import pytest

from locality.annex_a import columns, rows
from locality.annex_a.gathering import gather

TODAY = dt.date(2026, 3, 3)
EPOCH = dt.date(1899, 12, 30)


def a_sheet(list_name=columns.CONTACTS):
    names = [column.name for column in columns.columns_of(list_name)]
    return rows.Sheet(list_name, {name: i for i, name in enumerate(names)}, EPOCH, TODAY)


def a_contact(**changes):
    cells = {
        "id": 9212044,
        "gender": "Female",
        "ethnicity": "a) WBRI",
        "born": dt.datetime.fromisoformat("2015-01-25"),
        "age": 6.1,
        "on": dt.datetime.fromisoformat("2025-09-16"),
        "source": "q) 6: Police",
    }
    return tuple({**cells, **changes}.values())


def an_assessment(**changes):
    cells = {
        "id": "612306",
        "gender": "a) Male",
        "ethnicity": "WBRI",
        "born": "05/03/2015",
        "age": None,
        "started": "16/09/2025",
        "completed": "30/09/2025",
        "organisation": "Top\xa0Town Academy",
    }
    return tuple({**cells, **changes}.values())


def read_contact(**changes):
    return rows.read_row(a_sheet(), 7, a_contact(**changes))


def test_a_good_row_makes_an_entry_and_no_problem():
    entry, problems = read_contact()
    assert problems == []
    assert entry == rows.Entry(
        list_name="List 1",
        row=7,
        child=rows.Child("9212044", "F", "WBRI", dt.date(2015, 1, 25), None),
        on=dt.date(2025, 9, 16),
        source="6",
    )


def test_a_missing_date_of_birth_is_loaded_as_not_known():
    entry, problems = read_contact(born=None)
    assert problems == []
    assert entry.child.born_on is None
    assert entry.child.due_on is None


def test_a_date_of_birth_to_come_is_the_date_a_baby_is_expected():
    entry, problems = read_contact(born="01/06/2026", on="01/03/2026", gender="Male", age=-0.2)
    assert problems == []
    assert entry.child == rows.Child("9212044", "U", "WBRI", None, dt.date(2026, 6, 1))


def test_a_baby_born_since_the_contact_has_a_date_of_birth():
    entry, problems = read_contact(born="01/12/2025", on="01/09/2025")
    assert problems == []
    assert entry.child.born_on == dt.date(2025, 12, 1)


def test_a_date_of_birth_that_cannot_be_read_is_left_out_and_said():
    entry, problems = read_contact(born="31/02/2015")
    assert entry.child.born_on is None
    assert [(p.column, p.value, p.effect) for p in problems] == [
        ("Date of Birth", "31/02/2015", "The row was loaded without this value.")
    ]


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"id": None}, "Child Unique ID", "This is blank."),
        ({"id": "#N/A"}, "Child Unique ID", "This is blank."),
        ({"id": "12 34 56"}, "Child Unique ID", "A child's number is up to 20 letters and digits."),
        ({"id": "CH-12/3"}, "Child Unique ID", "A child's number is up to 20 letters and digits."),
        ({"id": "1" * 21}, "Child Unique ID", "A child's number is up to 20 letters and digits."),
        ({"gender": "?"}, "Gender", "This is blank."),
        ({"gender": "Femail"}, "Gender", "This gender is not one that Annex A lists."),
        ({"ethnicity": "s)"}, "Ethnicity", "This ethnicity is not one of the national codes."),
        ({"source": "Health services"}, "Contact Source", "This could be several sources."),
        ({"on": None}, "Date of Contact", "This is blank."),
        ({"on": "04/03/2026"}, "Date of Contact", "This date is in the future."),
        ({"born": "01/09/2026"}, "Date of Birth", "This is more than ten months after the event."),
        ({"born": "01/01/1990"}, "Date of Birth", "This person was over 26 by then."),
    ],
)
def test_a_row_that_cannot_be_used_says_why(changes, column, problem):
    entry, problems = read_contact(**changes)
    assert entry is None
    assert [(p.list_name, p.row, p.column, p.problem) for p in problems] == [("List 1", 7, column, problem)]
    assert problems[0].cure
    assert problems[0].effect == "This row was not loaded."


def test_every_problem_of_a_row_is_said_at_once():
    _, problems = read_contact(id=None, gender="x1", source="zz")
    assert [p.column for p in problems] == ["Child Unique ID", "Gender", "Contact Source"]


def test_a_short_row_is_refused_not_an_error():
    entry, problems = rows.read_row(a_sheet(), 3, (1, "M"))
    assert entry is None
    assert [p.column for p in problems] == ["Ethnicity", "Date of Contact", "Contact Source"]


def test_an_assessment_may_be_unfinished():
    entry, problems = rows.read_row(a_sheet(columns.ASSESSMENTS), 2, an_assessment(completed=None))
    assert problems == []
    assert entry.completed_on is None
    assert entry.organisation == "Top Town Academy"


@pytest.mark.parametrize("completed", ["01/09/2025", "01/04/2026"])
def test_a_completion_date_that_cannot_be_right_is_left_out(completed):
    entry, problems = rows.read_row(a_sheet(columns.ASSESSMENTS), 2, an_assessment(completed=completed))
    assert entry.completed_on is None
    assert [p.effect for p in problems] == ["The row was loaded without this value."]


def test_a_referral_carries_its_team_worker_and_count():
    cells = ("6537810", "M", "WBRI", None, None, "16/09/2025", "s) 8: Other", "b) No", 2.0, "Duty", "Jo\xa0Hazlett")
    entry, problems = rows.read_row(a_sheet(columns.REFERRALS), 2, cells)
    assert problems == []
    assert (entry.nfa, entry.earlier_referrals, entry.team, entry.worker) == (False, 2, "Duty", "Jo Hazlett")


def entries(*cells):
    found = [rows.read_row(a_sheet(), number, row)[0] for number, row in enumerate(cells, start=2)]
    return gather(found)


def test_the_same_event_twice_is_kept_once():
    found = entries(a_contact(), a_contact(id="9212044 ", gender="b) Female"))
    assert len(found.entries) == 1
    assert [(p.row, p.problem) for p in found.problems] == [(3, "This row says the same as row 2.")]


def test_a_later_row_fills_what_an_earlier_row_did_not_know():
    found = entries(a_contact(born=None, gender="Not stated", ethnicity="NOBT"), a_contact(source="2A"))
    assert found.problems == []
    assert found.children["9212044"] == rows.Child("9212044", "F", "WBRI", dt.date(2015, 1, 25), None)


def test_a_later_row_does_not_change_what_an_earlier_row_said():
    found = entries(a_contact(), a_contact(source="2A", born="26/01/2015", gender="M"))
    assert len(found.entries) == 2
    assert [(p.row, p.column, p.value) for p in found.problems] == [
        (3, "Date of Birth", "26/01/2015"),
        (3, "Gender", "M"),
    ]
    assert found.children["9212044"].sex == "F"
