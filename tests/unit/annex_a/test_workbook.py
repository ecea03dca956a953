"""Hostile and careless files: one clear line each, and never a crash."""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from locality.annex_a import workbook
from locality.annex_a.problems import write_problems
from locality.annex_a.rows import Problem
from locality.annex_a.workbook import UnusableWorkbook, read_workbook

TODAY = dt.date(2026, 3, 3)
SAMPLE = Path(__file__).parents[2] / "data" / "annex_a" / "annex-a-sample.xlsx"
CONTACT_HEADINGS = (
    "Child Unique ID",
    "Gender",
    "Ethnicity",
    "Date of Birth",
    "Age",
    "Date of Contact",
    "Contact Source",
)
A_ROW = ("77", "M", "WBRI", None, None, "01/02/2025", "2A")


def saved(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_the_sample_is_read_whole():
    found = read_workbook(SAMPLE, today=TODAY)
    assert found.rows == {"List 1": 5, "List 2": 5, "List 3": 6}
    assert found.problems == []
    assert found.notices == []
    assert len(found.entries) == 16
    assert {entry.worker for entry in found.entries if entry.worker} == {
        "Dustin Hazlett",
        "Mathilde Cutsforth",
        "Verdell Arp",
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"hello", "notes.txt is not an Excel workbook"),
        ("empty.xlsx", b"", "empty.xlsx is not an Excel workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.xls is not an Excel workbook"),
        ("cut.xlsx", SAMPLE.read_bytes()[:9000], "cut.xlsx is not an Excel workbook"),
    ],
)
def test_a_file_that_is_no_workbook_is_said_in_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnusableWorkbook, match=message) as refused:
        read_workbook(path, today=TODAY)
    assert "\n" not in str(refused.value)


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    with pytest.raises(UnusableWorkbook, match="There is no file"):
        read_workbook(tmp_path / "gone.xlsx", today=TODAY)
    with pytest.raises(UnusableWorkbook, match="is not an Excel workbook"):
        read_workbook(tmp_path, today=TODAY)


def rewritten(path, changes):
    """The sample with some of its parts replaced."""
    with zipfile.ZipFile(SAMPLE) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, changes.get(part, old.read(part)))
    return path


def test_another_kind_of_zip_is_refused(tmp_path):
    path = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    with pytest.raises(UnusableWorkbook, match="is not an Excel workbook"):
        read_workbook(path, today=TODAY)


def test_a_file_that_unpacks_to_far_too_much_is_not_opened(tmp_path):
    path = rewritten(tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": b" " * (64 * 2**20)})
    with pytest.raises(UnusableWorkbook, match="unpacks to 64 MB, more than such lists need"):
        read_workbook(path, today=TODAY)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("content", [b"", b"<", b"\0\1\2", b"<?xml version='1.0'?><a/>"])
def test_a_damaged_part_never_crashes_the_reader(tmp_path, part, content):
    path = rewritten(tmp_path / "damaged.xlsx", {part: content})
    assert part == "xl/styles.xml" or outcome(path) != []


def outcome(path):
    """What the reader said about a file that has something wrong with it."""
    try:
        found = read_workbook(path, today=TODAY)
    except UnusableWorkbook as refused:
        return [str(refused)]
    return [*found.notices, *found.problems]


def test_expanding_entities_are_refused(tmp_path):
    lines = [f'<!ENTITY a{i} "{f"&a{i - 1};" * 20}">' for i in range(1, 9)]
    bomb = f'<!DOCTYPE a [<!ENTITY a0 "ha">{"".join(lines)}]><worksheet><sheetData>&a8;</sheetData></worksheet>'
    path = rewritten(tmp_path / "entities.xlsx", {"xl/worksheets/sheet1.xml": bomb.encode()})
    with pytest.raises(UnusableWorkbook, match="damaged"):
        read_workbook(path, today=TODAY)


def test_rows_numbered_beyond_reason_end_the_list(tmp_path):
    sheet = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    heads = "".join(f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in CONTACT_HEADINGS)
    sheet += f"<row r='1'>{heads}</row><row r='999999999999'><c><v>1</v></c></row></sheetData></worksheet>"
    path = rewritten(tmp_path / "far.xlsx", {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert read_workbook(path, today=TODAY).rows["List 1"] == 0


def test_a_missing_list_is_said_and_the_others_are_read(tmp_path):
    path = saved(tmp_path / "one.xlsx", {"Notes": [("x",)], "Contacts": [CONTACT_HEADINGS, A_ROW]})
    found = read_workbook(path, today=TODAY)
    assert len(found.entries) == 1
    assert found.notices == [
        "There is no sheet for List 2, so no early help assessments were read.",
        "There is no sheet for List 3, so no referrals were read.",
    ]


def test_a_workbook_with_none_of_the_lists_is_refused(tmp_path):
    path = saved(tmp_path / "other.xlsx", {"Budget": [("a", 1)], "List 10": [("b",)]})
    with pytest.raises(UnusableWorkbook, match="has no sheet named List 1, List 2 or List 3"):
        read_workbook(path, today=TODAY)


def test_a_sheet_without_its_columns_is_said(tmp_path):
    path = saved(tmp_path / "bare.xlsx", {"List 1": [CONTACT_HEADINGS[:5], A_ROW]})
    assert read_workbook(path, today=TODAY).notices[0] == (
        "List 1 has no column Date of Contact, Contact Source, so none of its rows were read."
    )


def test_row_numbers_are_those_a_person_sees_in_the_sheet(tmp_path):
    rows = [("Our contacts",), (), CONTACT_HEADINGS, A_ROW, (), (None, "M"), A_ROW]
    found = read_workbook(saved(tmp_path / "gaps.xlsx", {"List 1": rows}), today=TODAY)
    assert [entry.row for entry in found.entries] == [4, 7]
    assert {problem.row for problem in found.problems} == {6}


def test_a_list_that_is_too_long_is_cut_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_MAX", 3)
    path = saved(tmp_path / "long.xlsx", {"List 1": [CONTACT_HEADINGS, *[A_ROW] * 5]})
    found = read_workbook(path, today=TODAY)
    assert found.rows["List 1"] == 3
    assert found.notices[0] == "List 1 has more than 3 rows; rows from 5 on were not read."


@pytest.mark.parametrize("value", ["=1+1", "+44", "-2", "@SUM(A1)", " =cmd|'/c calc'!A1", "\t=1", "'=1"])
def test_the_error_file_holds_no_formula(tmp_path, value):
    path = tmp_path / "errors.csv"
    assert write_problems(path, [Problem("List 1", 4, "Gender", value, "This is wrong.", "Write Male.")]) == 1
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert rows[0] == ["List", "Row", "Column", "Value", "Problem", "Cure", "What happened"]
    assert rows[1][:3] == ["List 1", "4", "Gender"]
    assert rows[1][3] == f"'{value}"
