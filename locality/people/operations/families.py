"""Families: who belongs together, since when."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from locality.access import grants
from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason, Part
from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.errors import Conflict, NotFound, Reason
from locality.kernel.ids import FamilyId, PersonId, new_id, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people.models import Family, FamilyMember
from locality.people.operations.persons import SENT_ALREADY, NewPerson, enter_person

# Somebody's own emergency, own note or own oversight is not the family's, and does not pass to a newcomer.
_PERSONAL = (GrantReason.BREAK_GLASS, GrantReason.RECORDED_IT)


@dataclass(frozen=True, slots=True)
class _Holding:
    principal_id: uuid.UUID
    reason: GrantReason
    parts: frozenset[Part]
    record_id: uuid.UUID
    until_at: dt.datetime | None


def create_family(
    uow: UnitOfWork,
    *,
    name: str,
    members: Iterable[PersonId],
    family_id: FamilyId | None = None,
    from_on: dt.date | None = None,
) -> FamilyId:
    """Make a family of people who are on record, under a name to call it by ("Adeyemi").

    ``from_on`` (today, unless given) is since when they belong to it. Making the same ``family_id`` again changes
    nothing; ``Conflict`` when it is that of a family to which these people never belonged.
    """
    made = family_id or FamilyId(new_id())
    people = list(dict.fromkeys(members))
    with elevated(uow.session, "a form sent twice must find the family it made"):
        if uow.session.execute(select(Family.id).where(Family.id == made)).first() is not None:
            belonged = select(FamilyMember.person_id).where(FamilyMember.family_id == made)
            if not set(people) <= set(uow.session.execute(belonged).scalars()):
                raise Conflict([Reason(None, SENT_ALREADY)])
            return made
    reference = next_reference(uow.session, "FA")
    row = {"id": made, "reference": reference, "name": name, "about": people, "created_at": uow.now, "version": 1}
    uow.session.execute(insert(Family), [row])
    _insert_members(uow, made, people, from_on)
    log.record(uow, "family.made", subjects=people, record=("family", made))
    return made


def add_to_family(
    uow: UnitOfWork,
    family_id: FamilyId,
    person_id: PersonId,
    *,
    from_on: dt.date | None = None,
    newly_entered: bool = False,
) -> None:
    """Add somebody to a family; those who may see the family may see the newcomer.

    A person entered for this family (``newly_entered``) opens as far as its other members do; somebody who was on
    record before opens only by identity, because their own record may hold what this family's workers must not see.
    Raises ``NotFound`` for a family that is not there, ``Conflict`` for somebody who belongs to it already.
    """
    family = _locked(uow, family_id)
    if person_id in family.about:
        raise Conflict([Reason("person", "This person belongs to the family already")])
    holdings = _holdings(uow, family.about)
    _insert_members(uow, family_id, [person_id], from_on)
    _set_about(uow, family_id, [*family.about, person_id])
    _open(uow, person_id, holdings, newly_entered=newly_entered)
    log.record(uow, "family.joined", subjects=[person_id], record=("family", family_id))


def enter_into_family(uow: UnitOfWork, family_id: FamilyId, new: NewPerson) -> PersonId:
    """Enter somebody who belongs to a family; sending the form again changes nothing and opens nothing.

    Raises as ``enter_person`` and ``add_to_family`` do.
    """
    entered = enter_person(uow, new)
    if entered.is_new:
        add_to_family(uow, family_id, entered.id, newly_entered=True)
    return entered.id


def leave_family(uow: UnitOfWork, family_id: FamilyId, person_id: PersonId, *, until_on: dt.date | None = None) -> None:
    """End somebody's time in a family. What others may see of them stays until the work that gave it ends."""
    family = _locked(uow, family_id)
    if person_id not in family.about:
        raise NotFound("This person does not belong to the family")
    if len(family.about) == 1:
        raise Conflict([Reason(None, "A family needs at least one person")])
    uow.session.execute(
        update(FamilyMember)
        .where(
            FamilyMember.family_id == family_id, FamilyMember.person_id == person_id, FamilyMember.until_on.is_(None)
        )
        .values(until_on=func.greatest(FamilyMember.from_on, until_on or uow.today))
        .execution_options(synchronize_session=False)
    )
    _set_about(uow, family_id, [member for member in family.about if member != person_id])
    log.record(uow, "family.left", subjects=[person_id], record=("family", family_id))


def rename_family(uow: UnitOfWork, family_id: FamilyId, *, name: str) -> None:
    """Call a family by another name."""
    family = _locked(uow, family_id)
    if family.name != name:
        uow.session.execute(
            update(Family)
            .where(Family.id == family_id)
            .values(name=name, version=Family.version + 1)
            .execution_options(synchronize_session=False)
        )
        log.record(uow, "family.renamed", subjects=family.about, record=("family", family_id))


def open_as(uow: UnitOfWork, person_id: PersonId, *, like: PersonId) -> None:
    """Open somebody just entered to everybody who may see another, as far as that other: a twin like a twin."""
    _open(uow, person_id, _holdings(uow, [like]), newly_entered=True)


def _open(uow: UnitOfWork, person_id: PersonId, holdings: Iterable[_Holding], *, newly_entered: bool) -> None:
    for holding in holdings:
        parts = holding.parts if newly_entered else holding.parts & {Part.IDENTITY}
        if parts:
            grants.give(
                uow,
                [person_id],
                principal=holding.principal_id,
                reason=holding.reason,
                record=holding.record_id,
                parts=parts,
                until_at=holding.until_at,
            )


def _locked(uow: UnitOfWork, family_id: FamilyId) -> Family:
    found = uow.session.execute(
        select(Family).where(Family.id == family_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such family, or none that you may see")
    return found


def _insert_members(uow: UnitOfWork, family_id: FamilyId, people: Sequence[uuid.UUID], from_on: dt.date | None) -> None:
    rows = [
        {
            "id": new_id(),
            "family_id": family_id,
            "person_id": person,
            "from_on": from_on or uow.today,
            "until_on": None,
        }
        for person in people
    ]
    if rows:
        uow.session.execute(insert(FamilyMember), rows)


def _set_about(uow: UnitOfWork, family_id: FamilyId, about: list[uuid.UUID]) -> None:
    uow.session.execute(
        update(Family)
        .where(Family.id == family_id)
        .values(about=about, version=Family.version + 1)
        .execution_options(synchronize_session=False)
    )


def _holdings(uow: UnitOfWork, people: Iterable[uuid.UUID]) -> list[_Holding]:
    """Who holds the family now, once for each principal and record, with all parts that they hold of anybody in it."""
    with elevated(uow.session, "who may see a family, to let them see its new member"):
        rows = uow.session.execute(
            select(
                AccessGrant.principal_id, AccessGrant.reason, AccessGrant.parts, AccessGrant.record_id,
                AccessGrant.until_at,
            ).where(
                AccessGrant.person_id.in_(list(people)),
                AccessGrant.reason.not_in(_PERSONAL),
                AccessGrant.linked_from.is_(None),  # what came by a link ends with it, and passes to nobody
                AccessGrant.until_at.is_(None) | (AccessGrant.until_at > uow.now),
            )
        ).all()  # fmt: skip
    found: dict[tuple[uuid.UUID, GrantReason, uuid.UUID], _Holding] = {}
    for row in rows:
        key = (row.principal_id, row.reason, row.record_id)
        parts = frozenset(Part(part) for part in row.parts)
        before = found.get(key)
        found[key] = _Holding(
            row.principal_id, row.reason, parts | before.parts if before else parts, row.record_id, row.until_at
        )
    return list(found.values())
