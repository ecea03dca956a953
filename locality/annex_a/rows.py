"""One row of a list: read, checked against what Annex A allows, its faults put in words. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from locality.annex_a import codes, columns, dates, spelling
from locality.annex_a.spelling import Cell, Unrecognised

MONTHS_UNBORN = dt.timedelta(days=300)  # nobody is expected more than ten months ahead
OLDEST_CHILD = 26  # years: early help goes to 25 with special educational needs
LEFT_OUT = "This row was not loaded."
VALUE_LEFT_OUT = "The row was loaded without this value."


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be used, where it stands, and how to put it right."""

    list_name: str
    row: int
    column: str
    value: str
    problem: str
    cure: str
    effect: str = LEFT_OUT


@dataclass(frozen=True, slots=True)
class Child:
    """Who a row is about. ``due_on`` stands for ``born_on`` while the child is not yet born."""

    number: str
    sex: str
    ethnicity: str
    born_on: dt.date | None
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be used. Fields that its list does not have are None."""

    list_name: str
    row: int
    child: Child
    on: dt.date  # of the contact, of the assessment's start, of the referral
    source: str | None = None
    completed_on: dt.date | None = None
    organisation: str | None = None
    nfa: bool | None = None
    earlier_referrals: int | None = None
    team: str | None = None
    worker: str | None = None

    def identity(self) -> tuple[str, ...]:
        """What makes this row the same event when it is met again in a later export."""
        parts = (self.source, self.organisation, self.team, self.worker)
        return (
            self.list_name,
            self.child.number,
            self.on.isoformat(),
            *((part or "").casefold() for part in parts),
        )


_DATE_COLUMN = {
    columns.CONTACTS: "Date of Contact",
    columns.ASSESSMENTS: "Assessment start date",
    columns.REFERRALS: "Date of referral",
}
_COMPLETED = "Assessment completion date"
Reader = Callable[[Cell], object]
_READERS: dict[str, Reader] = {
    "Child Unique ID": spelling.child_id,
    "Gender": codes.sex,
    "Ethnicity": codes.ethnicity,
    "Contact Source": codes.source,
    "Referral Source": codes.source,
    "Referral NFA?": codes.yes_no,
    "Number of Referrals in Last 12 Months": spelling.whole_number,
    "Age of Child (Years)": lambda value: spelling.number(value, most=spelling.AGE_MAX),
    "Organisation completing assessment": spelling.words,
    "Allocated Team": spelling.words,
    "Allocated Worker": spelling.words,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every row of a list is read with."""

    list_name: str
    places: Mapping[str, int]
    epoch: dt.date
    today: dt.date


class _Reading:
    """The values of one row so far, and the problems met."""

    def __init__(self, sheet: Sheet, number: int, cells: tuple[Cell, ...]) -> None:
        self.sheet = sheet
        self.number = number
        self.cells = cells
        self.values: dict[str, object] = {}
        self.problems: list[Problem] = []

    def cell(self, column: str) -> Cell:
        """What stands in the row under a column; None when the sheet has no such column."""
        place = self.sheet.places.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def refuse(self, column: str, problem: str, cure: str, effect: str = LEFT_OUT) -> None:
        shown = spelling.show(self.cell(column))
        name, row = self.sheet.list_name, self.number
        self.problems.append(Problem(name, row, column, shown, problem, cure, effect))

    def drop(self, column: str, problem: str, cure: str) -> None:
        self.refuse(column, problem, cure, VALUE_LEFT_OUT)
        self.values.pop(column, None)

    def read(self, column: columns.Column) -> None:
        value = self.cell(column.name)
        if spelling.is_blank(value):
            if not column.may_be_blank:
                self.refuse(column.name, "This is blank.", "Fill it in; it may not be blank.")
            return
        try:
            self.values[column.name] = self._reader(column)(value)
        except Unrecognised as found:
            effect = VALUE_LEFT_OUT if column.may_be_blank else LEFT_OUT
            self.refuse(column.name, found.problem, found.cure, effect)

    def _reader(self, column: columns.Column) -> Reader:
        if column.kind == "date":
            return lambda value: dates.date(value, epoch=self.sheet.epoch)
        return _READERS[column.name]

    def date(self, column: str) -> dt.date | None:
        found = self.values.get(column)
        return found if isinstance(found, dt.date) else None

    def text(self, column: str) -> str | None:
        found = self.values.get(column)
        return found if isinstance(found, str) else None

    def is_refused(self) -> bool:
        return any(problem.effect == LEFT_OUT for problem in self.problems)


def read_row(sheet: Sheet, number: int, cells: tuple[Cell, ...]) -> tuple[Entry | None, list[Problem]]:
    """The entry that a row makes, or None; and everything that was wrong with it."""
    reading = _Reading(sheet, number, cells)
    for column in columns.columns_of(sheet.list_name):
        reading.read(column)
    happened_on = _check_event(reading)
    child = _child(reading, happened_on) if happened_on else None
    if happened_on is None or child is None or reading.is_refused():
        return None, reading.problems
    return _entry(reading, child, happened_on), reading.problems


def is_empty(cells: tuple[Cell, ...]) -> bool:
    """Whether a row has nothing in it, as rows below a list's end do."""
    return all(spelling.tidy(cell) == "" for cell in cells)


def _check_event(reading: _Reading) -> dt.date | None:
    column = _DATE_COLUMN[reading.sheet.list_name]
    found = reading.date(column)
    if found is not None and found > reading.sheet.today:
        reading.refuse(column, "This date is in the future.", "Write the day on which it happened.")
    completed = reading.date(_COMPLETED)
    if completed is None or found is None:
        return found
    if completed < found:
        reading.drop(_COMPLETED, "This is before the assessment started.", "Check both dates.")
    elif completed > reading.sheet.today:
        reading.drop(_COMPLETED, "This date is in the future.", "Leave it blank until then.")
    return found


def _child(reading: _Reading, happened_on: dt.date) -> Child:
    born_on = reading.date("Date of Birth")
    due_on = None
    if born_on is not None:
        if born_on > happened_on + MONTHS_UNBORN:
            problem = "This is more than ten months after the event."
            reading.refuse("Date of Birth", problem, "Check both dates.")
        if happened_on.year - born_on.year > OLDEST_CHILD:
            problem = f"This person was over {OLDEST_CHILD} by then."
            reading.refuse("Date of Birth", problem, "Check both dates.")
        if born_on > reading.sheet.today:
            born_on, due_on = None, born_on
    return Child(
        number=reading.text("Child Unique ID") or "",
        sex="U" if due_on else reading.text("Gender") or "U",
        ethnicity=reading.text("Ethnicity") or codes.NOT_YET_OBTAINED,
        born_on=born_on,
        due_on=due_on,
    )


def _entry(reading: _Reading, child: Child, happened_on: dt.date) -> Entry:
    nfa = reading.values.get("Referral NFA?")
    earlier = reading.values.get("Number of Referrals in Last 12 Months")
    return Entry(
        list_name=reading.sheet.list_name,
        row=reading.number,
        child=child,
        on=happened_on,
        source=reading.text("Contact Source") or reading.text("Referral Source"),
        completed_on=reading.date(_COMPLETED),
        organisation=reading.text("Organisation completing assessment"),
        nfa=nfa if isinstance(nfa, bool) else None,
        earlier_referrals=earlier if isinstance(earlier, int) else None,
        team=reading.text("Allocated Team"),
        worker=reading.text("Allocated Worker"),
    )
