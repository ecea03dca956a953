"""Accounts and roles, for administrators. An administrator sees who works here and nothing of any case."""

import datetime as dt
import uuid

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.accounts.forms import ActionForm, DisableForm, NewAccountForm, RoleForm
from locality.accounts.operations import accounts, passwords, roles
from locality.accounts.queries import accounts as queries
from locality.accounts.queries import roles as role_queries
from locality.accounts.queries.places import list_places
from locality.accounts.views.blueprint import blueprint
from locality.accounts.views.signing_in import settings
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.ids import AccountId
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.web import page, typed
from locality.web.endpoint import requires
from locality.web.form import Form
from locality.web.signed_in import current_actor

_LONGEST_SEARCH = 100


@blueprint.get("/admin/accounts")
@requires(Permission.ACCOUNTS_ADMINISTER)
def list_accounts() -> ResponseReturnValue:
    """Everybody who has an account."""
    wanted = typed.clean(request.args.get("q", ""))[:_LONGEST_SEARCH]
    found = queries.list_accounts(
        db.session(), wanted=wanted, number=page_number(request.args.get("page")), today=_today()
    )
    return page.render("accounts/list_accounts.html", accounts=found, wanted=wanted)


@blueprint.route("/admin/accounts/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_ADMINISTER)
def new_account() -> ResponseReturnValue:
    """Make an account; its first password is shown once, on the answer."""
    form = NewAccountForm()
    if form.validate_on_submit():
        password, password_hash = _new_first_password()
        try:
            with unit_of_work(current_actor()) as uow:
                account_id = accounts.create_account(uow, form.to_command(password_hash))
        except DomainError as error:
            form.add_reasons(error)
        else:
            return _show_first_password(account_id, password)
    return page.render("accounts/new_account.html", form=form)


@blueprint.get("/admin/accounts/<uuid:account_id>")
@requires(Permission.ACCOUNTS_ADMINISTER)
def administer_account(account_id: AccountId) -> ResponseReturnValue:
    """One account: who it is, its roles, and what can be done."""
    return _account_page(account_id, ActionForm())


@blueprint.route("/admin/accounts/<uuid:account_id>/roles/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_ADMINISTER)
def give_role(account_id: AccountId) -> ResponseReturnValue:
    """Give somebody a role at a place."""
    person = _find(account_id)
    form = RoleForm()
    form.offer_places(list_places(db.session()))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                roles.give_role(uow, account_id, form.to_command())
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(f"{person.name} has a new role")
            return _to_account(account_id)
    return page.render("accounts/give_role.html", form=form, person=person)


@blueprint.post("/admin/accounts/<uuid:account_id>/roles/<uuid:role_id>/end")
@requires(Permission.ACCOUNTS_ADMINISTER)
def end_role(account_id: AccountId, role_id: uuid.UUID) -> ResponseReturnValue:
    """End a role at once."""
    form = ActionForm()
    try:
        with unit_of_work(current_actor()) as uow:
            roles.end_role(uow, account_id, assignment_id=role_id)
    except NotFound:
        flash("That role had been ended already")
    except DomainError as error:
        form.add_reasons(error)
        return _account_page(account_id, form)
    else:
        flash("The role has been ended")
    return _to_account(account_id)


@blueprint.route("/admin/accounts/<uuid:account_id>/disable", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_ADMINISTER)
def disable_account(account_id: AccountId) -> ResponseReturnValue:
    """Shut an account at once, with a reason."""
    person = _find(account_id)
    form = DisableForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                accounts.disable_account(uow, account_id, reason=form.reason.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(f"{person.name}’s account is disabled. They have been signed out everywhere")
            return _to_account(account_id)
    return page.render("accounts/disable_account.html", form=form, person=person)


@blueprint.post("/admin/accounts/<uuid:account_id>/first-password")
@requires(Permission.ACCOUNTS_ADMINISTER)
def issue_first_password(account_id: AccountId) -> ResponseReturnValue:
    """Issue a new first password, also to open a disabled account again; it is shown once, on the answer."""
    form = ActionForm()
    person = _find(account_id)
    password, password_hash = _new_first_password()
    operation = accounts.issue_first_password if person.active else accounts.enable_account
    try:
        with unit_of_work(current_actor()) as uow:
            operation(uow, account_id, password_hash=password_hash)
    except DomainError as error:
        form.add_reasons(error)
        return _account_page(account_id, form)
    return _show_first_password(account_id, password)


def _account_page(account_id: AccountId, form: Form) -> Response:
    return page.render(
        "accounts/administer_account.html",
        form=form,
        person=_find(account_id),
        roles=role_queries.list_roles(db.session(), account_id, today=_today()),
        is_own=account_id == current_actor().account_id,
    )


def _show_first_password(account_id: AccountId, password: str) -> Response:
    return page.render("accounts/first_password.html", person=_find(account_id), password=password)


def _new_first_password() -> tuple[str, passwords.PasswordHash]:
    password = passwords.first_password()
    return password, passwords.hash_password(password, fast=settings().argon2_fast)


def _find(account_id: AccountId) -> queries.AccountDetail:
    person = queries.find_account(db.session(), account_id)
    if person is None:
        raise NotFound("There is no such account")
    return person


def _to_account(account_id: AccountId) -> ResponseReturnValue:
    return redirect(url_for("accounts.administer_account", account_id=account_id))


def _today() -> dt.date:
    return london_date(SYSTEM_CLOCK.now())
