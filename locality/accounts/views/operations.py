"""What happens in the background: what waits, what failed, and who sees to it. No personal data."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.accounts.forms import HandOverForm
from locality.accounts.operations import mending
from locality.accounts.queries import roles as role_queries
from locality.accounts.queries import work as queries
from locality.accounts.views.blueprint import blueprint
from locality.kernel.actor import Role
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.messages import api as messages
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor


@blueprint.get("/operations")
@requires(Permission.OPERATIONS_VIEW)
def operations() -> ResponseReturnValue:
    """Three numbers, and the work that failed."""
    now = SYSTEM_CLOCK.now()
    return page.render(
        "operations/operations.html",
        state=queries.work_state(db.session(), now=now),
        work=queries.list_failed(db.session(), _words(), number=page_number(request.args.get("page"))),
        may_mend=may(Permission.OPERATIONS_MEND),
        messages_kept=messages.count_kept(db.session()),
        now=now,
    )


@blueprint.get("/operations/waiting")
@requires(Permission.OPERATIONS_VIEW)
def waiting_work() -> ResponseReturnValue:
    """The work that waits, the longest due first."""
    now = SYSTEM_CLOCK.now()
    return page.render(
        "operations/waiting_work.html",
        work=queries.list_waiting(db.session(), _words(), number=page_number(request.args.get("page"))),
        now=now,
    )


@blueprint.post("/operations/<uuid:message_id>/retry")
@requires(Permission.OPERATIONS_MEND)
def retry_work(message_id: uuid.UUID) -> ResponseReturnValue:
    """Try failed work again."""
    try:
        with unit_of_work(current_actor()) as uow:
            mending.retry_work(uow, message_id)
    except DomainError as error:
        flash(error.reasons[0].message)
    else:
        flash("This work will be tried again now")
    return redirect(url_for("accounts.operations"))


@blueprint.route("/operations/<uuid:message_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.OPERATIONS_MEND)
def hand_over_work(message_id: uuid.UUID) -> ResponseReturnValue:
    """Say who sees to failed work, and how."""
    work = queries.find_failed(db.session(), _words(), message_id)
    if work is None:
        raise NotFound("This work is no longer waiting for a person")
    form = HandOverForm()
    today = london_date(SYSTEM_CLOCK.now())
    people = {
        person.id: person
        for role in (Role.ADMINISTRATOR, Role.MANAGER)
        for person in role_queries.list_accounts_with_role(db.session(), role, today=today)
    }
    form.offer_people(people.values())
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                mending.hand_over_work(uow, form.to_command(message_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("This work has been handed over")
            return redirect(url_for("accounts.operations"))
    return page.render("operations/hand_over_work.html", form=form, work=work)


def _words() -> dict[str, str]:
    return page.registry().task_words()
