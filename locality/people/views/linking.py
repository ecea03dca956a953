"""Two records side by side, what was decided about them, and taking a decision back."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound, Reason
from locality.kernel.ids import PersonId, find_reference
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.people.forms.linking import DecideLinkForm, OtherRecordForm, UndoLinkForm
from locality.people.forms.ties import NO_PERSON
from locality.people.operations.linking import decide_link, undo_link
from locality.people.queries.linking import (
    DecisionRow,
    decision_facts,
    decisions_about,
    get_decision,
    how_alike,
    list_decisions,
    pair_facts,
    probe_of,
    recorded_since,
    sides_of,
)
from locality.people.queries.linking import compare_records as compared
from locality.people.queries.matching import records_like
from locality.people.queries.persons import PersonRecord, access_facts, find_by_reference, list_records
from locality.people.queries.standing import age_words
from locality.people.rules.linking import LINK_KINDS, SIDES, LinkKind
from locality.people.rules.matching import STRENGTHS, Match
from locality.people.views.blueprint import about_person, blueprint, today
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor

_DONE = {
    LinkKind.SAME_PERSON: "The two records are linked. Each page shows both",
    LinkKind.SAME_HOUSEHOLD: "It is kept that they share a household",
    LinkKind.NOT_SAME: "It is kept that they are not the same person. They will not be offered as a match again",
}


@blueprint.route("/people/<uuid:person_id>/same", methods=["GET", "POST"])
@requires(Permission.LINK_DECIDE, facts=access_facts, reads=Part.IDENTITY)
def same(person_id: PersonId) -> ResponseReturnValue:
    """Who may be the same person, to compare; and anybody else by reference."""
    about = about_person(person_id)
    form = OtherRecordForm()
    if form.validate_on_submit():
        found = find_by_reference(db.session(), find_reference(form.reference.data) or "")
        try:
            if found is None:
                raise NotFound([Reason("reference", NO_PERSON)])
            if found.id == person_id:
                raise NotFound([Reason("reference", "This is the reference of the same record")])
        except DomainError as error:
            form.add_reasons(error)
        else:
            return redirect(url_for("people.compare_records", person_id=person_id, other_id=found.id))
    matches = _matches(about["person"])
    note_people_shown([match.person_id for match in matches])
    return page.render("people/link_likely.html", **about, form=form, matches=matches, strengths=STRENGTHS)


@blueprint.route("/people/<uuid:person_id>/same/<uuid:other_id>", methods=["GET", "POST"])
@requires(Permission.LINK_DECIDE, facts=pair_facts, reads=Part.IDENTITY)
def compare_records(person_id: PersonId, other_id: PersonId) -> ResponseReturnValue:
    """Two records side by side, and a decision: same person, same household, not the same person."""
    if person_id == other_id:
        raise NotFound("A record is not compared with itself")
    form = DecideLinkForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                decide_link(uow, form.to_command(person_id, other_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(_DONE[form.kind.data])
            return redirect(url_for("people.people_around", person_id=person_id))
    session = db.session()
    records = {record.id: record for record in list_records(session, [person_id, other_id])}
    one, other = records[person_id], records[other_id]
    decisions = [row for row in decisions_about(session, [person_id]) if other_id in {row.one.id, row.other.id}]
    return page.render(
        "people/link_compare.html",
        one=one,
        other=other,
        age_of=lambda person: age_words(person, today()),
        rows=compared(one, other),
        alike=how_alike(one, other),
        strengths=STRENGTHS,
        sides=SIDES,
        decisions=decisions,
        kinds=LINK_KINDS,
        may_undo=True,
        may_decide=not any(row.stands and row.kind is not LinkKind.SAME_HOUSEHOLD for row in decisions),
        traced_differ=_traced_differ(one, other),
        form=form,
    )


@blueprint.get("/links")
@requires(Permission.LINK_UNDO)
def links() -> ResponseReturnValue:
    """Every decision about two records, newest first."""
    found = list_decisions(db.session(), number=page_number(request.args.get("page")))
    note_people_shown([end.id for row in found.rows for end in (row.one, row.other)])
    return page.render("people/links.html", found=found, kinds=LINK_KINDS, may_undo=True)


@blueprint.route("/links/<uuid:decision_id>/undo", methods=["GET", "POST"])
@requires(Permission.LINK_UNDO, facts=decision_facts, reads=Part.IDENTITY)
def undo_decision(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Take a decision back, and say what was recorded meanwhile and belongs to the other person."""
    session = db.session()
    decision = get_decision(session, decision_id)
    form = UndoLinkForm()
    rows, to = _recorded_since(decision)
    form.offer(rows, goes_to=_references(decision, to))
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                undo_link(uow, decision_id, reason=form.reason.data, returned=form.to_returns(rows, to=to))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The decision has been undone")
            return redirect(url_for("people.links"))
    return page.render("people/link_undo.html", decision=decision, form=form, rows=rows, kinds=LINK_KINDS)


def _matches(person: PersonRecord) -> tuple[Match, ...]:
    """Likely matches of a record, without those about whom it is decided."""
    return records_like(db.session(), person.id, probe_of(person))


def _traced_differ(one: PersonRecord, other: PersonRecord) -> bool:
    numbers = {
        person.nhs_number for person in (one, other) if person.nhs_number and person.nhs_status == "PRESENT_TRACED"
    }
    return len(numbers) > 1


def _recorded_since(decision: DecisionRow) -> tuple[Sequence[Any], Mapping[PersonId, PersonId]]:
    """What was recorded while the link stood, and for each record the one on the other side; nothing for others."""
    if not decision.stands or decision.kind is not LinkKind.SAME_PERSON:
        return (), {}
    session = db.session()
    ours, theirs = sides_of(session, decision)
    to = dict.fromkeys(ours, decision.other.id) | dict.fromkeys(theirs, decision.one.id)
    return recorded_since(session, tuple(to), since=decision.decided_at), to


def _references(decision: DecisionRow, to: Mapping[PersonId, PersonId]) -> dict[PersonId, tuple[str, str]]:
    """For each record: what to call it, and the record on the other side."""
    ends = {decision.one.id: decision.one.reference, decision.other.id: decision.other.reference}
    return {here: (ends.get(here, "the record it is on"), ends[there]) for here, there in to.items()}
