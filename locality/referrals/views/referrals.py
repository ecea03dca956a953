"""Referrals: making one, its page with the trace and its history, and what its owner can do."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.kernel.actor import Actor, Role
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import PersonId, ReferralId
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.people import api as people
from locality.referrals.forms.contacts import stage_choices
from locality.referrals.forms.referrals import AnswerForm, OfferByHandForm, ReasonForm, ReferForm, SendAgainForm
from locality.referrals.operations import news, offers, returned
from locality.referrals.operations.sending import refer
from locality.referrals.queries import access, came_back, disagreements, summaries
from locality.referrals.queries import referrals as queries
from locality.referrals.queries.closed import ClosedRow, list_closed
from locality.referrals.queries.referrals import ReferralView
from locality.referrals.queries.said import Said, said_about
from locality.referrals.queries.team import list_left_alone
from locality.referrals.queries.wishes import WishView, ask_wishes, view_wishes
from locality.referrals.rules import clocks, codes, disagreeing, lifecycle, needs, screening, social_care, waiting
from locality.referrals.rules.lifecycle import Party, Verb
from locality.referrals.views.pages import ages, blueprint, done, now, settings, why_seen
from locality.web import page
from locality.web.endpoint import current_facts, note_people_shown, requires
from locality.web.signed_in import current_actor

Deed = Callable[[UnitOfWork, str], None]


@blueprint.get("/referrals")
@requires(Permission.REFERRAL_CREATE)
def own_referrals() -> ResponseReturnValue:
    """What waits for the reader: disagreements, late answers, news about children in open cases, their referrals."""
    session, actor, moment = db.session(), current_actor(), now()
    rows = queries.list_own(session, actor.account_id)
    told = queries.list_news(session, actor)
    disputes = disagreements.list_waiting(session, actor)
    late, closed = _for_a_manager(session, actor, london_date(moment))
    abouts = [*(row.about for row in rows), *(row.about for row in disputes)]
    everybody = {person for about in abouts for person in about} | {row.person_id for row in told}
    note_people_shown(list(everybody))
    known = people.summaries(session, everybody)
    return page.render(
        "referrals/own_referrals.html",
        rows=rows,
        news=told,
        disagreements=disputes,
        levels=disagreeing.LEVEL_WORDS,
        alone=list_left_alone(session, actor, today=london_date(moment)),
        late=late,
        closed=closed,
        is_late=lambda due_at: due_at < moment,
        names={person: summary.name for person, summary in known.items()},
        states=lifecycle.STATE_WORDS,
        kinds=codes.KIND_WORDS,
        left=lambda due_at: clocks.time_left(due_at, moment),
    )


def _for_a_manager(
    session: Session, actor: Actor, today: dt.date
) -> tuple[Sequence[came_back.ReturnedRow], tuple[ClosedRow, ...]]:
    """Answers that are late, and what waits about records that no officer can open; nothing for others."""
    if not actor.has(Role.MANAGER):
        return (), ()
    late = came_back.list_late(session, number=1, for_manager=True)
    return late.rows, list_closed(session, actor.account_id, today=today)


@blueprint.post("/referrals/news/<uuid:news_id>/seen")
@requires(Permission.REFERRAL_CREATE)
def news_seen(news_id: uuid.UUID) -> ResponseReturnValue:
    """Say that one has seen to the news about a child."""
    with unit_of_work(current_actor()) as uow:
        news.see_to_news(uow, news_id)
    flash("Noted that you have seen to it")
    return redirect(url_for("referrals.own_referrals"))


@blueprint.route("/people/<uuid:person_id>/refer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_CREATE, facts=access.child_facts, reads=Part.IDENTITY)
def refer_child(person_id: PersonId) -> ResponseReturnValue:
    """Ask a service for early help for a child."""
    person = people.get_person(db.session(), person_id)
    form = ReferForm()
    form.ask_wishes(ask_wishes(db.session(), person_id))
    form.offer_siblings(_siblings(person))
    form.stage.choices = stage_choices(settings().stage_labels)
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                referral_id = refer(uow, form.to_command(person_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The referral is sent. A service is being found")
            return redirect(url_for("referrals.referral", referral_id=referral_id))
    return page.render("referrals/refer.html", form=form, person=person, duty_phone=settings().emergency_duty_phone)


def _siblings(person: people.PersonRecord) -> list[people.PersonSummary]:
    """The other children of the child's family whom the reader may see; at most one statement."""
    members = people.family_members(db.session(), person.families[-1].id) if person.families else ()
    return [one for one in people.children_in(members) if one.id != person.id]


