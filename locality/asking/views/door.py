"""The way in: danger first, then beginning; and the way out."""

import uuid
from typing import cast

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.asking import queries
from locality.asking.forms.door import DangerForm
from locality.asking.operations.writing import BeginRequest, begin_request, save_page
from locality.asking.queries import ASKING
from locality.asking.rules.flow import CHILDREN, FLOWS, Kind
from locality.asking.rules.typing import Texts
from locality.asking.views.blueprint import blueprint, bound_session, client, forget, holder, remember, settings
from locality.audit import log as audit
from locality.kernel.actor import NOBODY
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import PersonId
from locality.kernel.uow import finish_read, unit_of_work
from locality.people import api as people
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
    """For professionals; a practitioner who is signed in may come from the page of somebody on record."""
    return _start(Kind.PROFESSIONAL, _person_asked_for())


@blueprint.get("/danger")
@public
def danger() -> ResponseReturnValue:
    """What to do now."""
    return page.render("asking/danger.html", duty_phone=settings().emergency_duty_phone)


@blueprint.get("/leave")
@public
def leave() -> ResponseReturnValue:
    """Leave quickly: this browser forgets the request, and shows the weather."""
    forget()
    return redirect(AWAY)


@blueprint.get("/own/<uuid:request_id>")
@signed_in_only
def open_own(request_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with a request that the reader's account has begun."""
    own = {one.id for one in queries.unsent_of(bound_session(), cast(uuid.UUID, current_actor().account_id))}
    if request_id not in own:
        abort(404)
    remember(request_id, "")
    return redirect(url_for("asking.check"))


def _start(kind: Kind, person: people.PersonSummary | None) -> ResponseReturnValue:
    form = DangerForm()
    if form.validate_on_submit():
        if form.danger.data:
            return redirect(url_for("asking.danger"))
        try:
            return _begin(kind, person)
        except RuleBroken as error:
            form.add_reasons(error)
    actor = current_actor()
    unsent = () if actor.account_id is None else queries.unsent_of(bound_session(), actor.account_id)
    return page.render(
        "asking/start.html",
        form=form,
        is_family=kind is Kind.FAMILY,
        person=person,
        unsent=unsent,
        duty_phone=settings().emergency_duty_phone,
    )


def _begin(kind: Kind, person: people.PersonSummary | None) -> ResponseReturnValue:
    actor = current_actor()
    with unit_of_work(ASKING) as uow:
        begun = begin_request(
            uow,
            BeginRequest(
                kind=kind,
                client=client(),
                account_id=actor.account_id if kind is Kind.PROFESSIONAL else None,
                for_person_id=None if person is None else person.id,
            ),
        )
    remember(begun.request_id, begun.token)
    if kind is Kind.PROFESSIONAL and actor is not NOBODY:
        with unit_of_work(holder()) as uow:
            known = {"name": [actor.name], "role": [actor.job_title]}
            save_page(uow, (begun.request_id, "your-work", 0), known, done=False)
            if person is not None:
                save_page(uow, (begun.request_id, CHILDREN, 1), _known(person), done=True)
    return redirect(url_for("asking.question", page_name=FLOWS[kind][0].page))


def _known(person: people.PersonSummary) -> Texts:
    texts = {"given_name": [person.given_name], "family_name": [person.family_name]}
    texts["is_born"] = ["no" if person.is_unborn else "yes"]
    name, date = ("due_on", person.due_on) if person.is_unborn else ("born_on", person.born_on)
    if date is not None:
        texts |= {f"{name}-day": [str(date.day)], f"{name}-month": [str(date.month)], f"{name}-year": [str(date.year)]}
    return texts


def _person_asked_for() -> people.PersonSummary | None:
    """The child on record whom ``?for=`` names, if the reader may see them; that they were shown is noted."""
    asked, actor = request.args.get("for", ""), current_actor()
    if not asked or actor is NOBODY:
        return None
    try:
        person_id = PersonId(uuid.UUID(asked))
    except ValueError:
        abort(404)
    session = bound_session()
    facts = people.access_facts(session, actor, person_id=person_id)
    person = people.summaries(session, [person_id]).get(person_id)
    if person is None or not allows(Permission.PERSON_VIEW, actor, facts):
        abort(404)
    if person.kind is not people.PersonKind.CHILD:
        return None
    audit.record_read(session, actor, "page.asking.start_professional", subjects=[person_id])
    finish_read(session)
    return person
