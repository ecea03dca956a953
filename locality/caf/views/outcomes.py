"""The pages of outcomes: a family's needs under the ten headings, and how far each is met."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.measuring import CheckForm, NeedForm
from locality.caf.operations.needs import check_need, record_need
from locality.caf.queries.cases import episode_facts, get_case
from locality.caf.queries.children import list_children
from locality.caf.queries.goals import plan_facts
from locality.caf.queries.needs import NeedRow, list_needs
from locality.caf.rules.outcomes import ACHIEVED_LABELS, OCCASION_LABELS, Occasion, needs_in_words
from locality.caf.rules.words import OUTCOME_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.episode import about_case
from locality.caf.views.heading import family_heading, today
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.posting import posted


@blueprint.get("/episodes/<uuid:episode_id>/outcomes")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def outcomes(episode_id: EpisodeId) -> ResponseReturnValue:
    """The family's needs under the ten headings, with the evidence at the start, at reviews and at the end."""
    session = db.session()
    case = get_case(session, episode_id)
    needs = list_needs(session, episode_id)
    called = {child.id: child.called for child in list_children(session, case.about)}
    return page.render(
        "caf/outcomes.html",
        **about_case(case, "Outcomes"),
        sentence=needs_in_words(need.stands for need in needs),
        needs=needs,
        for_whom={need.id: [name for child, name in called.items() if child in need.about] for need in needs},
        occasions=tuple(Occasion),
        occasion_words=OCCASION_LABELS,
        achieved_words=ACHIEVED_LABELS,
        outcome_words=OUTCOME_LABELS,
        may_edit=case.is_open and may(Permission.PLAN_EDIT),
    )


@blueprint.route("/episodes/<uuid:episode_id>/outcomes/add", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT, facts=plan_facts, reads=Part.PLAN)
def add_need(episode_id: EpisodeId) -> ResponseReturnValue:
    """Record a need under one of the ten headings."""
    session = db.session()
    case = get_case(session, episode_id)
    form = NeedForm(identified_on=today())
    form.offer(list_children(session, case.about))
    if posted(form, lambda uow: record_need(uow, form.to_command(episode_id))):
        flash("The need has been recorded")
        return redirect(url_for("caf.outcomes", episode_id=episode_id))
    return page.render("caf/add_need.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/outcomes/<uuid:need_id>", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT, facts=plan_facts, reads=Part.PLAN)
def look_at_need(episode_id: EpisodeId, need_id: uuid.UUID) -> ResponseReturnValue:
    """Say how far a need is met, and how that is known."""
    session = db.session()
    case = get_case(session, episode_id)
    need = next((one for one in list_needs(session, episode_id) if one.id == need_id), None)
    if need is None:
        raise PageNotFound
    form = CheckForm(checked_on=today(), occasion=_usual(need).value)
    if posted(form, lambda uow: check_need(uow, form.to_command(episode_id, need_id))):
        flash("What you found has been recorded")
        return redirect(url_for("caf.outcomes", episode_id=episode_id))
    return page.render(
        "caf/look_at_need.html",
        who=family_heading(case),
        case=case,
        need=need,
        outcome_words=OUTCOME_LABELS,
        occasion_words=OCCASION_LABELS,
        achieved_words=ACHIEVED_LABELS,
        form=form,
    )


def _usual(need: NeedRow) -> Occasion:
    return Occasion.REVIEW if need.at(Occasion.BASELINE) is not None else Occasion.BASELINE
