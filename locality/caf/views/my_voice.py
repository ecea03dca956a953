"""A child's own pages, on a device that its worker has handed over: one question a page, nothing else of the record.

The addresses hold no ids: the session knows which sitting it is, and these pages see that one alone.
"""

import functools
import uuid
from collections.abc import Callable
from typing import Any, cast

from flask import Response, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.caf.forms.my_voice import AwayForm, NextForm, QuestionForm, wanted_kind
from locality.caf.operations import sittings as operations
from locality.caf.queries.sittings import MadeRow, SittingRow, answers_of, find_sitting, made_in
from locality.caf.queries.voices import find_file
from locality.caf.rules import drawings
from locality.caf.rules.sittings import HOUSES, QUESTIONS, Answer, Question, after, before, find_question, first_open
from locality.caf.rules.voice_files import FileKind, Sent, looked_at
from locality.caf.rules.words import VoiceTool
from locality.caf.views.blueprint import blueprint
from locality.caf.views.voice_files import serve
from locality.kernel.db import db
from locality.kernel.errors import Conflict, DomainError, RuleBroken
from locality.kernel.settings import Settings
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import handed_over, handed_over_only, note_people_shown
from locality.web.posting import posted
from locality.web.signed_in import current_actor

_MICROPHONE = "camera=(), geolocation=(), microphone=(self)"


