"""The pages of the stages room: a child's stages, proposing a move, and the move itself for whoever it waits for."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import why
from locality.clusters import api as clusters
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import PersonId, StageMoveId
from locality.kernel.settings import Settings
from locality.kernel.uow import unit_of_work
from locality.people import api as people
from locality.stages import forms
from locality.stages.operations.placing import correct_last
from locality.stages.operations.proposing import propose_move, take_step
from locality.stages.operations.telling import Receiver, receivers
from locality.stages.queries import stages as queries
from locality.stages.rules.moves import (
    AGREEMENT_LABELS,
    REASON_LABELS,
    STATE_LABELS,
    STEP_LABELS,
    Direction,
    MoveReason,
    Step,
    move_sentence,
)
from locality.web import formats, page
from locality.web.endpoint import current_facts, may, note_people_shown, requires
from locality.web.signed_in import current_actor

blueprint = Blueprint("stages", __name__)

_MOST_WAITING = 50


@blueprint.get("/stage-moves")
@requires(Permission.PEOPLE_SEARCH)
def list_waiting() -> ResponseReturnValue:
    """Moves that wait for the reader: to accept, or as a manager to decide; urgent ones first."""
    session = db.session()
    waiting = queries.moves_waiting(session, current_actor(), most=_MOST_WAITING)
    children = people.summaries(session, [move.person_id for move in waiting])
    note_people_shown(list(children))
    return page.render("stages/waiting.html", moves=waiting, children=children)


@blueprint.get("/people/<uuid:person_id>/stages")
@requires(Permission.STAGE_VIEW, facts=queries.child_facts, reads=Part.STORY)
def history(person_id: PersonId) -> ResponseReturnValue:
    """Every move of a child, latest first, and what is proposed now."""
    session = db.session()
    moves = queries.list_moves(session, person_id, also=people.same_person_ids(session, [person_id])[person_id])
    taken_back = {move.corrects_id for move in moves}
    return page.render(
        "stages/history.html",
        **_record_heading(session, person_id),
        open_move=next((move for move in moves if move.is_open), None),
        moves=[move for move in moves if not move.is_open],
        sentence=move_sentence,
        states=STATE_LABELS,
        reasons=_reason_words,
        may_propose=may(Permission.STAGE_PROPOSE),
        may_correct=may(Permission.STAGE_DECIDE),
        can_correct=next(
            (m for m in moves if m.person_id == person_id and m.id not in taken_back and _may_be_mistaken(m)), None
        ),
    )


@blueprint.route("/people/<uuid:person_id>/stages/move", methods=["GET", "POST"])
@requires(Permission.STAGE_PROPOSE, facts=queries.child_facts, reads=Part.STORY)
def propose(person_id: PersonId) -> ResponseReturnValue:
    """Propose a move up or down."""
    session = db.session()
    now = _now(session, person_id)
    form = forms.ProposeMoveForm()
    if now is None:
        return page.render("stages/not_placed.html", **_about(session, person_id, now))
    form.offer(stage=now.stage, labels=_settings().stage_labels, receivers=_receivers(session, person_id, now))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                move_id = propose_move(uow, form.to_command(person_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The move has been proposed. It counts when it is accepted")
            return redirect(url_for("stages.move", move_id=move_id))
    return page.render(
        "stages/propose.html",
        **_about(session, person_id, now),
        form=form,
        now=now,
        duty_phone=_settings().emergency_duty_phone,
    )


@blueprint.route("/stage-moves/<uuid:move_id>", methods=["GET", "POST"])
@requires(Permission.STAGE_VIEW, facts=queries.move_facts, reads=Part.STORY)
def move(move_id: StageMoveId) -> ResponseReturnValue:
    """A move with its evidence and what was done with it; whoever it waits for takes the next step here."""
    session, actor, facts = db.session(), current_actor(), current_facts()
    found = queries.get_move(session, move_id)
    steps = queries.steps_for(actor, found.move, facts.reasons)
    form = forms.StepForm()
    form.offer(steps)
    if form.validate_on_submit():
        try:
            with unit_of_work(actor) as uow:
                take_step(uow, form.to_command(move_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(forms.DONE_WORDS[form.step.data])
            return redirect(_after(form.step.data, found.move.person_id, move_id))
    return page.render(
        "stages/move.html",
        **_about(session, found.move.person_id, _now(session, found.move.person_id)),
        form=form,
        move=found.move,
        taken=found.steps,
        steps=steps,
        waits_for=queries.waits_for(found.move),
        sentence=move_sentence,
        states=STATE_LABELS,
        agreements=AGREEMENT_LABELS,
        reasons=_reason_words,
        step_words=STEP_LABELS,
    )


@blueprint.route("/people/<uuid:person_id>/stages/<uuid:move_id>/correct", methods=["GET", "POST"])
@requires(Permission.STAGE_DECIDE, facts=queries.child_facts, reads=Part.STORY)
def correct(person_id: PersonId, move_id: StageMoveId) -> ResponseReturnValue:
    """Take back the last move, which was a mistake."""
    session = db.session()
    found = queries.get_move(session, move_id)
    if found.move.person_id != person_id:
        raise PageNotFound
    form = forms.CorrectForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                correct_last(uow, person_id=person_id, move_id=move_id, why=form.why.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The move has been taken back. The mistake stays in the history")
            return redirect(url_for("stages.history", person_id=person_id))
    return page.render(
        "stages/correct.html",
        **_about(session, person_id, _now(session, person_id)),
        form=form,
        move=found.move,
        sentence=move_sentence,
    )


def _after(step: Step, person_id: PersonId, move_id: StageMoveId) -> str:
    # Whoever has settled a move may no longer see the child.
    if person_id not in people.summaries(db.session(), [person_id]):
        return url_for("home")
    if step is Step.ACCEPT:
        return url_for("stages.history", person_id=person_id)
    return url_for("stages.move", move_id=move_id)


@dataclass(frozen=True, slots=True)
class Who:
    """The heading of a page on which somebody works with a child's stage: who it is and where they stand."""

    name: str
    reference: str
    age: str
    born_on: dt.date | None
    stage: int | None
    stage_since: dt.date | None
    why: str | None
    why_href: str


