"""Screening a contact: its rating, what partners are asked, what they tell the hub."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.clusters import api as clusters
from locality.kernel.db import db
from locality.kernel.ids import ContactId
from locality.kernel.uow import UnitOfWork
from locality.referrals.forms.screening import AskForm, NoteForm, RateForm, ReplyForm
from locality.referrals.operations import screening as operations
from locality.referrals.queries import access
from locality.referrals.queries import contacts as contact_queries
from locality.referrals.queries import screening as queries
from locality.referrals.queries.contacts import NamedPerson
from locality.referrals.rules import clocks, codes, enquiries
from locality.referrals.rules import screening as rules
from locality.referrals.views.front_door import RATING_COLOURS
from locality.referrals.views.pages import blueprint, contact_tabs, done, now, settings
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor


@blueprint.route("/contacts/<uuid:contact_id>/screening", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def screening(contact_id: ContactId) -> ResponseReturnValue:
    """The rating and its history, enquiries to partners, and what the hub was told; sent: how urgent, and why."""
    form, hours = RateForm(), settings().enquiry_hours

    def save(uow: UnitOfWork) -> None:
        operations.rate_contact(
            uow, contact_id, rag=form.rag.data, reason=form.why.data, hours=hours, rating_id=form.form_id.data
        )

    if form.validate_on_submit() and done(form, save):
        return _back(contact_id, "The rating is saved")
    return _screening_page(contact_id, form)


@blueprint.route("/contacts/<uuid:contact_id>/ask", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def ask_partner(contact_id: ContactId) -> ResponseReturnValue:
    """Ask a partner about one child."""
    form = AskForm()
    form.offer_children(_children(contact_id))
    form.offer_agencies(clusters.list_agencies(db.session()))
    hours = settings().enquiry_hours
    if form.validate_on_submit() and done(
        form, lambda uow: operations.ask_partner(uow, form.to_command(contact_id), hours=hours)
    ):
        return _back(contact_id, "The enquiry is recorded. Record the answer here when it comes")
    return page.render("referrals/ask_partner.html", form=form, contact_id=contact_id)


@blueprint.route("/contacts/<uuid:contact_id>/note", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def write_note(contact_id: ContactId) -> ResponseReturnValue:
    """Keep what somebody told the hub without being asked."""
    form = NoteForm()
    form.offer_children(_children(contact_id))
    if form.validate_on_submit() and done(form, lambda uow: operations.write_note(uow, form.to_command(contact_id))):
        return _back(contact_id, "The note is kept")
    return page.render("referrals/hub_note.html", form=form, contact_id=contact_id)


@blueprint.route("/contacts/<uuid:contact_id>/enquiries/<uuid:enquiry_id>/answer", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.RESTRICTED)
def answer_enquiry(contact_id: ContactId, enquiry_id: uuid.UUID) -> ResponseReturnValue:
    """Record what a partner answered."""
    asked = {row.id: row for row in queries.list_enquiries(db.session(), contact_id)}
    if enquiry_id not in asked:
        raise PageNotFound
    form = ReplyForm()
    if form.validate_on_submit() and done(
        form, lambda uow: operations.record_reply(uow, form.to_command(contact_id, enquiry_id))
    ):
        return _back(contact_id, "The answer is kept")
    return page.render("referrals/answer_enquiry.html", form=form, enquiry=asked[enquiry_id], contact_id=contact_id)


def _back(contact_id: ContactId, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("referrals.screening", contact_id=contact_id))


def _children(contact_id: ContactId) -> list[NamedPerson]:
    return [p for p in contact_queries.named_people(db.session(), contact_id) if p.is_child]


def _screening_page(contact_id: ContactId, form: RateForm) -> ResponseReturnValue:
    session, moment = db.session(), now()
    found = contact_queries.get_contact(session, contact_id)
    ratings, notes = queries.list_screening(session, contact_id)
    return page.render(
        "referrals/screening.html",
        form=form,
        contact=found,
        tabs=contact_tabs(contact_id),
        ratings_given=ratings,
        enquiries=queries.list_enquiries(session, contact_id),
        notes=notes,
        times=[(codes.RAG_WORDS[rag], enquiries.hours_for(rag, settings().enquiry_hours)) for rag in codes.Rag],
        may_decide=may(Permission.CONTACT_DECIDE) and found.state is rules.ContactState.OPEN,
        is_others=found.held_by not in {None, current_actor().account_id},
        left=lambda due_at: clocks.time_left(due_at, moment),
        now=moment,
        ratings=codes.RAG_WORDS,
        rating_colours=RATING_COLOURS,
        thresholds=rules.THRESHOLDS,
    )
