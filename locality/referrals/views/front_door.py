"""The front door's queue, and who works on which contact."""

import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import AccountId, ContactId
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.referrals.operations import holding
from locality.referrals.operations.deciding import STAYS_IN_SIGHT
from locality.referrals.queries import access, came_back, decisions
from locality.referrals.queries import queue as queries
from locality.referrals.queries.decisions import Looked
from locality.referrals.rules import clocks, codes, lifecycle
from locality.referrals.rules import queue as rules
from locality.referrals.rules.queue import QueueFilter, Tally
from locality.referrals.views.pages import blueprint, now
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor

_LOOKED_WORDS = {
    Looked.ALL: "All",
    Looked.NOT_YET: "Without a second look",
    Looked.DISAGREED: "Somebody would decide otherwise",
}
RATING_COLOURS = {
    codes.Rag.RED: "red",
    codes.Rag.AMBER: "orange",
    codes.Rag.GREEN: "green",
    codes.Rag.BLUE: "blue",
}


@blueprint.get("/front-door")
@requires(Permission.FRONT_DOOR_VIEW)
def queue() -> ResponseReturnValue:
    """Open contacts by the time left, filtered."""
    session, moment, me = db.session(), now(), current_actor().account_id
    wanted = rules.read_filter(request.args)
    counts = queries.count_queue(session, now=moment)
    listed = queries.list_queue(session, wanted, now=moment, number=page_number(request.args.get("page")))
    note_people_shown([child.person_id for row in listed.rows for child in row.children])
    everything = QueueFilter()
    return page.render(
        "referrals/front_door.html",
        tabs=_tabs(rules.count(counts.tallies, everything), counts.came_back),
        filters=_filters(counts.tallies, wanted, me),
        is_filtered=wanted != everything,
        waiting=rules.count(counts.tallies, everything),
        late=rules.count(counts.tallies, QueueFilter(late=True)),
        free=rules.count(counts.tallies, QueueFilter(holder=rules.NOBODY)),
        harm=sum(tally.number for tally in counts.tallies if tally.is_harm),
        harm_free=sum(tally.number for tally in counts.tallies if tally.is_harm and tally.held_by is None),
        came_back=counts.came_back,
        wanted=wanted.as_query(),
        listed=listed,
        me=me,
        now=moment,
        left=lambda due_at: clocks.time_left(due_at, moment),
        sources=codes.SOURCE_WORDS,
        reasons=codes.REASON_WORDS,
        ratings=codes.RAG_WORDS,
        rating_colours=RATING_COLOURS,
    )


@blueprint.get("/front-door/came-back")
@requires(Permission.FRONT_DOOR_VIEW)
def returned() -> ResponseReturnValue:
    """Referrals that came back, and those that a service or a sender should have answered."""
    session, moment = db.session(), now()
    number = page_number(request.args.get("page"))
    counts = queries.count_queue(session, now=moment)
    back = came_back.list_returned(session, number=number)
    late = came_back.list_late(session, number=number, for_manager=False)
    note_people_shown([person for row in (*back.rows, *late.rows) for person in row.about])
    return page.render(
        "referrals/came_back.html",
        tabs=_tabs(rules.count(counts.tallies, QueueFilter()), counts.came_back),
        returned=back,
        late=late,
        left=lambda due_at: clocks.time_left(due_at, moment),
        is_late=lambda due_at: due_at < moment,
        states=lifecycle.STATE_WORDS,
        kinds=codes.KIND_WORDS,
    )


