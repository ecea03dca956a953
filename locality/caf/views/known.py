"""What is known about a child before a CAF asks: filled in with its source, to be confirmed or put right."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.operations.told import keep_known
from locality.caf.queries.children import list_children
from locality.caf.queries.sections import assessment_facts, get_assessment
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import plain_heading
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.ids import AssessmentId, PersonId
from locality.kernel.uow import unit_of_work
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import current_facts, requires
from locality.web.signed_in import current_actor


@blueprint.route("/caf/<uuid:assessment_id>/known/<uuid:child_id>", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.STORY)
def known(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """Go over what is known about a child, as part of the CAF."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    child = next(iter(list_children(session, [one for one in found.about if one == child_id])), None)
    if child is None or not found.is_draft:
        raise NotFound("There is no such child in a CAF that may still change")
    form = people.GoOverForm()
    form.only(topic for topic in people.GONE_OVER if people.TOPICS[topic].part in current_facts().parts)
    form.prefill(people.known_of(session, child_id, people.GONE_OVER))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                keep_known(uow, assessment_id, child_id, form.told(), teller=form.teller.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            return redirect(url_for("caf.assessment", assessment_id=assessment_id))
    who = plain_heading(family_name=found.family_name, reference=found.reference, episode_id=found.episode_id)
    return page.render("caf/known.html", who=who, caf=found, child=child, form=form)
