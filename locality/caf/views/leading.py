"""The pages of the lead: naming one, asking somebody to take over, and their answer."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.planning import SettleGoalForm
from locality.caf.forms.team import AnswerLeadForm, LeadForm, worker_choices
from locality.caf.operations.taking_over import answer_lead, ask_to_lead, take_back_question
from locality.caf.queries.cases import episode_facts, get_case
from locality.caf.queries.leads import find_lead_request, lead_request_facts, reference_of
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import family_heading
from locality.clusters import api as clusters
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted


@blueprint.route("/episodes/<uuid:episode_id>/lead", methods=["GET", "POST"])
@requires(Permission.EPISODE_LEAD, facts=episode_facts, reads=Part.PLAN)
def lead(episode_id: EpisodeId) -> ResponseReturnValue:
    """Name a lead professional, or ask somebody to take over."""
    session = db.session()
    case = get_case(session, episode_id)
    form = LeadForm()
    form.account_id.choices = worker_choices(clusters.workers_in(session, case.cluster_id))
    if posted(form, lambda uow: ask_to_lead(uow, form.to_command(episode_id))):
        asked = case.lead_name is not None
        flash(
            "They have been asked. Until they accept, nothing changes"
            if asked
            else "The lead professional has been named"
        )
        return redirect(url_for("caf.team", episode_id=episode_id))
    return page.render("caf/lead.html", who=family_heading(case), case=case, form=form)


@blueprint.post("/episodes/<uuid:episode_id>/lead/<uuid:request_id>/take-back")
@requires(Permission.EPISODE_LEAD, facts=episode_facts)
def take_back_lead(episode_id: EpisodeId, request_id: uuid.UUID) -> ResponseReturnValue:
    """Think again about whom to ask."""
    form = SettleGoalForm()
    done = posted(form, lambda uow: take_back_question(uow, episode_id=episode_id, request_id=request_id))
    flash("The question has been taken back" if done else "They had answered already")
    return redirect(url_for("caf.team", episode_id=episode_id))


@blueprint.route("/leads/<uuid:request_id>", methods=["GET", "POST"])
@requires(Permission.LEAD_ANSWER, facts=lead_request_facts, reads=Part.PLAN)
def answer_lead_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether one will lead; the family's names come with a yes."""
    session = db.session()
    found = find_lead_request(session, request_id)
    if found is None:
        raise PageNotFound
    form = AnswerLeadForm()
    if posted(form, lambda uow: answer_lead(uow, form.to_command(request_id))):
        if form.accepts.data:
            flash("You are the lead professional now")
            return redirect(url_for("caf.episode", episode_id=found.episode_id))
        flash("Thank you. Whoever asked you is told")
        return redirect(url_for("caf.to_do"))
    return page.render("caf/answer_lead.html", asked=found, reference=reference_of(session, found), form=form)
