"""Naming people in a contact: somebody on record already, or somebody entered now."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import func, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.clusters import api as clusters
from locality.kernel.errors import Conflict, Reason
from locality.kernel.ids import ContactId, PersonId, SchoolId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import Contact, ContactChild, ContactReferrer
from locality.referrals.operations.commands import NamedChild, NewContact
from locality.referrals.operations.contacts import (
    add_adult,
    add_child,
    contact_is_recorded,
    create_contact,
    lock_contact,
)

_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """Somebody as they were named at the front door. ``existing`` is set when they are on record already."""

    existing: PersonId | None = None
    given_name: str = ""
    family_name: str = ""
    born_on: dt.date | None = None
    due_on: dt.date | None = None
    sex: people.Sex = people.Sex.UNKNOWN
    address: str = ""
    postcode: str | None = None
    school_id: SchoolId | None = None
    phone: str = ""


def record_contact(uow: UnitOfWork, command: NewContact, child: ToldPerson) -> ContactId:
    """Record a contact about one child, entered now or on record; a form sent twice makes one of each."""
    if contact_is_recorded(uow, command.contact_id):
        return command.contact_id
    person_id = _person(uow, child, people.PersonKind.CHILD)
    named = NamedChild(person_id, known_before=child.existing is not None)
    contact_id = create_contact(uow, _with_child(command, named))
    if child.existing is None:
        _settle(uow, person_id, child)
        people.create_family(uow, name=child.family_name or child.given_name or "Not known", members=[person_id])
    return contact_id


def name_child(uow: UnitOfWork, contact_id: ContactId, child: ToldPerson) -> PersonId:
    """Name one child more in a contact. Raises ``NotFound``, ``RuleBroken``, ``Conflict``."""
    contact = lock_contact(uow, contact_id)
    first = PersonId(contact.about[0])
    person_id = _person(uow, child, people.PersonKind.CHILD)
    add_child(uow, contact_id, person_id=person_id, known_before=child.existing is not None)
    if child.existing is None:
        _settle(uow, person_id, child)
        _join_family(uow, first, person_id)
    return person_id


def name_adult(uow: UnitOfWork, contact_id: ContactId, adult: ToldPerson, *, relation: people.RelationKind) -> PersonId:
    """Name an adult in a contact and say who they are to its children. Raises as ``name_child`` does."""
    contact = lock_contact(uow, contact_id)
    person_id = _person(uow, adult, people.PersonKind.ADULT)
    known = adult.existing is not None
    add_adult(uow, contact_id, person_id=person_id, relationship=people.RELATIONS[relation], known_before=known)
    if not known:
        _settle(uow, person_id, adult)
        _join_family(uow, PersonId(contact.about[0]), person_id)
        for child in contact.about:
            people.record_relationship(
                uow, people.NewRelationship(person_id=person_id, other_id=PersonId(child), kind=relation)
            )
    return person_id


def use_existing(uow: UnitOfWork, contact_id: ContactId, *, child: PersonId, instead: PersonId) -> None:
    """Say that a child of a contact is somebody on record already: the contact is about that child from now on.

    Raises ``NotFound``, or ``Conflict`` when the child has been decided or the other is named already.
    """
    contact = lock_contact(uow, contact_id)
    if instead in contact.about:
        raise Conflict([Reason(None, "This child is named in the contact already")])
    grants.give(uow, [instead], principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=contact_id)
    changed = uow.session.execute(
        update(ContactChild)
        .where(
            ContactChild.contact_id == contact_id,
            ContactChild.person_id == child,
            ContactChild.outcome.is_(None),
        )
        .values(person_id=instead, known_before=True, version=ContactChild.version + 1),
        execution_options=_QUIETLY,
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict([Reason(None, "This child has been decided, or is no longer named in the contact")])
    for table, key in ((Contact, Contact.id), (ContactReferrer, ContactReferrer.contact_id)):
        uow.session.execute(
            update(table)
            .where(key == contact_id)
            .values(about=func.array_append(func.array_remove(table.about, child), instead)),
            execution_options=_QUIETLY,
        )
    people.note_story(
        uow,
        [instead],
        happened_on=uow.today,
        kind=people.StoryKind.CONTACT,
        line="The front door was contacted about this child, who was on record already.",
        record=("contact", contact_id),
    )
    audit.record(uow, "contact.child_recognised", subjects=[child, instead], record=("contact", contact_id))
    grants.end(uow, record=contact_id, people=[child])


def _person(uow: UnitOfWork, told: ToldPerson, kind: people.PersonKind) -> PersonId:
    if told.existing is not None:
        return told.existing
    return people.create_person(
        uow,
        people.NewPerson(
            kind=kind,
            given_name=told.given_name,
            family_name=told.family_name,
            born_on=told.born_on,
            due_on=told.due_on,
            sex=people.Sex.UNKNOWN if told.due_on else told.sex,
        ),
    )


def _settle(uow: UnitOfWork, person_id: PersonId, told: ToldPerson) -> None:
    """Keep where somebody lives, goes to school and can be reached, as far as it was told."""
    lines = tuple(line.strip() for line in told.address.splitlines() if line.strip())
    if lines or told.postcode:
        people.record_address(
            uow, people.NewAddress(people=[person_id], lines=lines, postcode=told.postcode, from_on=None)
        )
    if told.school_id is not None:
        clusters.enrol(uow, person_id=person_id, school_id=told.school_id, from_on=uow.today)
    if told.phone:
        people.record_contact_point(
            uow, people.NewContactPoint(person_id=person_id, kind=people.ContactKind.PHONE, value=told.phone)
        )


def _join_family(uow: UnitOfWork, known: PersonId, newcomer: PersonId) -> None:
    """Let somebody entered now belong to the family of the child who was named first."""
    with elevated(uow.session, "the family of the children in a contact, to which a newcomer belongs"):
        family_id = people.family_of(uow.session, known)
        if family_id is not None:
            people.add_to_family(uow, family_id, newcomer, newly_entered=True)
            return
        names = people.summaries(uow.session, [known])
    name = names[known].family_name if known in names else ""
    people.create_family(uow, name=name or "Not known", members=[known, newcomer])


def _with_child(command: NewContact, child: NamedChild) -> NewContact:
    return replace(command, children=(child,))
