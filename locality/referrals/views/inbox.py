"""A service's inbox and its answers."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.actor import ScopeKind
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import OfferId, ReferralId
from locality.kernel.paging import page_number
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.referrals.forms.answering import AcceptForm, AllocateForm, CareForm, MoveAheadForm, WaitForm
from locality.referrals.forms.referrals import AskForm, DeclineForm
from locality.referrals.operations import offers, social_care, waiting
from locality.referrals.operations.allocating import allocate
from locality.referrals.queries import access, helping, team
from locality.referrals.queries import inbox as queries
from locality.referrals.queries.referrals import get_referral, offer_of
from locality.referrals.rules import clocks, codes, lifecycle, needs
from locality.referrals.rules import waiting as waiting_rules
from locality.referrals.views.pages import age_of, blueprint, done, now
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.form import Form
from locality.web.signed_in import current_actor


@blueprint.get("/inbox")
@requires(Permission.INBOX_VIEW)
def inbox() -> ResponseReturnValue:
    """Who is next where a place is free, offers to one's services by due time, the waiting lists, and who is helped."""
    session, actor, moment = db.session(), current_actor(), now()
    services = actor.scope_ids(ScopeKind.SERVICE)
    listed = queries.list_offers(session, services, number=page_number(request.args.get("page")))
    note_people_shown([child.person_id for card in listed.rows for child in card.children])
    today = london_date(moment)
    capacity = queries.list_capacity(session, services)
    waits = lifecycle.OfferState.WAITING
    return page.render(
        "referrals/inbox.html",
        listed=listed,
        helped=helping.list_helped(session, services, account_id=actor.account_id),
        first=[card for card in listed.rows if card.is_next],
        offers=[card for card in listed.rows if card.state is not waits],
        waiting=[card for card in listed.rows if card.state is waits and not card.is_next],
        places=[row for row in capacity if row.places or row.taken or row.waiting],
        totals=_totals(capacity),
        team=team.workers_of(session, services, today=today),
        me=actor.account_id,
        age_of=lambda child: age_of(child.born_on, child.due_on, today),
        needs=needs.words_for,
        left=lambda due_at: clocks.time_left(due_at, moment),
        is_late=lambda due_at: due_at < moment,
        jump=waiting_rules.jump_words,
        states=lifecycle.OFFER_WORDS,
        kinds=codes.KIND_WORDS,
    )


def _totals(capacity: tuple[queries.Capacity, ...]) -> dict[str, int]:
    """Places of all services together, for the sentence on top."""
    return {
        "places": sum(row.places for row in capacity),
        "left": sum(max(row.places - row.taken, 0) for row in capacity),
        "offered": sum(row.offered for row in capacity),
        "waiting": sum(row.waiting for row in capacity),
    }


@blueprint.post("/offers/<uuid:offer_id>/accept")
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def accept(offer_id: OfferId) -> ResponseReturnValue:
    """Accept for the service and name the worker, in one step. Who comes second is told who has it."""
    actor = current_actor()
    services = actor.scope_ids(ScopeKind.SERVICE)
    form = AcceptForm()
    form.offer_workers(team.workers_of(db.session(), services, today=london_date(now())))
    if not form.validate_on_submit():
        raise RuleBroken([Reason(None, message) for _field, message in form.summary()])
    with unit_of_work(actor) as uow:
        referral_id = offers.accept_offer(uow, offer_id, worker=form.named())
    flash("Accepted. Your service has this family now")
    # To where the help goes on, which says what it needs next; what opened no case has its own page.
    for one in helping.list_helped(db.session(), services, only=referral_id):
        return redirect(url_for(one.endpoint, **one.values))
    return redirect(url_for("referrals.referral", referral_id=referral_id))


