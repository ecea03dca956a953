"""Recording who is related, and who holds parental responsibility."""

import uuid
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound, Reason
from locality.kernel.ids import PersonId, find_reference
from locality.kernel.uow import unit_of_work
from locality.people.forms.ties import NO_PERSON, ActionForm, ChoosePersonForm, RelationshipForm, ResponsibilityForm
from locality.people.operations.ties import (
    end_parental_responsibility,
    end_relationship,
    give_parental_responsibility,
    record_relationship,
)
from locality.people.queries.families import around, family_people
from locality.people.queries.persons import PersonSummary, access_facts, find_by_reference
from locality.people.rules.codes import PersonKind
from locality.people.views.blueprint import about_person, blueprint
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor


@blueprint.route("/people/<uuid:person_id>/relationships/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT, facts=access_facts, reads=Part.IDENTITY)
def new_relationship(person_id: PersonId) -> ResponseReturnValue:
    """Record who somebody is to this person."""
    about = about_person(person_id)
    form = RelationshipForm()
    form.offer(_people_of(about))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                record_relationship(uow, form.to_command(person_id, _chosen(form)))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The relationship has been recorded")
            return _back(person_id)
    return page.render("people/new_relationship.html", **about, form=form)


@blueprint.post("/people/<uuid:person_id>/relationships/<uuid:relationship_id>/end")
@requires(Permission.PERSON_EDIT, facts=access_facts)
def stop_relationship(person_id: PersonId, relationship_id: uuid.UUID) -> ResponseReturnValue:
    """End a relationship today."""
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                end_relationship(uow, relationship_id, of=person_id)
        except NotFound:
            flash("That relationship had ended already")
        else:
            flash("The relationship has ended")
    return _back(person_id)


@blueprint.route("/people/<uuid:person_id>/responsibility/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT, facts=access_facts, reads=Part.IDENTITY)
def new_responsibility(person_id: PersonId) -> ResponseReturnValue:
    """Record who holds parental responsibility for this child."""
    about = about_person(person_id)
    if about["person"].kind is not PersonKind.CHILD:
        raise NotFound("Nobody holds parental responsibility for an adult")
    form = ResponsibilityForm()
    form.offer(_people_of(about, adults_first=True))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                give_parental_responsibility(uow, form.to_command(person_id, _chosen(form)))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("Parental responsibility has been recorded")
            return _back(person_id)
    return page.render("people/new_responsibility.html", **about, form=form)


@blueprint.post("/people/<uuid:person_id>/responsibility/<uuid:responsibility_id>/end")
@requires(Permission.PERSON_EDIT, facts=access_facts)
def stop_responsibility(person_id: PersonId, responsibility_id: uuid.UUID) -> ResponseReturnValue:
    """End parental responsibility today."""
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                end_parental_responsibility(uow, responsibility_id, child_id=person_id)
        except NotFound:
            flash("That parental responsibility had ended already")
        else:
            flash("The parental responsibility has ended")
    return _back(person_id)


def _people_of(about: dict[str, Any], *, adults_first: bool = False) -> tuple[PersonSummary, ...]:
    """Whom to offer: those of the family, and those already related."""
    session, person = db.session(), about["person"]
    found = {one.id: one for one in family_people(session, [family.id for family in person.families])}
    found |= {tie.other.id: tie.other for tie in around(session, person.id).ties}
    found.pop(person.id, None)
    people = sorted(found.values(), key=lambda one: (one.kind is PersonKind.CHILD) == adults_first)
    return tuple(people)


def _chosen(form: ChoosePersonForm) -> PersonId:
    """Who was chosen; by reference, somebody whom the actor may see. Raises ``NotFound`` beside the field."""
    chosen = form.chosen()
    if chosen is not None:
        return chosen
    found = find_by_reference(db.session(), find_reference(form.reference.data or "") or "")
    if found is None:
        raise NotFound([Reason("reference", NO_PERSON)])
    return found.id


def _back(person_id: PersonId) -> ResponseReturnValue:
    return redirect(url_for("people.people_around", person_id=person_id))
