"""The pages of an episode: where it stands, who is in the team, who leads, and how it ends."""

import uuid
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.planning import SettleGoalForm
from locality.caf.forms.team import EndRoleForm, MemberForm
from locality.caf.operations.membership import add_team_member
from locality.caf.operations.roles import end_role
from locality.caf.queries.cases import (
    Case,
    FullCase,
    episode_facts,
    episodes_about,
    get_case,
    get_full_case,
    person_facts,
)
from locality.caf.queries.children import list_children
from locality.caf.queries.closing import find_closure
from locality.caf.queries.leads import list_lead_requests
from locality.caf.queries.team import RoleRow, find_role, list_roles
from locality.caf.rules.closing import SOCIAL_CARE_DECISION_LABELS
from locality.caf.rules.leading import LEAD_REQUEST_LABELS
from locality.caf.rules.steps import Step
from locality.caf.rules.words import CASE_ROLE_LABELS, CLOSURE_LABELS, CLOSURE_RATING_LABELS, CaseRoleKind
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import child_heading, family_heading, today
from locality.caf.views.worklist import step_href
from locality.clusters import api as clusters
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId, FamilyId, PersonId
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import current_facts, may, requires
from locality.web.posting import posted
from locality.web.signed_in import current_actor


@blueprint.get("/episodes/<uuid:episode_id>")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def episode(episode_id: EpisodeId) -> ResponseReturnValue:
    """Where the help for a family stands, and the next step with its date."""
    session = db.session()
    case = get_full_case(session, episode_id, today=today())
    step = case.next_step
    return page.render(
        "caf/episode.html",
        **about_case(case, "Overview"),
        children=list_children(session, case.about),
        step=step,
        step_href=None if step is None else _href_of(case),
        may_take_step=step is not None and may(_MAY_TAKE.get(step.step, Permission.EPISODE_EDIT)),
        is_late=step is not None and step.is_late(today()),
        closure=None if case.is_open else find_closure(session, episode_id),
        closure_words=CLOSURE_LABELS,
        rating_words=CLOSURE_RATING_LABELS,
        sees_assessment=Part.ASSESSMENT in current_facts().parts,
        may_lead=may(Permission.EPISODE_LEAD),
        decision_words=SOCIAL_CARE_DECISION_LABELS,
        may_move=may(Permission.STAGE_PROPOSE),
    )


# What the page of a step asks for, where working with the plan is not enough.
_MAY_TAKE = {Step.NAME_LEAD: Permission.EPISODE_LEAD, Step.START_CAF: Permission.CAF_EDIT}


@blueprint.get("/people/<uuid:person_id>/caf")
@requires(Permission.EPISODE_VIEW, facts=person_facts, reads=Part.PLAN)
def of_child(person_id: PersonId) -> ResponseReturnValue:
    """The help that a child had and has."""
    session = db.session()
    children = list_children(session, [person_id])
    if not children:
        raise PageNotFound
    child = children[0]
    return page.render(
        "caf/of_child.html",
        who=child_heading(child),
        child=child,
        may_ask=may(Permission.CHECKLIST_RECORD),
        episodes=episodes_about(session, people.same_person_ids(session, [person_id])[person_id]),
    )


@blueprint.get("/families/<uuid:family_id>/help")
@requires(Permission.EPISODE_VIEW, facts=people.family_facts, reads=Part.PLAN)
def of_family(family_id: FamilyId) -> ResponseReturnValue:
    """The help that a family had and has."""
    session = db.session()
    family = people.get_family(session, family_id)
    return page.render("caf/of_family.html", family=family, episodes=episodes_about(session, family.about))


