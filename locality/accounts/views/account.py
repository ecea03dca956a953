"""One's own account: who I am, where I am signed in, my password."""

import uuid
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from locality.accounts.forms import ChangePasswordForm
from locality.accounts.operations import accounts, passwords, sessions
from locality.accounts.queries import accounts as queries
from locality.accounts.queries import roles as role_queries
from locality.accounts.queries import sessions as session_queries
from locality.accounts.rules.passwords import reasons_against_password
from locality.accounts.views.blueprint import PASSWORD_CHANGE_DUE, blueprint
from locality.accounts.views.signing_in import count_attempt, put_off, settings, settle_attempt
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId
from locality.kernel.uow import unit_of_work
from locality.web import formats, page
from locality.web import session as web_session
from locality.web.endpoint import signed_in_only
from locality.web.signed_in import current_actor, current_token_hash

_FLASHES = "_flashes"


@blueprint.get("/account")
@signed_in_only
def account() -> ResponseReturnValue:
    """Who I am here, what I may do and where I am signed in."""
    now = SYSTEM_CLOCK.now()
    own_id, database = _own_id(), db.session()
    return page.render(
        "accounts/account.html",
        person=_own_account(own_id),
        roles=role_queries.list_roles(database, own_id, today=london_date(now)),
        sessions=session_queries.list_own_sessions(database, own_id, current=current_token_hash(), now=now),
    )


@blueprint.post("/account/sessions/end-others")
@signed_in_only
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    with unit_of_work(current_actor()) as uow:
        ended = sessions.end_other_sessions(uow, keep=current_token_hash() or b"")
    flash(f"You have been signed out of {formats.count(ended, 'other device')}")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@signed_in_only
def end_one_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """Sign out of one other place."""
    with unit_of_work(current_actor()) as uow:
        ended = sessions.end_one_session(uow, session_id)
    flash("You have been signed out of that device" if ended else "That device was signed out already")
    return redirect(url_for("accounts.account"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in_only
def change_password() -> ResponseReturnValue:
    """Choose a new password; it ends every other session and gives this one a new token."""
    form = ChangePasswordForm()
    person = _own_account(_own_id())
    is_due = PASSWORD_CHANGE_DUE in session
    # Until the password is one's own nothing else opens: no place is offered either.
    context: dict[str, Any] = {"is_due": is_due, "hides_navigation": is_due, "email": person.email}
    if form.validate_on_submit() and not form.refuse_if_different():
        reasons = reasons_against_password(
            form.new_password.data, email=person.email, name=person.name, field="new_password"
        )
        if reasons:
            form.add_reasons(RuleBroken(reasons))
            return page.render("accounts/password.html", form=form, **context)
        attempt = count_attempt(person.email)
        if attempt.try_again_at is not None:
            return put_off(form, attempt.try_again_at, "accounts/password.html", **context)
        if settle_attempt(attempt, form.current_password.data) is not None:
            return _change_to(form.new_password.data)
        form.add_reasons(RuleBroken([Reason("current_password", "Your current password is not right")]))
    return page.render("accounts/password.html", form=form, **context)


def _change_to(new_password: str) -> ResponseReturnValue:
    password_hash = passwords.hash_password(new_password, fast=settings().argon2_fast)
    flash("Your password has been changed. Every other device has been signed out")
    kept = {_FLASHES: session[_FLASHES]}
    with unit_of_work(current_actor()) as uow:
        accounts.change_own_password(uow, password_hash)
        start = sessions.StartSession(_own_id(), request.user_agent.string, kept)
        token = sessions.start_session(uow, start)
    web_session.begin(token)
    return redirect(url_for("accounts.account"))


def _own_id() -> AccountId:
    account_id = current_actor().account_id
    if account_id is None:
        raise NotFound
    return account_id


def _own_account(account_id: AccountId) -> queries.AccountDetail:
    person = queries.find_account(db.session(), account_id)
    if person is None:
        raise NotFound
    return person
