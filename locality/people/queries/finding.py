"""The search as its page shows it: people, and records by reference."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import PersonId
from locality.kernel.paging import Page
from locality.people.models import Family
from locality.people.rules.names import display_name
from locality.search.find import FoundPerson, FoundRecord, find_people, find_records
from locality.search.terms import read_terms


@dataclass(frozen=True, slots=True)
class FoundRow:
    """Somebody found, in a row of results."""

    id: PersonId
    reference: str
    name: str
    known_as: str
    born_on: dt.date | None
    born_on_estimated: bool
    due_on: dt.date | None
    died_on: dt.date | None
    is_child: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found. ``unreal`` is what looks like a date and is none; ``cut`` says that it was too wide.

    ``closed_to_reader`` are people who may not be shown, though exactly they were asked for: see ``search.find.Found``.
    """

    people: Page[FoundRow]
    records: tuple[FoundRecord, ...]
    cut: bool
    unreal: str | None
    closed_to_reader: tuple[PersonId, ...] = ()

    @property
    def only(self) -> FoundRecord | None:
        """The one record that a reference names, when nothing else was found."""
        return self.records[0] if len(self.records) == 1 and not self.people.rows else None


def search(session: Session, typed: str, *, number: int = 1) -> Results:
    """A page of what fits what was typed; only what the actor may know of."""
    terms = read_terms(typed)
    found = find_people(session, terms, number=number)
    people = Page([_row(row) for row in found.people.rows], number=found.people.number, has_next=found.people.has_next)
    records = find_records(session, terms.reference) if terms.reference else ()
    closed = tuple(PersonId(one) for one in found.closed_to_reader)
    return Results(people, records, found.cut, terms.unreal, closed)


def add_families(session: Session, reference: str, found: list[FoundRecord]) -> None:
    """The family with a reference, where the actor may see it."""
    if not reference.startswith("FA-"):
        return
    row = session.execute(select(Family.id, Family.name).where(Family.reference == reference)).one_or_none()
    if row is not None:
        arguments: dict[str, uuid.UUID] = {"family_id": row.id}
        found.append(FoundRecord(f"Family {row.name}", reference, "people.family", arguments))


def _row(row: FoundPerson) -> FoundRow:
    return FoundRow(
        PersonId(row.id),
        row.reference,
        display_name(row.given_name, row.family_name, unborn=row.due_on is not None),
        row.known_as,
        row.born_on,
        row.born_on_estimated,
        row.due_on,
        row.died_on,
        row.kind == "child",
    )