@blueprint.get("/front-door/decided")
@requires(Permission.FRONT_DOOR_VIEW)
def decided() -> ResponseReturnValue:
    """What was decided lately, for a second look."""
    session, moment = db.session(), now()
    typed = request.args.get("looked")
    looked = Looked(typed) if typed in set(Looked) else Looked.ALL
    since = moment - STAYS_IN_SIGHT
    counts = queries.count_queue(session, now=moment)
    listed = decisions.list_decided(session, since=since, looked=looked, number=page_number(request.args.get("page")))
    note_people_shown([row.person_id for row in listed.rows])
    return page.render(
        "referrals/decided.html",
        tabs=_tabs(rules.count(counts.tallies, QueueFilter()), counts.came_back),
        listed=listed,
        looked=looked,
        filters=[
            (words, url_for("referrals.decided", looked=each.value), each is looked)
            for each, words in _LOOKED_WORDS.items()
        ],
        since=london_date(since),
        me=current_actor().account_id,
        outcomes=codes.OUTCOME_WORDS,
    )


@blueprint.post("/contacts/<uuid:contact_id>/take")
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def take(contact_id: ContactId) -> ResponseReturnValue:
    """Take a contact, or take it over from a named officer."""
    instead_of = _account(request.form.get("instead_of"))
    with unit_of_work(current_actor()) as uow:
        holding.take_contact(uow, contact_id, instead_of=instead_of)
    flash("You have this contact now")
    return redirect(url_for("referrals.contact", contact_id=contact_id))


@blueprint.post("/contacts/<uuid:contact_id>/release")
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def release(contact_id: ContactId) -> ResponseReturnValue:
    """Put a contact back for any officer."""
    try:
        with unit_of_work(current_actor()) as uow:
            holding.release_contact(uow, contact_id)
    except DomainError as error:
        flash(error.reasons[0].message)
        return redirect(url_for("referrals.contact", contact_id=contact_id))
    flash("The contact is back in the queue")
    return redirect(url_for("referrals.queue"))


def _account(typed: str | None) -> AccountId | None:
    try:
        return AccountId(uuid.UUID(typed or ""))
    except ValueError:
        return None


def _tabs(waiting: int, back: int) -> list[tuple[str, str]]:
    return [
        (f"Contacts ({waiting})", url_for("referrals.queue")),
        (f"Came back ({back})", url_for("referrals.returned")),
        ("Decided lately", url_for("referrals.decided")),
    ]


def _address(wanted: QueueFilter) -> str:
    typed = urlencode(wanted.as_query())
    return url_for("referrals.queue") + (f"?{typed}" if typed else "")


Group = tuple[str, list[tuple[str, str, bool]]]


def _filters(tallies: Sequence[Tally], wanted: QueueFilter, me: AccountId | None) -> list[Group]:
    """Every filter as a heading and its links, each with how many contacts it leads to."""
    holders = {tally.held_by: tally.held_by_name for tally in tallies if tally.held_by not in {None, me}}
    sources = sorted({tally.source for tally in tallies}, key=lambda source: codes.SOURCE_WORDS[source])
    groups: dict[str, list[tuple[str, Mapping[str, object]]]] = {
        "Who has it": [
            ("Everybody", {"holder": None}),
            ("You", {"holder": me}),
            ("Nobody", {"holder": rules.NOBODY}),
            *((name or "", {"holder": who}) for who, name in sorted(holders.items(), key=lambda item: item[1] or "")),
        ],
        "Rating": [
            ("Every rating", {"rating": None}),
            *((words, {"rating": rag.value}) for rag, words in codes.RAG_WORDS.items()),
            ("Not rated", {"rating": rules.UNRATED}),
        ],
        "Time": [("Every time", {"late": False}), ("Late", {"late": True})],
        "Children": [
            ("Known or new", {"known": None}),
            ("Known or likely", {"known": True}),
            ("New", {"known": False}),
        ],
        "Source": [
            ("Every source", {"source": None}),
            *((codes.SOURCE_WORDS[source], {"source": source}) for source in sources),
        ],
    }
    return [
        (
            name,
            [
                (f"{each.label} ({each.number})", _address(each.wanted), each.is_current)
                for each in rules.options(tallies, wanted, choices)
            ],
        )
        for name, choices in groups.items()
    ]
