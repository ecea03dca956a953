"""Who somebody is to somebody else, and who holds parental responsibility; dated, never overwritten."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from locality.audit import log
from locality.kernel.constraints import say
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import ParentalResponsibility, Person, Relationship
from locality.people.queries.linking import same_person_ids
from locality.people.rules.codes import PersonKind, PrBasis, RelationKind
from locality.people.rules.dates import reasons_against_period

say("relationship_one_open", field="kind", message="This relationship is on record already")
say(
    "parental_responsibility_one_open",
    field="adult",
    message="This person’s parental responsibility is on record already. End it first to change its basis",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelationship:
    """``person_id`` is the ``kind`` of ``other_id``: (Ada) is the MOTHER of (Leah)."""

    person_id: PersonId
    other_id: PersonId
    kind: RelationKind
    from_on: dt.date | None = None
    until_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResponsibility:
    """An adult's parental responsibility for a child; ``limits`` says what a court has limited."""

    child_id: PersonId
    adult_id: PersonId
    basis: PrBasis
    limits: str = ""
    from_on: dt.date | None = None
    until_on: dt.date | None = None


def record_relationship(uow: UnitOfWork, new: NewRelationship) -> uuid.UUID:
    """Record who somebody is to somebody else.

    Raises ``NotFound`` for people whom the actor may not see, ``RuleBroken``, or ``Conflict`` when it is on record.
    """
    _two_people(uow, new.person_id, new.other_id, field="other")
    _refuse(reasons_against_period(new.from_on, new.until_on, field="until_on"))
    relationship_id = new_id()
    row = {
        "id": relationship_id,
        "person_id": new.person_id,
        "other_id": new.other_id,
        "kind": new.kind,
        "from_on": new.from_on,
        "until_on": new.until_on,
        "recorded_at": uow.now,
    }
    uow.session.execute(insert(Relationship), [row])
    log.record(
        uow,
        "relationship.recorded",
        subjects=[new.person_id, new.other_id],
        record=("relationship", relationship_id),
        detail={"kind": new.kind.value},
    )
    return relationship_id


def end_relationship(
    uow: UnitOfWork, relationship_id: uuid.UUID, *, of: PersonId, until_on: dt.date | None = None
) -> None:
    """Say that somebody is no longer this to ``of`` (or the other way round), on whichever of their records.

    Raises ``NotFound``.
    """
    mine = same_person_ids(uow.session, [of])[of]
    ended = uow.session.execute(
        update(Relationship)
        .where(
            Relationship.id == relationship_id,
            Relationship.until_on.is_(None),
            Relationship.person_id.in_(mine) | Relationship.other_id.in_(mine),
        )
        .values(until_on=func.greatest(Relationship.from_on, until_on or uow.today))
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("There is no such relationship")
    log.record(uow, "relationship.ended", subjects=[of], record=("relationship", relationship_id))


def give_parental_responsibility(uow: UnitOfWork, new: NewResponsibility) -> uuid.UUID:
    """Record that an adult holds parental responsibility for a child, and on what basis.

    Raises ``NotFound``, ``RuleBroken`` (an adult's parent, a period that ends before it begins) or ``Conflict``.
    """
    kinds = _two_people(uow, new.child_id, new.adult_id, field="adult")
    if kinds[new.child_id] is not PersonKind.CHILD:
        raise RuleBroken([Reason("child", "Nobody holds parental responsibility for an adult")])
    _refuse(reasons_against_period(new.from_on, new.until_on, field="until_on"))
    responsibility_id = new_id()
    row = {
        "id": responsibility_id,
        "child_id": new.child_id,
        "adult_id": new.adult_id,
        "basis": new.basis,
        "limits": new.limits,
        "from_on": new.from_on,
        "until_on": new.until_on,
        "recorded_at": uow.now,
    }
    uow.session.execute(insert(ParentalResponsibility), [row])
    log.record(
        uow,
        "parental_responsibility.recorded",
        subjects=[new.child_id, new.adult_id],
        record=("parental_responsibility", responsibility_id),
        detail={"basis": new.basis.value},
    )
    return responsibility_id


def end_parental_responsibility(
    uow: UnitOfWork, responsibility_id: uuid.UUID, *, child_id: PersonId, until_on: dt.date | None = None
) -> None:
    """Say that an adult no longer holds parental responsibility for a child. Raises ``NotFound``."""
    ended = uow.session.execute(
        update(ParentalResponsibility)
        .where(
            ParentalResponsibility.id == responsibility_id,
            ParentalResponsibility.child_id == child_id,
            ParentalResponsibility.until_on.is_(None),
        )
        .values(until_on=func.greatest(ParentalResponsibility.from_on, until_on or uow.today))
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("There is no such parental responsibility")
    log.record(
        uow,
        "parental_responsibility.ended",
        subjects=[child_id],
        record=("parental_responsibility", responsibility_id),
    )


def _two_people(uow: UnitOfWork, one: PersonId, other: PersonId, *, field: str) -> dict[PersonId, PersonKind]:
    if one == other:
        raise RuleBroken([Reason(field, "Choose somebody else: nobody is related to themselves")])
    rows = uow.session.execute(select(Person.id, Person.kind).where(Person.id.in_([one, other])))
    kinds = {PersonId(row.id): row.kind for row in rows}
    if len(kinds) < 2:
        raise NotFound([Reason(field, "There is no such person, or none whom you may see")])
    return kinds


def _refuse(reasons: tuple[Reason, ...]) -> None:
    if reasons:
        raise RuleBroken(reasons)
