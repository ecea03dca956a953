"""The pages of reviews: what is planned, what was held, and the delivery plan and review form of each."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.assessing import ChoiceForm
from locality.caf.forms.reviewing import PlanReviewForm, ReviewForm, guest_field, review_form
from locality.caf.operations.reviewing import ReviewOvertaken
from locality.caf.operations.reviewing import plan_review as plan_next_review
from locality.caf.operations.reviewing import record_review as record_held_review
from locality.caf.operations.settling import settle_review
from locality.caf.queries import plan as queries
from locality.caf.queries.cases import Case, episode_facts, get_case
from locality.caf.queries.chasing import list_chases
from locality.caf.queries.children import list_children
from locality.caf.queries.closing import find_closure
from locality.caf.queries.earlier import replaced_reviews
from locality.caf.queries.meetings import GuestRow, MeetingRow, list_meetings, meeting_facts, with_guests
from locality.caf.rules.chasing import CHASE_LABELS
from locality.caf.rules.meetings import MEETING_LABELS, MeetingState
from locality.caf.rules.reviews import limits, suggested_review
from locality.caf.rules.settling import Compared
from locality.caf.rules.words import ACTION_STATUS_LABELS, CLOSURE_LABELS, OUTCOME_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import Keeping, Theirs, choosing, conflict_page
from locality.caf.views.episode import about_case
from locality.caf.views.heading import family_heading, today
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId, ReviewId
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.formats import day
from locality.web.posting import posted


@blueprint.get("/episodes/<uuid:episode_id>/reviews")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def reviews(episode_id: EpisodeId) -> ResponseReturnValue:
    """The planned review, meetings, and reviews that were held."""
    session = db.session()
    case = get_case(session, episode_id)
    found = queries.list_reviews(session, episode_id)
    planned = next((review for review in found if review.held_on is None), None)
    meetings = list_meetings(session, episode_id)
    return page.render(
        "caf/reviews.html",
        **about_case(case, "Reviews"),
        planned=planned,
        chases=list_chases(session, planned.id) if planned and planned.due_on < today() else (),
        chase_words=CHASE_LABELS,
        held=[review for review in found if review.held_on is not None],
        ahead=[one for one in meetings if one.state is MeetingState.ARRANGED],
        over=[one for one in meetings if one.state is not MeetingState.ARRANGED],
        kind_words=MEETING_LABELS,
        limits=limits(),
        replaced=replaced_reviews(session, episode_id),
        may_edit=case.is_open and may(Permission.EPISODE_EDIT),
    )


@blueprint.get("/episodes/<uuid:episode_id>/reviews/<uuid:review_id>")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def review(episode_id: EpisodeId, review_id: ReviewId) -> ResponseReturnValue:
    """One review as the delivery plan and review form: the whole plan as it stood, what was said and decided."""
    session = db.session()
    case = get_case(session, episode_id)
    held = next((one for one in queries.list_reviews(session, episode_id) if one.id == review_id), None)
    if held is None or held.held_on is None:
        raise PageNotFound
    return page.render(
        "caf/review.html",
        who=family_heading(case),
        case=case,
        review=held,
        children=list_children(session, case.about),
        actions=queries.plan_at(session, episode_id, at=held.recorded_at),
        closure=find_closure(session, episode_id) if held.next_on is None else None,
        closure_words=CLOSURE_LABELS,
        outcome_words=OUTCOME_LABELS,
        status_words=ACTION_STATUS_LABELS,
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
    return _record(episode_id, None)


@blueprint.route("/episodes/<uuid:episode_id>/meetings/<uuid:meeting_id>/record", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=meeting_facts, reads=Part.PLAN)
def record_meeting(episode_id: EpisodeId, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Record a meeting: who came, what was said and decided, when the next one is."""
    found = with_guests(db.session(), episode_id, meeting_id)
    if found is None or found[0].state is not MeetingState.ARRANGED:
        raise PageNotFound
    return _record(episode_id, *found)


_KEEP_REVIEW = Keeping(record_held_review, settle_review)


def _record(episode_id: EpisodeId, meeting: MeetingRow | None, guests: Sequence[GuestRow] = ()) -> ResponseReturnValue:
    session = db.session()
    case = get_case(session, episode_id)
    form = review_form(
        guests,
        version=queries.count_held(session, episode_id),
        held_on=today() if meeting is None else min(today(), london_date(meeting.starts_at)),
        next_on=suggested_review(today(), is_first=case.last_review_on is None and meeting is not None),
    )
    choice = choosing()
    meeting_id = None if meeting is None else meeting.id
    try:
        if posted(
            form,
            lambda uow: _KEEP_REVIEW(
                uow, form.to_command(episode_id, meeting_id=meeting_id, guests=guests), choice
            ),
            letting=(ReviewOvertaken,),
        ):  # fmt: skip
            flash("The review has been recorded. Next: add what was agreed to the plan")
            return redirect(url_for("caf.review", episode_id=episode_id, review_id=form.form_id.data))
    except ReviewOvertaken as overtaken:
        return _review_conflict(case, form, overtaken, choice=choice)
    return page.render(
        "caf/record_review.html",
        who=family_heading(case),
        case=case,
        meeting=meeting,
        attendance=[guest_field(guest) for guest in guests],
        actions=queries.list_actions(session, episode_id),
        status_words=ACTION_STATUS_LABELS,
        form=form,
    )


def _review_conflict(
    case: Case, form: ReviewForm, overtaken: ReviewOvertaken, *, choice: ChoiceForm | None
) -> ResponseReturnValue:
    theirs = overtaken.current
    questions = (
        form.present, form.progress, form.decisions, form.next_steps, form.child_comments, form.parent_comments,
        form.notes,
    )  # fmt: skip
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
