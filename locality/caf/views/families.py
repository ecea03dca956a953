"""A lead professional's home: what needs them, in order, their families, and what is new."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.caf.forms.planning import ReadForm
from locality.caf.operations.looking import mark_read
from locality.caf.queries import work
from locality.caf.queries.voice_work import list_waiting
from locality.caf.rules.steps import Step
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import now, today
from locality.caf.views.voice_tasks import Line, voice_lines
from locality.clusters import api as clusters
from locality.kernel.db import db
from locality.kernel.errors import NotAllowed
from locality.kernel.ids import AccountId
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.referrals import api as referrals
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.formats import weekday
from locality.web.signed_in import current_actor

_MOST_STEPS = 3


@blueprint.get("/my-families")
@requires(Permission.MY_FAMILIES_VIEW)
def my_families() -> ResponseReturnValue:
    """Three things to do next at most, the families that the worker leads, and what others recorded about them."""
    session, actor = db.session(), current_actor()
    account_id = _account()
    families = work.list_my_families(session, account_id, number=page_number(request.args.get("page")))
    note_people_shown([person for family in families.rows for person in family.about])
    return page.render(
        "caf/my_families.html",
        form=ReadForm(),
        today=today(),
        tasks=_tasks(),
        families=families,
        load=clusters.load_of(session, account_id),
        news=work.list_news(session, actor, now=now()),
        from_front_door=referrals.count_news(session, account_id),
    )


@blueprint.post("/my-families/read")
@requires(Permission.MY_FAMILIES_VIEW)
def read_news() -> ResponseReturnValue:
    """What is new counts as read."""
    if ReadForm().validate_on_submit():
        with unit_of_work(current_actor()) as uow:
            mark_read(uow)
        flash("Marked as read")
    return redirect(url_for("caf.my_families"))


def _account() -> AccountId:
    account_id = current_actor().account_id
    if account_id is None:
        raise NotAllowed("This page is for people with an account")
    return account_id


def _tasks() -> list[Line]:
    session = db.session()
    moves = [
        {
            "text": f"Answer: {move.child_name}, from stage {move.from_stage} to {move.to_stage}",
            "href": url_for("stages.move", move_id=move.id),
            "when": "urgent" if move.is_urgent else f"asked on {weekday(move.requested_at)}",
            "late": move.is_urgent,
        }
        for move in work.moves_to_answer(session, current_actor(), most=_MOST_STEPS)
    ]
    waiting = list_waiting(session, _account(), most=_MOST_STEPS)
    steps: list[Line] = [
        {
            "text": f"{step.family_name}: {step.line}",
            "href": step_href(step),
            "when": weekday(step.due_on),
            "late": step.due_on is not None and step.due_on < today(),
            "on": step.due_on,
        }
        for step in waiting.steps
    ]
    alerts, tries = voice_lines(waiting)
    dated = sorted([*steps, *tries], key=lambda line: (line["on"] is None, line["on"]))
    return [*alerts, *[*moves, *dated][: max(_MOST_STEPS - len(alerts), 1)]]


def step_href(step: work.StepRow) -> str:
    """The exact place at which a step is done."""
    episode_id = step.episode_id
    if step.step is Step.RECORD_AGREEMENT:
        return f"/families/{step.family_id}/agreement"
    if step.step is Step.FINISH_CAF and step.draft_id is not None:
        return url_for("caf.assessment", assessment_id=step.draft_id)
    endpoint = {
        Step.NAME_LEAD: "caf.lead",
        Step.START_CAF: "caf.start",
        Step.AGREE_PLAN: "caf.plan",
        Step.PLAN_REVIEW: "caf.plan_review",
        Step.HOLD_REVIEW: "caf.record_review",
    }.get(step.step, "caf.episode")
    return url_for(endpoint, episode_id=episode_id)