@blueprint.get("/referrals/<uuid:referral_id>")
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def referral(referral_id: ReferralId) -> ResponseReturnValue:
    """A referral: what is asked, who has it, why it went there, what happened since."""
    session, actor, moment = db.session(), current_actor(), now()
    found = queries.get_referral(session, referral_id)
    children = tuple(people.summaries(session, found.about).values())
    said = said_about(session, referral_id)
    return page.render(
        "referrals/referral.html",
        referral=found,
        children=ages(children, london_date(moment)),
        why=why_seen(),
        why_hrefs=[(child.called, url_for("people.why", person_id=child.id)) for child in children],
        said=said,
        jump=waiting.jump_words,
        care_words=social_care.CARE_WORDS,
        levels=disagreeing.LEVEL_WORDS,
        opens=_opens(said),
        may=_may(found, said),
        traces=said.traces,
        wishes=wish_rows(view_wishes(session, referral_id)),
        history=said.history,
        verbs=_verbs_for(found),
        asks=screening.must_ask_anew(found.kind, found.agreement),
        answers=found.offer is not None and found.offer.service_id in actor.principals,
        is_social_care=found.kind is codes.ReferralKind.SOCIAL_CARE,
        left=clocks.time_left(found.response_due_at, moment),
        state=lifecycle.STATE_WORDS[found.state],
        is_over=found.state in lifecycle.OVER,
        needs=needs.words_for(found.need_codes),
        kind=codes.KIND_WORDS[found.kind],
        source=codes.SOURCE_WORDS[found.source],
        urgency=codes.URGENCY_WORDS[found.urgency],
        basis=codes.BASIS_WORDS[found.agreement],
        ground=None if found.ground is None else codes.GROUND_WORDS[found.ground],
    )


