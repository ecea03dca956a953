"""Reading people: summaries for other rooms, the whole record for its pages, and what the policy asks."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import any_, bindparam, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import FamilyId, PersonId
from locality.people.models import Person, PersonEarlier
from locality.people.rules.codes import Ethnicity, GenderIdentity, NhsStatus, PersonKind, Sex, UpnUnknown
from locality.people.rules.names import display_name


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """Who somebody is, in what a list or a heading shows."""

    id: PersonId
    reference: str
    kind: PersonKind
    given_name: str
    family_name: str
    known_as: str
    born_on: dt.date | None
    born_on_estimated: bool
    due_on: dt.date | None
    died_on: dt.date | None
    sex: Sex
    ethnicity: Ethnicity

    @property
    def is_unborn(self) -> bool:
        """Whether the person is a baby who is expected."""
        return self.due_on is not None

    @property
    def name(self) -> str:
        """The name to show, whole."""
        return display_name(self.given_name, self.family_name, unborn=self.is_unborn)

    @property
    def called(self) -> str:
        """What to call them in a sentence: the name they go by, else the first name, else the whole."""
        return self.known_as or self.given_name or self.name


@dataclass(frozen=True, slots=True)
class FamilyLink:
    """A family to which somebody belongs, as a link to its page needs it."""

    id: FamilyId
    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkedRecord:
    """Another record of the same person; ``leads`` says that what is opened for the person is opened there."""

    id: PersonId
    reference: str
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class PersonRecord(PersonSummary):
    """All that stands in a person's own row, their families now, and their other records where linked to any."""

    previous_names: tuple[str, ...]
    gender_identity: GenderIdentity | None
    religion: str
    first_language: str
    interpreter_needed: bool | None
    disabilities: tuple[str, ...]
    nhs_number: str | None
    nhs_status: NhsStatus
    upn: str | None
    former_upns: tuple[str, ...]
    upn_unknown: UpnUnknown | None
    la_child_id: str | None
    version: int
    families: tuple[FamilyLink, ...]
    linked: tuple[LinkedRecord, ...]


_SUMMARY_NAMES = tuple(field.name for field in fields(PersonSummary))
_RECORD_NAMES = tuple(field.name for field in fields(PersonRecord) if field.name not in ("families", "linked"))
SUMMARY_COLUMNS = tuple(getattr(Person, name) for name in _SUMMARY_NAMES)
_SUMMARIES = direct.Prepared(select(*SUMMARY_COLUMNS).where(Person.id == any_(bindparam("people"))))
# The columns of a whole record (RECORD_COLUMNS), for a statement that reads ``person AS p``. By membership, not by
# ``about``: under row-level security only plain equality may use an index.
_OWN_COLUMNS: Final = ", ".join(f"p.{name}" for name in _RECORD_NAMES)
_FAMILIES: Final = (
    "(SELECT jsonb_agg(jsonb_build_array(f.id, f.reference, f.name)) FROM family_member m"
    " JOIN family f ON f.id = m.family_id WHERE m.person_id = p.id AND m.until_on IS NULL) AS families"
)
_LINKED: Final = (
    "(SELECT jsonb_agg(jsonb_build_array(o.id, o.reference, o.given_name, o.family_name, o.due_on, them.lead_id))"
    " FROM linked_person me JOIN linked_person them ON them.lead_id = me.lead_id JOIN person o ON o.id = them.person_id"
    " WHERE me.person_id = p.id AND them.person_id <> p.id) AS linked"
)
RECORD_COLUMNS: Final = f"{_OWN_COLUMNS}, {_FAMILIES}, {_LINKED}"
_LIST_RECORDS: Final = f"SELECT {RECORD_COLUMNS} FROM person p WHERE p.id = ANY(%(ids)s) ORDER BY p.created_at, p.id"  # noqa: S608 - constants, no input
_CODES: Final = {
    "kind": PersonKind,
    "sex": Sex,
    "ethnicity": Ethnicity,
    "gender_identity": GenderIdentity,
    "nhs_status": NhsStatus,
    "upn_unknown": UpnUnknown,
}


def access_facts(session: Session, actor: Actor, *, person_id: PersonId, **_others: uuid.UUID) -> AccessFacts:
    """What the policy asks about a person's record; other ids in the address are checked where they are used."""
    return facts_about(session, actor, [person_id], record=("person", person_id))


def summaries(session: Session, ids: Iterable[uuid.UUID]) -> dict[PersonId, PersonSummary]:
    """Who these people are, in one statement; those whom the actor may not see are left out."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    found = {row.id: PersonSummary(**row._asdict()) for row in _SUMMARIES.rows(session, people=wanted)}
    return {PersonId(person): found[person] for person in wanted if person in found}


def find_person(session: Session, person_id: uuid.UUID) -> PersonRecord | None:
    """The whole record of one person; None when there is none that the actor may see."""
    found = list_records(session, [person_id])
    return found[0] if found else None


def list_records(session: Session, ids: Sequence[uuid.UUID]) -> tuple[PersonRecord, ...]:
    """The whole records of these people, as far as the actor may see them, first entered first; one statement."""
    return tuple(record_of(row) for row in direct.rows(session, _LIST_RECORDS, {"ids": list(ids)}))


def record_of(row: Any) -> PersonRecord:
    """The record that a row with ``RECORD_COLUMNS`` holds."""
    values = {name: getattr(row, name) for name in _RECORD_NAMES}
    for name in ("previous_names", "disabilities", "former_upns"):
        values[name] = tuple(values[name])
    for name, code in _CODES.items():
        if values[name] is not None:
            values[name] = code(values[name])
    values["families"] = tuple(
        FamilyLink(FamilyId(uuid.UUID(key)), reference, name) for key, reference, name in row.families or ()
    )
    values["linked"] = tuple(
        LinkedRecord(PersonId(uuid.UUID(key)), reference, display_name(given, family, unborn=bool(due)), key == lead)
        for key, reference, given, family, due, lead in sorted(row.linked or (), key=lambda one: one[1])
    )
    return PersonRecord(**values)


def get_person(session: Session, person_id: uuid.UUID) -> PersonRecord:
    """The whole record of one person. Raises ``NotFound``."""
    record = find_person(session, person_id)
    if record is None:
        raise NotFound("There is no such person, or none whom you may see")
    return record


def person_exists(session: Session, person_id: uuid.UUID) -> bool:
    """Whether there is such a person whom the actor may see."""
    return session.execute(select(Person.id).where(Person.id == person_id)).first() is not None


def find_by_reference(session: Session, reference: str) -> PersonSummary | None:
    """The person with a reference (``PE-…``), where the actor may see them."""
    row = session.execute(select(*SUMMARY_COLUMNS).where(Person.reference == reference)).one_or_none()
    return None if row is None else PersonSummary(**row._asdict())


def find_by_la_child_id(session: Session, la_child_id: str) -> PersonId | None:
    """The person who carries an identifier from another system, as an import gave it."""
    found = session.execute(select(Person.id).where(Person.la_child_id == la_child_id)).scalar_one_or_none()
    return None if found is None else PersonId(found)


def last_change(session: Session, person_id: uuid.UUID) -> tuple[str, dt.datetime] | None:
    """Who edited the record last, and when; None when nobody has."""
    row = session.execute(
        select(PersonEarlier.changed_by_name, PersonEarlier.changed_at)
        .where(PersonEarlier.person_id == person_id)
        .order_by(PersonEarlier.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.changed_by_name, row.changed_at)
