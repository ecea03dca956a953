"""Finding people and records by whatever somebody typed, within what they may see.

The database's functions find people (``finding_sql``); other records have short references, which the rooms that own
them look up in the slot ``records_by_reference``.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.kernel.slots import Slot
from locality.search.terms import Terms

# Beyond these pages a search is too wide to be one: the page asks for another name or a date of birth.
LAST_PAGE = 4


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody found: as little as it takes to know whether it is the one who was meant."""

    id: uuid.UUID
    reference: str
    kind: str
    given_name: str
    family_name: str
    known_as: str
    born_on: dt.date | None
    born_on_estimated: bool
    due_on: dt.date | None
    died_on: dt.date | None


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record other than a person, found by its reference: what it is, and the endpoint and arguments of its page."""

    label: str
    reference: str
    endpoint: str
    arguments: dict[str, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Found:
    """People found, best first; ``cut`` when there were more than a search can rank.

    ``closed_to_reader`` are people whom the reader may not open though their number, or whole name and birth date, was
    typed: for the audit log and for saying that a record exists, never to be shown. ``unspoken`` are those whose record
    is closed to the reader by name: for the audit log alone.
    """

    people: Page[FoundPerson]
    cut: bool
    closed_to_reader: tuple[uuid.UUID, ...] = ()
    unspoken: tuple[uuid.UUID, ...] = ()


# A filler appends a FoundRecord when the reference is one of its own and the actor may see the record.
records_by_reference: Slot[[Session, str, list[FoundRecord]]] = Slot("search: records by reference")

_SEARCH = text(
    "SELECT person_id, reference, kind, given_name, family_name, known_as, born_on, born_on_estimated, due_on, died_on,"
    " more FROM search_people(:names, :dates, :postcode, :number, :reference, :phone, :offset, :size)"
)

_EXISTS = text("SELECT person_id, told FROM search_exists(:names, :dates, :number)")


def find_people(session: Session, terms: Terms, *, number: int = 1) -> Found:
    """A page of the people who fit, best first. Only whom the actor may know of is found; two statements at most."""
    number = min(number, LAST_PAGE)
    rows = session.execute(
        _SEARCH,
        {
            "names": terms.names,
            "dates": list(terms.dates),
            "postcode": terms.postcode,
            "number": terms.number,
            "reference": terms.reference,
            "phone": terms.phone,
            "offset": (number - 1) * PAGE_SIZE,
            "size": PAGE_SIZE + 1 if number < LAST_PAGE else PAGE_SIZE,
        },
    ).all()
    people = [FoundPerson(*row[:-1]) for row in rows]
    told, unspoken = closed_to_reader(session, terms)
    return Found(page_of(people, number), any(row.more for row in rows), told, unspoken)


def closed_to_reader(session: Session, terms: Terms) -> tuple[tuple[uuid.UUID, ...], tuple[uuid.UUID, ...]]:
    """Who was named exactly and may not be opened: those of whom it may be said that a record exists, and the others.

    None unless the terms can only mean one person; one statement at most.
    """
    if not terms.names_one_person:
        return (), ()
    found = {"names": terms.names, "dates": list(terms.dates), "number": terms.number}
    rows = session.execute(_EXISTS, found).all()
    return tuple(row.person_id for row in rows if row.told), tuple(row.person_id for row in rows if not row.told)


def find_records(session: Session, reference: str) -> tuple[FoundRecord, ...]:
    """Records other than people that carry a reference."""
    found: list[FoundRecord] = []
    records_by_reference(session, reference, found)
    return tuple(found)