@blueprint.route("/referrals/<uuid:referral_id>/send-again", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def send_again(referral_id: ReferralId) -> ResponseReturnValue:
    """Find another service; where nobody agreed, or the agreement was taken back, the family is asked first."""
    found = queries.get_referral(db.session(), referral_id)
    form = SendAgainForm()
    back = redirect(url_for("referrals.referral", referral_id=referral_id))
    if not screening.must_ask_anew(found.kind, found.agreement):
        if form.is_submitted():
            with unit_of_work(current_actor()) as uow:
                returned.send_again(uow, referral_id)
            flash("Another service is being found")
        return back
    if form.validate_on_submit() and done(
        form, lambda uow: returned.send_again(uow, referral_id, agreement=form.to_agreement())
    ):
        flash("Another service is being found")
        return back
    return page.render("referrals/send_again.html", form=form, referral=found)


@blueprint.route("/referrals/<uuid:referral_id>/offer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def offer_by_hand(referral_id: ReferralId) -> ResponseReturnValue:
    """Choose the service oneself."""
    session = db.session()
    found = queries.get_referral(session, referral_id)
    form = OfferByHandForm()
    form.offer_services(summaries.list_services(session, kind=found.kind))

    def offered(uow: UnitOfWork) -> None:
        returned.offer_by_hand(
            uow,
            referral_id,
            service_id=form.service_id.data,
            reason=form.reason.data,
            agreement=form.to_agreement(),
        )

    if form.validate_on_submit() and done(form, offered):
        flash("The referral is offered to the service you chose")
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    asks = screening.must_ask_anew(found.kind, found.agreement)
    return page.render("referrals/offer_by_hand.html", form=form, referral=found, asks=asks)


@blueprint.route("/referrals/<uuid:referral_id>/answer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def answer(referral_id: ReferralId) -> ResponseReturnValue:
    """Answer the service's question."""
    found = queries.get_referral(db.session(), referral_id)
    form = AnswerForm()
    if form.validate_on_submit() and done(
        form, lambda uow: offers.answer_question(uow, referral_id, answer=form.answer.data)
    ):
        flash("Your answer is with the service")
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    return page.render("referrals/answer.html", form=form, referral=found)


@blueprint.route("/referrals/<uuid:referral_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def withdraw(referral_id: ReferralId) -> ResponseReturnValue:
    """Withdraw a referral that nobody has accepted."""

    def deed(uow: UnitOfWork, reason: str) -> None:
        returned.withdraw(uow, referral_id, reason=reason)

    return _with_reason(referral_id, "Withdraw the referral", "The referral is withdrawn", deed)


@blueprint.route("/referrals/<uuid:referral_id>/give-back", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def give_back(referral_id: ReferralId) -> ResponseReturnValue:
    """Give a referral that was passed to an open case back to the front door."""

    def deed(uow: UnitOfWork, reason: str) -> None:
        returned.give_back(uow, referral_id, reason=reason)

    return _with_reason(referral_id, "Give the referral back", "The front door has the referral again", deed)


@blueprint.route("/referrals/<uuid:referral_id>/take-up", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def take_up(referral_id: ReferralId) -> ResponseReturnValue:
    """Say that a referral passed to an open case is now part of its plan."""

    def deed(uow: UnitOfWork, reason: str) -> None:
        returned.take_up(uow, referral_id, reason=reason)

    return _with_reason(referral_id, "Take it into the plan", "The referral is part of the plan now", deed)


def wish_rows(view: WishView) -> list[tuple[str, str]]:
    """What the family needs to take part and asked for, as rows of a referral's page; what nobody said is left out."""
    told = (
        ("Language", view.language),
        ("Access", view.access),
        ("The family asked for", view.asked_for),
        ("The family does not want", view.unwanted),
    )
    return [(head, words) for head, words in told if words]


def _with_reason(referral_id: ReferralId, title: str, message: str, deed: Deed) -> ResponseReturnValue:
    found = queries.get_referral(db.session(), referral_id)
    form = ReasonForm()
    if form.validate_on_submit() and done(form, lambda uow: deed(uow, form.reason.data)):
        flash(message)
        return redirect(url_for("home"))
    return page.render("referrals/reason.html", form=form, referral=found, title=title)


def _verbs_for(found: ReferralView) -> frozenset[str]:
    """What the reader can do with the referral now: what the state allows, for its owner and its sender."""
    mine = current_actor().principals
    owns, sent = found.owner_principal in mine, found.sender_principal in mine
    allowed = {move.verb for move in lifecycle.MOVES if move.before is found.state}
    by_owner = {Verb.SEND_AGAIN, Verb.OFFER, Verb.ANSWER} if owns else set()
    if owns and found.owner_kind is Party.WORKER and found.state is lifecycle.ReferralState.ALLOCATED:
        by_owner |= {Verb.END, Verb.GIVE_BACK}
    by_sender = {Verb.WITHDRAW} if sent or (owns and found.owner_kind is Party.FRONT_DOOR) else set()
    waits_for_routing = found.state is lifecycle.ReferralState.SENT
    shown = allowed & (by_owner | by_sender) - ({Verb.OFFER} if waits_for_routing else set())
    return frozenset(verb.value for verb in shown)


def _opens(said: Said) -> frozenset[uuid.UUID]:
    """The disagreements whose page the reader may open: what opens the referral may not open those of others."""
    actor, known = current_actor(), current_facts()
    return frozenset(
        one.id
        for one in said.disagreements
        if allows(Permission.REFERRAL_VIEW, actor, replace(known, holders=one.parties))
    )


def _may(found: ReferralView, said: Said) -> frozenset[str]:
    """What else the reader can do: change it, name a worker, say what came of it, disagree."""
    mine = current_actor().principals
    owns, is_over = found.owner_principal in mine, found.state in lifecycle.OVER
    sent = found.sender_principal in mine or (owns and found.owner_kind is Party.FRONT_DOOR)
    can = set() if said.is_disputed else {"disagree"}
    if sent and not is_over:
        can.add("change")
    if owns and found.owner_kind is Party.SERVICE and found.offer is None:
        can |= {"later_outcome" if found.kind is codes.ReferralKind.SOCIAL_CARE else "name_worker"}
    return frozenset(can)
