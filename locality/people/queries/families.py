"""Reading who belongs together: families, households, relationships and parental responsibility."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import or_, select, union_all
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import FamilyId, HouseholdId, PersonId
from locality.people.models import (
    Family,
    FamilyMember,
    Household,
    HouseholdMember,
    ParentalResponsibility,
    Person,
    Relationship,
)  # fmt: skip
from locality.people.queries.persons import SUMMARY_COLUMNS, PersonSummary
from locality.people.rules.codes import PersonKind, PrBasis, RelationKind, relation_words


@dataclass(frozen=True, slots=True)
class FamilySummary:
    """A family in a list: its reference, what it is called, and who belongs to it now."""

    id: FamilyId
    reference: str
    name: str
    about: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody's time in a family."""

    person: PersonSummary
    from_on: dt.date
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class TieRow:
    """What ``other`` is to the person whose page this is, in words, from when to when."""

    id: uuid.UUID
    other: PersonSummary
    words: str
    from_on: dt.date | None
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class ResponsibilityRow:
    """Parental responsibility held by (or for, on an adult's page) ``other``."""

    id: uuid.UUID
    child_id: PersonId
    other: PersonSummary
    basis: PrBasis
    limits: str
    from_on: dt.date | None
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household that somebody belongs or belonged to, and who lives there."""

    id: HouseholdId
    name: str
    people: tuple[PersonSummary, ...]
    from_on: dt.date | None
    until_on: dt.date | None


def family_facts(session: Session, actor: Actor, *, family_id: FamilyId, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a family; None when there is none that the actor may see."""
    about = session.execute(select(Family.about).where(Family.id == family_id)).scalar_one_or_none()
    return None if about is None else facts_about(session, actor, about, record=("family", family_id))


