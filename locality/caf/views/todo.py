"""Everything that waits for one worker, on one page."""

from flask import current_app, request
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.caf.queries.worklist import list_waiting
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import now, today
from locality.caf.views.worklist import groups_of
from locality.kernel.db import db
from locality.kernel.errors import NotAllowed
from locality.kernel.paging import page_number
from locality.referrals import api as referrals
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor


@blueprint.get("/to-do")
@requires(Permission.MY_ACTIONS_VIEW)
def to_do() -> ResponseReturnValue:
    """Everything that waits for the worker, most pressing first; each opens the exact place."""
    session, actor = db.session(), current_actor()
    if actor.account_id is None:
        raise NotAllowed("This page is for people with an account")
    waiting = list_waiting(session, actor, now=now(), number=page_number(request.args.get("page")))
    # A question to lead names nobody, and shows nobody.
    note_people_shown([person for one in waiting.rows if one.names for person in one.about])
    return page.render(
        "caf/to_do.html",
        today=today(),
        waiting=waiting,
        groups=groups_of(waiting.rows, caf_label=current_app.config["LOCALITY"].caf_label),
        from_front_door=referrals.count_news(session, actor),
        left_alone_services=referrals.list_left_alone(session, actor, today=today()),
    )
