"""The pages of the plan and its reviews."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.assessing import ChoiceForm
from locality.caf.forms.planning import ActionForm, PlanReviewForm, ReviewForm, UpdateForm
from locality.caf.operations.planning import ActionOvertaken, add_action, update_action
from locality.caf.operations.reviewing import ReviewOvertaken
from locality.caf.operations.reviewing import plan_review as plan_next_review
from locality.caf.operations.reviewing import record_review as record_held_review
from locality.caf.operations.settling import settle_action, settle_review
from locality.caf.queries import plan as queries
from locality.caf.queries.cases import Case, episode_facts, get_case
from locality.caf.queries.children import list_children
from locality.caf.queries.earlier import replaced_reviews, replaced_updates
from locality.caf.rules.elements import find_element
from locality.caf.rules.reviews import suggested_review
from locality.caf.rules.settling import Compared
from locality.caf.rules.words import ACTION_STATUS_LABELS, OUTCOME_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import Keeping, Theirs, choosing, conflict_page
from locality.caf.views.episode import about_case
from locality.caf.views.heading import family_heading, today
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId, PlanActionId
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.formats import day
from locality.web.posting import posted


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
    if posted(form, lambda uow: add_action(uow, form.to_command(episode_id))):
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
    choice = choosing()
    try:
        if posted(form, lambda uow: _KEEP_UPDATE(uow, form.to_command(action_id), choice), letting=(ActionOvertaken,)):
            flash("The action has been updated")
            return redirect(url_for("caf.plan", episode_id=episode_id))
    except ActionOvertaken as overtaken:
        return _action_conflict(action, form, overtaken.current, case=get_case(session, episode_id), choice=choice)
    return page.render(
        "caf/action.html",
        episode_id=episode_id,
        action=action,
        updates=queries.list_updates(session, action_id),
        replaced=replaced_updates(session, action_id),
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
        replaced=replaced_reviews(session, episode_id),
        may_edit=case.is_open and may(Permission.EPISODE_EDIT),
    )


@blueprint.route("/episodes/<uuid:episode_id>/reviews/plan", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def plan_review(episode_id: EpisodeId) -> ResponseReturnValue:
    """Plan the next review, or move it."""
    case = get_case(db.session(), episode_id)
    form = PlanReviewForm(due_on=_suggested(case))
    if posted(form, lambda uow: plan_next_review(uow, form.to_command(episode_id))):
        flash("The review has been planned")
        return redirect(url_for("caf.reviews", episode_id=episode_id))
    return page.render("caf/plan_review.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/reviews/record", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def record_review(episode_id: EpisodeId) -> ResponseReturnValue:
    """Record a review that was held, and plan the next."""
    session = db.session()
    case = get_case(session, episode_id)
    seen = queries.count_held(session, episode_id)
    form = ReviewForm(version=seen, held_on=today(), next_on=suggested_review(today(), is_first=False))
    choice = choosing()
    try:
        if posted(form, lambda uow: _KEEP_REVIEW(uow, form.to_command(episode_id), choice), letting=(ReviewOvertaken,)):
            flash("The review has been recorded")
            return redirect(url_for("caf.reviews", episode_id=episode_id))
    except ReviewOvertaken as overtaken:
        return _review_conflict(case, form, overtaken, choice=choice)
    return page.render(
        "caf/record_review.html",
        who=family_heading(case),
        case=case,
        actions=queries.list_actions(session, episode_id),
        status_words=ACTION_STATUS_LABELS,
        form=form,
    )


_KEEP_UPDATE = Keeping(update_action, settle_action)
_KEEP_REVIEW = Keeping(record_held_review, settle_review)


def _action_conflict(
    action: queries.ActionRow,
    form: UpdateForm,
    current: queries.SavedAction,
    *,
    case: Case,
    choice: ChoiceForm | None,
) -> ResponseReturnValue:
    return conflict_page(
        family_heading(case),
        action.action,
        Theirs(current.saved_by_name, current.version, current.saved_at),
        compared=(
            Compared(
                "How far it has come", ACTION_STATUS_LABELS[form.status.data], ACTION_STATUS_LABELS[current.status]
            ),
            Compared("What happened", form.note.data or "", current.note),
        ),
        form=choice,
    )


def _review_conflict(
    case: Case, form: ReviewForm, overtaken: ReviewOvertaken, *, choice: ChoiceForm | None
) -> ResponseReturnValue:
    theirs = overtaken.current
    questions = (form.present, form.progress, form.decisions, form.child_comments, form.parent_comments)
    return conflict_page(
        family_heading(case),
        "Record the review",
        Theirs(theirs.recorded_by_name, overtaken.seen, theirs.recorded_at),
        compared=(
            Compared("When", day(form.held_on.data), day(theirs.held_on)),
            *(Compared(asked.label.text, asked.data or "", getattr(theirs, asked.name)) for asked in questions),
        ),
        form=choice,
    )


def _suggested(case: Case) -> object:
    if case.planned_review_on is not None:
        return case.planned_review_on
    return suggested_review(case.last_review_on or today(), is_first=case.last_review_on is None)


def _element_name(code: str) -> str:
    element = find_element(code)
    return code if element is None else element.name
