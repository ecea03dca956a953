"""The pages on which workers write down a child's voice, read it, and apart from it say how they understand it."""

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.voices import ObservationForm, ReadingForm, SilenceForm, VoiceForm
from locality.caf.operations.voices import record_reading, record_voice
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.queries.listening import needs_of
from locality.caf.queries.sections import AssessmentRow, assessment_facts, get_assessment
from locality.caf.queries.voices import FileRow, find_file, list_heard, list_readings, list_to_do
from locality.caf.rules.sittings import QUESTIONS
from locality.caf.rules.voice_alerts import CUE_LABELS
from locality.caf.rules.voice_files import FileKind, Sent, looked_at
from locality.caf.rules.voice_fit import suggest
from locality.caf.rules.words import (
    NOT_OBTAINED_LABELS,
    VOICE_READER_LABELS,
    VOICE_TOOL_LABELS,
    EpisodeState,
    VoiceTool,
)
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import child_heading, today
from locality.caf.views.voice_files import serve
from locality.kernel.db import db
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AssessmentId, PersonId, VoiceEntryId
from locality.kernel.uow import UnitOfWork
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.posting import posted

_SHORT = {question.key: question.short for asked in QUESTIONS.values() for question in asked}


@blueprint.get("/caf/<uuid:assessment_id>/voice/<uuid:child_id>")
@requires(Permission.CAF_VIEW, facts=assessment_facts, reads=Part.VOICE)
def voices(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """What a child said and drew, as far as the child lets the reader see it."""
    session = db.session()
    caf, child = load(assessment_id, child_id)
    to_do = list_to_do(session, caf.episode_id, child_id)
    return page.render(
        "caf/voices.html",
        **about(caf, child),
        heard=list_heard(session, caf.episode_id, child_id),
        alerts=[one for one in to_do if one.kind == "alert"],
        sittings=[one for one in to_do if one.kind == "sitting"],
        cue_words=CUE_LABELS,
        tool_words=VOICE_TOOL_LABELS,
        reader_words=VOICE_READER_LABELS,
        not_obtained_words=NOT_OBTAINED_LABELS,
        file_words=file_words,
        may_edit=is_open(caf) and may(Permission.VOICE_EDIT),
        may_read_readings=may(Permission.VOICE_VIEW),
    )


@blueprint.get("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/file/<uuid:file_id>")
@requires(Permission.CAF_VIEW, facts=assessment_facts, reads=Part.VOICE)
def voice_file(assessment_id: AssessmentId, child_id: PersonId, file_id: uuid.UUID) -> ResponseReturnValue:
    """A picture or recording of a child; for whom the child keeps it from, it is not there."""
    found = find_file(db.session(), file_id)
    if found is None or found.person_id != child_id:
        raise PageNotFound
    return serve(found)


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/add", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def add_voice(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """Write down what a child said by whatever way, on the day or later."""
    caf, child = load(assessment_id, child_id)
    form = VoiceForm(recorded_on=today(), tool=_asked_tool())
    form.offer(one.tool for one in suggest(child.age_in_years(today()), needs_of(db.session(), child_id)))

    def keep(uow: UnitOfWork) -> None:
        record_voice(uow, form.to_command(assessment_id, child_id, files=_sent(form)))

    if posted(form, keep):
        flash(f"{child.called}’s voice has been recorded")
        return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))
    return page.render("caf/add_voice.html", **about(caf, child), form=form)


def _asked_tool() -> str | None:
    asked = request.args.get("tool", "")
    return asked if asked in set(VoiceTool) - {VoiceTool.NOT_OBTAINED} else None


def _sent(form: VoiceForm) -> tuple[Sent, ...]:
    """The file as it may be kept: a picture, or failing that a recording. Raises ``RuleBroken``."""
    if not form.file.data:
        return ()
    found = looked_at(form.file.data, wanted=FileKind.PICTURE, field="file")
    if not isinstance(found, Sent):
        found = looked_at(form.file.data, wanted=FileKind.SOUND, field="file")
    if not isinstance(found, Sent):
        raise RuleBroken(found)
    return (found,)


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/observe", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def observe(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """Watch a child who cannot say it: mood, play, response to carers."""
    caf, child = load(assessment_id, child_id)
    form = ObservationForm(recorded_on=today())
    if posted(form, lambda uow: record_voice(uow, form.to_command(assessment_id, child_id))):
        flash(f"What you saw of {child.called} has been recorded")
        return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))
    return page.render("caf/observe.html", **about(caf, child), form=form)


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/not-obtained", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def not_obtained(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """Say why a child could not be heard this time, and when somebody tries again."""
    caf, child = load(assessment_id, child_id)
    form = SilenceForm(recorded_on=today())
    if posted(form, lambda uow: record_voice(uow, form.to_command(assessment_id, child_id))):
        flash("The next try is on the lead professional’s list")
        return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))
    return page.render("caf/voice_not_obtained.html", **about(caf, child), form=form)


@blueprint.get("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/<uuid:voice_id>/reading")
@requires(Permission.VOICE_VIEW, facts=assessment_facts, reads=Part.VOICE)
def readings(assessment_id: AssessmentId, child_id: PersonId, voice_id: VoiceEntryId) -> ResponseReturnValue:
    """How workers read what a child said; a page of its own."""
    return _readings_page(assessment_id, child_id, voice_id, ReadingForm())


@blueprint.post("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/<uuid:voice_id>/reading")
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def add_reading(assessment_id: AssessmentId, child_id: PersonId, voice_id: VoiceEntryId) -> ResponseReturnValue:
    """Add how one reads what a child said."""
    form = ReadingForm()
    if posted(form, lambda uow: record_reading(uow, form.to_command(assessment_id, child_id, voice_id=voice_id))):
        flash("Your reading has been added")
        return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))
    return _readings_page(assessment_id, child_id, voice_id, form)


def _readings_page(
    assessment_id: AssessmentId, child_id: PersonId, voice_id: VoiceEntryId, form: ReadingForm
) -> ResponseReturnValue:
    session = db.session()
    caf, child = load(assessment_id, child_id)
    heard = list_heard(session, caf.episode_id, child_id)
    one = next((one for one in heard if one.voice.id == voice_id), None)
    if one is None:
        raise PageNotFound
    return page.render(
        "caf/readings.html",
        **about(caf, child),
        one=one,
        file_words=file_words,
        readings=list_readings(session, voice_id),
        form=form,
        may_edit=may(Permission.VOICE_EDIT),
    )


def load(assessment_id: AssessmentId, child_id: PersonId) -> tuple[AssessmentRow, ChildRow]:
    """The CAF and the child of a page about a child's voice; two statements."""
    session = db.session()
    caf = get_assessment(session, assessment_id)
    children = list_children(session, [child_id])
    if not children or child_id not in caf.about:
        raise PageNotFound
    return caf, children[0]


def about(caf: AssessmentRow, child: ChildRow) -> dict[str, Any]:
    """What every page about a child's voice is given."""
    return {"who": child_heading(child), "caf": caf, "child": child}


def is_open(caf: AssessmentRow) -> bool:
    """Whether help goes on, so that the child may be heard."""
    return caf.episode_state is EpisodeState.OPEN


def file_words(row: FileRow) -> str:
    """What a file is, in words that stand in its place for whoever does not see or hear it."""
    kind = {FileKind.DRAWING: "Drawing", FileKind.PICTURE: "Picture", FileKind.SOUND: "Recording"}[row.kind]
    short = _SHORT.get(row.question, "").removesuffix(": drawing")
    return kind if short in ("", "Drawing") else f"{kind}: {short}"