@blueprint.route("/referrals/<uuid:referral_id>/worker", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def name_worker(referral_id: ReferralId) -> ResponseReturnValue:
    """Name who of the service works with the family, or somebody else in their place."""
    found = get_referral(db.session(), referral_id)
    form = AllocateForm()
    form.offer_workers(team.workers_of(db.session(), [found.owner_principal], today=london_date(now())))
    worker = form.named() if form.validate_on_submit() else None
    if worker is not None and done(form, lambda uow: allocate(uow, referral_id, worker=worker)):
        flash("The worker is named")
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    return page.render("referrals/name_worker.html", form=form, referral=found)


@blueprint.route("/offers/<uuid:offer_id>/decline", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def decline(offer_id: OfferId) -> ResponseReturnValue:
    """Decline with one reason; the referral goes back to whoever sent it."""
    form = DeclineForm()

    def declined(uow: UnitOfWork) -> None:
        offers.decline_offer(
            uow,
            offer_id,
            reason=form.reason.data,
            note=form.note.data,
            suggested_alternative=form.suggested_alternative.data,
        )

    return _answer(form, "Decline", "Declined. The referral is back with whoever sent it", declined)


@blueprint.route("/offers/<uuid:offer_id>/ask", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def ask(offer_id: OfferId) -> ResponseReturnValue:
    """Ask whoever sent the referral."""
    form = AskForm()

    def asked(uow: UnitOfWork) -> None:
        offers.ask_about_offer(uow, offer_id, question=form.question.data)

    return _answer(form, "Ask a question", "Your question is with whoever sent the referral", asked)


@blueprint.route("/offers/<uuid:offer_id>/wait", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def wait(offer_id: OfferId) -> ResponseReturnValue:
    """Put the referral on the waiting list."""
    form = WaitForm()

    def put(uow: UnitOfWork) -> None:
        waiting.put_on_waiting_list(uow, offer_id, expected_on=form.expected_on.data)

    return _answer(form, "Put on the waiting list", "The referral is on your waiting list", put)


@blueprint.route("/offers/<uuid:offer_id>/move-ahead", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def move_ahead(offer_id: OfferId) -> ResponseReturnValue:
    """Move a family ahead of others on the list, with the reason."""
    form = MoveAheadForm()

    def moved(uow: UnitOfWork) -> None:
        waiting.move_ahead(uow, offer_id, to_place=form.to_place.data, reason=form.reason.data)

    offer = offer_of(db.session(), offer_id)
    return _answer(form, "Move ahead", "The family is moved ahead", moved, place=offer.waiting_position)


@blueprint.post("/offers/<uuid:offer_id>/acknowledge")
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def acknowledge(offer_id: OfferId) -> ResponseReturnValue:
    """Social care says that it has the referral."""
    with unit_of_work(current_actor()) as uow:
        social_care.acknowledge(uow, offer_id)
    flash("Acknowledged. Whoever referred sees it now")
    return redirect(url_for("referrals.inbox"))


@blueprint.route("/offers/<uuid:offer_id>/outcome", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def care_outcome(offer_id: OfferId) -> ResponseReturnValue:
    """Social care decides what it does."""
    form = CareForm()

    def decided(uow: UnitOfWork) -> None:
        social_care.decide(uow, offer_id, form.to_answer())

    return _answer(form, "Decide", "Decided. Whoever referred sees it now", decided)


@blueprint.route("/referrals/<uuid:referral_id>/outcome", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def later_outcome(referral_id: ReferralId) -> ResponseReturnValue:
    """Social care says what came of a case that it opened."""
    form = CareForm()
    if form.validate_on_submit() and done(
        form, lambda uow: social_care.decide_later(uow, referral_id, form.to_answer())
    ):
        flash("Whoever referred sees it now")
        return redirect(url_for("referrals.inbox"))
    return page.render("referrals/answer_offer.html", form=form, title="Say what came of it", happens_next=_LATER)


_NEXT = {
    "Decline": "The referral goes back to whoever sent it, who decides who is asked next.",
    "Ask a question": "The referral waits with whoever sent it. When they answer, your time to decide starts again.",
    "Put on the waiting list": "Urgent families stand first, then whoever has waited longest. Whoever sent it, and the"
    " family, see the place and the date.",
    "Move ahead": "The others move back by one place each. The reason is kept and shown with your name.",
    "Decide": "Whoever referred is told at once. If you open no case, the referral goes back to them with your reason.",
}
_LATER = "Whoever referred is told at once. If the case is closed, the referral ends."


def _answer(
    form: Form, title: str, message: str, change: Callable[[UnitOfWork], None], **more: Any
) -> ResponseReturnValue:
    if form.validate_on_submit() and done(form, change):
        flash(message)
        return redirect(url_for("referrals.inbox"))
    return page.render("referrals/answer_offer.html", form=form, title=title, happens_next=_NEXT[title], **more)