def _about(session: Session, person_id: PersonId, now: queries.StageNow | None) -> dict[str, Any]:
    """Who the page is about, for its heading; one statement."""
    person = people.summaries(session, [person_id]).get(person_id)
    if person is None:
        raise PageNotFound
    reason = why(current_facts(), current_actor())
    who = Who(
        person.name,
        person.reference,
        formats.age(person.born_on, london_date(SYSTEM_CLOCK.now())),
        person.born_on,
        now.stage if now else None,
        now.from_on if now else None,
        f"You see this because {reason[0]}" if reason else None,
        url_for("people.why", person_id=person_id),
    )
    return {"who": who, "person_id": person_id, "called": person.called}


def _may_be_mistaken(move: queries.MoveRow) -> bool:
    return move.effective_on is not None and move.direction is not Direction.CORRECTION


def _record_heading(session: Session, person_id: PersonId) -> dict[str, Any]:
    """Who the page is about, as on every page of the child's record."""
    today = london_date(SYSTEM_CLOCK.now())
    person = people.summaries(session, [person_id]).get(person_id)
    if person is None:
        raise PageNotFound
    who = people.identity_of(session, current_actor(), person, facts=current_facts(), today=today)
    who = replace(who, why_href=url_for("people.why", person_id=person_id))
    return {"who": who, "person_id": person_id, "called": person.called}


def _now(session: Session, person_id: PersonId) -> queries.StageNow | None:
    return queries.current_stages(session, [person_id]).get(person_id)


def _receivers(session: Session, person_id: PersonId, now: queries.StageNow) -> list[Receiver]:
    found: list[Receiver] = []
    receivers(session, person_id, found)
    found += [
        Receiver(worker.account_id, f"{worker.name}, {worker.job_title}, {worker.employer_name}", "Workers here")
        for worker in clusters.workers_in(session, now.cluster_id)
    ]
    return found


def _settings() -> Settings:
    settings: Settings = current_app.config["LOCALITY"]
    return settings


def _reason_words(codes: list[str]) -> str:
    return "; ".join(REASON_LABELS[MoveReason(code)] for code in codes)
