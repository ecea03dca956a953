"""The decision for one child."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import ContactId, PersonId
from locality.kernel.uow import unit_of_work
from locality.referrals.forms.contacts import DecideForm, stage_choices
from locality.referrals.operations.deciding import decide_child
from locality.referrals.queries import access
from locality.referrals.queries import contacts as queries
from locality.referrals.rules import codes, screening
from locality.referrals.rules.codes import AgreementKnown
from locality.referrals.rules.screening import ContactState
from locality.referrals.views.pages import blueprint, settings
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor


@blueprint.route("/contacts/<uuid:contact_id>/children/<uuid:person_id>/decide", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def decide(contact_id: ContactId, person_id: PersonId) -> ResponseReturnValue:
    """Decide for one child, with a reason."""
    session = db.session()
    contact = queries.get_contact(session, contact_id)
    child = next((p for p in queries.named_people(session, contact_id) if p.person_id == person_id), None)
    if child is None or not child.is_child:
        raise PageNotFound
    form = DecideForm()
    form.stage.choices = stage_choices(settings().stage_labels)
    if not form.is_submitted():
        form.consented_summary.process(None, contact.what_said[: screening.LONGEST_SUMMARY])
        form.agreed.process(None, True if contact.agreement_known is AgreementKnown.AGREED else None)
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                decide_child(uow, form.to_command(contact_id, person_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(f"Decided for {child.called}: {codes.OUTCOME_WORDS[form.outcome.data].lower()}")
            return redirect(url_for("referrals.contact", contact_id=contact_id))
    return page.render(
        "referrals/decide.html",
        form=form,
        contact=contact,
        child=child,
        thresholds=screening.THRESHOLDS,
        is_decided=child.outcome is not None or contact.state is not ContactState.OPEN,
        outcomes=codes.OUTCOME_WORDS,
        duty_phone=settings().emergency_duty_phone,
    )
