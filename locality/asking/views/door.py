"""The way in: danger first, then beginning; and the way out."""

import uuid
from typing import cast

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.asking import queries
from locality.asking.forms.door import ActionForm, DangerForm
from locality.asking.operations.writing import BeginRequest, begin_request, finish_without_record, save_page
from locality.asking.queries import ASKING
from locality.asking.rules.flow import CHILDREN, FLOWS, Kind
from locality.asking.views.blueprint import (
    blueprint,
    bound_session,
    client,
    find_held,
    forget,
    holder,
    may_see_whom,
    remember,
    settings,
)
from locality.asking.views.whom import AskedFor, as_known, asked_for
from locality.kernel.actor import NOBODY
from locality.kernel.errors import RuleBroken
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import public, signed_in_only
from locality.web.signed_in import current_actor

# A page that gives nothing away, and that anybody may have been reading.
AWAY = "https://www.bbc.co.uk/weather"
_BOTH = ("GET", "POST")


@blueprint.route("", methods=_BOTH)
@public
def start() -> ResponseReturnValue:
    """For families: is anybody in danger now? Nothing else is asked before."""
    return _start(Kind.FAMILY, None)


@blueprint.route("/professional", methods=_BOTH)
@public
def start_professional() -> ResponseReturnValue:
    """For professionals; one who is signed in may come from the page of somebody on record, or of a family."""
    return _start(Kind.PROFESSIONAL, asked_for())


@blueprint.get("/danger")
@public
def danger() -> ResponseReturnValue:
    """What to do now, with the way back to the pages from which somebody came."""
    begin = "asking.start_professional" if "work" in request.args else "asking.start"
    return page.render("asking/danger.html", duty_phone=settings().emergency_duty_phone, begin=url_for(begin))


@blueprint.get("/leave")
@public
def leave() -> ResponseReturnValue:
    """Leave quickly: this browser forgets the request, and shows the weather. What was typed stays with us.

    A link on another site only leads away: it must not take a request out of somebody's hands.
    """
    if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
        forget()
    return redirect(AWAY)


@blueprint.route("/record-ended", methods=_BOTH)
@public
def record_ended() -> ResponseReturnValue:
    """The way on for somebody who may no longer see the record from which a request was begun."""
    asked = find_held()
    if asked is None:
        return redirect(url_for("asking.come_back", lost="yes"))
    if asked.sent_at is not None or may_see_whom(asked):
        return redirect(url_for("asking.check"))
    form = ActionForm()
    if form.validate_on_submit():
        with unit_of_work(holder()) as uow:
            finish_without_record(uow, asked)
        return redirect(url_for("asking.check"))
    return page.render("asking/record_ended.html", form=form, reference=asked.reference)


@blueprint.get("/own/<uuid:request_id>")
@signed_in_only
def open_own(request_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with a request that the reader's account has begun."""
    own = {one.id for one in queries.unsent_of(bound_session(), cast(uuid.UUID, current_actor().account_id))}
    if request_id not in own:
        abort(404)
    remember(request_id, "")
    return redirect(url_for("asking.check"))


def _start(kind: Kind, whom: AskedFor | None) -> ResponseReturnValue:
    form = DangerForm()
    if form.validate_on_submit():
        if form.danger.data:
            return redirect(url_for("asking.danger", work=None if kind is Kind.FAMILY else "yes"))
        try:
            return _begin(kind, whom)
        except RuleBroken as error:
            form.add_reasons(error)
    actor = current_actor()
    unsent = () if actor.account_id is None else queries.unsent_of(bound_session(), actor.account_id)
    return page.render(
        "asking/start.html",
        form=form,
        is_family=kind is Kind.FAMILY,
        whom=whom,
        unsent=unsent,
        duty_phone=settings().emergency_duty_phone,
    )


def _begin(kind: Kind, whom: AskedFor | None) -> ResponseReturnValue:
    actor = current_actor()
    with unit_of_work(ASKING) as uow:
        begun = begin_request(
            uow,
            BeginRequest(
                kind=kind,
                client=client(),
                account_id=actor.account_id if kind is Kind.PROFESSIONAL else None,
                for_person_id=None if whom is None else whom.children[0].id,
            ),
        )
    remember(begun.request_id, begun.token)
    if kind is Kind.PROFESSIONAL and actor is not NOBODY:
        with unit_of_work(holder()) as uow:
            known = {"name": [actor.name], "role": [actor.job_title]}
            save_page(uow, (begun.request_id, "your-work", 0), known, done=False)
            for item, child in enumerate(() if whom is None else whom.children, start=1):
                save_page(uow, (begun.request_id, CHILDREN, item), as_known(child), done=True)
    return redirect(url_for("asking.question", page_name=FLOWS[kind][0].page))
