"""Entering people and putting their details right."""

import datetime as dt
from dataclasses import dataclass, fields
from enum import StrEnum

from sqlalchemy import insert, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.constraints import say
from locality.kernel.db import JsonObject
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import PersonId, new_id, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people.models import Person, PersonEarlier
from locality.people.queries.persons import get_person
from locality.people.rules.codes import (
    Ethnicity,
    GenderIdentity,
    NhsStatus,
    PersonKind,
    Sex,
    UpnUnknown,
    reasons_against_disabilities,
)  # fmt: skip
from locality.people.rules.dates import Life, reasons_against_life
from locality.people.rules.identifiers import reasons_against_identifiers
from locality.people.rules.names import reasons_against_names

SENT_ALREADY = "This form has been sent already. Open it again"

say("person_pkey", field=None, message=SENT_ALREADY)

# How long the front door keeps a person in hand whom it entered without a contact.
_IN_HAND = dt.timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What a person's record says. Leave out what is not known; names may all be empty.

    ``due_on`` is for a baby who is expected, instead of ``born_on``. ``nhs_number`` and ``upn`` come tidied
    (``rules.identifiers``). ``disabilities`` are codes of ``Disability``.
    """

    kind: PersonKind
    given_name: str = ""
    family_name: str = ""
    known_as: str = ""
    previous_names: tuple[str, ...] = ()
    sex: Sex = Sex.UNKNOWN
    gender_identity: GenderIdentity | None = None
    born_on: dt.date | None = None
    born_on_estimated: bool = False
    due_on: dt.date | None = None
    died_on: dt.date | None = None
    ethnicity: Ethnicity = Ethnicity.NOBT
    religion: str = ""
    first_language: str = ""
    interpreter_needed: bool | None = None
    disabilities: tuple[str, ...] = ()
    nhs_number: str | None = None
    nhs_status: NhsStatus = NhsStatus.ABSENT
    upn: str | None = None
    former_upns: tuple[str, ...] = ()
    upn_unknown: UpnUnknown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson(PersonFacts):
    """Somebody to enter. ``id`` is the form's own id, so that sending a form twice enters one person.

    ``la_child_id`` is the identifier under which another system sent them; no two people share one.
    """

    id: PersonId | None = None
    la_child_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Whom a form entered. Only somebody who ``is_new`` may be opened to anybody for having been entered."""

    id: PersonId
    is_new: bool


def create_person(uow: UnitOfWork, new: NewPerson) -> PersonId:
    """Enter somebody and give them a reference; grants are the caller's business, and need ``enter_person``.

    Raises as ``enter_person`` does.
    """
    return enter_person(uow, new).id


def enter_person(uow: UnitOfWork, new: NewPerson) -> Entered:
    """Enter somebody and give them a reference, and say whether that was now or when the form was sent before.

    The form's id comes from outside and may be anybody's: ``Conflict`` when it is that of somebody whom this account
    did not enter. Raises ``RuleBroken`` for dates, codes or identifiers that cannot be.
    """
    person_id = new.id or PersonId(new_id())
    with elevated(uow.session, "a form sent twice must find the person it entered"):
        before = uow.session.execute(select(Person.entered_by).where(Person.id == person_id)).one_or_none()
    if before is not None:
        if before.entered_by != uow.actor.account_id:
            raise Conflict([Reason(None, SENT_ALREADY)])
        return Entered(person_id, is_new=False)
    _check(new, uow.today)
    values = _values(new) | {
        "id": person_id,
        "reference": next_reference(uow.session, "PE"),
        "la_child_id": new.la_child_id,
        "entered_by": uow.actor.account_id,
        "created_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(Person), [values])
    log.record(
        uow, "person.entered", subjects=[person_id], record=("person", person_id), detail={"kind": new.kind.value}
    )
    return Entered(person_id, is_new=True)


def enter_at_front_door(uow: UnitOfWork, new: NewPerson) -> PersonId:
    """Enter somebody from the front door's own page; the front door keeps them in hand for four weeks."""
    entered = enter_person(uow, new)
    if entered.is_new:
        grants.give(
            uow,
            [entered.id],
            principal=FRONT_DOOR,
            reason=GrantReason.FRONT_DOOR,
            record=entered.id,
            until_at=uow.now + _IN_HAND,
        )
    return entered.id


def edit_person(uow: UnitOfWork, person_id: PersonId, *, seen_version: int, facts: PersonFacts) -> None:
    """Put a person's details right; what they said before is kept.

    Raises ``NotFound``, ``RuleBroken``, or ``Conflict`` when somebody saved after the editor's page was made.
    """
    before = get_person(uow.session, person_id)
    _check(facts, uow.today)
    values = _values(facts)
    changed = [name for name, value in values.items() if _plain(getattr(before, name)) != _plain(value)]
    if not changed:
        return
    saved = uow.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.version == seen_version)
        .values({name: values[name] for name in changed} | {"version": seen_version + 1})
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict([Reason(None, "Somebody else changed this record while you were writing")])
    uow.session.execute(
        insert(PersonEarlier),
        [
            {
                "id": new_id(),
                "person_id": person_id,
                "version": seen_version,
                "facts": _earlier(before, changed),
                "changed_at": uow.now,
                "changed_by": uow.actor.account_id,
                "changed_by_name": uow.actor.name,
            }
        ],
    )
    log.record(uow, "person.edited", subjects=[person_id], record=("person", person_id), detail={"fields": changed})


def _check(facts: PersonFacts, today: dt.date) -> None:
    life = Life(kind=facts.kind, sex=facts.sex, born_on=facts.born_on, due_on=facts.due_on, died_on=facts.died_on)
    reasons = (
        *reasons_against_names(
            given_name=facts.given_name,
            family_name=facts.family_name,
            known_as=facts.known_as,
            previous_names=max(facts.previous_names, key=len, default=""),
        ),
        *reasons_against_life(life, today),
        *reasons_against_disabilities(facts.disabilities),
        *reasons_against_identifiers(nhs_number=facts.nhs_number, upn=facts.upn, former_upns=facts.former_upns),
    )
    if reasons:
        raise RuleBroken(reasons)


_FACTS = tuple(field.name for field in fields(PersonFacts))
_LISTS = ("previous_names", "disabilities", "former_upns")


def _values(facts: PersonFacts) -> dict[str, object]:
    values = {name: getattr(facts, name) for name in _FACTS}
    values |= {name: list(values[name]) for name in _LISTS}
    if facts.nhs_number is None:
        values["nhs_status"] = NhsStatus.ABSENT
    elif facts.nhs_status is NhsStatus.ABSENT:
        values["nhs_status"] = NhsStatus.NOT_TRACED
    return values


def _earlier(before: object, changed: list[str]) -> JsonObject:
    return {name: _plain(getattr(before, name)) for name in changed}


def _plain(value: object) -> object:
    """A value as JSON keeps it, so that what was and what is can be compared."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, list | tuple) else value
