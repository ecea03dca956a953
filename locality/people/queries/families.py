"""Reading who belongs together: families, households, relationships and parental responsibility."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_of_record
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import FamilyId, PersonId
from locality.people.models import (
    Family,
    FamilyMember,
    ParentalResponsibility,
    Person,
    Relationship,
)  # fmt: skip
from locality.people.queries.persons import SUMMARY_COLUMNS, PersonSummary
from locality.people.rules.codes import PersonKind, PrBasis, RelationKind, relation_words

_NO_FAMILY = "There is no such family, or none that you may see"


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
class Around:
    """Those around a person: who they are to each other, and parental responsibility; what has ended comes last."""

    ties: tuple[TieRow, ...]
    responsibility: tuple[ResponsibilityRow, ...]


def family_facts(session: Session, actor: Actor, *, family_id: FamilyId, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a family; None when there is none that the actor may see."""
    about = "SELECT about FROM family WHERE id = %(id)s"
    return facts_of_record(session, actor, about, ("family", family_id))


def get_family(session: Session, family_id: uuid.UUID) -> FamilySummary:
    """A family by id. Raises ``NotFound`` when there is none that the actor may see."""
    row = session.execute(
        select(Family.id, Family.reference, Family.name, Family.about).where(Family.id == family_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_FAMILY)
    return FamilySummary(FamilyId(row.id), row.reference, row.name, tuple(row.about))


def families_of(session: Session, people: Iterable[uuid.UUID]) -> tuple[FamilySummary, ...]:
    """The families to which any of these people belong now, in one statement."""
    wanted = list(dict.fromkeys(people))
    if not wanted:
        return ()
    # By membership, not by `about`: under row-level security only plain equality may use an index.
    now = select(FamilyMember.family_id).where(FamilyMember.person_id.in_(wanted), FamilyMember.until_on.is_(None))
    rows = session.execute(
        select(Family.id, Family.reference, Family.name, Family.about)
        .where(Family.id.in_(now))
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


def family_and_rows(session: Session, family_id: FamilyId) -> tuple[FamilySummary, tuple[MemberRow, ...]]:
    """``get_family`` and ``family_rows`` in one statement. Raises ``NotFound``."""
    own = [getattr(Family, name).label(f"own_{name}") for name in ("id", "reference", "name", "about")]
    rows = session.execute(
        select(*own, *SUMMARY_COLUMNS, FamilyMember.from_on, FamilyMember.until_on)
        .outerjoin(FamilyMember, FamilyMember.family_id == Family.id)
        .outerjoin(Person, Person.id == FamilyMember.person_id)
        .where(Family.id == family_id)
        .order_by(FamilyMember.until_on.desc().nulls_first(), Person.kind, Person.born_on.nulls_last(), Person.id)
    ).all()
    if not rows:
        raise NotFound(_NO_FAMILY)
    said = rows[0]
    family = FamilySummary(FamilyId(said.own_id), said.own_reference, said.own_name, tuple(said.own_about))
    return family, tuple(MemberRow(_summary(row), row.from_on, row.until_on) for row in rows if row.id is not None)


def family_people(session: Session, families: Iterable[FamilyId]) -> tuple[PersonSummary, ...]:
    """Who belongs to any of these families now, adults first, in one statement."""
    wanted = list(families)
    if not wanted:
        return ()
    rows = session.execute(
        select(*SUMMARY_COLUMNS)
        .where(
            Person.id.in_(
                select(FamilyMember.person_id).where(
                    FamilyMember.family_id.in_(wanted), FamilyMember.until_on.is_(None)
                )
            )
        )
        .order_by(Person.kind, Person.born_on.nulls_last(), Person.id)
    )
    return tuple(_summary(row) for row in rows)


def around(session: Session, person_id: PersonId) -> Around:
    """To whom somebody is or was related, and parental responsibility held by or for them; one statement."""
    tie, held, none = Relationship, ParentalResponsibility, sa.literal("")
    rows_of = union_all(
        _row_of(tie, tie.other_id, tie.kind, none, tie.id, turned=True).where(tie.person_id == person_id),
        _row_of(tie, tie.person_id, tie.kind, none, tie.id, turned=False).where(tie.other_id == person_id),
        _row_of(held, held.adult_id, held.basis, held.limits, held.child_id, turned=None).where(
            held.child_id == person_id
        ),
        _row_of(held, held.child_id, held.basis, held.limits, held.child_id, turned=None).where(
            held.adult_id == person_id
        ),
    ).subquery()
    rows = session.execute(
        select(*SUMMARY_COLUMNS, rows_of)
        .join(rows_of, rows_of.c.other == Person.id)
        .order_by(rows_of.c.until_on.desc().nulls_first(), Person.kind, Person.born_on.nulls_last(), rows_of.c.row_id)
    ).all()
    return Around(
        tuple(_tie(row) for row in rows if row.turned is not None),
        tuple(_responsibility(row) for row in rows if row.turned is None),
    )


def _row_of(
    table: type[Relationship] | type[ParentalResponsibility],
    other: Any,
    code: Any,
    limits: Any,
    child: Any,
    *,
    turned: bool | None,
) -> sa.Select[Any]:
    return select(
        table.id.label("row_id"),
        other.label("other"),
        sa.type_coerce(code, sa.Text()).label("code"),
        limits.label("limits"),
        child.label("child"),
        sa.literal(turned, sa.Boolean()).label("turned"),
        table.from_on.label("from_on"),
        table.until_on.label("until_on"),
    )


def _tie(row: Any) -> TieRow:
    words = relation_words(RelationKind(row.code), turned=row.turned)
    return TieRow(row.row_id, _summary(row), words, row.from_on, row.until_on)


def _responsibility(row: Any) -> ResponsibilityRow:
    return ResponsibilityRow(
        row.row_id, PersonId(row.child), _summary(row), PrBasis(row.code), row.limits, row.from_on, row.until_on
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


def children_in(members: Sequence[PersonSummary]) -> tuple[PersonSummary, ...]:
    """The children among these people."""
    return tuple(person for person in members if person.kind is PersonKind.CHILD)


def _summary(row: Any) -> PersonSummary:
    return PersonSummary(**{column.key: getattr(row, column.key) for column in SUMMARY_COLUMNS})
