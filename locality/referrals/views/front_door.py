"""The front door's queue, and who works on which contact."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import AccountId, ContactId
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.referrals.operations import contacts
from locality.referrals.queries import access, front_door
from locality.referrals.queries.front_door import QueueCounts, Show
from locality.referrals.rules import clocks, codes, lifecycle
from locality.referrals.views.pages import blueprint, now
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor


@blueprint.get("/front-door")
@requires(Permission.FRONT_DOOR_VIEW)
def queue() -> ResponseReturnValue:
    """Open contacts by the time left."""
    session, actor, moment = db.session(), current_actor(), now()
    show = _show(request.args.get("show"))
    counts = front_door.count_queue(session, actor.account_id, now=moment)
    listed = front_door.list_queue(session, actor.account_id, show=show, number=page_number(request.args.get("page")))
    note_people_shown([child.person_id for row in listed.rows for child in row.children])
    return page.render(
        "referrals/front_door.html",
        tabs=_tabs(counts),
        filters=_filters(counts, show),
        counts=counts,
        show=show.value,
        listed=listed,
        me=actor.account_id,
        left=lambda due_at: clocks.time_left(due_at, moment),
        is_late=lambda due_at: due_at < moment,
        sources=codes.SOURCE_WORDS,
        reasons=codes.REASON_WORDS,
        ratings=codes.RAG_WORDS,
        rating_colours=RATING_COLOURS,
    )


@blueprint.get("/front-door/came-back")
@requires(Permission.FRONT_DOOR_VIEW)
def came_back() -> ResponseReturnValue:
    """Referrals that came back, and those that a service should have answered."""
    session, moment = db.session(), now()
    number = page_number(request.args.get("page"))
    counts = front_door.count_queue(session, current_actor().account_id, now=moment)
    returned = front_door.list_returned(session, number=number)
    late = front_door.list_late(session, number=number)
    note_people_shown([person for row in (*returned.rows, *late.rows) for person in row.about])
    return page.render(
        "referrals/came_back.html",
        tabs=_tabs(counts),
        returned=returned,
        late=late,
        left=lambda due_at: clocks.time_left(due_at, moment),
        is_late=lambda due_at: due_at < moment,
        states=lifecycle.STATE_WORDS,
        kinds=codes.KIND_WORDS,
    )


@blueprint.post("/contacts/<uuid:contact_id>/take")
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def take(contact_id: ContactId) -> ResponseReturnValue:
    """Take a contact, or take it over from a named officer."""
    instead_of = _account(request.form.get("instead_of"))
    with unit_of_work(current_actor()) as uow:
        contacts.take_contact(uow, contact_id, instead_of=instead_of)
    flash("You have this contact now")
    return redirect(url_for("referrals.contact", contact_id=contact_id))


@blueprint.post("/contacts/<uuid:contact_id>/release")
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def release(contact_id: ContactId) -> ResponseReturnValue:
    """Put a contact back for any officer."""
    try:
        with unit_of_work(current_actor()) as uow:
            contacts.release_contact(uow, contact_id)
    except DomainError as error:
        flash(error.reasons[0].message)
        return redirect(url_for("referrals.contact", contact_id=contact_id))
    flash("The contact is back in the queue")
    return redirect(url_for("referrals.queue"))


RATING_COLOURS = {
    codes.Rag.RED: "red",
    codes.Rag.AMBER: "orange",
    codes.Rag.GREEN: "green",
    codes.Rag.BLUE: "blue",
}


def _show(typed: str | None) -> Show:
    return Show(typed) if typed in set(Show) else Show.ALL


def _account(typed: str | None) -> AccountId | None:
    try:
        return AccountId(uuid.UUID(typed or ""))
    except ValueError:
        return None


def _tabs(counts: QueueCounts) -> list[tuple[str, str]]:
    return [
        (f"Contacts ({counts.waiting})", url_for("referrals.queue")),
        (f"Came back ({counts.came_back})", url_for("referrals.came_back")),
    ]


def _filters(counts: QueueCounts, show: Show) -> list[tuple[str, str, bool]]:
    words = {
        Show.ALL: f"All ({counts.waiting})",
        Show.MINE: f"Mine ({counts.mine})",
        Show.FREE: f"With nobody ({counts.free})",
    }
    return [(words[each], url_for("referrals.queue", show=each.value), each is show) for each in Show]
