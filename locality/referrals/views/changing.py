"""Changing a referral that was sent already, and what to tell the family about it."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.ids import ReferralId
from locality.people import api as people
from locality.referrals.forms.answering import CareChangeForm, ChangeForm
from locality.referrals.forms.contacts import stage_choices
from locality.referrals.operations.commands import ChangeReferral
from locality.referrals.operations.revising import change_referral
from locality.referrals.queries import access
from locality.referrals.queries import referrals as queries
from locality.referrals.queries.referrals import ReferralView
from locality.referrals.rules import family_words, needs
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.lifecycle import Party
from locality.referrals.views.pages import blueprint, done, settings
from locality.web import page
from locality.web.endpoint import requires


@blueprint.route("/referrals/<uuid:referral_id>/change", methods=["GET", "POST"])
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def change(referral_id: ReferralId) -> ResponseReturnValue:
    """Change what a sent referral asks for, with the reason."""
    found = queries.get_referral(db.session(), referral_id)
    form = _form_for(found)
    command = _command(form, found) if form.validate_on_submit() else None
    if command is not None and done(form, lambda uow: change_referral(uow, command)):
        flash("The referral is changed. The service that has it is told")
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    if command is not None:
        # Shown with what it says now: whoever sends it again has seen that.
        form.version.process(None, found.version)
    return page.render("referrals/change.html", form=form, referral=found)


@blueprint.get("/referrals/<uuid:referral_id>/for-the-family")
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def for_the_family(referral_id: ReferralId) -> ResponseReturnValue:
    """Where a referral stands, for the family; one to social care has no such page, because that is told in person."""
    session = db.session()
    found = queries.get_referral(session, referral_id)
    if found.kind is ReferralKind.SOCIAL_CARE:
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    children = [person.called for person in people.summaries(session, found.about).values()]
    return page.render("referrals/for_the_family.html", referral=found, told=_told(found), children=children)


def _told(found: ReferralView) -> family_words.Told:
    offer = found.offer
    return family_words.told(
        family_words.Standing(
            state=found.state,
            service=found.owner_name if offer is None else offer.service_name,
            worker=found.allocated_worker or "",
            place=None if offer is None else offer.waiting_position,
            expected_on=None if offer is None else offer.expected_on,
            answer_by=found.response_due_at,
            is_with_lead=found.owner_kind is Party.WORKER,
        )
    )


def _form_for(found: ReferralView) -> ChangeForm | CareChangeForm:
    known: dict[str, Any] = {"consented_summary": found.summary, "version": found.version}
    if found.kind is ReferralKind.SOCIAL_CARE:
        return CareChangeForm(**known)
    ticked = set(found.need_codes)
    form = ChangeForm(
        **known,
        stage=found.stage,
        urgency=found.urgency,
        need_codes=tuple(code for code in needs.EARLY_HELP_NEEDS if code in ticked),
        child_needs=tuple(code for code in needs.CHILD_NEEDS if code in ticked),
        parent_needs=tuple(code for code in needs.PARENT_NEEDS if code in ticked),
        home_needs=tuple(code for code in needs.HOME_NEEDS if code in ticked),
    )
    form.stage.choices = stage_choices(settings().stage_labels)
    return form


def _command(form: ChangeForm | CareChangeForm, found: ReferralView) -> ChangeReferral:
    if isinstance(form, ChangeForm):
        return form.to_command(found.id)
    return ChangeReferral(
        referral_id=found.id,
        need_codes=found.need_codes,
        stage=found.stage,
        summary=form.consented_summary.data,
        urgency=found.urgency,
        why=form.why.data,
        version=form.version.data,
    )
