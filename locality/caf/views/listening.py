"""Listening to a child: choosing how, handing the device over, and what comes of what the child said."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.accounts import api as accounts
from locality.caf.forms.my_voice import NextForm
from locality.caf.forms.voices import AlertForm, ChangeSeeingForm, NeedsForm, ReplyForm, SittingForm
from locality.caf.operations.sittings import open_sitting, start_sitting
from locality.caf.operations.voice_alerts import answer_alert
from locality.caf.operations.voice_answering import ReplyToChild, note_needs, reply_to_child
from locality.caf.operations.voice_choices import ChangeSeeing
from locality.caf.operations.voice_choices import change_seeing as keep_seeing
from locality.caf.queries.listening import helpers_of, needs_of
from locality.caf.queries.sections import AssessmentRow, assessment_facts
from locality.caf.queries.voices import (
    VoiceRow,
    find_alert,
    find_voice,
    get_seeing,
    list_heard,
    what_came,
)
from locality.caf.rules.sittings import CHILD_TOOLS, QUESTIONS, Answer, answer_words, find_question
from locality.caf.rules.voice_alerts import CUE_LABELS
from locality.caf.rules.voice_fit import Fit, suggest
from locality.caf.rules.words import ACTION_STATUS_FOR_CHILDREN, VOICE_TOOL_LABELS, VoiceTool
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import today
from locality.caf.views.voices import about, file_words, load
from locality.kernel.db import db
from locality.kernel.errors import NotFound
from locality.kernel.handover import HandedOver
from locality.kernel.ids import AccountId, AssessmentId, PersonId, VoiceEntryId
from locality.kernel.uow import UnitOfWork
from locality.web import page
from locality.web import session as web_session
from locality.web.endpoint import may, requires
from locality.web.posting import posted
from locality.web.signed_in import current_token_hash

_FITS = {Fit.GOOD: ("Suits", "green"), Fit.POSSIBLE: ("Possible", "grey"), Fit.HARD: ("May be hard", "orange")}


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/listen", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def listen(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """Choose how to hear a child: what suits their age and how they talk, and why; every way stays open."""
    caf, child = load(assessment_id, child_id)
    age = child.age_in_years(today())
    known = needs_of(db.session(), child_id)
    form = NeedsForm(needs=known)
    if posted(form, lambda uow: note_needs(uow, child_id, form.needs.data or ())):
        return redirect(url_for("caf.listen", assessment_id=assessment_id, child_id=child_id))
    ways = [
        {
            "label": VOICE_TOOL_LABELS[one.tool],
            "fit": _FITS[one.fit],
            "why": one.why,
            "on_tablet": one.tool in CHILD_TOOLS,
            "href": _way_href(one.tool, assessment_id, child_id),
        }
        for one in suggest(age, known)
    ]
    return page.render("caf/listen.html", **about(caf, child), form=form, ways=ways, is_unborn=child.is_unborn)


def _way_href(tool: VoiceTool, assessment_id: AssessmentId, child_id: PersonId) -> str:
    if tool in CHILD_TOOLS:
        return url_for("caf.sit_down", assessment_id=assessment_id, child_id=child_id, tool=tool.value)
    if tool is VoiceTool.OBSERVATION:
        return url_for("caf.observe", assessment_id=assessment_id, child_id=child_id)
    return url_for("caf.add_voice", assessment_id=assessment_id, child_id=child_id, tool=tool.value)


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/sit/<tool>", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def sit_down(assessment_id: AssessmentId, child_id: PersonId, tool: str) -> ResponseReturnValue:
    """Get ready with the child, then hand the device over."""
    if tool not in set(CHILD_TOOLS):
        raise PageNotFound
    chosen = VoiceTool(tool)
    caf, child = load(assessment_id, child_id)
    form = SittingForm()
    tokens: list[str] = []

    def begin(uow: UnitOfWork) -> None:
        sitting_id = start_sitting(uow, form.to_command(assessment_id, child_id, tool=chosen))
        tokens.append(_hand_over(uow, sitting_id, caf, child_id))

    if posted(form, begin):
        return _to_the_child(tokens[0])
    return page.render(
        "caf/sit_down.html",
        **about(caf, child),
        form=form,
        tool=VOICE_TOOL_LABELS[chosen],
        places=len(QUESTIONS[chosen]),
    )


@blueprint.post("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/sit-again/<uuid:sitting_id>")
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def sit_again(assessment_id: AssessmentId, child_id: PersonId, sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with a sitting that was paused."""
    caf, _child = load(assessment_id, child_id)
    form = NextForm()
    tokens: list[str] = []

    def go_on(uow: UnitOfWork) -> None:
        sitting = open_sitting(uow, sitting_id)
        if sitting.person_id != child_id or sitting.episode_id != caf.episode_id:
            raise NotFound("There is no such sitting")
        tokens.append(_hand_over(uow, sitting_id, caf, child_id))

    if posted(form, go_on):
        return _to_the_child(tokens[0])
    flash("This cannot be gone on with. Start again, please")
    return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))