def sitting_page(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """A page of the sitting of this device: the view is given the sitting; one that is over thanks the child."""

    @handed_over_only
    @functools.wraps(view)
    def shown(**kwargs: Any) -> ResponseReturnValue:
        found = handed_over()
        sitting = None if found is None else find_sitting(db.session(), found.principal)
        if sitting is None:
            raise PageNotFound
        note_people_shown([sitting.person_id])
        if not sitting.is_open and request.endpoint != "caf.my_thanks":
            return redirect(url_for("caf.my_thanks"))
        return view(sitting=sitting, **kwargs)

    return shown


def show(template: str, sitting: SittingRow, **values: Any) -> Response:
    """A page of the child's, with whose it is and the authority's name."""
    settings = cast("Settings", current_app.config["LOCALITY"])
    return page.render(template, me=sitting, demonstration=settings.demonstration, **values)


@blueprint.get("/my-voice")
@sitting_page
def my_voice(sitting: SittingRow) -> ResponseReturnValue:
    """Go to where the child is: the first words, the houses, the next question, or who may see it."""
    if not sitting.was_told:
        return redirect(url_for("caf.my_hello"))
    if sitting.tool is VoiceTool.THREE_HOUSES:
        return redirect(url_for("caf.my_houses"))
    found = first_open(sitting.tool, answers_of(db.session(), sitting.id))
    return redirect(url_for("caf.my_seeing_start") if found is None else question_href(found))


@blueprint.route("/my-voice/hello", methods=["GET", "POST"])
@sitting_page
def my_hello(sitting: SittingRow) -> ResponseReturnValue:
    """Say whose page this is, that the child decides who sees it, and the one exception, before anything is asked."""
    form = NextForm()
    if posted(form, lambda uow: operations.tell_first(uow, sitting.id)):
        return redirect(url_for("caf.my_voice"))
    return show("voice/hello.html", sitting, form=form)


@blueprint.get("/my-voice/houses")
@sitting_page
def my_houses(sitting: SittingRow) -> ResponseReturnValue:
    """The three houses; the child starts where they like."""
    if sitting.tool is not VoiceTool.THREE_HOUSES or not sitting.was_told:
        return redirect(url_for("caf.my_voice"))
    answers = answers_of(db.session(), sitting.id)
    seen = {key.partition(".")[0] for key in answers}
    houses = [
        {"name": name, "words": words, "symbol": symbol, "seen": key in seen, "href": _href(f"{key}.draw")}
        for key, (name, words, symbol) in HOUSES.items()
    ]
    return show("voice/houses.html", sitting, houses=houses, has_begun=bool(seen))


@blueprint.route("/my-voice/q/<key>", methods=["GET", "POST"])
@sitting_page
def my_question(sitting: SittingRow, key: str) -> ResponseReturnValue:
    """One question; every answer is kept, leaving it out is as easy as answering."""
    question = _question(sitting, key)
    if not sitting.was_told:
        return redirect(url_for("caf.my_hello"))
    session = db.session()
    known = answers_of(session, sitting.id).get(key, Answer())
    form = QuestionForm(choice=known.choice, cards=known.cards, words=known.words)
    form.ask(question)
    if posted(form, lambda uow: _keep(uow, sitting, question, form=form)):
        return redirect(_next_href(sitting, question))
    made = [one for one in made_in(session, sitting.id) if one.question == key]
    answer = show("voice/question.html", sitting, form=form, known=known, **_about(sitting, question, made))
    answer.headers["Permissions-Policy"] = _MICROPHONE
    return answer


def _keep(uow: Any, sitting: SittingRow, question: Question, *, form: QuestionForm) -> None:
    if form.file.data:
        found = looked_at(form.file.data, wanted=wanted_kind(question), field="file")
        if not isinstance(found, Sent):
            raise RuleBroken(found)
        operations.add_file(uow, operations.AddFile(form.form_id.data, sitting.id, question.key, found))
    operations.save_answer(uow, sitting.id, question.key, answer=form.answer)


@blueprint.post("/my-voice/q/<key>/keep")
@sitting_page
def keep_mine(sitting: SittingRow, key: str) -> ResponseReturnValue:
    """Keep a drawing or words as they are made: ``{"strokes": [...], "version": 3}`` or ``{"words": "..."}``."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        return jsonify(error="not understood"), 400
    try:
        with unit_of_work(current_actor()) as uow:
            if "words" in sent:
                operations.save_answer(uow, sitting.id, key, answer=_with_words(sitting, key, sent["words"]))
                return jsonify(saved=True)
            version = sent.get("version")
            if type(version) is not int or not 0 <= version < 1_000_000:
                return jsonify(error="not understood"), 400
            strokes = drawings.read_strokes(sent.get("strokes"))
            command = operations.KeepDrawing(sitting.id, key, strokes, version)
            return jsonify(version=operations.keep_drawing(uow, command))
    except Conflict as error:
        return jsonify(error=error.reasons[0].message), 409
    except DomainError as error:
        return jsonify(error=error.reasons[0].message), 422


def _with_words(sitting: SittingRow, key: str, words: object) -> Answer:
    if not isinstance(words, str) or "\0" in words:
        raise RuleBroken("Only words can be kept here")
    known = answers_of(db.session(), sitting.id).get(key, Answer())
    return Answer(known.choice, known.cards, words)


@blueprint.post("/my-voice/q/<key>/sound")
@sitting_page
def give_sound(sitting: SittingRow, key: str) -> ResponseReturnValue:
    """Keep a recording that the page has just made."""
    question = _question(sitting, key)
    form = QuestionForm()
    form.ask(question)

    def add(uow: Any) -> None:
        found = looked_at(form.file.data or b"", wanted=FileKind.SOUND, field="file")
        if not isinstance(found, Sent):
            raise RuleBroken(found)
        operations.add_file(uow, operations.AddFile(form.form_id.data, sitting.id, key, found))

    if posted(form, add):
        return jsonify(saved=True)
    return jsonify(error=next((message for _id, message in form.summary()), "This could not be kept")), 422


@blueprint.post("/my-voice/q/<key>/away")
@sitting_page
def take_mine_away(sitting: SittingRow, key: str) -> ResponseReturnValue:
    """Take a picture or recording back."""
    form = AwayForm()
    wanted = form.asked_for
    if wanted is not None:
        posted(form, lambda uow: operations.remove_file(uow, sitting.id, wanted))
    return redirect(_href(_question(sitting, key).key))


@blueprint.get("/my-voice/file/<uuid:file_id>")
@sitting_page
def my_file(sitting: SittingRow, file_id: uuid.UUID) -> ResponseReturnValue:
    """One of the child's own pictures or recordings."""
    found = find_file(db.session(), file_id)
    if found is None or found.person_id != sitting.person_id:
        raise PageNotFound
    return serve(found)


@blueprint.get("/my-voice/stop")
@sitting_page
def my_pause(sitting: SittingRow) -> ResponseReturnValue:
    """Stop for now: everything is kept, and the child goes on when they want to."""
    return show("voice/pause.html", sitting)


def question_href(question: Question) -> str:
    """The address of a question."""
    return _href(question.key)


def start_href(sitting: SittingRow) -> str:
    """The address of a tool's first page."""
    if sitting.tool is VoiceTool.THREE_HOUSES:
        return url_for("caf.my_houses")
    return question_href(QUESTIONS[sitting.tool][0])


def _href(key: str) -> str:
    return url_for("caf.my_question", key=key)


def _question(sitting: SittingRow, key: str) -> Question:
    question = find_question(sitting.tool, key)
    if question is None:
        raise PageNotFound
    return question


def _next_href(sitting: SittingRow, question: Question) -> str:
    following = after(sitting.tool, question.key)
    if following is not None:
        return question_href(following)
    return url_for("caf.my_houses" if sitting.tool is VoiceTool.THREE_HOUSES else "caf.my_seeing_start")


def _back_href(sitting: SittingRow, question: Question) -> str:
    earlier = before(sitting.tool, question.key)
    if earlier is not None:
        return question_href(earlier)
    return url_for("caf.my_houses" if sitting.tool is VoiceTool.THREE_HOUSES else "caf.my_hello")


def _about(sitting: SittingRow, question: Question, made: list[MadeRow]) -> dict[str, Any]:
    asked = QUESTIONS[sitting.tool]
    drawing = next((one for one in made if one.kind is FileKind.DRAWING), None)
    return {
        "question": question,
        "place": asked.index(question) + 1,
        "places": len(asked),
        "back": _back_href(sitting, question),
        "drawing": {"version": drawing.version if drawing else 0, "strokes": drawing.strokes if drawing else []},
        "paper": {"width": drawings.WIDTH, "height": drawings.HEIGHT},
        "colours": drawings.COLOURS,
        "pens": drawings.PENS,
        "given": [one for one in made if one.kind is not FileKind.DRAWING],
        "away": AwayForm(),
    }
