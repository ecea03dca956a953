"""Whom a practitioner asks for: a child on record, or the children of a family, from whose page they came."""

import uuid
from dataclasses import dataclass

from flask import abort, request
from sqlalchemy.orm import Session

from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.asking.rules.flow import MOST_ITEMS
from locality.asking.rules.typing import ON_RECORD, Texts
from locality.asking.views.blueprint import bound_session
from locality.audit import log as audit
from locality.kernel.actor import NOBODY
from locality.kernel.ids import FamilyId, PersonId
from locality.kernel.uow import finish_read
from locality.people import api as people
from locality.web.signed_in import current_actor


@dataclass(frozen=True, slots=True)
class AskedFor:
    """The children on record, at least one, and how to say for whom: "Leah Adeyemi (PE-...)", "family Adeyemi"."""

    children: tuple[people.PersonSummary, ...]
    words: str


def asked_for() -> AskedFor | None:
    """Whom ``?for=`` (a child, or an adult of a family) or ``?family=`` names, if the reader may see them.

    404 for somebody else; None without either, for somebody signed out, and for a family without children to be seen.
    That they were shown is noted.
    """
    person, family, actor = request.args.get("for", ""), request.args.get("family", ""), current_actor()
    if not (person or family) or actor is NOBODY:
        return None
    session = bound_session()
    found = _of_person(session, PersonId(_id(person))) if person else _of_family(session, FamilyId(_id(family)))
    if found is not None:
        subjects = [child.id for child in found.children]
        audit.record_read(session, actor, "page.asking.start_professional", subjects=subjects)
        finish_read(session)
    return found


def as_known(child: people.PersonSummary) -> Texts:
    """A child on record as the answers of the child's page, marked so that nobody changes them there."""
    texts = {ON_RECORD: [str(child.id)], "given_name": [child.given_name], "family_name": [child.family_name]}
    texts["is_born"] = ["no" if child.is_unborn else "yes"]
    name, date = ("due_on", child.due_on) if child.is_unborn else ("born_on", child.born_on)
    if date is not None:
        texts |= {f"{name}-day": [str(date.day)], f"{name}-month": [str(date.month)], f"{name}-year": [str(date.year)]}
    return texts


def _of_person(session: Session, person_id: PersonId) -> AskedFor | None:
    actor = current_actor()
    facts = people.access_facts(session, actor, person_id=person_id)
    person = people.summaries(session, [person_id]).get(person_id)
    if person is None or not allows(Permission.PERSON_VIEW, actor, facts):
        abort(404)
    if person.kind is people.PersonKind.CHILD:
        return AskedFor((person,), f"{person.name} ({person.reference})")
    family_id = people.family_of(session, person_id)
    return None if family_id is None else _of_family(session, family_id)


def _of_family(session: Session, family_id: FamilyId) -> AskedFor | None:
    actor = current_actor()
    facts = people.family_facts(session, actor, family_id=family_id)
    if facts is None or not allows(Permission.FAMILY_VIEW, actor, facts):
        abort(404)
    children = people.children_in(people.family_members(session, family_id))[:MOST_ITEMS]
    names = ", ".join(child.name for child in children)
    return AskedFor(children, f"family {people.get_family(session, family_id).name}: {names}") if children else None


def _id(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        abort(404)
