"""Signing in and out."""

import datetime as dt
import math

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from locality.accounts.forms import SignInForm
from locality.accounts.operations import passwords, sessions, signing_in
from locality.accounts.queries.signing_in import SIGNING_IN, Credentials
from locality.accounts.rules.attempts import is_local_path
from locality.accounts.rules.sessions import DEVICE_KNOWN_FOR
from locality.accounts.views.blueprint import blueprint
from locality.kernel.actor import NOBODY, Actor
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.errors import RuleBroken
from locality.kernel.settings import Settings
from locality.kernel.uow import unit_of_work
from locality.web import formats, page
from locality.web import session as web_session
from locality.web.endpoint import public, signed_in_only
from locality.web.form import Form
from locality.web.signed_in import current_actor, current_token_hash

DEVICE_COOKIE = "locality_device"
TOO_MANY_REQUESTS = 429
# One sentence for a wrong password, an unknown address and a disabled account (trust G17).
NOT_RIGHT = "The email address or password is not right. Check both and try again"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask who it is; refuse in one way, whatever was wrong."""
    if request.method == "GET" and current_actor() is not NOBODY:
        return redirect(_after_sign_in())
    form = SignInForm()
    if form.validate_on_submit():
        attempt = count_attempt(form.email.data)
        if attempt.try_again_at is not None:
            return put_off(form, attempt.try_again_at, "accounts/sign_in.html", signed_out=False)
        credentials = settle_attempt(attempt, form.password.data)
        if credentials is not None:
            return _welcome(credentials, form.password.data)
        form.add_reasons(RuleBroken(NOT_RIGHT))
    return page.render("accounts/sign_in.html", form=form, signed_out="signed_out" in request.args)


@blueprint.post("/sign-out")
@signed_in_only
def sign_out() -> ResponseReturnValue:
    """End the session on the server, and leave nothing of it in the browser."""
    _end_current_session(current_actor())
    web_session.finish()
    answer = redirect(url_for("accounts.sign_in", signed_out="yes"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.route("/account/stay", methods=["GET", "POST"])
@signed_in_only
def stay() -> ResponseReturnValue:
    """Say "I am still here": any request keeps a session alive, this one does nothing else."""
    return "", 204


def count_attempt(email: str) -> signing_in.Attempt:
    """Count an attempt to prove who somebody is, in a transaction of its own that stays whatever comes next."""
    with unit_of_work(SIGNING_IN) as uow:
        return signing_in.begin_attempt(
            uow,
            signing_in.BeginAttempt(
                email=email, client_address=request.remote_addr, device_token=request.cookies.get(DEVICE_COOKIE)
            ),
        )


def settle_attempt(attempt: signing_in.Attempt, password: str) -> Credentials | None:
    """The credentials that a password matched; None, and a refusal on record, when it matched none.

    The check is slow on purpose, so no transaction is open meanwhile.
    """
    known = attempt.credentials
    password_hash = None if known is None else known.password_hash
    matched = passwords.password_matches(password_hash, password, fast=settings().argon2_fast)
    with unit_of_work(SIGNING_IN) as uow:
        signing_in.settle_attempt(uow, attempt, matched=matched)
    return known if matched else None


def put_off(form: Form, until: dt.datetime, template: str, **context: object) -> Response:
    """The form again, with the time at which to try again, as "too many requests"."""
    minutes = max(1, math.ceil((until - SYSTEM_CLOCK.now()).total_seconds() / 60))
    wait = formats.count(minutes, "minute")
    form.add_reasons(RuleBroken(f"There were too many attempts. Try again in {wait}, at {formats.clock_time(until)}"))
    answer = page.render(template, status=TOO_MANY_REQUESTS, form=form, **context)
    answer.headers["Retry-After"] = str(minutes * 60)
    return answer


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["LOCALITY"]
    return found


def _welcome(credentials: Credentials, password: str) -> Response:
    fast = settings().argon2_fast
    is_stale = passwords.needs_new_hash(credentials.password_hash or "", fast=fast)
    new_hash = passwords.hash_password(password, fast=fast) if is_stale else None
    if current_actor() is not NOBODY:
        _end_current_session(current_actor())
    with unit_of_work(SIGNING_IN) as uow:
        signed_in = signing_in.let_in(
            uow,
            signing_in.LetIn(credentials, user_agent=request.user_agent.string, new_hash=new_hash),
        )
    web_session.begin(signed_in.session_token)
    answer: Response = redirect(_after_sign_in())  # type: ignore[assignment]
    if signed_in.device_token is not None:
        _remember_device(answer, signed_in.device_token)
    return answer


def _remember_device(answer: Response, token: str) -> None:
    answer.set_cookie(
        DEVICE_COOKIE,
        token,
        path="/sign-in",
        max_age=DEVICE_KNOWN_FOR,
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        samesite="Lax",
    )


def _end_current_session(actor: Actor) -> None:
    token_hash = current_token_hash()
    if token_hash is not None:
        with unit_of_work(actor) as uow:
            sessions.end_session(uow, token_hash)


def _after_sign_in() -> str:
    """The page that somebody wanted before they were asked to sign in, when it is one of ours; else their home."""
    target = request.args.get("next", "")
    if not is_local_path(target):
        return url_for("home")
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(target.partition("?")[0], method="GET")
    except (HTTPException, RequestRedirect):
        return url_for("home")
    return url_for("home") if endpoint == "static" or endpoint.startswith("accounts.sign_") else target
