"""The directory of services: pages for workers, and the same facts as open data."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.kernel.actor import NOBODY
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.paging import page_number
from locality.referrals.forms.services import FilterForm
from locality.referrals.queries import directory as queries
from locality.referrals.queries.directory import DirectoryWish
from locality.referrals.rules import codes, directory, hsds, needs
from locality.referrals.rules.directory import Access, Day, Entry, Standing
from locality.referrals.views.pages import blueprint, now, settings
from locality.web import formats, page
from locality.web.endpoint import may, public, requires, to_sign_in
from locality.web.signed_in import current_actor

STANDING_TAGS: Mapping[Standing, tuple[str, str]] = {
    Standing.OPEN: ("Open", "green"),
    Standing.NOT_YET: ("Not open yet", "blue"),
    Standing.CLOSING: ("Closing", "yellow"),
    Standing.CLOSED: ("Closed", "grey"),
}
_MOST_DATA = 200  # services of one page of the open data


@blueprint.get("/services")
@requires(Permission.SERVICES_LIST)
def services() -> ResponseReturnValue:
    """The services that fit what is asked, each with its places and its wait."""
    session = db.session()
    wish = read_wish(request.args)
    offered, clusters = queries.count_offered(session), queries.list_clusters(session)
    form = FilterForm(data=wish_arguments(wish))
    form.offer(offered, clusters)
    return page.render(
        "referrals/services/list.html",
        form=form,
        listed=queries.list_directory(session, wish, now=now()),
        wanted=wish_arguments(wish),
        offered=offered,
        left_out=_left_out(request.args, wish),
        may_edit=may(Permission.SERVICES_ADMINISTER),
        **words(),
    )


@blueprint.get("/services/<uuid:service_id>")
@requires(Permission.SERVICES_LIST)
def service(service_id: uuid.UUID) -> ResponseReturnValue:
    """One service: whom it helps, where and when, places and wait by cluster, and how to refer."""
    found = queries.find_entry(db.session(), service_id, now=now())
    if found is None:
        raise PageNotFound
    return page.render(
        "referrals/services/service.html",
        service=found,
        may_edit=may(Permission.SERVICES_ADMINISTER),
        may_refer=may(Permission.REFERRAL_CREATE),
        **words(),
    )


@blueprint.get("/services.json")
@public
def services_data() -> ResponseReturnValue:
    """The open data of the directory, a page of it; ``page`` and ``per_page`` as its specification has them."""
    refusal = _not_theirs()
    if refusal is not None:
        return refusal
    size = _page_size(request.args.get("per_page"))
    wish = read_wish(request.args)
    listed = queries.list_directory(db.session(), wish, now=now(), size=size)
    contents = [hsds.brief(entry) for entry in listed.rows]
    return jsonify(hsds.listing(contents, total=listed.total or 0, number=listed.number, size=size))


@blueprint.get("/services/<uuid:service_id>.json")
@public
def service_data(service_id: uuid.UUID) -> ResponseReturnValue:
    """The open data of one service."""
    refusal = _not_theirs()
    if refusal is not None:
        return refusal
    found = queries.find_entry(db.session(), service_id, now=now())
    if found is None:
        raise PageNotFound
    return jsonify(hsds.document(found))


def read_wish(asked: Mapping[str, str]) -> DirectoryWish:
    """What the address asks for; anything that makes no sense is left out."""
    age, stage = asked.get("age", "").strip(), asked.get("stage", "")
    day, access = asked.get("day", ""), asked.get("access", "")
    return DirectoryWish(
        need=_known(asked.get("need", ""), needs.NEED_WORDS),
        age=int(age) if age in _AGES else None,
        stage=int(stage) if stage in {"1", "2", "3", "4"} else None,
        cluster=_id(asked.get("place", "")),
        language=_known(asked.get("language", ""), directory.LANGUAGE_WORDS),
        day=Day(day) if day in set(Day) else None,
        access=Access(access) if access in set(Access) else None,
        free=bool(asked.get("free")),
        closed=bool(asked.get("closed")),
        page=page_number(asked.get("page")),
    )


def wish_arguments(wish: DirectoryWish) -> dict[str, str]:
    """A wish as it stands in an address, without the page number; what does not matter is left out."""
    found: dict[str, Any] = {
        "need": wish.need,
        "age": None if wish.age is None else str(wish.age),
        "stage": None if wish.stage is None else str(wish.stage),
        "place": None if wish.cluster is None else str(wish.cluster),
        "language": wish.language,
        "day": wish.day,
        "access": wish.access,
        "free": "y" if wish.free else None,
        "closed": "y" if wish.closed else None,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def words() -> dict[str, Any]:
    """What templates of the directory say of an entry."""
    today = london_date(now())
    return {
        "needs": needs.words_for,
        "kinds": codes.KIND_WORDS,
        "ages": _ages,
        "stages": _stages,
        "languages": lambda known: ", ".join(directory.LANGUAGE_WORDS[code] for code in known),
        "days": lambda known: ", ".join(directory.DAY_WORDS[day] for day in known),
        "access": lambda known: ", ".join(directory.ACCESS_WORDS[one] for one in known),
        "standing": lambda entry: STANDING_TAGS[directory.standing(entry.opens_on, entry.closes_on, today)],
        "wait": _wait,
        "where": lambda entry: ", ".join(part for part in (entry.venue, entry.address, entry.town) if part),
    }


_AGES = frozenset(str(age) for age in range(directory.OLDEST + 1))


def _ages(entry: Entry) -> str:
    unborn = ", and before birth" if entry.takes_unborn else ""
    return f"{entry.min_age} to {entry.max_age}{unborn}"


def _stages(entry: Entry) -> str:
    return ", ".join(map(str, entry.stages)) or "All"


def _wait(entry: Entry) -> str:
    if entry.waiting:
        return f"{formats.count(entry.waiting, 'family', 'families')} on the waiting list"
    return "Nobody on the waiting list" if entry.has_waiting_list else "Keeps no waiting list"


def _left_out(asked: Mapping[str, str], wish: DirectoryWish) -> str:
    """A word on an age that could not be read; the other filters are chosen, not typed."""
    typed = asked.get("age", "").strip()
    return f"The age must be a whole number from 0 to {directory.OLDEST}, so it was left out" if (
        typed and wish.age is None
    ) else ""  # fmt: skip


def _known(asked: str, words_of: Mapping[str, str]) -> str | None:
    return asked if asked in words_of else None


def _id(asked: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(asked) if len(asked) == 36 else None
    except ValueError:
        return None


def _page_size(asked: str | None) -> int:
    return min(page_number(asked), _MOST_DATA) if asked else 50


def _not_theirs() -> ResponseReturnValue | None:
    """The refusal of whoever may not have the data; None for those who may, and for all where it is public."""
    actor = current_actor()
    if settings().services_public or allows(Permission.SERVICES_LIST, actor):
        return None
    return to_sign_in() if actor is NOBODY else abort(403)
