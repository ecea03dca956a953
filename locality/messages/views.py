"""What was sent when to which kind of person; what it said, for those who may see the record."""

import uuid

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.paging import page_number
from locality.messages import queries
from locality.messages.rules import MessageState
from locality.web import page
from locality.web.endpoint import requires

blueprint = Blueprint("messages", __name__)

_FILTERS = {
    None: "All",
    MessageState.WAITING: "Waiting to be sent",
    MessageState.KEPT: "Kept until a mail server is set",
    MessageState.SENT: "Sent",
}


@blueprint.get("/messages")
@requires(Permission.MESSAGES_VIEW)
def list_messages() -> ResponseReturnValue:
    """Every message, the newest first, without what it says."""
    typed = request.args.get("state")
    state = MessageState(typed) if typed in set(MessageState) else None
    listed = queries.list_messages(db.session(), state=state, number=page_number(request.args.get("page")))
    return page.render(
        "messages/list_messages.html",
        listed=listed,
        state=state,
        filters=[
            (words, url_for("messages.list_messages", state=None if each is None else each.value), each is state)
            for each, words in _FILTERS.items()
        ],
        has_server=current_app.config["LOCALITY"].mail is not None,
        kept=queries.count_kept(db.session()),
    )


@blueprint.get("/messages/<uuid:message_id>")
@requires(Permission.MESSAGE_READ, facts=queries.message_facts, reads=Part.REFERRER)
def read_message(message_id: uuid.UUID) -> ResponseReturnValue:
    """One message as it went."""
    found = queries.find_message(db.session(), message_id)
    if found is None:
        raise PageNotFound
    return page.render("messages/read_message.html", message=found)
