"""What children's social care does with a referral: acknowledge it, decide, and say later what came of it."""

import uuid

from sqlalchemy import update

from locality.audit import log as audit
from locality.kernel.clock import london
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import ReferralId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral
from locality.referrals.operations.care_answers import CareAnswer, keep_answer
from locality.referrals.operations.ending import end_referral
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import lock_offer, lock_referral, must_own
from locality.referrals.operations.offers import accept_offer, decline_offer
from locality.referrals.rules import social_care as rules
from locality.referrals.rules.codes import DeclineReason, ReferralKind
from locality.referrals.rules.lifecycle import OVER


def acknowledge(uow: UnitOfWork, offer_id: uuid.UUID) -> None:
    """Say that social care has the referral; what it decides follows within the same working day.

    Raises ``Conflict`` that says who acknowledged it first.
    """
    referral, offer = lock_offer(uow, offer_id)
    _must_be_social_cares(referral)
    if offer.acknowledged_at is not None:
        at = london(offer.acknowledged_at).strftime("%H:%M on %-d %B %Y")
        raise Conflict([Reason(None, f"{offer.acknowledged_by_name} acknowledged this referral at {at}.")])
    uow.session.execute(
        update(Offer).where(Offer.id == offer_id).values(acknowledged_at=uow.now, acknowledged_by_name=uow.actor.name),
        execution_options={"synchronize_session": False},
    )
    note_event(uow, referral.id, referral.about, "Children’s social care acknowledged the referral.")
    audit.record(uow, "referral.acknowledged", subjects=referral.about, record=("referral", referral.id))


def decide(uow: UnitOfWork, offer_id: uuid.UUID, answer: CareAnswer) -> ReferralId:
    """Say what social care does: it opens a case, or the referral goes back to whoever sent it, with the reason.

    Raises ``RuleBroken``, or ``Conflict`` that says who decided first.
    """
    _must_say_why(answer)
    referral, _offer = lock_offer(uow, offer_id)
    _must_be_social_cares(referral)
    if answer.outcome in rules.OPENS_A_CASE:
        return accept_offer(uow, offer_id, care=answer)
    return decline_offer(uow, offer_id, reason=DeclineReason.OTHER, note=answer.words, care=answer)


def decide_later(uow: UnitOfWork, referral_id: uuid.UUID, answer: CareAnswer) -> None:
    """Say what came of a case that social care opened; one that it closes ends the referral.

    Whether the referral counts as one without further action was settled by the first decision. Raises
    ``RuleBroken``, ``NotAllowed``, ``Conflict``.
    """
    _must_say_why(answer)
    referral = lock_referral(uow, referral_id)
    _must_be_social_cares(referral)
    must_own(uow, referral)
    if referral.state in OVER:
        raise Conflict([Reason(None, "This referral has ended. Tell the front door about the child instead")])
    decided = keep_answer(uow, referral, answer)
    line = f"Children’s social care decided: {decided}."
    note_event(uow, referral.id, referral.about, line, words=answer.words)
    audit.record(
        uow,
        "referral.social_care_decided",
        subjects=referral.about,
        record=("referral", referral.id),
        detail={"outcome": answer.outcome.value},
    )
    if answer.outcome not in rules.OPENS_A_CASE:
        end_referral(uow, referral_id, reason=line)


def _must_say_why(answer: CareAnswer) -> None:
    reasons = rules.reasons_against_outcome(answer.outcome, answer.words)
    if reasons:
        raise RuleBroken(reasons)


def _must_be_social_cares(referral: Referral) -> None:
    if referral.kind is not ReferralKind.SOCIAL_CARE:
        raise Conflict([Reason(None, "This referral asks for early help: accept or decline it instead")])
