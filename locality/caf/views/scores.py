"""The pages of scores: how far each child has come, entering a score, striking one out."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.measuring import ChooseScaleForm, StrikeForm, score_form
from locality.caf.operations.scores import record_score, strike_score
from locality.caf.queries import scores as queries
from locality.caf.queries.cases import episode_facts, get_case
from locality.caf.queries.children import list_children
from locality.caf.rules.lines import draw
from locality.caf.rules.scales import RESPONDENT_LABELS, field_of, in_words, plan_in_words
from locality.caf.views.blueprint import blueprint
from locality.caf.views.episode import about_case
from locality.caf.views.heading import child_heading, family_heading, today
from locality.kernel.db import db
from locality.kernel.errors import NotFound
from locality.kernel.ids import EpisodeId, PersonId
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.formats import short_day
from locality.web.posting import posted


@blueprint.get("/episodes/<uuid:episode_id>/scores")
@requires(Permission.SCORES_VIEW, facts=episode_facts, reads=Part.ASSESSMENT)
def scores(episode_id: EpisodeId) -> ResponseReturnValue:
    """How far each child has come, by scale and by who answered; like is set beside like only."""
    session = db.session()
    case = get_case(session, episode_id)
    found = queries.list_scores(session, episode_id)
    called = {child.id: child.called for child in list_children(session, case.about)}
    order = list(called)
    lines = sorted(queries.lines_of(found), key=lambda line: (_place(order, line.person_id), line.respondent))
    return page.render(
        "caf/scores.html",
        **about_case(case, "Scores"),
        sentence=plan_in_words(lines),
        lines=[(line, called.get(PersonId(line.person_id), "A child"), draw(line, words=short_day)) for line in lines],
        in_words=in_words,
        scores=found,
        called=called,
        respondent_words=RESPONDENT_LABELS,
        may_record=case.is_open and may(Permission.SCORE_RECORD),
    )


@blueprint.route("/episodes/<uuid:episode_id>/scores/add", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD, facts=episode_facts, reads=Part.ASSESSMENT)
def choose_scale(episode_id: EpisodeId) -> ResponseReturnValue:
    """For which child, and with which scale."""
    session = db.session()
    case = get_case(session, episode_id)
    form = ChooseScaleForm()
    form.offer(list_children(session, case.about), queries.list_versions(session, only_in_use=True))
    if form.validate_on_submit():
        return redirect(
            url_for(
                "caf.add_score", episode_id=episode_id, child_id=form.child.data, version_id=form.scale.data
            )
        )  # fmt: skip
    return page.render("caf/choose_scale.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/scores/<uuid:child_id>/<uuid:version_id>", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD, facts=episode_facts, reads=Part.ASSESSMENT)
def add_score(episode_id: EpisodeId, child_id: PersonId, version_id: uuid.UUID) -> ResponseReturnValue:
    """Enter the numbers of one scale for one child."""
    session = db.session()
    case = get_case(session, episode_id)
    child = next((one for one in list_children(session, case.about) if one.id == child_id), None)
    try:
        version = queries.get_version(session, version_id)
    except NotFound as error:
        raise PageNotFound from error
    if child is None:
        raise PageNotFound
    form = score_form(version, scored_on=today())
    if posted(form, lambda uow: record_score(uow, form.to_command(episode_id, child_id, version=version))):
        flash(f"The score for {child.called} has been recorded")
        return redirect(url_for("caf.scores", episode_id=episode_id))
    return page.render(
        "caf/add_score.html",
        who=child_heading(child),
        case=case,
        child=child,
        version=version,
        numbers=[field_of(item.code) for item in version.facts.items],
        form=form,
    )


@blueprint.route("/episodes/<uuid:episode_id>/scores/<uuid:score_id>/strike", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD, facts=episode_facts, reads=Part.ASSESSMENT)
def strike(episode_id: EpisodeId, score_id: uuid.UUID) -> ResponseReturnValue:
    """Strike a score out that was entered by mistake."""
    session = db.session()
    found = queries.find_score(session, episode_id, score_id)
    if found is None or found.struck_why:
        raise PageNotFound
    form = StrikeForm()
    if posted(form, lambda uow: strike_score(uow, episode_id=episode_id, score_id=score_id, why=form.why.data)):
        flash("The score is struck out. It stays to be read, and counts no more")
        return redirect(url_for("caf.scores", episode_id=episode_id))
    case = get_case(session, episode_id)
    return page.render("caf/strike_score.html", who=family_heading(case), case=case, score=found, form=form)


def _place(order: list[PersonId], child: uuid.UUID) -> int:
    """Where a child stands among brothers and sisters; those who may not be seen come last."""
    return order.index(PersonId(child)) if child in order else len(order)
