"""A family's story as it was told: each line with its source, to be confirmed or corrected with the family."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.facts import AccessFacts
from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import changes
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotAllowed, NotFound, Reason, RuleBroken
from locality.kernel.ids import FamilyId, PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_number, page_of
from locality.kernel.uow import unit_of_work
from locality.people.forms.story import GONE_OVER, AddLineForm, CorrectLineForm, GoOverForm
from locality.people.operations.facts import Telling, correct_line, settle_line, tell_facts
from locality.people.queries.facts import told_facts
from locality.people.queries.facts_on_record import known_of
from locality.people.queries.families import family_facts, family_members
from locality.people.queries.persons import PersonSummary
from locality.people.rules.codes import PersonKind
from locality.people.rules.facts import AGREEMENTS, TOPICS, FactAgreement, FactSource, Settling, Topic
from locality.people.rules.facts_assembling import Difference, Line, assemble, newest_contact, set_against_known
from locality.people.views.blueprint import about_family, blueprint, today
from locality.web import page
from locality.web.endpoint import current_facts, may, requires
from locality.web.formats import names
from locality.web.signed_in import current_actor

WHO_CAN = "Their lead professional, the front door or a supervisor can change this line. You can read it."
WHO_CAN_WRITE = "Their lead professional or the front door can."
_SAID = {
    Settling.CONFIRM: "The line is confirmed",
    Settling.END: "The line is kept as something that is so no longer",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the page shows it: about whom, and whether this reader may settle it."""

    line: Line
    about: str
    may_settle: bool


@blueprint.get("/families/<uuid:family_id>/story")
@requires(Permission.STORY_VIEW, facts=family_facts, reads=Part.STORY)
def family_story(family_id: FamilyId) -> ResponseReturnValue:
    """Everything told about a family, by topic, the newest contact set against what was known."""
    about = about_family(family_id, tab="Story")
    members = {member.id: member for member in family_members(db.session(), family_id)}
    chosen = _wanted(members)
    people = [chosen["person"]] if chosen["person"] else list(about["family"].about)
    facts = told_facts(db.session(), people, topics=[chosen["topic"]] if chosen["topic"] else ())
    contact = newest_contact(facts)
    lines = set_against_known(assemble(facts), contact)
    called = {fact.same_as: members[fact.person_id].called for fact in facts if fact.person_id in members}
    shown = _page(_narrowed(lines, chosen), called)
    return page.render(
        "people/story.html",
        **about,
        lines=shown,
        groups=[(topic, list(rows)) for topic, rows in groupby(shown.rows, key=lambda row: row.line.fact.topic)],
        over=sum(not line.fact.is_open for line in lines),
        newest=next((fact for fact in facts if fact.source_id == contact), None),
        counted={kind: sum(line.difference is kind for line in lines) for kind in Difference},
        members=_children_first(members.values()),
        chosen=chosen,
        link=lambda **changed: _link(family_id, chosen | changed),
        topics=TOPICS,
        agreements=AGREEMENTS,
        may_edit=may(Permission.STORY_EDIT),
        gone_over=_written_about(_children_first(members.values())),
    )


