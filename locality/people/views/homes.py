"""Households: making one, who moves in, who has moved out."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.ids import HouseholdId, PersonId
from locality.kernel.uow import unit_of_work
from locality.people.forms.homes import JoinHouseholdForm, NewHouseholdForm
from locality.people.forms.ties import ActionForm
from locality.people.operations.homes import create_household, join_household, leave_household
from locality.people.queries.persons import PersonSummary, access_facts, get_person
from locality.people.queries.surroundings import HomeRow, Surroundings, surroundings
from locality.people.views.blueprint import about_person, blueprint
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor


@blueprint.route("/people/<uuid:person_id>/households/new", methods=["GET", "POST"])
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts, reads=Part.WHEREABOUTS)
def new_household(person_id: PersonId) -> ResponseReturnValue:
    """Make a household around somebody, with those of the family who live there too."""
    about = about_person(person_id)
    form = NewHouseholdForm()
    form.offer(_others(person_id, surroundings(db.session(), about["person"])))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                create_household(
                    uow,
                    name=form.name.data,
                    members=[person_id, *form.chosen()],
                    from_on=form.from_on.data,
                    household_id=form.household_id,
                )
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The household is on record")
            return _back(person_id)
    return page.render("people/new_household.html", **about, form=form)


@blueprint.route("/people/<uuid:person_id>/households/<uuid:household_id>/add", methods=["GET", "POST"])
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts, reads=Part.WHEREABOUTS)
def move_in(person_id: PersonId, household_id: HouseholdId) -> ResponseReturnValue:
    """Say who else lives in a household."""
    about = about_person(person_id)
    found = surroundings(db.session(), about["person"])
    home = _home_of(found, household_id)
    form = JoinHouseholdForm()
    form.offer([one for one in (about["person"], *_others(person_id, found)) if one.id not in home.now])
    if form.validate_on_submit() and form.check():
        try:
            with unit_of_work(current_actor()) as uow:
                join_household(uow, household_id, form.chosen(), from_on=form.from_on.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The household has been changed")
            return _back(person_id)
    return page.render("people/move_in.html", **about, form=form, home=home)


@blueprint.post("/people/<uuid:person_id>/households/<uuid:household_id>/members/<uuid:member_id>/leave")
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts)
def move_out(person_id: PersonId, household_id: HouseholdId, member_id: PersonId) -> ResponseReturnValue:
    """Say that somebody no longer lives in a household of this person."""
    _home_of(surroundings(db.session(), get_person(db.session(), person_id)), household_id)
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                leave_household(uow, household_id, member_id)
        except NotFound:
            flash("They had moved out already")
        else:
            flash("They no longer live there")
    return _back(person_id)


def _others(person_id: PersonId, found: Surroundings) -> tuple[PersonSummary, ...]:
    """Those around somebody who may live with them."""
    return tuple(one for one in found.tree if one.id != person_id)


def _home_of(found: Surroundings, household_id: HouseholdId) -> HomeRow:
    """A household in which the person lives or lived. Raises ``NotFound``."""
    home = next((home for home in found.homes if home.id == household_id), None)
    if home is None:
        raise NotFound("There is no such household, or none that you may see")
    return home


def _back(person_id: PersonId) -> ResponseReturnValue:
    return redirect(url_for("people.people_around", person_id=person_id))
