"""The pages of the CAF as a whole: its versions, its start, the task list, the document, completion."""

import uuid
from collections.abc import Collection
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.assessing import LED_TO, ChoiceForm, CompleteForm, HeaderForm, StartForm
from locality.caf.operations.assessing import HeaderOvertaken, complete_assessment, save_header, start_assessment
from locality.caf.operations.settling import settle_header
from locality.caf.operations.told import keep_header
from locality.caf.queries import sections
from locality.caf.queries.cases import episode_facts, get_full_case
from locality.caf.queries.checklists import get_checklist
from locality.caf.queries.children import list_children
from locality.caf.queries.completion import completion_facts
from locality.caf.queries.earlier import replaced_in_header
from locality.caf.queries.reading import read_document
from locality.caf.queries.sections import AssessmentRow, SavedHeader, assessment_facts, find_header, get_assessment
from locality.caf.queries.tasks import task_facts
from locality.caf.rules.completion import reasons_not_to_complete
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.sections import SECTIONS
from locality.caf.rules.settling import Compared
from locality.caf.rules.words import (
    CONCLUSION_LABELS,
    EVIDENCE_LABELS,
    NOT_OBTAINED_LABELS,
    SEVERITY_LABELS,
    VOICE_TOOL_LABELS,
    AssessmentState,
)
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import Keeping, Theirs, choosing, conflict_page
from locality.caf.views.episode import about_case
from locality.caf.views.heading import family_heading, plain_heading, today
from locality.caf.views.keeping_out import elements_kept_out
from locality.caf.views.presence import others_here, others_in
from locality.caf.views.tasks import sections_of
from locality.kernel.db import db
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import current_facts, may, requires
from locality.web.posting import posted


@blueprint.get("/episodes/<uuid:episode_id>/caf")
@requires(Permission.CAF_VIEW, facts=episode_facts, reads=Part.ASSESSMENT)
def versions(episode_id: EpisodeId) -> ResponseReturnValue:
    """The versions of a family's CAF."""
    session = db.session()
    case = get_full_case(session, episode_id, today=today())
    return page.render(
        "caf/versions.html",
        **about_case(case, "Assessment"),
        versions=sections.list_versions(session, episode_id),
        draft=AssessmentState.DRAFT,
        may_start=case.is_open and case.draft_id is None and may(Permission.CAF_EDIT),
        may_give=may(Permission.PAPER_GIVE),
    )


@blueprint.route("/episodes/<uuid:episode_id>/caf/start", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=episode_facts, reads=Part.ASSESSMENT)
def start(episode_id: EpisodeId) -> ResponseReturnValue:
    """Start a CAF; the family's agreement comes first."""
    case = get_full_case(db.session(), episode_id, today=today())
    if case.draft_id is not None:
        return redirect(url_for("caf.assessment", assessment_id=case.draft_id))
    checked = _from_checklist(case.about)
    form = StartForm(started_on=today(), what_led=checked)
    if not checked:
        form.prefill(people.known_answers(db.session(), current_facts().people, LED_TO))
    if posted(form, lambda uow: _start(uow, form, episode_id)):
        return redirect(url_for("caf.assessment", assessment_id=form.form_id.data))
    return page.render("caf/start.html", who=family_heading(case), case=case, form=form)


