"""The decision for one child, every decision of a contact, second looks, and telling whoever got in touch."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.ids import ContactId, PersonId
from locality.referrals.forms.contacts import DecideForm, stage_choices
from locality.referrals.forms.screening import CorrectForm, SecondLookForm, ToldForm
from locality.referrals.operations import correcting, telling
from locality.referrals.operations.deciding import decide_child
from locality.referrals.queries import access
from locality.referrals.queries import contacts as queries
from locality.referrals.queries import decisions as decision_queries
from locality.referrals.queries import screening as screening_queries
from locality.referrals.queries.contacts import ContactView, NamedPerson
from locality.referrals.queries.wishes import HubLine, ask_wishes
from locality.referrals.rules import codes, screening
from locality.referrals.rules.codes import AgreementKnown
from locality.referrals.rules.screening import ContactState
from locality.referrals.views.feedback import feedback_of
from locality.referrals.views.pages import blueprint, contact_tabs, done, settings
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor


@blueprint.route("/contacts/<uuid:contact_id>/children/<uuid:person_id>/decide", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def decide(contact_id: ContactId, person_id: PersonId) -> ResponseReturnValue:
    """Decide for one child, with a reason."""
    contact, child = _found(contact_id, person_id)
    form = DecideForm()
    form.stage.choices = stage_choices(settings().stage_labels)
    asked = ask_wishes(db.session(), person_id, contact_id=contact_id)
    form.ask_wishes(asked)
    if not form.is_submitted():
        form.consented_summary.process(None, contact.what_said[: screening.LONGEST_SUMMARY])
        form.agreed.process(None, True if contact.agreement_known is AgreementKnown.AGREED else None)
    command = form.to_command(contact_id, person_id) if form.validate_on_submit() else None
    if command is not None and done(form, lambda uow: decide_child(uow, command)):
        flash(f"Decided for {child.called}: {codes.OUTCOME_WORDS[form.outcome.data].lower()}")
        return redirect(url_for("referrals.contact", contact_id=contact_id))
    return _decide_page(contact, child, form, asked.notes)


@blueprint.route("/contacts/<uuid:contact_id>/children/<uuid:person_id>/correct", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def correct(contact_id: ContactId, person_id: PersonId) -> ResponseReturnValue:
    """Put another decision in place of the one that stands for a child."""
    contact, child = _found(contact_id, person_id)
    if child.outcome is None:
        return redirect(url_for("referrals.decide", contact_id=contact_id, person_id=person_id))
    form = CorrectForm()
    form.stage.choices = stage_choices(settings().stage_labels)
    asked = ask_wishes(db.session(), person_id, contact_id=contact_id)
    form.ask_wishes(asked)
    if not form.is_submitted():
        form.consented_summary.process(None, child.summary_sent or contact.what_said[: screening.LONGEST_SUMMARY])
    command = form.to_command(contact_id, person_id) if form.validate_on_submit() else None
    if command is not None and done(
        form, lambda uow: correcting.correct_decision(uow, command, why=form.why_corrected.data)
    ):
        flash(f"Corrected for {child.called}: {codes.OUTCOME_WORDS[form.outcome.data].lower()}")
        return redirect(url_for("referrals.decisions", contact_id=contact_id))
    return _decide_page(contact, child, form, asked.notes)


@blueprint.get("/contacts/<uuid:contact_id>/decisions")
@requires(Permission.CONTACT_VIEW, facts=access.contact_facts, reads=Part.STORY)
def decisions(contact_id: ContactId) -> ResponseReturnValue:
    """Every decision and second look, and what whoever got in touch was told."""
    return _decisions_page(contact_id, ToldForm(formdata=None))


@blueprint.post("/contacts/<uuid:contact_id>/told")
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def told(contact_id: ContactId) -> ResponseReturnValue:
    """Keep that whoever got in touch was told in person."""
    form = ToldForm()
    if form.validate_on_submit() and done(
        form, lambda uow: telling.note_told(uow, contact_id, how=form.how.data, told_id=form.form_id.data)
    ):
        flash("It is kept that you told them")
        return redirect(url_for("referrals.decisions", contact_id=contact_id))
    return _decisions_page(contact_id, form)


@blueprint.route("/contacts/<uuid:contact_id>/children/<uuid:person_id>/second-look", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def second_look(contact_id: ContactId, person_id: PersonId) -> ResponseReturnValue:
    """Look again at what a colleague decided."""
    contact, child = _found(contact_id, person_id)
    form = SecondLookForm()
    command = form.to_command(contact_id, person_id) if form.validate_on_submit() else None
    if command is not None and done(form, lambda uow: correcting.look_again(uow, command)):
        flash(f"Your second look at the decision for {child.called} is kept")
        return redirect(url_for("referrals.decisions", contact_id=contact_id))
    return page.render(
        "referrals/second_look.html",
        form=form,
        contact=contact,
        child=child,
        notes=screening_queries.list_notes(db.session(), contact_id),
        thresholds=screening.THRESHOLDS,
        outcomes=codes.OUTCOME_WORDS,
    )


def _found(contact_id: ContactId, person_id: PersonId) -> tuple[ContactView, NamedPerson]:
    session = db.session()
    contact = queries.get_contact(session, contact_id)
    child = next((p for p in queries.named_people(session, contact_id) if p.person_id == person_id), None)
    if child is None or not child.is_child:
        raise PageNotFound
    return contact, child


def _decide_page(
    contact: ContactView, child: NamedPerson, form: DecideForm, notes: tuple[HubLine, ...]
) -> ResponseReturnValue:
    is_correction = isinstance(form, CorrectForm)
    values: dict[str, Any] = {
        "form": form,
        "contact": contact,
        "child": child,
        "is_correction": is_correction,
        "is_decided": not is_correction and (child.outcome is not None or contact.state is not ContactState.OPEN),
        "notes": notes,
        "thresholds": screening.THRESHOLDS,
        "outcomes": codes.OUTCOME_WORDS,
        "is_others": contact.held_by not in {None, current_actor().account_id},
        "duty_phone": settings().emergency_duty_phone,
    }
    return page.render("referrals/decide.html", **values)


def _decisions_page(contact_id: ContactId, form: ToldForm) -> ResponseReturnValue:
    session = db.session()
    contact = queries.get_contact(session, contact_id)
    children = [p for p in queries.named_people(session, contact_id) if p.is_child]
    return page.render(
        "referrals/decisions.html",
        form=form,
        contact=contact,
        children=children,
        tabs=contact_tabs(contact_id),
        decisions=decision_queries.list_decisions(session, contact_id),
        feedback=feedback_of(session, contact),
        me=current_actor().name,
        may_decide=may(Permission.CONTACT_DECIDE),
        is_others=contact.held_by not in {None, current_actor().account_id},
        outcomes=codes.OUTCOME_WORDS,
        grounds=codes.GROUND_WORDS,
    )
