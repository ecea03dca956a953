"""Pages of the checklist before an assessment. Where a child may not be safe, no page goes past that question."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.checklists import NeedsForm, OutcomeForm, QuestionsForm, SafetyForm
from locality.caf.operations.checklists import answer_checklist, decide_checklist, settle_safety, tell_needs
from locality.caf.queries.checklists import (
    ChecklistRow,
    HelpNow,
    checklist_facts,
    find_help,
    get_checklist,
    list_checklists,
)
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.rules.checklist import ANSWERS, OUTCOMES, QUESTIONS, SAFEGUARDING, Outcome, Step, next_step, suggested
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import child_heading
from locality.kernel.db import db
from locality.kernel.ids import PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.posting import posted


@blueprint.route("/people/<uuid:person_id>/checklist", methods=["GET", "POST"])
@requires(Permission.CHECKLIST_RECORD, facts=people.access_facts, reads=Part.STORY)
def checklist(person_id: PersonId) -> ResponseReturnValue:
    """Five questions about a child; optional, and never in the way of an assessment."""
    child = _child(person_id)
    form = QuestionsForm()
    form.put_in_words(child.called)
    if posted(form, lambda uow: answer_checklist(uow, form.to_command(person_id))):
        return redirect(url_for("caf.checklist_next", checklist_id=form.form_id.data))
    session = db.session()
    return page.render(
        "caf/checklist.html",
        who=child_heading(child),
        child=child,
        questions=list(QUESTIONS),
        form=form,
        help_now=find_help(session, person_id),
        earlier=list_checklists(session, person_id),
        outcome_words=OUTCOMES,
    )


@blueprint.get("/checklists/<uuid:checklist_id>")
@requires(Permission.CHECKLIST_RECORD, facts=checklist_facts, reads=Part.STORY)
def checklist_next(checklist_id: uuid.UUID) -> ResponseReturnValue:
    """What is asked next, or what came of it and where it goes on."""
    found = get_checklist(db.session(), checklist_id)
    step = next_step(found.facts)
    if step is not Step.DECIDED:
        return redirect(url_for(_PAGES[step], checklist_id=checklist_id))
    child = _child(found.person_id)
    help_now = find_help(db.session(), found.person_id)
    return page.render(
        "caf/checklist_outcome.html",
        who=child_heading(child),
        child=child,
        found=found,
        questions=QUESTIONS,
        answer_words=ANSWERS,
        outcome_words=OUTCOMES,
        safety_words=SAFEGUARDING,
        onward=_onward(found, help_now),
    )


@blueprint.route("/checklists/<uuid:checklist_id>/safety", methods=["GET", "POST"])
@requires(Permission.CHECKLIST_RECORD, facts=checklist_facts, reads=Part.STORY)
def checklist_safety(checklist_id: uuid.UUID) -> ResponseReturnValue:
    """A child may not be safe: what was decided, before anything else."""
    return _step(checklist_id, Step.SAFEGUARDING, "caf/checklist_safety.html", lambda _found: (SafetyForm(), {}))


@blueprint.route("/checklists/<uuid:checklist_id>/needs", methods=["GET", "POST"])
@requires(Permission.CHECKLIST_RECORD, facts=checklist_facts, reads=Part.STORY)
def checklist_needs(checklist_id: uuid.UUID) -> ResponseReturnValue:
    """What extra help may be needed, and whether the family knows."""
    return _step(checklist_id, Step.NEEDS, "caf/checklist_needs.html", lambda _found: (NeedsForm(), {}))


@blueprint.route("/checklists/<uuid:checklist_id>/outcome", methods=["GET", "POST"])
@requires(Permission.CHECKLIST_RECORD, facts=checklist_facts, reads=Part.STORY)
def checklist_outcome(checklist_id: uuid.UUID) -> ResponseReturnValue:
    """What happens now; the answers point to one thing, a person decides."""
    return _step(checklist_id, Step.OUTCOME, "caf/checklist_decide.html", _with_suggestion)


StepForm = SafetyForm | NeedsForm | OutcomeForm


def _step(
    checklist_id: uuid.UUID,
    step: Step,
    template: str,
    open_form: Callable[[ChecklistRow], tuple[StepForm, dict[str, Any]]],
) -> ResponseReturnValue:
    """One step of a checklist whose turn it is, kept by its own operation; any other leads to the one whose turn it is.

    ``open_form`` gives the form and what else its page shows.
    """
    found = get_checklist(db.session(), checklist_id)
    onward = redirect(url_for("caf.checklist_next", checklist_id=checklist_id))
    if next_step(found.facts) is not step:
        return onward
    form, more = open_form(found)
    if posted(form, lambda uow: _keep_step(uow, form, checklist_id)):
        return onward
    child = _child(found.person_id)
    return page.render(template, who=child_heading(child), child=child, form=form, **more)


def _keep_step(uow: UnitOfWork, form: StepForm, checklist_id: uuid.UUID) -> None:
    if isinstance(form, SafetyForm):
        settle_safety(uow, form.to_command(checklist_id))
    elif isinstance(form, NeedsForm):
        tell_needs(uow, form.to_command(checklist_id))
    else:
        decide_checklist(uow, form.to_command(checklist_id))


def _with_suggestion(found: ChecklistRow) -> tuple[OutcomeForm, dict[str, Any]]:
    """The outcome to which the answers point, chosen already, and in words."""
    pointed = suggested(found.facts)
    return OutcomeForm(outcome=pointed.value), {"pointed": OUTCOMES[pointed]}


_PAGES = {
    Step.SAFEGUARDING: "caf.checklist_safety",
    Step.NEEDS: "caf.checklist_needs",
    Step.OUTCOME: "caf.checklist_outcome",
}


def _child(person_id: PersonId) -> ChildRow:
    found = list_children(db.session(), [person_id])
    if not found:
        raise PageNotFound
    return found[0]


def _onward(found: ChecklistRow, help_now: HelpNow | None) -> tuple[str, str, str]:
    """What the outcome leads on to: a sentence, the words of the button, and its address."""
    to_front_door = url_for("referrals.new_contact_about", person_id=found.person_id)
    if found.outcome is Outcome.SAFEGUARDING_REFERRAL:
        if help_now is not None and may(Permission.STAGE_PROPOSE):
            where = url_for("stages.propose", person_id=found.person_id)
            return "Social care decides within one working day. Telephone first.", "Refer to social care", where
        return "Telephone social care first. Then tell the front door in writing.", "Tell the front door", to_front_door
    if found.outcome is Outcome.START_CAF:
        if help_now is not None and help_now.is_draft and help_now.caf_id is not None:
            where = url_for("caf.assessment", assessment_id=help_now.caf_id)
            return "An assessment has been begun already.", "Go on with the assessment", where
        if help_now is not None and may(Permission.CAF_EDIT):
            where = url_for("caf.start", episode_id=help_now.episode_id, checklist=found.id)
            return "What you wrote here is filled in for you.", "Start the assessment", where
    if found.outcome in (Outcome.START_CAF, Outcome.SPECIALIST_ASSESSMENT):
        return "The front door finds who can do it, together with the family.", "Ask the front door", to_front_door
    return (
        "It stands in the story. Answer the questions again when something changes.",
        "Back to the record",
        (f"/people/{found.person_id}"),
    )