def get_family(session: Session, family_id: uuid.UUID) -> FamilySummary:
    """A family by id. Raises ``NotFound`` when there is none that the actor may see."""
    row = session.execute(
        select(Family.id, Family.reference, Family.name, Family.about).where(Family.id == family_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such family, or none that you may see")
    return FamilySummary(FamilyId(row.id), row.reference, row.name, tuple(row.about))


def families_of(session: Session, people: Iterable[uuid.UUID]) -> tuple[FamilySummary, ...]:
    """The families to which any of these people belong now, in one statement."""
    wanted = list(dict.fromkeys(people))
    if not wanted:
        return ()
    rows = session.execute(
        select(Family.id, Family.reference, Family.name, Family.about)
        .where(Family.about.overlap(wanted))
        .order_by(Family.created_at.desc(), Family.id)
    )
    return tuple(FamilySummary(FamilyId(r.id), r.reference, r.name, tuple(r.about)) for r in rows)


def family_of(session: Session, person_id: PersonId) -> FamilyId | None:
    """The family that somebody belongs to now (the one made last, when there are several)."""
    found = families_of(session, [person_id])
    return found[0].id if found else None


def family_members(session: Session, family_id: FamilyId) -> tuple[PersonSummary, ...]:
    """Who belongs to a family now: adults and children, each in order of age; one statement."""
    return tuple(row.person for row in family_rows(session, family_id) if row.until_on is None)


def family_rows(session: Session, family_id: FamilyId) -> tuple[MemberRow, ...]:
    """Everybody who belongs or belonged to a family and whom the actor may see."""
    rows = session.execute(
        select(*SUMMARY_COLUMNS, FamilyMember.from_on, FamilyMember.until_on)
        .join(FamilyMember, FamilyMember.person_id == Person.id)
        .where(FamilyMember.family_id == family_id)
        .order_by(FamilyMember.until_on.desc().nulls_first(), Person.kind, Person.born_on.nulls_last(), Person.id)
    )
    return tuple(MemberRow(_summary(row), row.from_on, row.until_on) for row in rows)


def ties(session: Session, person_id: PersonId) -> tuple[TieRow, ...]:
    """Everybody to whom somebody is or was related, seen from that person; one statement."""
    forward = (
        select(Relationship.id.label("tie"), Relationship.other_id.label("other"), sa.true().label("turned"))
        .add_columns(Relationship.kind.label("relation"), Relationship.from_on, Relationship.until_on)
        .where(Relationship.person_id == person_id)
    )
    backward = (
        select(Relationship.id.label("tie"), Relationship.person_id.label("other"), sa.false().label("turned"))
        .add_columns(Relationship.kind.label("relation"), Relationship.from_on, Relationship.until_on)
        .where(Relationship.other_id == person_id)
    )
    tie = union_all(forward, backward).subquery()
    rows = session.execute(
        select(*SUMMARY_COLUMNS, tie.c.tie, tie.c.turned, tie.c.relation, tie.c.from_on, tie.c.until_on)
        .join(tie, tie.c.other == Person.id)
        .order_by(tie.c.until_on.desc().nulls_first(), Person.kind, Person.born_on.nulls_last(), tie.c.tie)
    )
    return tuple(
        TieRow(
            row.tie,
            _summary(row),
            relation_words(RelationKind(row.relation), turned=row.turned),
            row.from_on,
            row.until_on,
        )
        for row in rows
    )


def responsibility(session: Session, person_id: PersonId) -> tuple[ResponsibilityRow, ...]:
    """Who holds or held parental responsibility for a child, or for whom an adult holds it; one statement."""
    held = ParentalResponsibility
    rows = session.execute(
        select(*SUMMARY_COLUMNS, held.id.label("held"), held.child_id, held.basis, held.limits)
        .add_columns(held.from_on, held.until_on)
        .join(
            held,
            or_(
                (held.child_id == person_id) & (held.adult_id == Person.id),
                (held.adult_id == person_id) & (held.child_id == Person.id),
            ),
        )
        .order_by(held.until_on.desc().nulls_first(), held.from_on.nulls_first(), held.id)
    )
    return tuple(
        ResponsibilityRow(
            row.held, PersonId(row.child_id), _summary(row), row.basis, row.limits, row.from_on, row.until_on
        )
        for row in rows
    )


def holders_of_responsibility(session: Session, children: Iterable[PersonId]) -> dict[PersonId, tuple[PersonId, ...]]:
    """Who holds parental responsibility for each child now."""
    held = ParentalResponsibility
    rows = session.execute(
        select(held.child_id, held.adult_id)
        .where(held.child_id.in_(list(children)), held.until_on.is_(None))
        .order_by(held.recorded_at, held.id)
    )
    found: dict[PersonId, tuple[PersonId, ...]] = {}
    for row in rows:
        child = PersonId(row.child_id)
        found[child] = (*found.get(child, ()), PersonId(row.adult_id))
    return found


def households(session: Session, person_id: PersonId) -> tuple[HouseholdRow, ...]:
    """The households that somebody belongs or belonged to, with who lives there now; two statements."""
    theirs = session.execute(
        select(Household.id, Household.name, Household.about, HouseholdMember.from_on, HouseholdMember.until_on)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .where(HouseholdMember.person_id == person_id)
        .order_by(HouseholdMember.until_on.desc().nulls_first(), Household.created_at, Household.id)
    ).all()
    ids = {person for row in theirs for person in row.about}
    known = _people(session, list(ids))
    return tuple(
        HouseholdRow(
            HouseholdId(row.id),
            row.name,
            tuple(known[person] for person in row.about if person in known),
            row.from_on,
            row.until_on,
        )
        for row in theirs
    )


def children_in(members: Sequence[PersonSummary]) -> tuple[PersonSummary, ...]:
    """The children among these people."""
    return tuple(person for person in members if person.kind is PersonKind.CHILD)


def _people(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, PersonSummary]:
    if not ids:
        return {}
    rows = session.execute(select(*SUMMARY_COLUMNS).where(Person.id.in_(ids)))
    return {row.id: _summary(row) for row in rows}


def _summary(row: object) -> PersonSummary:
    return PersonSummary(**{column.key: getattr(row, column.key) for column in SUMMARY_COLUMNS})
