"""The pages of the plan and its reviews."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.planning import ActionForm, PlanReviewForm, ReviewForm, UpdateForm
from locality.caf.operations.planning import add_action, update_action
from locality.caf.operations.reviewing import plan_review as plan_next_review
from locality.caf.operations.reviewing import record_review as record_held_review
from locality.caf.queries import plan as queries
from locality.caf.queries.cases import Case, episode_facts, get_case
from locality.caf.queries.children import list_children
from locality.caf.rules.elements import find_element
from locality.caf.rules.reviews import suggested_review
from locality.caf.rules.words import ACTION_STATUS_LABELS, OUTCOME_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.episode import about_case
from locality.caf.views.heading import family_heading, today
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import EpisodeId, PlanActionId
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor


@blueprint.get("/episodes/<uuid:episode_id>/plan")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def plan(episode_id: EpisodeId) -> ResponseReturnValue:
    """Who does what by when."""
    session = db.session()
    case = get_case(session, episode_id)
    called = {child.id: child.called for child in list_children(session, case.about)}
    actions = queries.list_actions(session, episode_id)
    return page.render(
        "caf/plan.html",
        **about_case(case, "Plan"),
        actions=actions,
        for_whom={action.id: [name for child, name in called.items() if child in action.about] for action in actions},
        status_words=ACTION_STATUS_LABELS,
        outcome_words=OUTCOME_LABELS,
        element_name=_element_name,
        may_edit=case.is_open and may(Permission.EPISODE_EDIT),
    )


@blueprint.route("/episodes/<uuid:episode_id>/plan/add", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def add_plan_action(episode_id: EpisodeId) -> ResponseReturnValue:
    """Add an action to the plan."""
    session = db.session()
    case = get_case(session, episode_id)
    form = ActionForm()
    form.offer(list_children(session, case.about), queries.voices_to_cite(session, episode_id))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                add_action(uow, form.to_command(episode_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The action is in the plan")
            return redirect(url_for("caf.plan", episode_id=episode_id))
    return page.render("caf/add_action.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/plan/<uuid:action_id>", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=queries.action_facts, reads=Part.PLAN)
def plan_action(episode_id: EpisodeId, action_id: PlanActionId) -> ResponseReturnValue:
    """Say how far an action has come."""
    session = db.session()
    action = queries.find_action(session, episode_id, action_id)
    if action is None:
        raise PageNotFound
    form = UpdateForm(version=action.version, status=action.status.value)
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                update_action(uow, form.to_command(action_id))
        except DomainError as error:
            form.add_reasons(error)
            form.version.data = action.version
        else:
            flash("The action has been updated")
            return redirect(url_for("caf.plan", episode_id=episode_id))
    return page.render(
        "caf/action.html",
        episode_id=episode_id,
        action=action,
        updates=queries.list_updates(session, action_id),
        status_words=ACTION_STATUS_LABELS,
        form=form,
    )


@blueprint.get("/episodes/<uuid:episode_id>/reviews")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def reviews(episode_id: EpisodeId) -> ResponseReturnValue:
    """The planned review and those that were held."""
    session = db.session()
    case = get_case(session, episode_id)
    found = queries.list_reviews(session, episode_id)
    return page.render(
        "caf/reviews.html",
        **about_case(case, "Reviews"),
        planned=next((review for review in found if review.held_on is None), None),
        held=[review for review in found if review.held_on is not None],
        may_edit=case.is_open and may(Permission.EPISODE_EDIT),
    )


@blueprint.route("/episodes/<uuid:episode_id>/reviews/plan", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def plan_review(episode_id: EpisodeId) -> ResponseReturnValue:
    """Plan the next review, or move it."""
    case = get_case(db.session(), episode_id)
    form = PlanReviewForm(due_on=_suggested(case))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                plan_next_review(uow, form.to_command(episode_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The review has been planned")
            return redirect(url_for("caf.reviews", episode_id=episode_id))
    return page.render("caf/plan_review.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/reviews/record", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def record_review(episode_id: EpisodeId) -> ResponseReturnValue:
    """Record a review that was held, and plan the next."""
    session = db.session()
    case = get_case(session, episode_id)
    form = ReviewForm(held_on=today(), next_on=suggested_review(today(), is_first=False))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                record_held_review(uow, form.to_command(episode_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The review has been recorded")
            return redirect(url_for("caf.reviews", episode_id=episode_id))
    return page.render(
        "caf/record_review.html",
        who=family_heading(case),
        case=case,
        actions=queries.list_actions(session, episode_id),
        status_words=ACTION_STATUS_LABELS,
        form=form,
    )


def _suggested(case: Case) -> object:
    if case.planned_review_on is not None:
        return case.planned_review_on
    return suggested_review(case.last_review_on or today(), is_first=case.last_review_on is None)


def _element_name(code: str) -> str:
    element = find_element(code)
    return code if element is None else element.name
