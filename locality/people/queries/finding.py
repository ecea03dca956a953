"""The search as its page shows it: people, and records by reference."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.kernel import direct
from locality.kernel.ids import PersonId
from locality.kernel.paging import Page
from locality.people.models import Family
from locality.people.queries.restricting import closed_by_name
from locality.people.queries.standing import standing_columns, standing_of_row
from locality.people.rules.matching import Probe
from locality.people.rules.names import display_name, fold
from locality.people.rules.searching import advice, look_alike
from locality.search.find import FoundPerson, FoundRecord, closed_to_reader, find_people, find_records
from locality.search.terms import Terms, read_terms

_MOST_CALLED = 10


@dataclass(frozen=True, slots=True)
class FoundRow:
    """Somebody found, in a row of results; ``apart`` tells them from others of the same name: school, street."""

    id: PersonId
    reference: str
    name: str
    known_as: str
    born_on: dt.date | None
    born_on_estimated: bool
    due_on: dt.date | None
    died_on: dt.date | None
    is_child: bool
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found. ``unreal`` is what looks like a date and is none; ``cut`` says that it was too wide.

    ``closed_to_reader`` and ``unspoken`` are people who may not be shown, though exactly they were asked for: see
    ``search.find.Found``. ``advice`` says how to type it better, where nobody was found.
    """

    people: Page[FoundRow]
    records: tuple[FoundRecord, ...]
    cut: bool
    unreal: str | None
    closed_to_reader: tuple[PersonId, ...] = ()
    unspoken: tuple[PersonId, ...] = ()
    advice: str | None = None

    @property
    def tells_apart(self) -> bool:
        """Whether any of those found look alike and something tells them apart."""
        return any(row.apart for row in self.people.rows)

    @property
    def only(self) -> FoundRecord | None:
        """The one record that a reference names, when nothing else was found."""
        return self.records[0] if len(self.records) == 1 and not self.people.rows else None


def search(session: Session, typed: str, *, number: int = 1) -> Results:
    """A page of what fits what was typed; only what the actor may know of."""
    terms = read_terms(typed)
    found = find_people(session, terms, number=number)
    rows = [_row(row) for row in found.people.rows]
    told = _told_apart(session, rows)
    people = Page(
        [replace(row, apart=told.get(row.id, "")) for row in rows],
        number=found.people.number,
        has_next=found.people.has_next,
    )
    records = find_records(session, terms.reference) if terms.reference else ()
    more = bool(terms.dates or terms.postcode or terms.phone or terms.reference or terms.unreal)
    return Results(
        people,
        records,
        found.cut,
        terms.unreal,
        closed_to_reader=tuple(PersonId(one) for one in found.closed_to_reader),
        unspoken=tuple(PersonId(one) for one in found.unspoken),
        advice=advice(names=terms.names, number=terms.number, says_more=more),
    )


def _told_apart(session: Session, rows: Sequence[FoundRow]) -> dict[PersonId, str]:
    """The school and the street of those found who share a name, as far as the reader may be told; one statement."""
    alike = look_alike(row.name for row in rows)
    ids = [row.id for row in rows if fold(row.name) in alike]
    if not ids:
        return {}
    columns, joins = standing_columns()
    statement = (
        f"SELECT p.id, street.street{columns} FROM unnest(%(ids)s::uuid[]) AS p (id)"  # noqa: S608 - constants
        f" LEFT JOIN search_streets(%(ids)s::uuid[]) AS street ON street.person_id = p.id{joins}"
    )
    found = direct.rows(session, statement, {"ids": ids})
    return {row.id: "; ".join(part for part in (standing_of_row(row).school, row.street) if part) for row in found}


def fits_closed_record(session: Session, probe: Probe) -> tuple[PersonId, ...]:
    """Who is on record with exactly this name and birth date, or this NHS number, though the reader may not open them.

    Only those of whom the reader may be told that they are on record. At most one statement.
    """
    dates = (probe.born_on,) if probe.born_on else ()
    terms = Terms(names=f"{probe.given_name} {probe.family_name}".strip(), dates=dates, number=probe.nhs_number)
    told, _unspoken = closed_to_reader(session, terms)
    return tuple(PersonId(one) for one in told)


def called(session: Session, typed: str) -> tuple[accounts.Called, ...]:
    """People with a name, for the data protection lead, who sees references and no more than tells namesakes apart.

    At most ten; nobody whom a restriction closes to the reader by name.
    """
    terms = read_terms(typed)
    kept_back = closed_by_name(session)
    with elevated(session, "the data protection lead looks up by name whose record was looked at"):
        found = find_people(session, terms).people.rows
    whole = [one for one in found if one.id not in kept_back and _has_name(one, terms.names)]
    return tuple(accounts.Called(one.id, one.reference, _told_by(one)) for one in whole[:_MOST_CALLED])


def _has_name(one: FoundPerson, names: str) -> bool:
    """Whether every word typed stands in the name: near is not enough to be told that somebody is on record."""
    return set(fold(names).split()) <= set(fold(f"{one.given_name} {one.family_name} {one.known_as}").split())


def _told_by(one: FoundPerson) -> str:
    if one.due_on is not None:
        return "a baby who is expected"
    kind = "child" if one.kind == "child" else "adult"
    return f"{kind}, born {one.born_on.year}" if one.born_on else f"{kind}, birth date not known"


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
