"""Professional disagreement about a referral: raising it, the page of it, answering, moving it up, settling it."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.accounts import api as accounts
from locality.kernel.actor import Role
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.ids import ReferralId
from locality.people import api as people
from locality.referrals.forms.answering import AnswerDisagreementForm, MoveUpForm, RaiseForm, SettleForm
from locality.referrals.operations import disagreeing
from locality.referrals.queries import access
from locality.referrals.queries import disagreements as queries
from locality.referrals.queries.access import referrals_to_open
from locality.referrals.queries.disagreements import DisagreementView
from locality.referrals.queries.referrals import get_referral
from locality.referrals.rules import clocks
from locality.referrals.rules import disagreeing as rules
from locality.referrals.views.pages import ages, blueprint, done, now, settings
from locality.web import page
from locality.web.endpoint import current_facts, requires
from locality.web.form import Form
from locality.web.signed_in import current_actor


@blueprint.route("/referrals/<uuid:referral_id>/disagree", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def disagree(referral_id: ReferralId) -> ResponseReturnValue:
    """Disagree with a decision about a referral; the other side answers first."""
    found = get_referral(db.session(), referral_id)
    form = RaiseForm()
    form_id = form.form_id.data
    if form.validate_on_submit() and done(
        form,
        lambda uow: disagreeing.raise_disagreement(uow, referral_id, words=form.words.data, disagreement_id=form_id),
    ):
        flash("Your disagreement is raised. The other side is asked to answer")
        return redirect(url_for("referrals.disagreement", disagreement_id=form_id))
    return page.render(
        "referrals/disagreements/raise.html",
        form=form,
        referral=found,
        days=rules.LEVEL_DAYS[rules.Level.PRACTITIONER],
        duty_phone=settings().emergency_duty_phone,
    )


@blueprint.get("/disagreements/<uuid:disagreement_id>")
@requires(Permission.REFERRAL_VIEW, facts=queries.disagreement_facts, reads=Part.STORY)
def disagreement(disagreement_id: uuid.UUID) -> ResponseReturnValue:
    """A disagreement: where it stands, whose turn it is by when, and everything that was said."""
    found = queries.get_disagreement(db.session(), disagreement_id)
    children = tuple(people.summaries(db.session(), found.about).values())
    moment = now()
    return page.render(
        "referrals/disagreements/disagreement.html",
        found=found,
        children=ages(children, london_date(moment)),
        levels=rules.LEVEL_WORDS,
        level_order=rules.LEVELS,
        steps=rules.STEP_WORDS,
        settlements=rules.SETTLEMENT_WORDS,
        left=clocks.time_left(found.due_at, moment),
        is_late=found.due_at < moment and found.settled_at is None,
        may=_may(found),
        duty_phone=settings().emergency_duty_phone,
        opens=referrals_to_open(db.session(), current_actor(), [found.referral_id], current_facts()),
    )


@blueprint.route("/disagreements/<uuid:disagreement_id>/answer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=queries.disagreement_facts, reads=Part.STORY)
def answer_disagreement(disagreement_id: uuid.UUID) -> ResponseReturnValue:
    """Answer, for whoever is asked."""
    form = AnswerDisagreementForm()
    if form.validate_on_submit() and done(
        form, lambda uow: disagreeing.answer_disagreement(uow, disagreement_id, words=form.words.data)
    ):
        flash("Your answer is given")
        return redirect(url_for("referrals.disagreement", disagreement_id=disagreement_id))
    return _step_page(disagreement_id, form, "Answer the disagreement")


@blueprint.route("/disagreements/<uuid:disagreement_id>/move-up", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=queries.disagreement_facts, reads=Part.STORY)
def move_up(disagreement_id: uuid.UUID) -> ResponseReturnValue:
    """Take it to the next stage, and ask a named person."""
    form = MoveUpForm()
    session, today = db.session(), london_date(now())
    form.offer_people(
        [
            *accounts.list_accounts_with_role(session, Role.SUPERVISOR, today=today),
            *accounts.list_accounts_with_role(session, Role.MANAGER, today=today),
        ]
    )
    if form.validate_on_submit() and done(
        form,
        lambda uow: disagreeing.move_up(uow, disagreement_id, words=form.words.data, asked=form.asked.data),
    ):
        flash("It is moved up, and the person you chose is asked")
        return redirect(url_for("referrals.disagreement", disagreement_id=disagreement_id))
    return _step_page(disagreement_id, form, "Move it up")


@blueprint.route("/disagreements/<uuid:disagreement_id>/settle", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=queries.disagreement_facts, reads=Part.STORY)
def settle_disagreement(disagreement_id: uuid.UUID) -> ResponseReturnValue:
    """Settle it, saying how."""
    form = SettleForm()
    if form.validate_on_submit() and done(
        form,
        lambda uow: disagreeing.settle(uow, disagreement_id, settlement=form.settlement.data, words=form.words.data),
    ):
        flash("The disagreement is settled")
        return redirect(url_for("referrals.own_referrals"))
    return _step_page(disagreement_id, form, "Settle it")


def _step_page(disagreement_id: uuid.UUID, form: Form, title: str) -> ResponseReturnValue:
    found = queries.get_disagreement(db.session(), disagreement_id)
    level = rules.next_level(found.stage)
    return page.render(
        "referrals/disagreements/step.html",
        form=form,
        found=found,
        title=title,
        last=found.steps[-1],
        next_level=None if level is None else rules.LEVEL_WORDS[level],
        next_days=None if level is None else rules.LEVEL_DAYS[level],
        duty_phone=settings().emergency_duty_phone,
    )


def _may(found: DisagreementView) -> frozenset[str]:
    """What the reader can do with a disagreement now."""
    if found.settled_at is not None:
        return frozenset()
    mine = set(current_actor().principals)
    can = set()
    if found.waits_principal in mine and found.waits_principal != found.raised_by:
        can.add("answer")
    if mine & {found.raised_principal, found.raised_by, found.other_principal, found.waits_principal}:
        can |= {"settle"} | ({"move_up"} if rules.next_level(found.stage) else set())
    return frozenset(can)
