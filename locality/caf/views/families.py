"""A lead professional's home: the head of what waits for them, their families, and what is new."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.caf.forms.planning import ReadForm
from locality.caf.operations.looking import mark_read
from locality.caf.queries import work
from locality.caf.queries.worklist import list_waiting
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import now, today
from locality.caf.views.worklist import lines_of
from locality.clusters import api as clusters
from locality.kernel.db import db
from locality.kernel.errors import NotAllowed
from locality.kernel.ids import AccountId
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.referrals import api as referrals
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor

_MOST_STEPS = 3


@blueprint.get("/my-families")
@requires(Permission.MY_FAMILIES_VIEW)
def my_families() -> ResponseReturnValue:
    """The first three things of what waits, the families that the worker leads, and what others recorded about them."""
    session, actor = db.session(), current_actor()
    account_id = _account()
    families = work.list_my_families(session, account_id, number=page_number(request.args.get("page")))
    first = list_waiting(session, actor, now=now(), size=_MOST_STEPS)
    shown = [person for one in first.rows if one.names for person in one.about]
    note_people_shown([*shown, *(person for family in families.rows for person in family.about)])
    return page.render(
        "caf/my_families.html",
        form=ReadForm(),
        today=today(),
        tasks=lines_of(first.rows, caf_label=current_app.config["LOCALITY"].caf_label),
        waiting=first.total,
        families=families,
        load=clusters.load_of(session, account_id),
        news=work.list_news(session, actor, now=now()),
        from_front_door=referrals.count_news(session, actor),
    )


@blueprint.post("/my-families/read")
@requires(Permission.MY_FAMILIES_VIEW)
def read_news() -> ResponseReturnValue:
    """What is new counts as read."""
    if ReadForm().validate_on_submit():
        with unit_of_work(current_actor()) as uow:
            mark_read(uow)
        flash("Marked as read")
    return redirect(url_for("caf.my_families"))


def _account() -> AccountId:
    account_id = current_actor().account_id
    if account_id is None:
        raise NotAllowed("This page is for people with an account")
    return account_id
