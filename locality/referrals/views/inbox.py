"""A service's inbox and its answers."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.actor import ScopeKind
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import OfferId
from locality.kernel.paging import page_number
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.referrals.forms.referrals import AskForm, DeclineForm, WaitForm
from locality.referrals.operations import offers
from locality.referrals.queries import access, helping
from locality.referrals.queries import inbox as queries
from locality.referrals.rules import clocks, codes, lifecycle, needs
from locality.referrals.views.pages import age_of, blueprint, now
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.form import Form
from locality.web.signed_in import current_actor


@blueprint.get("/inbox")
@requires(Permission.INBOX_VIEW)
def inbox() -> ResponseReturnValue:
    """Offers to one's services by due time, then the waiting list."""
    session, actor, moment = db.session(), current_actor(), now()
    services = actor.scope_ids(ScopeKind.SERVICE)
    listed = queries.list_offers(session, services, number=page_number(request.args.get("page")))
    note_people_shown([child.person_id for card in listed.rows for child in card.children])
    today = london_date(moment)
    return page.render(
        "referrals/inbox.html",
        listed=listed,
        helped=helping.list_helped(session, services),
        offers=[card for card in listed.rows if card.state is not lifecycle.OfferState.WAITING],
        waiting=[card for card in listed.rows if card.state is lifecycle.OfferState.WAITING],
        age_of=lambda child: age_of(child.born_on, child.due_on, today),
        needs=needs.words_for,
        left=lambda due_at: clocks.time_left(due_at, moment),
        is_late=lambda due_at: due_at < moment,
        states=lifecycle.OFFER_WORDS,
        kinds=codes.KIND_WORDS,
    )


@blueprint.post("/offers/<uuid:offer_id>/accept")
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def accept(offer_id: OfferId) -> ResponseReturnValue:
    """Accept for the service. Who comes second is told who has it."""
    with unit_of_work(current_actor()) as uow:
        referral_id = offers.accept_offer(uow, offer_id)
    flash("Accepted. Your service has this family now")
    # To where the help goes on, which says what it needs next; what opened no case has its own page.
    services = current_actor().scope_ids(ScopeKind.SERVICE)
    for one in helping.list_helped(db.session(), services, only=referral_id):
        return redirect(url_for(one.endpoint, **one.values))
    return redirect(url_for("referrals.referral", referral_id=referral_id))


@blueprint.route("/offers/<uuid:offer_id>/decline", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def decline(offer_id: OfferId) -> ResponseReturnValue:
    """Decline with one reason; the referral goes back to whoever sent it."""
    form = DeclineForm()

    def done(uow: UnitOfWork) -> None:
        offers.decline_offer(
            uow,
            offer_id,
            reason=form.reason.data,
            note=form.note.data,
            suggested_alternative=form.suggested_alternative.data,
        )

    return _answer(form, "Decline", "Declined. The referral is back with whoever sent it", done)


@blueprint.route("/offers/<uuid:offer_id>/ask", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def ask(offer_id: OfferId) -> ResponseReturnValue:
    """Ask whoever sent the referral."""
    form = AskForm()

    def done(uow: UnitOfWork) -> None:
        offers.ask_about_offer(uow, offer_id, question=form.question.data)

    return _answer(form, "Ask a question", "Your question is with whoever sent the referral", done)


@blueprint.route("/offers/<uuid:offer_id>/wait", methods=["GET", "POST"])
@requires(Permission.OFFER_RESPOND, facts=access.offer_facts, reads=Part.STORY)
def wait(offer_id: OfferId) -> ResponseReturnValue:
    """Put the referral on the waiting list."""
    form = WaitForm()

    def done(uow: UnitOfWork) -> None:
        offers.put_on_waiting_list(uow, offer_id, expected_on=form.expected_on.data)

    return _answer(form, "Put on the waiting list", "The referral is on your waiting list", done)


_NEXT = {
    "Decline": "The referral goes back to whoever sent it, who decides who is asked next.",
    "Ask a question": "The referral waits with whoever sent it. When they answer, your time to decide starts again.",
    "Put on the waiting list": "It joins the end of your list. Whoever sent it sees its place and the date you expect.",
}


def _answer(form: Form, title: str, message: str, done: Callable[[UnitOfWork], None]) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                done(uow)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(message)
            return redirect(url_for("referrals.inbox"))
    return page.render("referrals/answer_offer.html", form=form, title=title, happens_next=_NEXT[title])
