"""The pages of the plan: its goals, its actions, and how far each has come."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.assessing import ChoiceForm
from locality.caf.forms.planning import ActionForm, GoalForm, SettleGoalForm, UpdateForm
from locality.caf.operations.goals import add_goal as set_goal
from locality.caf.operations.goals import settle_goal
from locality.caf.operations.planning import ActionOvertaken, add_action, update_action
from locality.caf.operations.settling import settle_action
from locality.caf.queries import plan as queries
from locality.caf.queries.cases import episode_facts, get_case
from locality.caf.queries.children import list_children
from locality.caf.queries.earlier import replaced_updates
from locality.caf.queries.goals import list_goals, plan_facts, to_choose_from
from locality.caf.rules.elements import find_element
from locality.caf.rules.planning import Pace, pace_of
from locality.caf.rules.settling import Compared
from locality.caf.rules.words import ACTION_STATUS_LABELS, OUTCOME_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import Keeping, Theirs, choosing, conflict_page
from locality.caf.views.episode import about_case
from locality.caf.views.heading import Heading, family_heading, today, why_words
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId, PersonId, PlanActionId
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import current_facts, may, requires
from locality.web.posting import posted
from locality.web.signed_in import current_actor

PACE_WORDS = {Pace.LATE: ("Late", "red"), Pace.SOON: ("Due within a week", "yellow"), Pace.ON_TIME: ("", "")}


@blueprint.get("/episodes/<uuid:episode_id>/plan")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def plan(episode_id: EpisodeId) -> ResponseReturnValue:
    """What should change, and who does what by when."""
    session = db.session()
    case = get_case(session, episode_id)
    called = {child.id: child.called for child in list_children(session, case.about)}
    actions = queries.list_actions(session, episode_id)
    goals = list_goals(session, episode_id)
    known = {goal.id for goal in goals}
    whom: dict[uuid.UUID, tuple[PersonId, ...]] = {row.id: row.about for row in actions}
    whom |= {goal.id: goal.about for goal in goals}
    return page.render(
        "caf/plan.html",
        **about_case(case, "Plan"),
        goals=[(goal, [action for action in actions if action.goal_id == goal.id]) for goal in goals],
        others=[action for action in actions if action.goal_id not in known],
        actions=actions,
        for_whom={key: [name for child, name in called.items() if child in about] for key, about in whom.items()},
        pace={action.id: PACE_WORDS[pace_of(action.due_on, today=today())] for action in actions if action.is_open},
        status_words=ACTION_STATUS_LABELS,
        outcome_words=OUTCOME_LABELS,
        element_name=element_name,
        settle=SettleGoalForm(),
        may_edit=case.is_open and may(Permission.PLAN_EDIT),
        may_update={action.id for action in actions if case.is_open and _may_update(action)},
    )


@blueprint.route("/episodes/<uuid:episode_id>/goals/add", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT, facts=plan_facts, reads=Part.PLAN)
def add_goal(episode_id: EpisodeId) -> ResponseReturnValue:
    """Set a goal of the plan."""
    session = db.session()
    case = get_case(session, episode_id)
    form = GoalForm()
    form.offer(list_children(session, case.about))
    if posted(form, lambda uow: set_goal(uow, form.to_command(episode_id))):
        flash("The goal is in the plan. Next: who does what for it")
        return redirect(url_for("caf.plan", episode_id=episode_id))
    return page.render("caf/add_goal.html", who=family_heading(case), case=case, form=form)


@blueprint.post("/episodes/<uuid:episode_id>/goals/<uuid:goal_id>/<any(reached, open):state>")
@requires(Permission.PLAN_EDIT, facts=plan_facts)
def mark_goal(episode_id: EpisodeId, goal_id: uuid.UUID, state: str) -> ResponseReturnValue:
    """Say that a goal is reached, or that it is not after all."""
    form = SettleGoalForm()
    is_reached = state == "reached"
    if posted(form, lambda uow: settle_goal(uow, episode_id=episode_id, goal_id=goal_id, is_reached=is_reached)):
        flash("The goal is reached" if is_reached else "The goal is open again")
        return redirect(url_for("caf.plan", episode_id=episode_id))
    raise PageNotFound


@blueprint.route("/episodes/<uuid:episode_id>/plan/add", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT, facts=plan_facts, reads=Part.PLAN)
def add_plan_action(episode_id: EpisodeId) -> ResponseReturnValue:
    """Add an action to the plan, one agreed at a meeting where the address names it."""
    session = db.session()
    case = get_case(session, episode_id)
    form = ActionForm(goal=_id_in_address("goal"))
    members = people.family_members(session, case.family_id)
    form.offer_owners(*to_choose_from(session, episode_id, members))
    form.offer([one for one in members if one.id in case.about], queries.voices_to_cite(session, episode_id))
    if posted(form, lambda uow: add_action(uow, form.to_command(episode_id, _id_in_address("meeting")))):
        flash("The action is in the plan")
        return redirect(url_for("caf.plan", episode_id=episode_id))
    return page.render("caf/add_action.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/plan/<uuid:action_id>", methods=["GET", "POST"])
@requires(Permission.ACTION_UPDATE, facts=queries.action_facts, reads=Part.PLAN)
def plan_action(episode_id: EpisodeId, action_id: PlanActionId) -> ResponseReturnValue:
    """Say how far an action has come: for whoever runs the plan, and for whoever carries the action."""
    session = db.session()
    action = queries.find_action(session, episode_id, action_id)
    if action is None:
        raise PageNotFound
    form = UpdateForm(version=action.version, status=action.status.value)
    choice = choosing()
    sees_plan = Part.PLAN in current_facts().parts
    back = url_for("caf.plan", episode_id=episode_id) if sees_plan else url_for("caf.to_do")
    try:
        if posted(form, lambda uow: _KEEP_UPDATE(uow, form.to_command(action_id), choice), letting=(ActionOvertaken,)):
            flash("The action has been updated")
            return redirect(back)
    except ActionOvertaken as overtaken:
        return _action_conflict(action, form, overtaken.current, choice=choice)
    return page.render(
        "caf/action.html",
        back=back,
        sees_plan=sees_plan,
        action=action,
        updates=queries.list_updates(session, action_id),
        replaced=replaced_updates(session, action_id),
        status_words=ACTION_STATUS_LABELS,
        form=form,
    )


_KEEP_UPDATE = Keeping(update_action, settle_action)


def _may_update(action: queries.ActionRow) -> bool:
    return may(Permission.PLAN_EDIT) or (action.owner_id is not None and action.owner_id == current_actor().account_id)


def _action_conflict(
    action: queries.ActionRow, form: UpdateForm, current: queries.SavedAction, *, choice: ChoiceForm | None
) -> ResponseReturnValue:
    return conflict_page(
        Heading(name=action.responsible_name, href=url_for("caf.to_do"), reference="", why=why_words()),
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


def _id_in_address(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def element_name(code: str) -> str:
    """The name of an element of the assessment."""
    element = find_element(code)
    return code if element is None else element.name
