"""Pages of agreement, under a family."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.consent.forms import AgreementForm, OverrideForm, WithdrawForm
from locality.consent.operations import record_agreement, share_override, withdraw
from locality.consent.queries import (
    AgreementSummary,
    agencies_told,
    get_agreement,
    history,
    overrides,
)
from locality.consent.rules import GROUNDS, Capacity, RiskView, Scope
from locality.consent.views.about import about_family, agencies_offered, namer_of
from locality.consent.views.blueprint import blueprint
from locality.consent.views.cards import card_of
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotFound
from locality.kernel.ids import AgreementId, FamilyId, PersonId
from locality.kernel.uow import unit_of_work
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.formats import names as names_of
from locality.web.posting import posted
from locality.web.signed_in import current_actor

_GONE = (
    "You no longer see this family’s record: you saw it by the agreement that has just changed. "
    "The family’s lead professional or the front door can tell you what happens next"
)


@blueprint.get("/families/<uuid:family_id>/agreement")
@requires(Permission.AGREEMENT_VIEW, facts=people.family_facts, reads=Part.IDENTITY)
def agreement(family_id: FamilyId) -> ResponseReturnValue:
    """What is agreed now, and everything that was agreed, refused and withdrawn before."""
    about = about_family(family_id, tab="Agreement")
    found = history(db.session(), family_id, today=about["today"])
    named = any(one.terms.agencies_in or one.terms.agencies_out or one.withdrawals for one in found)
    namer = namer_of(about, agencies_offered() if named else [])
    ordered = sorted(found, key=lambda one: not one.is_open)
    return page.render(
        "consent/agreement.html",
        **about,
        cards=[card_of(one, namer) for one in ordered],
        doubts=[f"{namer.person(giver)}: {namer.everybody(about)}" for giver, about in _without_responsibility(found)],
        may_record=may(Permission.AGREEMENT_RECORD),
        may_read_story=may(Permission.STORY_VIEW),
    )


@blueprint.route("/families/<uuid:family_id>/agreement/record", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_RECORD, facts=people.family_facts, reads=Part.IDENTITY)
def record(family_id: FamilyId) -> ResponseReturnValue:
    """Record an agreement or a refusal."""
    about = about_family(family_id)
    form = AgreementForm()
    form.offer(about["members"], agencies_offered())
    everybody = [member.id for member in about["members"]]
    form.prefill(people.known_answers(db.session(), everybody, [people.Topic.INTERPRETER]))
    if posted(form, lambda uow: record_agreement(uow, family_id, form.to_terms(), agreement_id=form.agreement_id)):
        flash("The answer has been recorded")
        return _back(family_id)
    return page.render("consent/record.html", **about, form=form)


@blueprint.route("/families/<uuid:family_id>/agreement/<uuid:agreement_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_RECORD, facts=people.family_facts, reads=Part.IDENTITY)
def take_back(family_id: FamilyId, agreement_id: AgreementId) -> ResponseReturnValue:
    """Withdraw an agreement, or a part of it."""
    about = about_family(family_id)
    standing = get_agreement(db.session(), agreement_id, today=about["today"])
    if standing.family_id != family_id:
        raise NotFound("There is no such agreement")
    agencies = agencies_offered()
    form = WithdrawForm()
    form.offer(about["members"], agencies)
    if form.validate_on_submit():
        told = agencies_told(db.session(), standing.terms.people, today=about["today"])
        try:
            with unit_of_work(current_actor()) as uow:
                withdraw(uow, form.to_command(agreement_id))
        except DomainError as error:
            form.add_reasons(error)
        else:
            flash(_what_next(form, [agency.name for agency in agencies if agency.id in told]))
            return _back(family_id)
    return page.render("consent/withdraw.html", **about, form=form, card=card_of(standing, namer_of(about, agencies)))


@blueprint.get("/families/<uuid:family_id>/agreement/overrides")
@requires(Permission.STORY_VIEW, facts=people.family_facts, reads=Part.STORY)
def shared_without(family_id: FamilyId) -> ResponseReturnValue:
    """What was shared without agreement, and by whose decision."""
    about = about_family(family_id)
    everybody = [row.person.id for row in about["rows"]]
    return page.render(
        "consent/overrides.html",
        **about,
        overrides=overrides(db.session(), everybody),
        grounds=GROUNDS,
        namer=namer_of(about, []),
        may_record=may(Permission.AGREEMENT_RECORD),
    )


@blueprint.route("/families/<uuid:family_id>/agreement/overrides/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_RECORD, facts=people.family_facts, reads=Part.STORY)
def share_without(family_id: FamilyId) -> ResponseReturnValue:
    """Record a decision to share without agreement."""
    about = about_family(family_id)
    form = OverrideForm()
    form.offer(about["members"])
    if posted(form, lambda uow: share_override(uow, form.to_command(family_id))):
        flash("The decision has been recorded")
        return redirect(url_for("consent.shared_without", family_id=family_id))
    return page.render("consent/share_without.html", **about, form=form)


def _without_responsibility(found: Sequence[AgreementSummary]) -> list[tuple[uuid.UUID, list[PersonId]]]:
    """Who agreed as holding parental responsibility, and the children for whom none of theirs is on record."""
    claims = [one.terms for one in found if one.is_open and one.terms.capacity is Capacity.PR_HOLDER]
    if not claims:
        return []
    about = {person for terms in claims for person in terms.people}
    holders = people.holders_of_responsibility(db.session(), about)
    missing: dict[uuid.UUID, list[PersonId]] = {}
    for terms in claims:
        for person in terms.people:
            if person != terms.given_by and terms.given_by not in holders.get(person, ()):
                missing.setdefault(terms.given_by, []).append(person)
    return list(missing.items())


def _what_next(form: WithdrawForm, told: list[str]) -> str:
    """What to do after a withdrawal: whom to tell, and to refer at once where somebody may be harmed."""
    words = "The withdrawal has been recorded"
    if told and form.scope.data is Scope.WHOLE:
        words += f". Tell {names_of(told)} that nothing more may be shared"
    if form.risk.data is RiskView.REFER:
        words += ". Now refer to social care"
    return words


def _back(family_id: FamilyId) -> ResponseReturnValue:
    """To the family's agreement; home with a word why, for a reader whose own access ended with the answer."""
    facts = people.family_facts(db.session(), current_actor(), family_id=family_id)
    if facts is None or not allows(Permission.AGREEMENT_VIEW, current_actor(), facts):
        flash(_GONE)
        return redirect(url_for("home"))
    return redirect(url_for("consent.agreement", family_id=family_id))
