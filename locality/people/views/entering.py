"""Entering people and putting their details right."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.audit import log
from locality.kernel.db import db
from locality.kernel.errors import Conflict, DomainError, Reason, RuleBroken
from locality.kernel.ids import FamilyId, PersonId
from locality.kernel.uow import unit_of_work
from locality.people.forms.persons import EditPersonForm, NewPersonForm, said
from locality.people.operations.families import enter_into_family
from locality.people.operations.persons import edit_person, enter_at_front_door
from locality.people.queries.families import family_facts
from locality.people.queries.finding import fits_closed_record
from locality.people.queries.matching import likely_matches
from locality.people.queries.persons import access_facts, get_person, last_change
from locality.people.rules.matching import STRENGTHS, Match
from locality.people.views.blueprint import about_family, about_person, blueprint, today
from locality.web import page
from locality.web.endpoint import requires
from locality.web.signed_in import current_actor


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PERSON_CREATE)
def new_person() -> ResponseReturnValue:
    """Enter somebody at the front door, after looking whether they are on record."""
    form = NewPersonForm()
    matches: tuple[Match, ...] = ()
    closed = False
    if form.validate_on_submit() and form.check(today()):
        matches, closed = _who_may_be_the_same(form)
        if form.is_new.data or not (matches or closed):
            try:
                with unit_of_work(current_actor()) as uow:
                    person_id = enter_at_front_door(uow, form.to_command())
            except DomainError as error:
                form.add_reasons(error)
            else:
                flash("The person is on record")
                return redirect(url_for("people.person", person_id=person_id))
    return page.render(
        "people/new_person.html", form=form, matches=matches, closed=closed, strengths=STRENGTHS, family=None
    )


@blueprint.route("/families/<uuid:family_id>/members/new", methods=["GET", "POST"])
@requires(Permission.FAMILY_EDIT, facts=family_facts, reads=Part.IDENTITY)
def new_member(family_id: FamilyId) -> ResponseReturnValue:
    """Enter somebody who belongs to a family."""
    form = NewPersonForm()
    matches: tuple[Match, ...] = ()
    closed = False
    if form.validate_on_submit() and form.check(today()):
        matches, closed = _who_may_be_the_same(form)
        if form.is_new.data or not (matches or closed):
            try:
                with unit_of_work(current_actor()) as uow:
                    enter_into_family(uow, family_id, form.to_command())
            except DomainError as error:
                form.add_reasons(error)
            else:
                flash("The person is on record and belongs to the family")
                return redirect(url_for("people.family", family_id=family_id))
    return page.render(
        "people/new_person.html",
        form=form,
        matches=matches,
        closed=closed,
        strengths=STRENGTHS,
        **about_family(family_id),
    )


@blueprint.route("/people/<uuid:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT, facts=access_facts, reads=Part.IDENTITY)
def edit(person_id: PersonId) -> ResponseReturnValue:
    """Put details right; when somebody else saved meanwhile, show both."""
    about = about_person(person_id)
    record = about["person"]
    form = EditPersonForm.of(record)
    differences: list[tuple[str, str, str]] = []
    changed = None
    if form.validate_on_submit() and form.check(record.kind, today()):
        facts = form.to_command(record.kind, record.nhs_status)
        try:
            with unit_of_work(current_actor()) as uow:
                edit_person(uow, person_id, seen_version=form.version.data, facts=facts)
        except Conflict as error:
            form.add_reasons(error)
            now = get_person(db.session(), person_id)
            changed = last_change(db.session(), person_id)
            differences = [
                (form[name].label.text, said(getattr(facts, name)), said(getattr(now, name)))
                for name in form.compared()
                if said(getattr(facts, name)) != said(getattr(now, name))
            ]
            form.version.data = now.version
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The details have been saved")
            return redirect(url_for("people.details", person_id=person_id))
    return page.render("people/edit.html", **about, form=form, differences=differences, changed=changed)


def _who_may_be_the_same(form: NewPersonForm) -> tuple[tuple[Match, ...], bool]:
    """Likely matches, and whether a record that is closed fits exactly; asks to look before entering anybody new."""
    matches = likely_matches(db.session(), form.probe())
    closed = fits_closed_record(db.session(), form.probe())
    if form.is_new.data:
        return matches, bool(closed)
    if matches:
        seen = [one.person_id for one in matches]
        log.record_read(db.session(), current_actor(), "people.matched", subjects=seen, part="identity")
        question = "Look at the people who may be the same. Use one of them, or tick that the person is new"
        form.add_reasons(RuleBroken([Reason("is_new", question)]))
    elif closed:
        question = "Ask the data protection lead first. Tick that the person is new if they say so"
        form.add_reasons(RuleBroken([Reason("is_new", question)]))
    if closed:
        log.record_read(db.session(), current_actor(), "people.said_to_exist", subjects=closed)
    return matches, bool(closed)
