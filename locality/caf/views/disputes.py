"""The pages of what the family sees differently in an assessment: all of it, a new statement, and the answer to one."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.disputing import AnswerDisputeForm, DisputeForm
from locality.caf.operations.disputing import answer_dispute as keep_answer
from locality.caf.operations.disputing import record_dispute
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.queries.disputes import DisputeRow, get_dispute, list_disputes
from locality.caf.queries.sections import AssessmentRow, assessment_facts, get_assessment
from locality.caf.rules.disputes import SETTLED_LABELS, WHOLE, name_of
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import plain_heading, today
from locality.caf.views.keeping_out import elements_kept_out
from locality.kernel.db import db
from locality.kernel.ids import AssessmentId
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.posting import posted

_RULE = "/caf/<uuid:assessment_id>/seen-differently"


@blueprint.get(_RULE)
@requires(Permission.CAF_VIEW, facts=assessment_facts, reads=Part.ASSESSMENT)
def disputes(assessment_id: AssessmentId) -> ResponseReturnValue:
    """All that the family sees differently, with what was said to it."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    children = list_children(session, found.about)
    kept_out = elements_kept_out(found.about)
    shown = [one for one in list_disputes(session, assessment_id) if one.code not in kept_out]
    return page.render(
        "caf/disputes.html",
        **_about(found),
        disputes=[(one, _name(one, children)) for one in shown],
        settled_words=SETTLED_LABELS,
        may_record=may(Permission.DISPUTE_RECORD),
    )


@blueprint.route(f"{_RULE}/new", methods=["GET", "POST"])
@requires(Permission.DISPUTE_RECORD, facts=assessment_facts, reads=Part.ASSESSMENT)
def new_dispute(assessment_id: AssessmentId) -> ResponseReturnValue:
    """Keep what somebody of the family sees differently, in their words."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    form = DisputeForm(part=request.args.get("part", WHOLE), said_on=today())
    form.offer(list_children(session, found.about), people.family_members(session, found.family_id))
    if posted(form, lambda uow: record_dispute(uow, form.to_command(assessment_id))):
        flash("Their words stand beside the assessment from now on, here and on paper")
        return redirect(url_for("caf.disputes", assessment_id=assessment_id))
    return page.render("caf/new_dispute.html", **_about(found), form=form)


@blueprint.route(f"{_RULE}/<uuid:dispute_id>", methods=["GET", "POST"])
@requires(Permission.DISPUTE_RECORD, facts=assessment_facts, reads=Part.ASSESSMENT)
def answer_dispute(assessment_id: AssessmentId, dispute_id: uuid.UUID) -> ResponseReturnValue:
    """Say something to it, or what came of it."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    dispute = get_dispute(session, assessment_id, dispute_id)
    form = AnswerDisputeForm(
        version=dispute.version,
        answer=dispute.answer,
        settled=None if dispute.settled is None else dispute.settled.value,
    )
    if posted(form, lambda uow: keep_answer(uow, form.to_command(assessment_id, dispute_id))):
        flash("Saved. Both stand beside each other")
        return redirect(url_for("caf.disputes", assessment_id=assessment_id))
    name = _name(dispute, list_children(session, found.about))
    return page.render("caf/answer_dispute.html", **_about(found), dispute=dispute, name=name, form=form)


def _name(dispute: DisputeRow, children: Sequence[ChildRow]) -> str:
    return name_of(dispute.part, next((one.called for one in children if one.id == dispute.person_id), ""))


def _about(found: AssessmentRow) -> dict[str, Any]:
    who = plain_heading(family_name=found.family_name, reference=found.reference, episode_id=found.episode_id)
    return {"who": who, "caf": found}
