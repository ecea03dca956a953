"""Checking the answers, sending, and coming back: to go on writing, or to see how far we are."""

import datetime as dt
import math

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.asking import queries
from locality.asking.forms.door import ComeBackForm, DeclarationForm, MemorableForm
from locality.asking.forms.whole import Whole
from locality.asking.operations import returning
from locality.asking.operations.progress import look_up_progress
from locality.asking.operations.sending import send_request
from locality.asking.queries import ASKING, Request
from locality.asking.rules.flow import ADULTS, CHILDREN, LOOPS, Kind
from locality.asking.rules.state import PROGRESS_WORDS
from locality.asking.views.blueprint import (
    blueprint,
    bound_session,
    client,
    find_current,
    holder,
    quiet,
    remember,
    settings,
)
from locality.asking.views.questions import address_of
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.errors import DomainError, RuleBroken
from locality.kernel.uow import unit_of_work
from locality.web import formats, page
from locality.web.endpoint import public

_BOTH = ("GET", "POST")
_NOT_RIGHT = "The reference or the memorable answer is not right, or the request is deleted. Check both and try again"
_TOO_MANY_REQUESTS = 429
_SECTIONS = {CHILDREN: "Children", ADULTS: "Adults"}


@blueprint.route("/check", methods=_BOTH)
@public
def check() -> ResponseReturnValue:
    """Everything once more, with a way to change it, and the button that sends it."""
    asked = find_current()
    if asked is None:
        return redirect(url_for("asking.come_back", lost="yes"))
    if asked.sent_at is not None:
        return redirect(url_for("asking.sent"))
    whole, form = Whole(asked), DeclarationForm()
    if form.validate_on_submit() and not whole.unfinished:
        try:
            with unit_of_work(holder()) as uow:
                send_request(uow, whole.to_command(uow.now))
        except DomainError as error:
            form.add_reasons(error)
        else:
            return redirect(url_for("asking.sent"))
    return page.render(
        "asking/check.html",
        form=form,
        sections=_sections(whole),
        unfinished=[(_title_of(whole, place), address_of(*place)) for place in whole.unfinished],
        is_family=asked.kind is Kind.FAMILY,
        back=url_for("asking.question", page_name=whole.path[-1]),
    )


@blueprint.get("/sent")
@public
def sent() -> ResponseReturnValue:
    """What happens next, and how far we are."""
    asked = find_current()
    if asked is None or asked.sent_at is None:
        return redirect(url_for("asking.come_back", lost="yes"))
    progress = look_up_progress(bound_session(), asked.contact_id)
    return page.render(
        "asking/sent.html",
        asked=asked,
        progress=PROGRESS_WORDS[progress],
        is_family=asked.kind is Kind.FAMILY,
        duty_phone=settings().emergency_duty_phone,
    )


@blueprint.route("/save", methods=_BOTH)
@public
def save() -> ResponseReturnValue:
    """Choose the memorable answer with which to come back."""
    asked = find_current()
    if asked is None:
        return redirect(url_for("asking.come_back", lost="yes"))
    form = MemorableForm()
    chosen, only_own = False, asked.for_person_id is not None
    if not only_own and form.validate_on_submit():
        hashed = returning.hash_answer(form.answer.data, fast=settings().argon2_fast)
        with unit_of_work(holder()) as uow:
            returning.choose_answer(uow, asked.id, hashed)
        chosen = True
    reference = asked.contact_reference or asked.reference
    return page.render(
        "asking/save.html", form=form, chosen=chosen, only_own=only_own, reference=reference,
        on=address_to_go_on(asked), is_family=asked.kind is Kind.FAMILY, days=settings().drafts_kept_days,
        deleted_on=None if asked.sent_at is not None else _deleted_on(asked),
    )  # fmt: skip


@blueprint.route("/come-back", methods=_BOTH)
@public
def come_back() -> ResponseReturnValue:
    """Open a request again; refuse in one way, whatever was wrong."""
    form = ComeBackForm()
    if form.validate_on_submit():
        with unit_of_work(ASKING) as uow:
            attempt = returning.begin_attempt(uow, form.reference.data, client=client())
        if attempt.try_again_at is not None:
            return _put_off(form, attempt)
        if returning.answer_matches(attempt.answer_hash, form.answer.data, fast=settings().argon2_fast):
            return _let_in(attempt)
        form.add_reasons(RuleBroken(_NOT_RIGHT))
    return page.render(
        "asking/come_back.html", form=form, lost="lost" in request.args, days=settings().drafts_kept_days
    )


@quiet.get("/notes")
@public
def notes() -> ResponseReturnValue:
    """A page that says nothing about help, with a way back to the request; neither its address nor its title does."""
    asked = find_current()
    return page.render("asking/notes.html", back=url_for("asking.start") if asked is None else address_to_go_on(asked))


def _deleted_on(asked: Request) -> dt.date:
    """The day on which a request is forgotten when nobody types in it any more."""
    return london_date(asked.typed_at + dt.timedelta(days=settings().drafts_kept_days))


def _let_in(attempt: returning.Attempt) -> ResponseReturnValue:
    with unit_of_work(ASKING) as uow:
        token = returning.let_back_in(uow, attempt)
        asked = None if attempt.request_id is None else queries.find_request(uow.session, attempt.request_id)
    if asked is None:
        return redirect(url_for("asking.come_back"))
    remember(asked.id, token)
    return redirect(address_to_go_on(asked))


def _ask_for_reference(form: ComeBackForm, *, lost: bool, status: int = 200) -> Response:
    return page.render("asking/come_back.html", status=status, form=form, lost=lost, days=settings().drafts_kept_days)


def _put_off(form: ComeBackForm, attempt: returning.Attempt) -> Response:
    until = attempt.try_again_at or SYSTEM_CLOCK.now()
    minutes = max(1, math.ceil((until - SYSTEM_CLOCK.now()).total_seconds() / 60))
    wait = f"{formats.count(minutes, 'minute')}, at {formats.clock_time(until)}"
    form.add_reasons(RuleBroken(f"There were too many attempts. Try again in {wait}"))
    answer = page.render(
        "asking/come_back.html", status=_TOO_MANY_REQUESTS, form=form, lost=False, days=settings().drafts_kept_days
    )
    answer.headers["Retry-After"] = str(minutes * 60)
    return answer


def address_to_go_on(asked: Request) -> str:
    """The first page to be written on; the check of answers; or how far we are, when it was sent."""
    if asked.sent_at is not None:
        return url_for("asking.sent")
    place = Whole(asked).to_go_on
    if place is None:
        return url_for("asking.check")
    page_name, item = place
    return url_for("asking.question", page_name=page_name, item=item or None)


def _sections(whole: Whole) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """The answers page by page: the heading, where it is changed, and (question, answer) for each."""
    sections = []
    for page_name in whole.path:
        places = (
            [(page_name, item) for item in whole.request.items(page_name)] if page_name in LOOPS else [(page_name, 0)]
        )
        for place in places:
            form = whole.forms.get(place)
            if form is not None and form.questions():
                address = address_of(place[0], 0 if whole.is_on_record(*place) else place[1])
                lines = form.lines() or (("Your answer", "You left this empty"),)
                sections.append((_title_of(whole, place), address, lines))
    return sections


def _title_of(whole: Whole, place: tuple[str, int]) -> str:
    page_name, item = place
    form = whole.forms.get(place)
    if item and form is not None:
        return f"{'Child' if page_name == CHILDREN else 'Adult'}: {getattr(form, 'called', '')}"
    from_class = form if form is not None else whole.blank(page_name)
    return from_class.title
