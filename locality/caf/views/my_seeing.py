"""A child decides who may see what they said and drew, is told the one exception again, and is done."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.accounts import api as accounts
from locality.caf.forms.my_voice import FamilyForm, NextForm, PeopleForm, SeeingForm
from locality.caf.operations.voice_choices import finish_sitting, save_seeing
from locality.caf.queries.sittings import SittingRow, answers_of, made_in
from locality.caf.rules.seeing import FAMILY, FILES, WORDS, next_page, people_key, reader_words, seeing_from
from locality.caf.rules.sittings import Answer, all_words
from locality.caf.rules.voice_files import FileKind
from locality.caf.rules.words import VoiceReaders
from locality.caf.views.blueprint import blueprint
from locality.caf.views.my_voice import show, sitting_page, start_href
from locality.kernel.db import db
from locality.kernel.uow import unit_of_work
from locality.web import session as web_session
from locality.web.endpoint import handed_over
from locality.web.posting import posted
from locality.web.signed_in import current_actor, current_token_hash

_AWAY = "https://www.bbc.co.uk/weather"
_TITLES = {WORDS: "Who may see what you said?", FILES: "Who may see what you drew or recorded?"}


@blueprint.get("/my-voice/who")
@sitting_page
def my_seeing_start(sitting: SittingRow) -> ResponseReturnValue:
    """The first question about who may see it; back to the beginning when there is nothing to see."""
    answers = answers_of(db.session(), sitting.id)
    has_words, has_files = _made(sitting, answers)
    if not has_words and not has_files:
        return show("voice/nothing_yet.html", sitting, again=start_href(sitting))
    return redirect(url_for("caf.my_seeing", what=WORDS if has_words else FILES))


@blueprint.route("/my-voice/who/<any(words, files):what>", methods=["GET", "POST"])
@sitting_page
def my_seeing(sitting: SittingRow, what: str) -> ResponseReturnValue:
    """Who may see the words, or the pictures: in plain words, with the people by name."""
    answers = answers_of(db.session(), sitting.id)
    form = SeeingForm(readers=answers.get(what, Answer()).choice or None)
    form.offer(reader_words(sitting.always_see, others=bool(sitting.others)))

    def keep(uow: Any) -> None:
        save_seeing(uow, sitting.id, what, answer=Answer(choice=form.readers.data.value))

    if posted(form, keep):
        chosen = form.readers.data is VoiceReaders.CHOSEN
        if chosen:
            return redirect(url_for("caf.my_seeing_people", what=what))
        return redirect(_after(sitting, what))
    return show("voice/who.html", sitting, form=form, title=_TITLES[what], always=sitting.always_see)


@blueprint.route("/my-voice/who/<any(words, files):what>/people", methods=["GET", "POST"])
@sitting_page
def my_seeing_people(sitting: SittingRow, what: str) -> ResponseReturnValue:
    """Which people, one card each."""
    answers = answers_of(db.session(), sitting.id)
    key = people_key(what)
    form = PeopleForm(people=answers.get(key, Answer()).cards)
    form.offer({helper.id: helper.name for helper in sitting.others})
    if posted(form, lambda uow: save_seeing(uow, sitting.id, key, answer=Answer(cards=form.people.data))):
        return redirect(_after(sitting, what))
    return show("voice/people.html", sitting, form=form, title=_TITLES[what], always=sitting.always_see)


@blueprint.route("/my-voice/who/family", methods=["GET", "POST"])
@sitting_page
def my_seeing_family(sitting: SittingRow) -> ResponseReturnValue:
    """Whether the child's family may see it; not unless the child says so."""
    form = FamilyForm()

    def keep(uow: Any) -> None:
        save_seeing(uow, sitting.id, FAMILY, answer=Answer(choice="yes" if form.may_see.data == "yes" else "no"))

    if posted(form, keep):
        return redirect(url_for("caf.my_end"))
    return show("voice/family.html", sitting, form=form)


@blueprint.route("/my-voice/end", methods=["GET", "POST"])
@sitting_page
def my_end(sitting: SittingRow) -> ResponseReturnValue:
    """What the child chose, the one exception once more, and the end."""
    answers = answers_of(db.session(), sitting.id)
    has_words, has_files = _made(sitting, answers)
    seeing = seeing_from(answers, has_words=has_words, has_files=has_files)
    form = NextForm()
    if posted(form, lambda uow: finish_sitting(uow, sitting.id, seeing=seeing)):
        return redirect(url_for("caf.my_thanks"))
    names = {helper.id: helper.name for helper in sitting.helpers}
    words = reader_words(sitting.always_see, others=True)
    chosen = [
        (label, words[choice.readers], [names[key] for key in sorted(choice.chosen) if key in names])
        for label, choice, there in (
            ("What you said", seeing.words, has_words),
            ("What you drew or recorded", seeing.files, has_files),
        )
        if there and choice.readers is not None
    ]
    return show("voice/end.html", sitting, form=form, chosen=chosen, family=seeing.family_may_see)


@blueprint.get("/my-voice/thanks")
@sitting_page
def my_thanks(sitting: SittingRow) -> ResponseReturnValue:
    """Thank the child, and ask for the device back."""
    if sitting.is_open:
        return redirect(url_for("caf.my_voice"))
    return show("voice/thanks.html", sitting)


@blueprint.get("/my-voice/hide")
@sitting_page
def my_hide(sitting: SittingRow) -> ResponseReturnValue:
    """Leave quickly: the device is signed out and shows the weather. Everything is kept; the worker signs in to go on.

    A link on another site only leads away: it must not take the page out of a child's hands.
    """
    if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
        _sign_the_device_out()
    return redirect(_AWAY)


def _sign_the_device_out() -> None:
    """A link, not a form: browsers follow no form to another site, and nothing of the child's is changed by it."""
    found, token_hash = handed_over(), current_token_hash()
    if found is not None and token_hash is not None:
        with unit_of_work(current_actor()) as uow:
            accounts.end_handed_over(uow, token_hash, account_id=found.account_id)
        web_session.finish()


def _made(sitting: SittingRow, answers: dict[str, Answer]) -> tuple[bool, bool]:
    """Whether there are words, and whether there is anything drawn, sent or recorded."""
    made = made_in(db.session(), sitting.id)
    has_files = any(one.kind is not FileKind.DRAWING or one.strokes for one in made)
    return bool(all_words(sitting.tool, answers)), has_files


def _after(sitting: SittingRow, what: str) -> str:
    answers = answers_of(db.session(), sitting.id)
    _has_words, has_files = _made(sitting, answers)
    following = next_page(what, has_files=has_files)
    if following == FAMILY:
        return url_for("caf.my_seeing_family")
    return url_for("caf.my_seeing", what=following)