@blueprint.get("/caf/<uuid:assessment_id>")
@requires(Permission.CAF_VIEW, facts=assessment_facts, reads=Part.ASSESSMENT)
def assessment(assessment_id: AssessmentId) -> ResponseReturnValue:
    """The task list of a draft for those who write it; for everybody else, and once complete, the document."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    if not (found.is_draft and may(Permission.CAF_EDIT)):
        return _document(found)
    children = list_children(session, found.about)
    facts = task_facts(session, assessment_id, found.about)
    return page.render(
        "caf/task_list.html",
        **_about(found),
        sections=sections_of(found, children, facts),
        done=facts.given,
        in_all=found.answers_in_all,
        others=others_in(found),
    )


@blueprint.get("/caf/<uuid:assessment_id>/whole")
@requires(Permission.CAF_VIEW, facts=assessment_facts, reads=Part.ASSESSMENT)
def whole(assessment_id: AssessmentId) -> ResponseReturnValue:
    """The whole CAF as a document to read or print."""
    return _document(get_assessment(db.session(), assessment_id))


@blueprint.route("/caf/<uuid:assessment_id>/about", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def header(assessment_id: AssessmentId) -> ResponseReturnValue:
    """Who was present and what led to the CAF."""
    found = get_assessment(db.session(), assessment_id)
    form = HeaderForm(version=found.version, present=found.present, what_led=found.what_led)
    if not found.what_led:
        form.prefill(people.known_answers(db.session(), found.about, LED_TO))
    choice = choosing()
    try:
        if posted(form, lambda uow: _save_header(uow, form, assessment_id, choice), letting=(HeaderOvertaken,)):
            return redirect(url_for("caf.assessment", assessment_id=assessment_id))
    except HeaderOvertaken as overtaken:
        return _header_conflict(found, form, overtaken.current, choice=choice)
    replaced = replaced_in_header(db.session(), assessment_id)
    return page.render(
        "caf/header.html",
        **_about(found),
        form=form,
        replaced=replaced,
        previous=find_header(db.session(), found.previous_id),
        others=others_here(found, place="Who was present, what led to it"),
    )


@blueprint.route("/caf/<uuid:assessment_id>/complete", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def complete(assessment_id: AssessmentId) -> ResponseReturnValue:
    """Complete the CAF, or see what is still missing."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    form = CompleteForm()
    if posted(form, lambda uow: complete_assessment(uow, assessment_id)):
        flash("The CAF is complete. Next: agree the plan with the family")
        return redirect(url_for("caf.plan", episode_id=found.episode_id))
    missing = reasons_not_to_complete(completion_facts(session, found, today=today()))
    return page.render("caf/complete.html", **_about(found), form=form, missing=missing)


def _from_checklist(about: Collection[PersonId]) -> str:
    """What somebody wrote in the checklist from which they come, when it is about one of these children."""
    try:
        checklist_id = uuid.UUID(request.args.get("checklist", ""))
    except ValueError:
        return ""
    checklist = get_checklist(db.session(), checklist_id)
    return checklist.services_needed if checklist.person_id in about else ""


_KEEP = Keeping(save_header, settle_header)
_WHAT_LED = "what_led"


def _start(uow: UnitOfWork, form: StartForm, episode_id: EpisodeId) -> None:
    assessment_id = start_assessment(uow, form.to_command(episode_id))
    keep_header(uow, assessment_id, shown=form.shown.lines.get(_WHAT_LED))


def _save_header(uow: UnitOfWork, form: HeaderForm, assessment_id: AssessmentId, choice: ChoiceForm | None) -> None:
    _KEEP(uow, form.to_command(assessment_id), choice)
    keep_header(uow, assessment_id, shown=form.shown.lines.get(_WHAT_LED))


def _header_conflict(
    found: AssessmentRow, form: HeaderForm, current: SavedHeader, *, choice: ChoiceForm | None
) -> ResponseReturnValue:
    return conflict_page(
        _about(found)["who"],
        "About this assessment",
        Theirs(current.saved_by_name, current.version, by_id=current.saved_by),
        compared=(
            Compared("Who was present?", form.present.data, current.present),
            Compared("What has led to this assessment?", form.what_led.data, current.what_led),
        ),
        form=choice,
    )


def _document(found: AssessmentRow) -> ResponseReturnValue:
    return page.render(
        "caf/document.html",
        **_about(found),
        document=read_document(db.session(), found, kept_out=elements_kept_out(found.about)),
        child_sections=[section for section in SECTIONS.values() if not section.is_shared],
        family_sections=[section for section in SECTIONS.values() if section.is_shared],
        elements=ELEMENTS,
        evidence_words=EVIDENCE_LABELS,
        severity_words=SEVERITY_LABELS,
        conclusion_words=CONCLUSION_LABELS,
        tool_words=VOICE_TOOL_LABELS,
        not_obtained_words=NOT_OBTAINED_LABELS,
        may_edit=found.is_draft and may(Permission.CAF_EDIT),
        may_dispute=may(Permission.DISPUTE_RECORD),
    )


def _about(found: AssessmentRow) -> dict[str, Any]:
    who = plain_heading(family_name=found.family_name, reference=found.reference, episode_id=found.episode_id)
    return {"who": who, "caf": found}