def _hand_over(uow: UnitOfWork, sitting_id: uuid.UUID, caf: AssessmentRow, child_id: PersonId) -> str:
    account_id, token_hash = uow.actor.account_id, current_token_hash()
    if account_id is None or token_hash is None:
        raise NotFound
    handed_over = HandedOver(
        principal=sitting_id,
        account_id=AccountId(account_id),
        worker=uow.actor.name,
        home=url_for("caf.my_voice"),
        back=url_for("caf.voices", assessment_id=caf.id, child_id=child_id),
    )
    agent = request.user_agent.string
    return accounts.hand_over(uow, handed_over, token_hash=token_hash, user_agent=agent)


def _to_the_child(token: str) -> Response:
    web_session.begin(token)
    answer: Response = redirect(url_for("caf.my_voice"))  # type: ignore[assignment]
    # Nothing of the worker's pages comes back with the browser's "back".
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/<uuid:voice_id>/who", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def change_seeing(assessment_id: AssessmentId, child_id: PersonId, voice_id: VoiceEntryId) -> ResponseReturnValue:
    """Write down that a child has changed their mind about who may see something; it holds from the next request on."""
    session = db.session()
    caf, child = load(assessment_id, child_id)
    voice = _voice(caf, child_id, voice_id)
    now = get_seeing(session, voice)
    helpers = {
        one.id: ", ".join(part for part in (one.name, one.job) if part) for one in helpers_of(session, caf.episode_id)
    }
    form = ChangeSeeingForm(
        words=now.words.value,
        words_people=now.words_chosen,
        files=now.files.value,
        files_people=now.files_chosen,
        family_may_see=voice.family_may_see,
    )
    form.offer(helpers)

    def keep(uow: UnitOfWork) -> None:
        keep_seeing(uow, ChangeSeeing(voice_id, caf.episode_id, child_id, tuple(helpers), form.seeing))

    if posted(form, keep):
        flash(f"{child.called}’s choice holds from now on")
        return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))
    return page.render("caf/change_seeing.html", **about(caf, child), form=form, voice=voice, has_files=now.has_files)


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/alerts/<uuid:alert_id>", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def voice_alert(assessment_id: AssessmentId, child_id: PersonId, alert_id: uuid.UUID) -> ResponseReturnValue:
    """Something that a child said must be looked at today: what it was, and what was done."""
    caf, child = load(assessment_id, child_id)
    alert = find_alert(db.session(), alert_id, person_id=child_id)
    if alert is None:
        raise PageNotFound
    form = AlertForm()
    if posted(form, lambda uow: answer_alert(uow, alert_id, child_id=child_id, done=form.done.data)):
        flash("What you have done is kept")
        return redirect(url_for("caf.voices", assessment_id=assessment_id, child_id=child_id))
    asked = find_question(VoiceTool(alert.tool), alert.question) if alert.tool else None
    said = answer_words(asked, Answer(alert.choice, alert.cards, alert.words)) if asked else alert.words
    return page.render(
        "caf/voice_alert.html",
        **about(caf, child),
        form=form,
        alert=alert,
        question="" if asked is None else asked.words,
        said=said,
        cue=CUE_LABELS[alert.cue],
    )


@blueprint.route("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/<uuid:voice_id>/reply", methods=["GET", "POST"])
@requires(Permission.VOICE_EDIT, facts=assessment_facts, reads=Part.VOICE)
def reply(assessment_id: AssessmentId, child_id: PersonId, voice_id: VoiceEntryId) -> ResponseReturnValue:
    """Tell a child what came of their words."""
    caf, child = load(assessment_id, child_id)
    voice = _voice(caf, child_id, voice_id)
    form = ReplyForm()

    def keep(uow: UnitOfWork) -> None:
        reply_to_child(uow, ReplyToChild(form.form_id.data, assessment_id, child_id, voice_id, form.words.data))

    if posted(form, keep):
        return redirect(url_for("caf.you_said", assessment_id=assessment_id, child_id=child_id))
    return page.render("caf/voice_reply.html", **about(caf, child), form=form, voice=voice)


@blueprint.get("/caf/<uuid:assessment_id>/voice/<uuid:child_id>/you-said")
@requires(Permission.VOICE_VIEW, facts=assessment_facts, reads=Part.VOICE)
def you_said(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """What a child said and what came of it, to look at together and to print."""
    session = db.session()
    caf, child = load(assessment_id, child_id)
    heard = [one for one in list_heard(session, caf.episode_id, child_id) if one.voice.was_heard]
    return page.render(
        "caf/you_said.html",
        **about(caf, child),
        heard=heard,
        came=what_came(session, [one.voice for one in heard]),
        status_words={status.value: words for status, words in ACTION_STATUS_FOR_CHILDREN.items()},
        file_words=file_words,
        may_edit=may(Permission.VOICE_EDIT),
    )


def _voice(caf: AssessmentRow, child_id: PersonId, voice_id: VoiceEntryId) -> VoiceRow:
    found = find_voice(db.session(), voice_id, episode_id=caf.episode_id, person_id=child_id)
    if found is None or not found.was_heard:
        raise PageNotFound
    return found
