"""Naming people in a contact: somebody on record already, or somebody entered now."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from locality.access.scope import elevated
from locality.clusters import api as clusters
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import ContactId, PersonId, SchoolId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.operations.commands import NamedChild, NewContact
from locality.referrals.operations.contacts import (
    add_adult,
    add_child,
    contact_is_recorded,
    insert_contact,
    lock_contact,
)
from locality.referrals.operations.holding import refuse_if_held_by_another
from locality.referrals.operations.likely import note_likely
from locality.referrals.operations.told import keep_told

_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """Somebody as they were named at the front door. ``existing`` is set when they are on record already.

    ``address`` has a line each; ``hide_address`` when it, and the numbers of who lives there, must never be given away.
    ``disabilities`` are codes of ``people.Disability``; ``nhs_number`` comes tidied.
    """

    existing: PersonId | None = None
    given_name: str = ""
    family_name: str = ""
    known_as: str = ""
    born_on: dt.date | None = None
    due_on: dt.date | None = None
    sex: people.Sex = people.Sex.UNKNOWN
    ethnicity: people.Ethnicity = people.Ethnicity.NOBT
    disabilities: tuple[str, ...] = ()
    first_language: str = ""
    interpreter_needed: bool | None = None
    nhs_number: str | None = None
    address: str = ""
    postcode: str | None = None
    hide_address: bool = False
    school_id: SchoolId | None = None
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAdult(ToldPerson):
    """An adult as named at the front door, and who they are to the children of the contact."""

    relation: people.RelationKind


def receive_contact(
    uow: UnitOfWork, command: NewContact, *, children: Sequence[ToldPerson], adults: Sequence[ToldAdult] = ()
) -> ContactId:
    """Record a contact about everybody whom it names, on record already or entered now; once for a ``contact_id``.

    ``command.children`` is made here from ``children``. Newcomers join one family: that of the first child who is on
    record and belongs to one, else a new one. The actor may be somebody without an account; only people whom the
    actor may see can be named as ``existing``. Raises ``NotFound`` for others and ``RuleBroken``.
    """
    if contact_is_recorded(uow, command.contact_id):
        return command.contact_id
    if not children:
        raise RuleBroken([Reason(None, "Name at least one child")])
    _refuse_unseen(uow, [*children, *adults])
    with elevated(uow.session, "whoever asks for help enters people whom the front door sees, and they do not"):
        told = {_person(uow, child, people.PersonKind.CHILD): child for child in children}
        named = tuple(NamedChild(who, known_before=child.existing is not None) for who, child in told.items())
        insert_contact(uow, replace(command, children=named))
        grown = {_person(uow, adult, people.PersonKind.ADULT): adult for adult in adults}
        _gather(uow, list(told), [who for who, each in {**told, **grown}.items() if each.existing is None])
        for who, adult in grown.items():
            _name_adult(uow, command.contact_id, who, adult, told)
        _settle(uow, {**told, **grown})
        note_likely(uow, command.contact_id, [who for who, child in told.items() if child.existing is None])
    keep_told(
        uow,
        command.contact_id,
        told,
        shown=command.shown,
        known_told=command.known_told,
        answers_told=command.answers_told,
    )
    return command.contact_id


def record_contact(uow: UnitOfWork, command: NewContact, child: ToldPerson) -> ContactId:
    """Record a contact about one child, entered now or on record; a form sent twice makes one of each."""
    return receive_contact(uow, command, children=[child])


def name_child(uow: UnitOfWork, contact_id: ContactId, child: ToldPerson) -> PersonId:
    """Name one child more in a contact. Raises ``NotFound``, ``RuleBroken``, ``Conflict``."""
    contact = lock_contact(uow, contact_id)
    refuse_if_held_by_another(uow, contact)
    first = PersonId(contact.about[0])
    person_id = _person(uow, child, people.PersonKind.CHILD)
    add_child(uow, contact_id, person_id=person_id, known_before=child.existing is not None)
    if child.existing is None:
        _settle(uow, {person_id: child})
        _join_family(uow, first, person_id)
        note_likely(uow, contact_id, [person_id])
    keep_told(uow, contact_id, {person_id: child})
    return person_id


def name_adult(uow: UnitOfWork, contact_id: ContactId, adult: ToldPerson, *, relation: people.RelationKind) -> PersonId:
    """Name an adult in a contact and say who they are to its children. Raises as ``name_child`` does."""
    contact = lock_contact(uow, contact_id)
    refuse_if_held_by_another(uow, contact)
    person_id = _person(uow, adult, people.PersonKind.ADULT)
    known = adult.existing is not None
    add_adult(uow, contact_id, person_id=person_id, relationship=people.RELATIONS[relation], known_before=known)
    if not known:
        _settle(uow, {person_id: adult})
        _join_family(uow, PersonId(contact.about[0]), person_id)
        for child in contact.about:
            people.record_relationship(
                uow, people.NewRelationship(person_id=person_id, other_id=PersonId(child), kind=relation)
            )
    return person_id


def _refuse_unseen(uow: UnitOfWork, told: Iterable[ToldPerson]) -> None:
    """Refuse people on record whom the actor may not see: an id from outside could be anybody's."""
    existing = {each.existing for each in told if each.existing is not None}
    if existing and existing - people.summaries(uow.session, existing).keys():
        raise NotFound("There is no such person, or none that you may see")


