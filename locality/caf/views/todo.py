"""What waits for one worker: questions to lead, actions, meetings ahead, feedback, families without a lead."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.caf.queries.children import list_children
from locality.caf.queries.leads import lead_requests_to_answer
from locality.caf.queries.meetings import meetings_ahead
from locality.caf.queries.quality import unread_feedback
from locality.caf.queries.todo import families_without_lead, list_own_actions
from locality.caf.rules.meetings import MEETING_LABELS
from locality.caf.rules.planning import pace_of
from locality.caf.rules.words import ACTION_STATUS_LABELS
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import now, today
from locality.caf.views.plan import PACE_WORDS
from locality.kernel.db import db
from locality.kernel.errors import NotAllowed
from locality.kernel.paging import page_number
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor


@blueprint.get("/to-do")
@requires(Permission.MY_ACTIONS_VIEW)
def to_do() -> ResponseReturnValue:
    """Everything that waits for the worker, most pressing first; each opens the exact place."""
    session, account_id = db.session(), current_actor().account_id
    if account_id is None:
        raise NotAllowed("This page is for people with an account")
    actions = list_own_actions(session, account_id, number=page_number(request.args.get("page")))
    people = {child for action in actions.rows for child in action.about}
    called = {child.id: child.called for child in list_children(session, people)} if people else {}
    note_people_shown(list(people))
    return page.render(
        "caf/to_do.html",
        today=today(),
        requests=lead_requests_to_answer(session, account_id),
        actions=actions,
        for_whom={action.id: [called[child] for child in action.about if child in called] for action in actions.rows},
        pace={action.id: PACE_WORDS[pace_of(action.due_on, today=today())] for action in actions.rows},
        status_words=ACTION_STATUS_LABELS,
        meetings=meetings_ahead(session, account_id, now=now()),
        kind_words=MEETING_LABELS,
        feedback=unread_feedback(session, account_id),
        without_lead=families_without_lead(session),
        home=url_for("home"),
    )
