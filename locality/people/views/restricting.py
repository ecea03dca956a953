"""Closing records, watching over what is closed, and declaring a conflict of interest."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.accounts import api as accounts
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId
from locality.kernel.paging import page_number
from locality.kernel.uow import unit_of_work
from locality.people.forms.restricting import MOST_ACCOUNTS, ConflictForm, LiftForm, RestrictForm, ReviewForm
from locality.people.operations.restricting import (
    declare_conflict,
    lift_restriction,
    restrict,
    review_restriction,
)  # fmt: skip
from locality.people.queries.persons import access_facts
from locality.people.queries.restricting import (
    RestrictionRow,
    facts_of_each,
    get_restriction,
    list_restrictions,
    restriction_facts,
    restrictions_on,
    whom_to_ask,
)  # fmt: skip
from locality.people.queries.seeing import reference_of
from locality.people.rules.restricting import GROUNDS, MODES, REVIEW_WITHIN
from locality.people.views.blueprint import about_person, blueprint, today
from locality.web import page
from locality.web.endpoint import note_people_shown, requires
from locality.web.signed_in import current_actor


@blueprint.route("/people/<uuid:person_id>/restrict", methods=["GET", "POST"])
@requires(Permission.RESTRICTION_SET, facts=access_facts, reads=Part.IDENTITY)
def restrict_record(person_id: PersonId) -> ResponseReturnValue:
    """Close a record to named people, or to everybody but them."""
    reference = reference_of(db.session(), person_id)
    if reference is None:
        raise NotFound("There is no such person, or none whom you may see")
    form = RestrictForm()
    if request.method == "GET":
        form.begin(today=today())
    if form.validate_on_submit():
        try:
            named = _accounts(form)
            with unit_of_work(current_actor()) as uow:
                restrict(uow, form.to_command(person_id, accounts=named))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The record is closed from now on")
            return redirect(url_for("people.restrictions"))
    return page.render(
        "people/restrict.html",
        form=form,
        reference=reference,
        person_id=person_id,
        standing=restrictions_on(db.session(), person_id),
        modes=MODES,
    )


@blueprint.route("/people/<uuid:person_id>/conflict", methods=["GET", "POST"])
@requires(Permission.CONFLICT_DECLARE, facts=access_facts, reads=Part.IDENTITY)
def declare(person_id: PersonId) -> ResponseReturnValue:
    """A worker knows the family: the records close to them at once."""
    form = ConflictForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                declare_conflict(uow, form.form_id.data, person_id=person_id, reason=form.reason.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            return redirect(url_for("people.declared"))
    about = about_person(person_id)
    return page.render("people/conflict.html", **about, form=form)


@blueprint.get("/people/conflict-declared")
@requires(Permission.PEOPLE_SEARCH)
def declared() -> ResponseReturnValue:
    """What happens now that a conflict of interest is declared; it names nobody."""
    return page.render("people/declared.html", ask=whom_to_ask(db.session(), today=today()))


@blueprint.get("/restrictions")
@requires(Permission.RESTRICTIONS_VIEW)
def restrictions() -> ResponseReturnValue:
    """Which records are closed, those that are due for a look first."""
    lifted = request.args.get("all") == "yes"
    found = list_restrictions(db.session(), lifted=lifted, number=page_number(request.args.get("page")))
    _note_shown(found.rows)
    return page.render(
        "people/restrictions.html", found=found, modes=MODES, grounds=GROUNDS, lifted=lifted, today=today()
    )


@blueprint.get("/restrictions/<uuid:restriction_id>")
@requires(Permission.RESTRICTIONS_VIEW, facts=restriction_facts)
def restriction(restriction_id: uuid.UUID) -> ResponseReturnValue:
    """One restriction: whose record, to whom, why, who looked again; and the two decisions about it."""
    review = ReviewForm()
    review.review_on.process(None, today() + REVIEW_WITHIN)
    return _restriction(restriction_id, review=review, lift=LiftForm())


@blueprint.post("/restrictions/<uuid:restriction_id>/review")
@requires(Permission.RESTRICTIONS_VIEW, facts=restriction_facts)
def review(restriction_id: uuid.UUID) -> ResponseReturnValue:
    """It is still needed."""
    form = ReviewForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                review_restriction(uow, restriction_id, note=form.note.data, review_on=form.review_on.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("It stays closed")
            return redirect(url_for("people.restrictions"))
    return _restriction(restriction_id, review=form, lift=LiftForm(formdata=None))


@blueprint.post("/restrictions/<uuid:restriction_id>/lift")
@requires(Permission.RESTRICTIONS_VIEW, facts=restriction_facts)
def lift(restriction_id: uuid.UUID) -> ResponseReturnValue:
    """It is not needed any more."""
    form = LiftForm()
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                lift_restriction(uow, restriction_id, reason=form.reason.data)
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash("The record is open again to whoever has a reason to see it")
            return redirect(url_for("people.restrictions"))
    again = ReviewForm(formdata=None)
    again.review_on.process(None, today() + REVIEW_WITHIN)
    return _restriction(restriction_id, review=again, lift=form)


def _restriction(restriction_id: uuid.UUID, *, review: ReviewForm, lift: LiftForm) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    found = get_restriction(session, restriction_id)
    _note_shown([found])
    facts = facts_of_each(session, actor, [person for person, _reference in found.people])
    return page.render(
        "people/restriction.html",
        found=found,
        form=lift if lift.has_errors else review,
        review=review,
        lift=lift,
        modes=MODES,
        grounds=GROUNDS,
        keeps_out=found.keeps_out(actor.account_id),
        may_ask={person for person, known in facts.items() if allows(Permission.PERSON_TRAIL_VIEW, actor, known)},
    )


def _accounts(form: RestrictForm) -> list[uuid.UUID]:
    """The accounts of the addresses that were typed. Raises ``RuleBroken`` naming those that belong to nobody."""
    emails = form.emails()
    if len(emails) > MOST_ACCOUNTS:
        raise RuleBroken([Reason("accounts", f"Enter {MOST_ACCOUNTS} email addresses or fewer")])
    found = accounts.accounts_by_email(db.session(), emails)
    missing = [email for email in emails if email.lower() not in found]
    if missing:
        words = f"Nobody has an account with this email address: {', '.join(missing[:3])}"
        raise RuleBroken([Reason("accounts", words)])
    return list(found.values())


def _note_shown(rows: Sequence[RestrictionRow]) -> None:
    note_people_shown([person for row in rows for person, _reference in row.people])
