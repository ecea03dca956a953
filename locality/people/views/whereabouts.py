"""Recording where people live and how to reach them."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.ids import PersonId
from locality.kernel.uow import unit_of_work
from locality.people.forms.ties import ActionForm
from locality.people.forms.whereabouts import AddressForm, ContactPointForm
from locality.people.operations.whereabouts import (
    end_address,
    end_contact_point,
    hide_address,
    record_address,
    record_contact_point,
)
from locality.people.queries.families import family_people
from locality.people.queries.persons import access_facts
from locality.people.queries.whereabouts import postcode_known
from locality.people.views.blueprint import about_person, blueprint
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor


@blueprint.route("/people/<uuid:person_id>/addresses/new", methods=["GET", "POST"])
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts, reads=Part.WHEREABOUTS)
def new_address(person_id: PersonId) -> ResponseReturnValue:
    """Record where somebody lives, and who lives there too."""
    about = about_person(person_id)
    families = [family.id for family in about["person"].families]
    form = AddressForm()
    form.offer([one for one in family_people(db.session(), families) if one.id != person_id])
    if form.validate_on_submit() and form.check():
        try:
            with unit_of_work(current_actor()) as uow:
                record_address(uow, form.to_command(person_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(_saved(form))
            return _back(person_id)
    return page.render("people/new_address.html", **about, form=form)


@blueprint.post("/people/<uuid:person_id>/addresses/<uuid:address_id>/end")
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts)
def stop_address(person_id: PersonId, address_id: uuid.UUID) -> ResponseReturnValue:
    """Say that somebody no longer lives there."""
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                end_address(uow, address_id, person_id=person_id)
        except NotFound:
            flash("That address had ended already")
        else:
            flash("The address has ended")
    return _back(person_id)


@blueprint.post("/people/<uuid:person_id>/addresses/<uuid:address_id>/hide")
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts)
def conceal_address(person_id: PersonId, address_id: uuid.UUID) -> ResponseReturnValue:
    """Mark an address do-not-disclose."""
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                hide_address(uow, address_id, person_id=person_id)
        except NotFound:
            flash("That address is not there any more")
        else:
            flash("The address is hidden, for everybody who lives there")
    return _back(person_id)


@blueprint.route("/people/<uuid:person_id>/contact-points/new", methods=["GET", "POST"])
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts, reads=Part.WHEREABOUTS)
def new_contact_point(person_id: PersonId) -> ResponseReturnValue:
    """Record a telephone number or e-mail address."""
    about = about_person(person_id)
    form = ContactPointForm()
    if form.validate_on_submit() and form.check():
        try:
            with unit_of_work(current_actor()) as uow:
                record_contact_point(uow, form.to_command(person_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("It has been recorded")
            return _back(person_id)
    return page.render("people/new_contact_point.html", **about, form=form)


@blueprint.post("/people/<uuid:person_id>/contact-points/<uuid:contact_point_id>/end")
@requires(Permission.WHEREABOUTS_EDIT, facts=access_facts)
def stop_contact_point(person_id: PersonId, contact_point_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a number or address is no longer used."""
    if ActionForm().validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                end_contact_point(uow, contact_point_id, person_id=person_id)
        except NotFound:
            flash("It had ended already")
        else:
            flash("It is no longer used")
    return _back(person_id)


def _saved(form: AddressForm) -> str:
    postcode = form.postcode.data
    if postcode and not postcode_known(db.session(), postcode):
        return f"The address has been recorded. {postcode} is not in this area’s list of postcodes: check it"
    return "The address has been recorded"


def _back(person_id: PersonId) -> ResponseReturnValue:
    return redirect(url_for("people.where", person_id=person_id))
