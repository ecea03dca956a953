"""The search: one box for names, dates of birth, references, numbers and postcodes.

What is typed is kept in the session, not in the address: addresses are written into logs and histories, and names and
NHS numbers have no place there (OWASP ASVS 5.0 14.2.1).
"""

import secrets
from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.audit import log
from locality.kernel.actor import Reach
from locality.kernel.db import db
from locality.kernel.paging import page_number
from locality.people.forms.finding import SearchForm
from locality.people.queries.finding import Results, search
from locality.people.queries.restricting import whom_to_ask
from locality.people.queries.standing import age_words
from locality.people.views.blueprint import blueprint, today
from locality.search.terms import LONGEST
from locality.web import page, typed
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor

_KEPT = "searches"
_MOST_KEPT = 5


@blueprint.route("/search", methods=["GET", "POST"], endpoint="search")
@requires(Permission.PEOPLE_SEARCH)
def find() -> ResponseReturnValue:
    """Find people and records by whatever is typed, within what the reader may see."""
    form = SearchForm()
    if request.method == "POST":
        if form.validate_on_submit():
            return _to_results(form.q.data)
        return _page(form)
    if "q" in request.args:
        return _to_results(typed.clean(request.args["q"])[:LONGEST])
    key = request.args.get("s", "")
    wanted = dict(session.get(_KEPT, [])).get(key, "")
    form.q.data = wanted
    found = search(db.session(), wanted, number=page_number(request.args.get("page"))) if wanted else None
    if found is not None:
        if found.only is not None:
            arguments: dict[str, Any] = dict(found.only.arguments)
            return redirect(url_for(found.only.endpoint, **arguments))
        seen = [row.id for row in found.people.rows]
        log.record_read(db.session(), current_actor(), "people.searched", subjects=seen, part="identity")
        if found.closed_to_reader:
            log.record_read(db.session(), current_actor(), "people.said_to_exist", subjects=found.closed_to_reader)
        if found.unspoken:
            log.record_read(
                db.session(), current_actor(), "people.asked_for_closed", subjects=found.unspoken, outcome="refused"
            )
    return _page(form, found=found, key=key)


def _page(form: SearchForm, *, found: Results | None = None, key: str = "") -> ResponseReturnValue:
    return page.render(
        "search/search.html",
        form=form,
        found=found,
        key=key,
        age_of=lambda person: age_words(person, today()),
        may_enter=may(Permission.PERSON_CREATE),
        ask=whom_to_ask(db.session(), today=today()) if _keeps_index(found) else (),
    )


def _keeps_index(found: Results | None) -> bool:
    """Whether the front door has met a closed record: nobody there can say more, the data protection lead can."""
    return found is not None and bool(found.closed_to_reader) and current_actor().reach is Reach.PEOPLE_INDEX


def _to_results(wanted: str) -> ResponseReturnValue:
    """Keep what was typed under a key that says nothing, and show the results under it."""
    if not wanted:
        return redirect(url_for("people.search"))
    kept = [pair for pair in session.get(_KEPT, []) if pair[1] != wanted]
    key = secrets.token_urlsafe(6)
    session[_KEPT] = [*kept, [key, wanted]][-_MOST_KEPT:]
    return redirect(url_for("people.search", s=key))
