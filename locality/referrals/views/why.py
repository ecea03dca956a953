"""Why a service was asked, told to the family in plain words: a page to read together or to print."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.ids import ReferralId
from locality.referrals.queries import access
from locality.referrals.queries import referrals as queries
from locality.referrals.rules import screening, trace, trace_for_family
from locality.referrals.rules.lifecycle import OVER, UNANSWERED, Party
from locality.referrals.views.pages import blueprint
from locality.web import page
from locality.web.endpoint import requires


@blueprint.get("/referrals/<uuid:referral_id>/why")
@requires(Permission.REFERRAL_VIEW, facts=access.referral_facts, reads=Part.STORY)
def why_for_family(referral_id: ReferralId) -> ResponseReturnValue:
    """Why this service, for the family; a referral to social care has no such page, because that is told in person."""
    session = db.session()
    stored = queries.find_last_trace(session, referral_id)
    if stored is None or not trace_for_family.may_be_told(stored):
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    found = queries.get_referral(session, referral_id)
    chosen = trace.replay(stored)[1]
    is_elsewhere = found.owner_kind is Party.SERVICE and found.owner_principal != chosen
    return page.render(
        "referrals/why.html",
        referral=found,
        told=trace_for_family.for_family(stored),
        by_hand=found.owner_name if is_elsewhere else "",
        is_awaited=found.state in UNANSWERED,
        is_over=found.state in OVER,
        asks=screening.must_ask_anew(found.kind, found.agreement),
    )
