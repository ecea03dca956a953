"""The way back from a device that was handed over: its worker gives their password, or is signed out."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.accounts.forms import ActionForm, TakeBackForm
from locality.accounts.operations import sessions, signing_in
from locality.accounts.queries.accounts import find_account
from locality.accounts.queries.signing_in import SIGNING_IN, Credentials
from locality.accounts.views.blueprint import blueprint
from locality.accounts.views.signing_in import count_attempt, put_off, settle_attempt
from locality.kernel.db import db
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.handover import HandedOver
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web import session as web_session
from locality.web.endpoint import handed_over, handed_over_only
from locality.web.signed_in import current_token_hash


@blueprint.route("/sign-in/again", methods=["GET", "POST"])
@handed_over_only
def take_back() -> ResponseReturnValue:
    """The worker is back: their password opens everything again, where they left it."""
    found = _handed_over()
    form = TakeBackForm()
    context: dict[str, Any] = {"worker": found.worker, "home": found.home, "out": ActionForm()}
    if form.validate_on_submit():
        person = find_account(db.session(), found.account_id)
        attempt = count_attempt("" if person is None else person.email)
        if attempt.try_again_at is not None:
            return put_off(form, attempt.try_again_at, "accounts/take_back.html", **context)
        credentials = settle_attempt(attempt, form.password.data)
        if credentials is not None:
            return _go_on(credentials, found)
        form.add_reasons(RuleBroken([Reason("password", "The password is not right. Try again")]))
    return page.render("accounts/take_back.html", form=form, **context)


@blueprint.post("/sign-in/again/sign-out")
@handed_over_only
def leave_handed_over() -> ResponseReturnValue:
    """Sign the device out: whoever comes next signs in as themselves."""
    found = _handed_over()
    if ActionForm().validate_on_submit():
        _end(found)
        web_session.finish()
    answer = redirect(url_for("accounts.sign_in", signed_out="yes"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _go_on(credentials: Credentials, found: HandedOver) -> ResponseReturnValue:
    _end(found)
    with unit_of_work(SIGNING_IN) as uow:
        signed_in = signing_in.let_in(uow, signing_in.LetIn(credentials, user_agent=request.user_agent.string))
    web_session.begin(signed_in.session_token)
    answer: Response = redirect(found.back)  # type: ignore[assignment]
    # Nothing that the child saw comes back with the browser's "back".
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _end(found: HandedOver) -> None:
    token_hash = current_token_hash()
    if token_hash is not None:
        with unit_of_work(SIGNING_IN) as uow:
            sessions.end_handed_over(uow, token_hash, account_id=found.account_id)


def _handed_over() -> HandedOver:
    found = handed_over()
    if found is None:
        raise NotFound
    return found
