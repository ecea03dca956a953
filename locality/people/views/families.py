"""Families: who belongs to one, making one, joining and leaving."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound, Reason
from locality.kernel.ids import FamilyId, PersonId, find_reference
from locality.kernel.uow import unit_of_work
from locality.people.forms.ties import NO_PERSON, ActionForm, JoinFamilyForm, NewFamilyForm
from locality.people.operations.families import add_to_family, create_family, leave_family
from locality.people.queries.families import family_facts, family_rows
from locality.people.queries.persons import access_facts, find_by_reference
from locality.people.queries.standing import age_words
from locality.people.views.blueprint import about_family, about_person, blueprint, today
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor


@blueprint.get("/families/<uuid:family_id>")
@requires(Permission.FAMILY_VIEW, facts=family_facts, reads=Part.IDENTITY)
def family(family_id: FamilyId) -> ResponseReturnValue:
    """Who belongs to a family, and who did."""
    about = about_family(family_id, tab="People")
    rows = family_rows(db.session(), family_id)
    return page.render(
        "people/family.html",
        **about,
        members=[row for row in rows if row.until_on is None],
        former=[row for row in rows if row.until_on is not None],
        age_of=lambda person: age_words(person, today()),
        form=ActionForm(),
        may_edit=may(Permission.FAMILY_EDIT),
    )


@blueprint.route("/people/<uuid:person_id>/families/new", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, facts=access_facts, reads=Part.IDENTITY)
def new_family(person_id: PersonId) -> ResponseReturnValue:
    """Make a family around somebody."""
    about = about_person(person_id)
    form = NewFamilyForm()
    if form.name.data == "" and not form.is_submitted():
        form.name.data = about["person"].family_name
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                made = create_family(uow, name=form.name.data, members=[person_id], family_id=form.family_id)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The family is on record. Add who belongs to it")
            return redirect(url_for("people.family", family_id=made))
    return page.render("people/new_family.html", **about, form=form)


@blueprint.route("/families/<uuid:family_id>/members/add", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, facts=family_facts, reads=Part.IDENTITY)
def add_member(family_id: FamilyId) -> ResponseReturnValue:
    """Add somebody who is on record to a family."""
    about = about_family(family_id)
    form = JoinFamilyForm()
    if form.validate_on_submit():
        found = find_by_reference(db.session(), find_reference(form.reference.data) or "")
        try:
            if found is None:
                raise NotFound([Reason("reference", NO_PERSON)])
            with unit_of_work(current_actor()) as uow:
                add_to_family(uow, family_id, found.id, from_on=form.from_on.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(f"{found.name} belongs to the family now")
            return redirect(url_for("people.family", family_id=family_id))
    return page.render("people/add_member.html", **about, form=form)


@blueprint.post("/families/<uuid:family_id>/members/<uuid:person_id>/leave")
@requires(Permission.FAMILY_EDIT, facts=family_facts)
def leave(family_id: FamilyId, person_id: PersonId) -> ResponseReturnValue:
    """Say that somebody no longer belongs to a family."""
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                leave_family(uow, family_id, person_id)
        except DomainError as error:
            flash(error.reasons[0].message)
        else:
            flash("They no longer belong to the family")
    return redirect(url_for("people.family", family_id=family_id))