@blueprint.get("/episodes/<uuid:episode_id>/team")
@requires(Permission.EPISODE_VIEW, facts=episode_facts, reads=Part.PLAN)
def team(episode_id: EpisodeId) -> ResponseReturnValue:
    """Who helps the family now, and who did."""
    session = db.session()
    case = get_case(session, episode_id)
    roles = list_roles(session, episode_id)
    return page.render(
        "caf/team.html",
        **about_case(case, "Team"),
        present=[role for role in roles if role.is_open],
        may_end={role.id for role in roles if role.is_open and _may_end(role)},
        past=[role for role in roles if not role.is_open],
        labels=CASE_ROLE_LABELS,
        may_edit=case.is_open and may(Permission.EPISODE_EDIT),
        may_lead=case.is_open and may(Permission.EPISODE_LEAD),
        requests=list_lead_requests(session, episode_id),
        request_words=LEAD_REQUEST_LABELS,
        take_back=SettleGoalForm(),
    )


@blueprint.route("/episodes/<uuid:episode_id>/team/add", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def add_member(episode_id: EpisodeId) -> ResponseReturnValue:
    """Somebody joins the team."""
    session = db.session()
    case = get_case(session, episode_id)
    form = MemberForm()
    form.offer(clusters.workers_in(session, case.cluster_id), people.family_members(session, case.family_id))
    if posted(form, lambda uow: add_team_member(uow, form.to_command(episode_id))):
        flash("The team has a new member")
        return redirect(url_for("caf.team", episode_id=episode_id))
    return page.render("caf/add_member.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/episodes/<uuid:episode_id>/team/<uuid:role_id>/end", methods=["GET", "POST"])
@requires(Permission.EPISODE_EDIT, facts=episode_facts, reads=Part.PLAN)
def end_member(episode_id: EpisodeId, role_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody leaves the team."""
    session = db.session()
    role = find_role(session, episode_id, role_id)
    if role is None or not _may_end(role):
        raise PageNotFound
    case = get_case(session, episode_id)
    form = EndRoleForm()
    if posted(form, lambda uow: end_role(uow, episode_id=episode_id, role_id=role_id, reason=form.reason.data)):
        flash(f"{role.name} has left the team")
        return redirect(url_for("home") if _is_own(role) else url_for("caf.team", episode_id=episode_id))
    return page.render("caf/end_member.html", who=family_heading(case), case=case, role=role, form=form)


def _may_end(role: RoleRow) -> bool:
    """Everybody may leave a team; who else leaves it is for those who lead or manage the help."""
    if may(Permission.EPISODE_LEAD):
        return True
    return _is_own(role) and role.kind is not CaseRoleKind.LEAD_PROFESSIONAL


def _is_own(role: RoleRow) -> bool:
    return role.account_id is not None and role.account_id == current_actor().account_id


# Tabs of what belongs to the assessment, which not everybody who sees the plan may read.
_WITH_THE_ASSESSMENT = frozenset({"Assessment", "Scores"})


def about_case(case: Case, tab: str) -> dict[str, Any]:
    """What every page of an episode says: whose it is, its tabs and which of them is open."""
    links = (
        ("Overview", "caf.episode"),
        ("Assessment", "caf.versions"),
        ("Plan", "caf.plan"),
        ("Reviews", "caf.reviews"),
        ("Team", "caf.team"),
        ("Scores", "caf.scores"),
        ("Outcomes", "caf.outcomes"),
        ("Papers", "caf.papers"),
    )
    sees_assessment = Part.ASSESSMENT in current_facts().parts
    shown = [
        link
        for link in links
        if (link[0] not in _WITH_THE_ASSESSMENT or sees_assessment)
        and (link[0] != "Papers" or may(Permission.PAPER_GIVE))
    ]
    return {
        "who": family_heading(case),
        "case": case,
        "tabs": [(label, url_for(endpoint, episode_id=case.id)) for label, endpoint in shown],
        "tab": tab,
        "today": today(),
    }


def _href_of(case: FullCase) -> str:
    step = case.next_step
    if step is None:
        return url_for("caf.episode", episode_id=case.id)
    return step_href(step.step, episode_id=case.id, family_id=case.family_id, draft_id=case.draft_id)