def _person(uow: UnitOfWork, told: ToldPerson, kind: people.PersonKind) -> PersonId:
    if told.existing is not None:
        return told.existing
    return people.create_person(
        uow,
        people.NewPerson(
            kind=kind,
            given_name=told.given_name,
            family_name=told.family_name,
            known_as=told.known_as,
            born_on=told.born_on,
            due_on=told.due_on,
            sex=people.Sex.UNKNOWN if told.due_on else told.sex,
            ethnicity=told.ethnicity,
            disabilities=told.disabilities,
            first_language=told.first_language,
            interpreter_needed=told.interpreter_needed,
            nhs_number=told.nhs_number,
        ),
    )


def _name_adult(
    uow: UnitOfWork, contact_id: ContactId, who: PersonId, adult: ToldAdult, children: dict[PersonId, ToldPerson]
) -> None:
    known = adult.existing is not None
    words = people.RELATIONS[adult.relation]
    add_adult(uow, contact_id, person_id=who, relationship=words, known_before=known)
    for child, told in children.items():
        if not known or told.existing is None:  # between two who are on record, the record says it
            tie = people.NewRelationship(person_id=who, other_id=child, kind=adult.relation)
            people.record_relationship(uow, tie)


def _settle(uow: UnitOfWork, told: dict[PersonId, ToldPerson]) -> None:
    """Keep where newcomers live, go to school and can be reached, as far as it was told; one home once.

    Of somebody on record only the address is kept, beside what is known: which is right is found out with the family.
    """
    homes: dict[tuple[tuple[str, ...], str | None, bool], list[PersonId]] = {}
    for who, each in told.items():
        lines, known = tuple(line.strip() for line in each.address.splitlines() if line.strip()), bool(each.existing)
        if lines or each.postcode:
            homes.setdefault((lines, each.postcode, known), []).append(who)
    for (lines, postcode, known), who_live in homes.items():
        hidden = any(told[who].hide_address for who in who_live)
        new = people.NewAddress(people=who_live, lines=lines, postcode=postcode, do_not_disclose=hidden, beside=known)
        people.record_address(uow, new)
    _enrol_and_reach(uow, {who: each for who, each in told.items() if each.existing is None})


def _enrol_and_reach(uow: UnitOfWork, newcomers: dict[PersonId, ToldPerson]) -> None:
    for who, each in newcomers.items():
        if each.school_id is not None:
            clusters.enrol(uow, person_id=who, school_id=each.school_id, from_on=uow.today)
        for kind, value in ((people.ContactKind.PHONE, each.phone), (people.ContactKind.EMAIL, each.email)):
            if value:
                point = people.NewContactPoint(person_id=who, kind=kind, value=value, do_not_disclose=each.hide_address)
                people.record_contact_point(uow, point)


def _gather(uow: UnitOfWork, children: Sequence[PersonId], newcomers: Sequence[PersonId]) -> None:
    """Let everybody entered now belong to one family, with the children on record where they have one."""
    if not newcomers:
        return
    known = [child for child in children if child not in newcomers]
    family_id = next((found for child in known if (found := people.family_of(uow.session, child))), None)
    if family_id is not None:
        for newcomer in newcomers:
            people.add_to_family(uow, family_id, newcomer, newly_entered=True)
        return
    names = people.summaries(uow.session, children)
    name = next((s.family_name or s.given_name for c in children if (s := names[c]).family_name or s.given_name), "")
    people.create_family(uow, name=name or "Not known", members=[*known[:1], *newcomers])


def _join_family(uow: UnitOfWork, known: PersonId, newcomer: PersonId) -> None:
    """Let somebody entered now belong to the family of the child who was named first."""
    with elevated(uow.session, "the family of the children in a contact, to which a newcomer belongs"):
        _gather(uow, [known], [newcomer])
