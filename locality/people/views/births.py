"""Recording a birth."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.ids import PersonId
from locality.kernel.uow import unit_of_work
from locality.people.forms.births import BirthForm
from locality.people.operations.births import record_birth
from locality.people.queries.persons import access_facts
from locality.people.views.blueprint import about_person, blueprint, today
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor


@blueprint.route("/people/<uuid:person_id>/birth", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT, facts=access_facts, reads=Part.IDENTITY)
def birth(person_id: PersonId) -> ResponseReturnValue:
    """Turn an expected baby into a born child; twins are entered with them."""
    about = about_person(person_id)
    due_on = about["person"].due_on
    if due_on is None:
        raise NotFound("This child is not expected, or the birth is on record")
    form = BirthForm.of(about["person"])
    if form.validate_on_submit() and form.check(due_on, today()):
        try:
            with unit_of_work(current_actor()) as uow:
                born = record_birth(uow, form.to_command(person_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The birth is on record" if len(born) == 1 else f"The birth of {len(born)} babies is on record")
            return redirect(url_for("people.people_around", person_id=person_id))
    return page.render("people/birth.html", **about, form=form)
