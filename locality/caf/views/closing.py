"""The pages of the end of help: why it ends, then what that reason asks."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.closing import WhyCloseForm, closing_form
from locality.caf.operations.closing import close_episode
from locality.caf.queries.cases import episode_facts, get_case
from locality.caf.queries.needs import needs_to_look_at
from locality.caf.rules.closing import NEEDS_MET
from locality.caf.rules.words import CLOSURE_LABELS, ClosureReason
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import family_heading, today
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted

# What stands in addresses for each reason.
_SLUGS = {reason: reason.value.replace("_", "-") for reason in ClosureReason}


@blueprint.route("/episodes/<uuid:episode_id>/close", methods=["GET", "POST"])
@requires(Permission.EPISODE_LEAD, facts=episode_facts, reads=Part.PLAN)
def close(episode_id: EpisodeId) -> ResponseReturnValue:
    """Why the help for a family ends."""
    case = get_case(db.session(), episode_id)
    if not case.is_open:
        return redirect(url_for("caf.episode", episode_id=episode_id))
    form = WhyCloseForm()
    if form.validate_on_submit():
        return redirect(url_for("caf.close_because", episode_id=episode_id, reason=_SLUGS[form.reason.data]))
    return page.render("caf/close.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/close/<reason>", methods=["GET", "POST"])
@requires(Permission.EPISODE_LEAD, facts=episode_facts, reads=Part.PLAN)
def close_because(episode_id: EpisodeId, reason: str) -> ResponseReturnValue:
    """End the help for a family, with what the reason asks."""
    session = db.session()
    because = next((one for one, slug in _SLUGS.items() if slug == reason), None)
    if because is None:
        raise PageNotFound
    case = get_case(session, episode_id)
    if not case.is_open:
        return redirect(url_for("caf.episode", episode_id=episode_id))
    form = closing_form(because, closed_on=today())
    if posted(form, lambda uow: close_episode(uow, form.to_command(episode_id, because))):
        flash(f"Early help for the {case.family_name} family has ended")
        return redirect(url_for("home"))
    return page.render(
        "caf/close_because.html",
        who=family_heading(case),
        case=case,
        reason=CLOSURE_LABELS[because],
        is_met=because in NEEDS_MET,
        to_look_at=needs_to_look_at(session, episode_id) if because in NEEDS_MET else 0,
        form=form,
    )