@blueprint.post("/families/<uuid:family_id>/story/<uuid:fact_id>/confirm")
@requires(Permission.STORY_EDIT, facts=family_facts, reads=Part.STORY)
def confirm_fact(family_id: FamilyId, fact_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a line is still right."""
    return _settled(family_id, fact_id, Settling.CONFIRM)


@blueprint.post("/families/<uuid:family_id>/story/<uuid:fact_id>/end")
@requires(Permission.STORY_EDIT, facts=family_facts, reads=Part.STORY)
def end_fact(family_id: FamilyId, fact_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a line is so no longer; it stays readable."""
    return _settled(family_id, fact_id, Settling.END)


@blueprint.route("/families/<uuid:family_id>/story/<uuid:fact_id>/correct", methods=["GET", "POST"])
@requires(Permission.STORY_EDIT, facts=family_facts, reads=Part.STORY)
def correct_fact(family_id: FamilyId, fact_id: uuid.UUID) -> ResponseReturnValue:
    """Put what the family says now in the place of a line."""
    about = about_family(family_id)
    line = _line(about["family"].about, fact_id)
    form = CorrectLineForm(words=line.fact.words)
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                correct_line(uow, line.facts, words=form.words.data, teller=form.teller.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The line is corrected. What stood there before is kept under it")
            return redirect(url_for("people.family_story", family_id=family_id))
    return page.render("people/story_correct.html", **about, form=form, line=line, topic=TOPICS[line.fact.topic])


@blueprint.route("/families/<uuid:family_id>/story/add", methods=["GET", "POST"])
@requires(Permission.STORY_EDIT, facts=family_facts, reads=Part.STORY)
def add_fact(family_id: FamilyId) -> ResponseReturnValue:
    """Add a line that somebody told."""
    about = about_family(family_id)
    form = AddLineForm()
    members = _written_about(family_members(db.session(), family_id))
    form.offer(members, [topic for topic in Topic if any(_may(TOPICS[topic].part, [one.id]) for one in members)])
    if form.validate_on_submit() and _is_open(form, members):
        telling = _telling(form.form_id.data, form.teller.data, form.agreement.data or FactAgreement.NOT_KNOWN)
        try:
            with unit_of_work(current_actor()) as uow:
                tell_facts(uow, form.whom(), form.told(), telling=telling)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The line is in the story")
            return redirect(url_for("people.family_story", family_id=family_id))
    return page.render("people/story_add.html", **about, form=form)


@blueprint.route("/families/<uuid:family_id>/story/go-over/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.STORY_EDIT, facts=family_facts, reads=Part.STORY)
def go_over(family_id: FamilyId, person_id: PersonId) -> ResponseReturnValue:
    """Go over what everybody asks about somebody, filled in with what is known."""
    about, session = about_family(family_id), db.session()
    person = next((one for one in family_members(session, family_id) if one.id == person_id), None)
    if person is None:
        raise NotFound("There is nobody with this address in the family whom you may see")
    if not _may(Part.STORY, [person_id]):
        raise NotAllowed(WHO_CAN)
    form = GoOverForm()
    form.only(topic for topic in GONE_OVER if _may(TOPICS[topic].part, [person_id]))
    form.prefill(known_of(session, person_id, GONE_OVER))
    if form.validate_on_submit():
        telling = _telling(form.form_id.data, form.teller.data, FactAgreement.AGREED)
        try:
            with unit_of_work(current_actor()) as uow:
                tell_facts(uow, [person_id], form.told(), telling=telling)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(f"What is known about {person.called} is up to date")
            return redirect(url_for("people.family_story", family_id=family_id, person=person_id))
    return page.render("people/story_go_over.html", **about, form=form, person=person)


def _settled(family_id: FamilyId, fact_id: uuid.UUID, how: Settling) -> ResponseReturnValue:
    line = _line(about_family(family_id)["family"].about, fact_id)
    with unit_of_work(current_actor()) as uow:
        settle_line(uow, line.facts, how)
    flash(_SAID[how])
    kept: dict[str, Any] = {n: request.args[n] for n in ("person", "topic", "show", "page") if n in request.args}
    return redirect(url_for("people.family_story", family_id=family_id, _anchor=f"line-{fact_id}", **kept))


def _line(people: Iterable[PersonId], fact_id: uuid.UUID) -> Line:
    """The line of a fact, when this actor may settle it. Raises ``NotFound``, ``NotAllowed``."""
    lines = assemble(told_facts(db.session(), people))
    found = next((line for line in lines if any(fact.id == fact_id for fact in line.facts)), None)
    if found is None:
        raise NotFound("There is no such line, or it has been corrected in the meantime")
    if not _may_settle(found):
        raise NotAllowed(WHO_CAN)
    return found


def _may_settle(line: Line) -> bool:
    return _may(line.fact.part, [fact.person_id for fact in line.facts])


def _written_about(members: Iterable[PersonSummary]) -> list[PersonSummary]:
    """Those about whom this actor may write the story; of others they may know no more than who they are."""
    return [member for member in members if _may(Part.STORY, [member.id])]


def _is_open(form: AddLineForm, members: Iterable[PersonSummary]) -> bool:
    """Whether the actor may write of the topic about everybody who was chosen; says beside the field about whom not."""
    part, whom = TOPICS[form.topic.data].part, form.whom()
    shut = [member.called for member in members if member.id in whom and not _may(part, [member.id])]
    if shut:
        why = f"You cannot write this about {names(shut)}. {WHO_CAN_WRITE}"
        form.add_reasons(RuleBroken([Reason("people", why)]))
    return not shut


def _may(part: Part, people: Sequence[PersonId]) -> bool:
    """Whether grants for each of these people may change the story and the part of it that the words belong to.

    A risk is written by whoever may write the story.
    """
    needed = [changes(one) for one in {Part.STORY, part} - {Part.RESTRICTED}]
    actor, known = current_actor(), current_facts()
    held = {person: [grant for grant in known.grants if grant.person_id == person] for person in people}
    return all(change(actor, AccessFacts(grants=tuple(mine))) for mine in held.values() for change in needed)


def _telling(record: uuid.UUID, teller: str, agreement: FactAgreement) -> Telling:
    return Telling((FactSource.FAMILY, record), today(), teller, agreement=agreement)


def _wanted(members: dict[PersonId, PersonSummary]) -> dict[str, Any]:
    """What the address asks for; what it misspells is left out."""
    topic, person, show = (request.args.get(name, "") for name in ("topic", "person", "show"))
    return {
        "topic": Topic(topic) if topic in set(Topic) else None,
        "person": next((one for one in members if str(one) == person), None),
        "show": show if show in {"newest", "over"} else None,
    }


def _narrowed(lines: Sequence[Line], chosen: dict[str, Any]) -> list[Line]:
    if chosen["show"] == "newest":
        return [line for line in lines if line.difference is not None]
    return [line for line in lines if line.fact.is_open != (chosen["show"] == "over")]


def _page(lines: Sequence[Line], called: dict[PersonId, str]) -> Page[ShownLine]:
    number = page_number(request.args.get("page"))
    first = (number - 1) * PAGE_SIZE
    rows = [
        ShownLine(line, names([called[one] for one in line.people if one in called]), _may_settle(line))
        for line in lines[first : first + PAGE_SIZE + 1]
    ]
    return page_of(rows, number, total=len(lines))


def _link(family_id: FamilyId, chosen: dict[str, Any]) -> str:
    return url_for(
        "people.family_story", family_id=family_id, **{name: value for name, value in chosen.items() if value}
    )


def _children_first(members: Iterable[PersonSummary]) -> list[PersonSummary]:
    return sorted(members, key=lambda member: member.kind is not PersonKind.CHILD)
