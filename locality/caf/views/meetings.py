"""The pages of meetings: asking people, moving, calling off, and the calendar file."""

import uuid

from flask import Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.reviewing import CancelMeetingForm, MeetingForm, MoveMeetingForm
from locality.caf.operations.invitations import CALENDAR_KIND, FILE_NAME, Invitation, Told, calendar_file
from locality.caf.operations.meetings import arrange_meeting as arrange
from locality.caf.operations.meetings import cancel_meeting as cancel
from locality.caf.operations.meetings import move_meeting as move
from locality.caf.queries import meetings as queries
from locality.caf.queries.cases import Case, episode_facts, get_case
from locality.caf.queries.guests import guest_choices
from locality.caf.queries.plan import actions_of_meeting, review_of_meeting
from locality.caf.rules.meetings import ATTENDANCE_LABELS, MEETING_LABELS, MeetingKind, MeetingState
from locality.caf.rules.reviews import first_meeting_due
from locality.caf.rules.words import ACTION_STATUS_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import family_heading, now, today
from locality.kernel.clock import add_working_days, london, london_date
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.formats import clock_time
from locality.web.posting import posted

_USUAL_MINUTES = 60
_NOTICE_WORKING_DAYS = 10


@blueprint.route("/episodes/<uuid:episode_id>/meetings/arrange", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def arrange_meeting(episode_id: EpisodeId) -> ResponseReturnValue:
    """Ask people to a meeting."""
    session = db.session()
    case = get_case(session, episode_id)
    guests = guest_choices(session, episode_id, case.family_id)
    form = MeetingForm(
        on=_suggested(case),
        minutes=_USUAL_MINUTES,
        kind=(MeetingKind.REVIEW if case.actions else MeetingKind.FIRST).value,
        guests=[f"role-{one.role_id}" for one in guests if one.role_id is not None],
    )
    form.offer(guests)
    if posted(form, lambda uow: arrange(uow, form.to_command(episode_id))):
        flash("The meeting is arranged, and those with an address are asked by message")
        return redirect(url_for("caf.meeting", episode_id=episode_id, meeting_id=form.form_id.data))
    return page.render("caf/arrange_meeting.html", who=family_heading(case), case=case, form=form)


@blueprint.get("/episodes/<uuid:episode_id>/meetings/<uuid:meeting_id>")
@requires(Permission.EPISODE_VIEW, facts=queries.meeting_facts, reads=Part.PLAN)
def meeting(episode_id: EpisodeId, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """One meeting: when, where, who; once it is over, who came and what came of it."""
    session = db.session()
    together = queries.with_guests(session, episode_id, meeting_id)
    if together is None:
        raise PageNotFound
    found, guests = together
    case = get_case(session, episode_id)
    return page.render(
        "caf/meeting.html",
        who=family_heading(case),
        case=case,
        meeting=found,
        guests=guests,
        review_id=review_of_meeting(session, meeting_id),
        actions=actions_of_meeting(session, meeting_id),
        kind_words=MEETING_LABELS,
        attendance_words=ATTENDANCE_LABELS,
        status_words=ACTION_STATUS_LABELS,
        is_ahead=found.state is MeetingState.ARRANGED,
        has_begun=found.starts_at <= now(),
        may_edit=case.is_open and may(Permission.EPISODE_EDIT),
        may_plan=case.is_open and may(Permission.PLAN_EDIT),
    )


@blueprint.get("/episodes/<uuid:episode_id>/meetings/<uuid:meeting_id>/calendar.ics")
@requires(Permission.EPISODE_VIEW, facts=queries.meeting_facts, reads=Part.PLAN)
def meeting_calendar(episode_id: EpisodeId, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The meeting for one's own calendar; the file names nobody of the family."""
    found = queries.calendar_of(db.session(), episode_id, meeting_id)
    if found is None:
        raise PageNotFound
    row, reference = found
    invitation = Invitation(row, reference, Told.CANCELLED if row.state is MeetingState.CANCELLED else Told.WHEN)
    answer: Response = make_response(calendar_file(invitation, now=now()))
    answer.headers["Content-Type"] = f"{CALENDAR_KIND}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer


@blueprint.route("/episodes/<uuid:episode_id>/meetings/<uuid:meeting_id>/move", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=queries.meeting_facts, reads=Part.PLAN)
def move_meeting(episode_id: EpisodeId, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Hold a meeting at another time or place."""
    found = _ahead(episode_id, meeting_id)
    form = MoveMeetingForm(
        version=found.version,
        on=london_date(found.starts_at),
        at=clock_time(found.starts_at) if london(found.starts_at).hour != 12 else f"{london(found.starts_at):%H:%M}",
        minutes=found.minutes,
        place=found.place,
    )
    if posted(form, lambda uow: move(uow, form.to_command(meeting_id))):
        flash("The meeting has been moved, and everybody with an address is told")
        return redirect(url_for("caf.meeting", episode_id=episode_id, meeting_id=meeting_id))
    case = get_case(db.session(), episode_id)
    return page.render("caf/move_meeting.html", who=family_heading(case), case=case, meeting=found, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/meetings/<uuid:meeting_id>/cancel", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=queries.meeting_facts, reads=Part.PLAN)
def cancel_meeting(episode_id: EpisodeId, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Call a meeting off."""
    found = _ahead(episode_id, meeting_id)
    form = CancelMeetingForm(version=found.version)
    if posted(form, lambda uow: cancel(uow, form.to_command(meeting_id))):
        flash("The meeting is called off, and everybody with an address is told")
        return redirect(url_for("caf.reviews", episode_id=episode_id))
    case = get_case(db.session(), episode_id)
    return page.render("caf/cancel_meeting.html", who=family_heading(case), case=case, meeting=found, form=form)


def _ahead(episode_id: EpisodeId, meeting_id: uuid.UUID) -> queries.MeetingRow:
    found = queries.find_meeting(db.session(), episode_id, meeting_id)
    if found is None or found.state is not MeetingState.ARRANGED:
        raise PageNotFound
    return found


def _suggested(case: Case) -> object:
    """The planned review; for the first meeting the working day by which it is due, with notice for everybody."""
    if case.actions and case.planned_review_on is not None and case.planned_review_on >= today():
        return case.planned_review_on
    due = first_meeting_due(case.completed_on) if case.completed_on else add_working_days(today(), _NOTICE_WORKING_DAYS)
    return max(due, add_working_days(today(), 1))
