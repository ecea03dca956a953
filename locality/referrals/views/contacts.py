"""A contact: recording it, its page in two columns, the people in it, its rating."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.clusters import api as clusters
from locality.kernel.actor import Role
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.errors import Conflict, DomainError
from locality.kernel.ids import ContactId, PersonId
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.people import api as people
from locality.referrals.forms.contacts import NewContactForm
from locality.referrals.forms.people import NEW, AdultForm, ChildForm, PersonFields
from locality.referrals.operations import entering, recognising
from locality.referrals.queries import access
from locality.referrals.queries import contacts as queries
from locality.referrals.queries.contacts import ContactView, NamedPerson
from locality.referrals.rules import clocks, codes, screening
from locality.referrals.views import recording
from locality.referrals.views.feedback import feedback_of
from locality.referrals.views.front_door import RATING_COLOURS
from locality.referrals.views.pages import age_of, blueprint, contact_tabs, done, now, settings
from locality.web import page
from locality.web.endpoint import current_facts, may, note_people_shown, requires
from locality.web.signed_in import current_actor

STORY_LINES = 12


@blueprint.route("/contacts/new", methods=["GET", "POST"])
@requires(Permission.CONTACT_CREATE)
def new_contact() -> ResponseReturnValue:
    """Record a contact and the first child that it is about."""
    form = NewContactForm()
    if not recording.was_sent_before(form):
        recording.offer_matches(form)
    return _record(form, None)


@blueprint.route("/contacts/new/about/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.CONTACT_CREATE, facts=people.access_facts, reads=Part.STORY)
def new_contact_about(person_id: PersonId) -> ResponseReturnValue:
    """Record a contact about a child on record, from whose page one came: what is known is there to be confirmed."""
    person = people.summaries(db.session(), [person_id]).get(person_id)
    if person is None or person.kind is not people.PersonKind.CHILD or not may(Permission.PERSON_VIEW):
        raise PageNotFound
    form = NewContactForm()
    form.is_about(person)
    return _record(form, person)


@blueprint.post("/contacts/likely")
@requires(Permission.CONTACT_CREATE)
def likely() -> ResponseReturnValue:
    """The question whether somebody on record is meant, for a form that is still being typed; nothing is kept."""
    form = AdultForm() if "relation" in request.form else ChildForm()
    recording.offer_matches(form)
    note_people_shown([uuid.UUID(one.value) for one in form.who.options() if one.value != NEW])
    return page.render("referrals/_who.html", who=form.who)


def _record(form: NewContactForm, about: people.PersonSummary | None) -> ResponseReturnValue:
    session = db.session()
    if not form.is_submitted():
        form.received_on.process(None, london_date(now()))
    form.offer_schools(clusters.list_schools(session))
    new_lines = form.show_known(recording.known_of(session, form))
    shown_first = new_lines and form.is_submitted()
    if not shown_first and form.validate_on_submit() and form.is_clear():
        try:
            with unit_of_work(current_actor()) as uow:
                contact_id = entering.record_contact(uow, form.to_command(now=uow.now), form.told())
        except DomainError as error:
            form.add_reasons(error)
        else:
            return _after_recording(contact_id)
    return page.render(
        "referrals/new_contact.html",
        form=form,
        about=about,
        shown_first=shown_first,
        duty_phone=settings().emergency_duty_phone,
    )


@blueprint.get("/contacts/<uuid:contact_id>")
@requires(Permission.CONTACT_VIEW, facts=access.contact_facts, reads=Part.STORY)
def contact(contact_id: ContactId) -> ResponseReturnValue:
    """What was said on the left, what is already known on the right, a decision under each child."""
    return _contact_page(contact_id)


@blueprint.route("/contacts/<uuid:contact_id>/children/new", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def new_child(contact_id: ContactId) -> ResponseReturnValue:
    """Name one child more."""
    form = ChildForm()
    form.offer_schools(clusters.list_schools(db.session()))
    return _name_somebody(contact_id, form, "child", lambda uow: entering.name_child(uow, contact_id, form.told()))


@blueprint.route("/contacts/<uuid:contact_id>/adults/new", methods=["GET", "POST"])
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def new_adult(contact_id: ContactId) -> ResponseReturnValue:
    """Name an adult."""
    form = AdultForm()
    return _name_somebody(
        contact_id,
        form,
        "adult",
        lambda uow: entering.name_adult(uow, contact_id, form.told(), relation=form.relation.data),
    )


@blueprint.post("/contacts/<uuid:contact_id>/children/<uuid:person_id>/same-as/<uuid:other_id>")
@requires(Permission.CONTACT_DECIDE, facts=access.contact_facts, reads=Part.STORY)
def same_child(contact_id: ContactId, person_id: PersonId, other_id: PersonId) -> ResponseReturnValue:
    """Say that a child of the contact is somebody on record already."""
    if other_id not in {match.person_id for match in _matches_of(contact_id, person_id)}:
        raise Conflict("Only somebody who is shown as a likely match can be chosen")
    with unit_of_work(current_actor()) as uow:
        recognising.use_existing(uow, contact_id, child=person_id, instead=other_id)
    flash("The contact is about the child on record now")
    return redirect(url_for("referrals.contact", contact_id=contact_id, child=other_id))


def _name_somebody(
    contact_id: ContactId, form: PersonFields, who: str, name: Callable[[UnitOfWork], PersonId]
) -> ResponseReturnValue:
    """The page that names a child or an adult, somebody on record or somebody new."""
    recording.offer_matches(form)
    if form.validate_on_submit() and form.is_clear() and done(form, name):
        flash(f"The {who} is named in the contact")
        return redirect(url_for("referrals.contact", contact_id=contact_id))
    return page.render("referrals/new_person.html", form=form, who=who, contact_id=contact_id)


def _contact_page(contact_id: ContactId) -> ResponseReturnValue:
    session, actor, moment = db.session(), current_actor(), now()
    found = queries.get_contact(session, contact_id)
    named = queries.named_people(session, contact_id)
    child = _child_in_sight(named)
    return page.render(
        "referrals/contact.html",
        contact=found,
        tabs=contact_tabs(contact_id),
        child=child,
        children=[person for person in named if person.is_child],
        adults=[person for person in named if not person.is_child],
        **_known(session, contact_id, child),
        matches=_likely(session, child) if child.outcome is None else (),
        strengths=people.STRENGTHS,
        ages={p.person_id: age_of(p.born_on, p.due_on, london_date(moment)) for p in named},
        left=clocks.time_left(found.due_at, moment),
        is_late=found.due_at < moment,
        may_decide=may(Permission.CONTACT_DECIDE) and found.state is screening.ContactState.OPEN,
        is_mine=found.held_by == actor.account_id,
        is_others=found.held_by not in {None, actor.account_id},
        may_screen=may(Permission.CONTACT_DECIDE),
        may_see_queue=may(Permission.FRONT_DOOR_VIEW),
        taken_from=found.taken_from(actor.account_id),
        feedback=feedback_of(session, found),
        thresholds=screening.THRESHOLDS,
        duty_phone=settings().emergency_duty_phone,
        **_words(found),
    )


def _known(session: Session, contact_id: uuid.UUID, child: NamedPerson) -> dict[str, Any]:
    """The right column: the story of a child who was known, this contact set against it; else what happened so far."""
    known = people.story_so_far(session, [child.person_id], contact=contact_id) if child.known_before else None
    story = people.list_story(session, child.person_id).rows[:STORY_LINES] if known is None else ()
    return {"known": known, "story": story, "agreements": people.AGREEMENTS, "topics": people.TOPICS}


def _words(found: ContactView) -> dict[str, Any]:
    return {
        "source": codes.SOURCE_WORDS[found.source],
        "agreement": codes.AGREEMENT_WORDS[found.agreement_known],
        "why_words": [codes.REASON_WORDS[reason] for reason in found.reasons],
        "outcomes": codes.OUTCOME_WORDS,
        "ratings": codes.RAG_WORDS,
        "rating_colours": RATING_COLOURS,
    }


def _child_in_sight(named: Sequence[NamedPerson]) -> NamedPerson:
    """The child whose story stands on the right: the one asked for, else the first who is not decided."""
    children = [person for person in named if person.is_child]
    asked = request.args.get("child", "")
    waiting = [child for child in children if child.outcome is None]
    return next((child for child in children if str(child.person_id) == asked), (waiting or children)[0])


def _likely(session: Session, child: NamedPerson) -> tuple[people.Match, ...]:
    probe = people.Probe(
        given_name=child.given_name,
        family_name=child.family_name,
        born_on=child.born_on,
        due_on=child.due_on,
        sex=child.sex,
    )
    others = set(current_facts().people) - {child.person_id}
    found = people.records_like(session, child.person_id, probe)
    return tuple(m for m in found if m.person_id != child.person_id and m.person_id not in others)[:5]


def _matches_of(contact_id: ContactId, person_id: uuid.UUID) -> tuple[people.Match, ...]:
    session = db.session()
    child = next((p for p in queries.named_people(session, contact_id) if p.person_id == person_id), None)
    return () if child is None else _likely(session, child)


def _after_recording(contact_id: ContactId) -> ResponseReturnValue:
    flash("The contact is recorded. The front door decides within one working day")
    if current_actor().has(Role.SPOC_OFFICER):
        return redirect(url_for("referrals.contact", contact_id=contact_id))
    return redirect(url_for("home"))
