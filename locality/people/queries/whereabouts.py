"""Reading where people live and how to reach them. Row-level security leaves out what the actor may not see."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.kernel.db import JsonObject
from locality.kernel.ids import HouseholdId, PersonId
from locality.people.models import Address, Postcode
from locality.people.rules.codes import AddressKind, ContactKind
from locality.people.rules.identifiers import PSEUDO_POSTCODES, tidy_postcode
from locality.people.rules.names import display_name


@dataclass(frozen=True, slots=True)
class AddressRow:
    """Where somebody lives or lived."""

    id: uuid.UUID
    person_id: PersonId
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
    person_id: PersonId
    kind: ContactKind
    value: str
    note: str
    do_not_disclose: bool
    from_on: dt.date | None
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household that somebody belongs or belonged to, and the people there whom the actor may see."""

    id: HouseholdId
    name: str
    people: tuple[tuple[PersonId, str], ...]
    from_on: dt.date | None
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody is and how to reach them."""

    addresses: tuple[AddressRow, ...]
    contact_points: tuple[ContactPointRow, ...]
    households: tuple[HouseholdRow, ...]


@dataclass(frozen=True, slots=True)
class PostcodePlace:
    """A postcode of the authority's list and where it lies on the National Grid (metres)."""

    postcode: str
    easting: int
    northing: int


def whereabouts(session: Session, person_id: PersonId, *, also: Sequence[PersonId] = ()) -> Whereabouts:
    """Somebody's addresses, numbers and households, those of today first; ``also`` are their other records.

    One statement.

    Row-level security leaves out hidden rows for everybody who does not hold the right to see them.
    """
    row = session.execute(_WHEREABOUTS, {"people": [person_id, *also]}).one()
    return Whereabouts(
        tuple(_address(found) for found in row.addresses),
        tuple(_contact_point(found) for found in row.contact_points),
        tuple(_household(found) for found in row.households),
    )


_WHEREABOUTS = text(
    """
    SELECT
      (SELECT coalesce(jsonb_agg(to_jsonb(a)
         ORDER BY a.until_on DESC NULLS FIRST, a.from_on DESC NULLS LAST, a.id), '[]')
       FROM address AS a WHERE a.person_id = ANY(:people)) AS addresses,
      (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.until_on DESC NULLS FIRST, c.kind, c.id), '[]')
       FROM contact_point AS c WHERE c.person_id = ANY(:people)) AS contact_points,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'name', h.name, 'from_on', m.from_on,
           'until_on', m.until_on, 'people', (
             SELECT coalesce(jsonb_agg(jsonb_build_array(p.id, p.given_name, p.family_name, p.due_on)
               ORDER BY p.kind, p.born_on, p.id), '[]') FROM person AS p WHERE p.id = ANY(h.about)))
         ORDER BY m.until_on DESC NULLS FIRST, h.name, h.id), '[]')
       FROM household_member AS m JOIN household AS h ON h.id = m.household_id
       WHERE m.person_id = ANY(:people)) AS households
    """
)


def _address(found: JsonObject) -> AddressRow:
    return AddressRow(
        id=uuid.UUID(found["id"]),
        person_id=PersonId(uuid.UUID(found["person_id"])),
        kind=AddressKind(found["kind"]),
        lines=tuple(found["lines"]),
        postcode=found["postcode"],
        uprn=found["uprn"],
        from_on=_date(found["from_on"]),
        until_on=_date(found["until_on"]),
        do_not_disclose=found["do_not_disclose"],
    )


def _contact_point(found: JsonObject) -> ContactPointRow:
    return ContactPointRow(
        id=uuid.UUID(found["id"]),
        person_id=PersonId(uuid.UUID(found["person_id"])),
        kind=ContactKind(found["kind"]),
        value=found["value"],
        note=found["note"],
        do_not_disclose=found["do_not_disclose"],
        from_on=_date(found["from_on"]),
        until_on=_date(found["until_on"]),
    )


def _household(found: JsonObject) -> HouseholdRow:
    people = tuple(
        (PersonId(uuid.UUID(key)), display_name(given, family, unborn=due is not None))
        for key, given, family, due in found["people"]
    )
    return HouseholdRow(
        HouseholdId(uuid.UUID(found["id"])), found["name"], people, _date(found["from_on"]), _date(found["until_on"])
    )


def _date(written: str | None) -> dt.date | None:
    return None if written is None else dt.date.fromisoformat(written)


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
