"""Asking somebody from outside the team to audit an assessment, and the pages on which they do."""

import datetime as dt
import uuid

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.quality import InviteAuditorForm, TakeBackForm, audit_form
from locality.caf.forms.team import worker_choices
from locality.caf.operations.auditing import (
    audit_by_invitation,
    invite_auditor,
    says_more_than_now,
    take_invitation_back,
)
from locality.caf.queries.auditing import get_invitation, invitation_facts
from locality.caf.queries.quality import current_form
from locality.caf.queries.sections import assessment_facts, get_assessment
from locality.caf.rules.inviting import USUAL_DAYS
from locality.caf.rules.quality import answer_field
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import plain_heading, today
from locality.clusters import api as clusters
from locality.kernel.db import db
from locality.kernel.ids import AssessmentId
from locality.papers.paper import from_json
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted


@blueprint.route("/caf/<uuid:assessment_id>/quality/invite", methods=["GET", "POST"])
@requires(Permission.QUALITY_INVITE, facts=assessment_facts, reads=Part.ASSESSMENT)
def invite_to_audit(assessment_id: AssessmentId) -> ResponseReturnValue:
    """Ask a named person from outside the team to audit this one assessment."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    form = InviteAuditorForm(until_on=today() + dt.timedelta(days=USUAL_DAYS))
    form.account_id.choices = worker_choices(clusters.workers_in(session))
    label = current_app.config["LOCALITY"].caf_label
    if posted(form, lambda uow: invite_auditor(uow, form.to_command(assessment_id, label=label))):
        flash("They have been asked. They read the assessment without names, and nothing else")
        return redirect(url_for("caf.quality", assessment_id=assessment_id))
    who = plain_heading(family_name=found.family_name, reference=found.reference, episode_id=found.episode_id)
    return page.render("caf/invite_to_audit.html", who=who, caf=found, form=form)


@blueprint.post("/caf/<uuid:assessment_id>/quality/invitations/<uuid:invitation_id>/end")
@requires(Permission.QUALITY_INVITE, facts=assessment_facts)
def end_invitation(assessment_id: AssessmentId, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation back before its day."""
    if posted(TakeBackForm(), lambda uow: take_invitation_back(uow, assessment_id, invitation_id)):
        flash("They read nothing of it any more")
    return redirect(url_for("caf.quality", assessment_id=assessment_id))


@blueprint.get("/quality/invitations/<uuid:invitation_id>")
@requires(Permission.QUALITY_INVITED, facts=invitation_facts, reads=Part.ASSESSMENT)
def invited(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """The one assessment that the reader was asked to audit, without names, as long as all of it may be shown."""
    session = db.session()
    found, content = get_invitation(session, invitation_id)
    paper = from_json(content)
    if says_more_than_now(session, found, paper, today=today()):
        return page.render("caf/invited_closed.html", status=403, invitation=found)
    return page.render("caf/invited.html", invitation=found, paper=paper)


@blueprint.route("/quality/invitations/<uuid:invitation_id>/audit", methods=["GET", "POST"])
@requires(Permission.QUALITY_INVITED, facts=invitation_facts, reads=Part.ASSESSMENT)
def audit_invited(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Audit it: every item of the list, what was done well, what would make it better."""
    session = db.session()
    found, _content = get_invitation(session, invitation_id)
    asked = current_form(session)
    form = audit_form(asked)
    if posted(form, lambda uow: audit_by_invitation(uow, invitation_id, form.to_command(found.assessment_id, asked))):
        flash("Thank you. The audit has been sent, and the assessment is closed to you again")
        return redirect(url_for("caf.to_do"))
    sections = [(title, [answer_field(item.code) for item in items]) for title, items in asked.sections]
    return page.render("caf/audit_invited.html", invitation=found, sections=sections, form=form)
