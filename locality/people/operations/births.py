"""A birth: the expected baby becomes a born child under the same reference; a twin joins with the same ties."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select

from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import FamilyId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import FamilyMember, ParentalResponsibility, Relationship
from locality.people.operations.families import add_to_family, open_as
from locality.people.operations.persons import NewPerson, PersonFacts, edit_person, enter_person
from locality.people.operations.story import note_story
from locality.people.queries.persons import PersonRecord, get_person
from locality.people.rules.codes import PersonKind, RelationKind, Sex, StoryKind, UpnUnknown
from locality.people.rules.dates import reasons_against_birth
from locality.web.formats import day


@dataclass(frozen=True, slots=True)
class Newborn:
    """One baby: names as the family gives them, sex, and the NHS number where there is one already (tidied)."""

    given_name: str
    family_name: str
    sex: Sex
    nhs_number: str | None = None
    id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A birth of one or several babies on one day; ``babies`` begins with the one who was on record as expected."""

    person_id: PersonId
    seen_version: int
    born_on: dt.date
    babies: Sequence[Newborn]


def record_birth(uow: UnitOfWork, birth: Birth) -> tuple[PersonId, ...]:
    """Turn an expected baby into a born child, and enter those born with them; gives back all of them.

    The twins get the expected baby's family, relations and parental responsibility, and whoever may see the one may see
    the others. Raises ``NotFound``, ``RuleBroken`` for a date that cannot be, ``Conflict`` when the birth is on record.
    """
    expected = get_person(uow.session, birth.person_id)
    if expected.due_on is None:
        raise Conflict([Reason(None, "This birth is on record already")])
    reasons = reasons_against_birth(birth.born_on, due_on=expected.due_on, today=uow.today)
    if reasons:
        raise RuleBroken(reasons)
    first, *others = birth.babies
    edit_person(uow, birth.person_id, seen_version=birth.seen_version, facts=_born(expected, first, birth.born_on))
    born = [birth.person_id, *(_enter_twin(uow, expected, baby, birth.born_on) for baby in others)]
    line = f"Born on {day(birth.born_on)}" + (f", one of {len(born)}" if others else "")
    note_story(uow, born, happened_on=birth.born_on, kind=StoryKind.FAMILY, line=line)
    log.record(uow, "birth.recorded", subjects=born, record=("person", birth.person_id), detail={"babies": len(born)})
    return tuple(born)


def _born(expected: PersonRecord, baby: Newborn, born_on: dt.date) -> PersonFacts:
    facts = PersonFacts(**{name: getattr(expected, name) for name in PersonFacts.__dataclass_fields__})
    return replace(
        facts,
        given_name=baby.given_name,
        family_name=baby.family_name,
        sex=baby.sex,
        born_on=born_on,
        due_on=None,
        nhs_number=baby.nhs_number,
        upn_unknown=UpnUnknown.NOT_OF_SCHOOL_AGE if expected.upn is None else None,
    )


def _enter_twin(uow: UnitOfWork, expected: PersonRecord, baby: Newborn, born_on: dt.date) -> PersonId:
    new = NewPerson(
        id=baby.id,
        kind=PersonKind.CHILD,
        given_name=baby.given_name,
        family_name=baby.family_name,
        sex=baby.sex,
        born_on=born_on,
        nhs_number=baby.nhs_number,
        ethnicity=expected.ethnicity,
        religion=expected.religion,
        first_language=expected.first_language,
        interpreter_needed=expected.interpreter_needed,
        upn_unknown=UpnUnknown.NOT_OF_SCHOOL_AGE,
    )
    entered = enter_person(uow, new)
    if not entered.is_new:
        raise Conflict([Reason(None, "This birth is on record already")])
    families = (
        uow.session.execute(
            select(FamilyMember.family_id).where(FamilyMember.person_id == expected.id, FamilyMember.until_on.is_(None))
        )
        .scalars()
        .all()
    )
    if not families:
        open_as(uow, entered.id, like=expected.id)
    for family_id in families:
        add_to_family(uow, FamilyId(family_id), entered.id, from_on=born_on)
    _copy_ties(uow, expected.id, entered.id)
    return entered.id


def _copy_ties(uow: UnitOfWork, twin: PersonId, newcomer: PersonId) -> None:
    """The same relations and responsibility as the twin's, and that they are brother or sister."""
    with elevated(uow.session, "a twin has the same relatives, those whom the worker may not see too"):
        ties = uow.session.execute(
            select(Relationship.person_id, Relationship.other_id, Relationship.kind, Relationship.from_on).where(
                (Relationship.person_id == twin) | (Relationship.other_id == twin), Relationship.until_on.is_(None)
            )
        ).all()
        held = uow.session.execute(
            select(
                ParentalResponsibility.adult_id,
                ParentalResponsibility.basis,
                ParentalResponsibility.limits,
                ParentalResponsibility.from_on,
            ).where(ParentalResponsibility.child_id == twin, ParentalResponsibility.until_on.is_(None))
        ).all()
    rows = [
        {
            "person_id": newcomer if tie.person_id == twin else tie.person_id,
            "other_id": newcomer if tie.other_id == twin else tie.other_id,
            "kind": tie.kind,
            "from_on": tie.from_on,
        }
        for tie in ties
    ]
    rows.append({"person_id": twin, "other_id": newcomer, "kind": RelationKind.SIBLING, "from_on": None})
    common = {"until_on": None, "recorded_at": uow.now}
    uow.session.execute(insert(Relationship), [row | common | {"id": new_id()} for row in rows])
    if held:
        uow.session.execute(
            insert(ParentalResponsibility),
            [row._asdict() | common | {"id": new_id(), "child_id": newcomer} for row in held],
        )
