"""Reading where people live and how to reach them. Row-level security leaves out what the actor may not see."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import PersonId
from locality.people.models import Address, ContactPoint, Postcode
from locality.people.rules.codes import AddressKind, ContactKind
from locality.people.rules.identifiers import PSEUDO_POSTCODES, tidy_postcode


@dataclass(frozen=True, slots=True)
class AddressRow:
    """Where somebody lives or lived."""

    id: uuid.UUID
    kind: AddressKind
    lines: tuple[str, ...]
    postcode: str | None
    uprn: str | None
    from_on: dt.date | None
    until_on: dt.date | None
    do_not_disclose: bool

    @property
    def place(self) -> str | None:
        """What a pseudo-postcode stands for ("No fixed abode"); None for a real one."""
        return PSEUDO_POSTCODES.get(self.postcode or "")


@dataclass(frozen=True, slots=True)
class ContactPointRow:
    """A way to reach somebody."""

    id: uuid.UUID
    kind: ContactKind
    value: str
    note: str
    do_not_disclose: bool
    from_on: dt.date | None
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PostcodePlace:
    """A postcode of the authority's list and where it lies on the National Grid (metres)."""

    postcode: str
    easting: int
    northing: int


def addresses(session: Session, person_id: PersonId) -> tuple[AddressRow, ...]:
    """Somebody's addresses, those of today first."""
    rows = session.execute(
        select(
            Address.id, Address.kind, Address.lines, Address.postcode, Address.uprn, Address.from_on,
            Address.until_on, Address.do_not_disclose,
        )
        .where(Address.person_id == person_id)
        .order_by(Address.until_on.desc().nulls_first(), Address.from_on.desc().nulls_last(), Address.id)
    )  # fmt: skip
    return tuple(AddressRow(row.id, row.kind, tuple(row.lines), *row[3:]) for row in rows)


def contact_points(session: Session, person_id: PersonId) -> tuple[ContactPointRow, ...]:
    """Somebody's telephone numbers and e-mail addresses, those of today first."""
    rows = session.execute(
        select(
            ContactPoint.id, ContactPoint.kind, ContactPoint.value, ContactPoint.note, ContactPoint.do_not_disclose,
            ContactPoint.from_on, ContactPoint.until_on,
        )
        .where(ContactPoint.person_id == person_id)
        .order_by(ContactPoint.until_on.desc().nulls_first(), ContactPoint.kind, ContactPoint.id)
    )  # fmt: skip
    return tuple(ContactPointRow(*row) for row in rows)


def home_postcodes(session: Session, people: Iterable[uuid.UUID]) -> dict[PersonId, str]:
    """Where people live now, as far as the actor may know; the newest home counts. Elevate to place a hidden family."""
    rows = session.execute(
        select(Address.person_id, Address.postcode)
        .where(
            Address.person_id.in_(list(people)),
            Address.until_on.is_(None),
            Address.postcode.is_not(None),
            Address.kind != AddressKind.LETTERS,
        )
        .order_by(Address.kind != AddressKind.HOME, Address.from_on.desc().nulls_last(), Address.recorded_at.desc())
    )
    found: dict[PersonId, str] = {}
    for row in rows:
        found.setdefault(PersonId(row.person_id), row.postcode)
    return found


def home_postcode(session: Session, person_id: PersonId) -> str | None:
    """Where somebody lives now, as far as the actor may know; the caller elevates where the product must know."""
    return home_postcodes(session, [person_id]).get(person_id)


def find_postcode(session: Session, typed: str) -> PostcodePlace | None:
    """The place of a postcode in the authority's list, however typed; None when it is not in it."""
    postcode = tidy_postcode(typed)
    if postcode is None:
        return None
    row = session.execute(
        select(Postcode.postcode, Postcode.easting, Postcode.northing).where(Postcode.postcode == postcode)
    ).one_or_none()
    return None if row is None else PostcodePlace(*row)


def postcode_known(session: Session, typed: str) -> bool:
    """Whether a postcode, however typed, is in the authority's list."""
    return find_postcode(session, typed) is not None
