"""A service's answer to an offer: accept, decline, ask; and the sender's answer to its question."""

import uuid

from sqlalchemy import select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, AgencyId, ClusterId, FamilyId, PersonId, ReferralId, ServiceId, TeamId
from locality.kernel.slots import Slot
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral, Service
from locality.referrals.operations.allocating import allocate
from locality.referrals.operations.care_answers import CareAnswer, keep_answer
from locality.referrals.operations.commands import AcceptedReferral
from locality.referrals.operations.events import note_event, tell_story
from locality.referrals.operations.moving import (
    answer_offer,
    lock_offer,
    lock_referral,
    move,
    must_own,
    sender_of,
)
from locality.referrals.operations.offering import end_managers_reading, leave_open, owner_of, service_of
from locality.referrals.operations.waiting import reckon
from locality.referrals.rules import clocks
from locality.referrals.rules import waiting as waiting_rules
from locality.referrals.rules.codes import DECLINE_WORDS, DeclineReason, ReferralKind
from locality.referrals.rules.lifecycle import OfferState, Party, Verb
from locality.referrals.rules.social_care import CareOutcome

# Called in the transaction in which a service accepts a referral for early help; the caf room opens the episode.
accepted: Slot[[UnitOfWork, AcceptedReferral]] = Slot("referral accepted")

_QUIETLY = {"synchronize_session": False}


def accept_offer(
    uow: UnitOfWork, offer_id: uuid.UUID, *, worker: AccountId | None = None, care: CareAnswer | None = None
) -> ReferralId:
    """Accept for the service; a place is taken and, for early help, the case is opened in the same transaction.

    ``worker`` names who of the service works with the family; ``care`` is what social care decided (an assessment,
    unless given). From a waiting list only the first is accepted. Raises ``NotFound``, ``RuleBroken``, or ``Conflict``
    that says who answered first.
    """
    referral, offer = lock_offer(uow, offer_id)
    if offer.state is OfferState.WAITING:
        reasons = waiting_rules.reasons_not_to_accept(offer.waiting_position or 1)
        if reasons:
            raise RuleBroken(reasons)
    service = service_of(uow, offer)
    answer_offer(uow, offer, OfferState.ACCEPTED, took_place=leave_open(uow, offer, taken=1), waiting_position=None)
    reckon(uow, offer.service_id, offer.cluster_id)
    social_care = referral.kind is ReferralKind.SOCIAL_CARE
    also: dict[str, object] | None = {"no_further_action": False} if social_care else None
    move(uow, referral, Verb.ACCEPT, owner=owner_of(service), also=also)
    line = f"{service.name} accepted the referral."
    if social_care:
        decided = keep_answer(uow, referral, care or CareAnswer(CareOutcome.ASSESSMENT))
        line = f"{service.name} accepted the referral: {decided}."
    _note(uow, referral, offer, line, action="referral.accepted", words=care.words if care else "")
    if worker is not None:
        allocate(uow, ReferralId(referral.id), worker=worker)
    if not social_care:
        accepted(uow, _accepted(uow, referral, offer, service))
    end_managers_reading(uow, offer)
    grants.end(uow, record=referral.id, principal=FRONT_DOOR)
    return ReferralId(referral.id)


def decline_offer(
    uow: UnitOfWork,
    offer_id: uuid.UUID,
    *,
    reason: DeclineReason,
    note: str = "",
    suggested_alternative: str = "",
    care: CareAnswer | None = None,
) -> ReferralId:
    """Decline for the service; the referral goes back to whoever sent it, who owns it again.

    From social care a decline means that it opens no case; ``care`` says what it decided (no further action, unless
    given). Raises ``NotFound`` or ``Conflict``.
    """
    referral, offer = lock_offer(uow, offer_id)
    service = service_of(uow, offer)
    leave_open(uow, offer)
    answer_offer(
        uow,
        offer,
        OfferState.DECLINED,
        decline_reason=reason,
        note=note,
        suggested_alternative=suggested_alternative or None,
        waiting_position=None,
    )
    reckon(uow, offer.service_id, offer.cluster_id)
    social_care = referral.kind is ReferralKind.SOCIAL_CARE
    also: dict[str, object] | None = {"no_further_action": True} if social_care else None
    due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
    move(uow, referral, Verb.DECLINE, owner=sender_of(referral), due_at=due_at, also=also)
    why = DECLINE_WORDS[reason].lower()
    if social_care:
        why = keep_answer(uow, referral, care or CareAnswer(CareOutcome.NFA, note))
    line = f"{service.name} declined: {why}. Back with {_in_sentence(referral)}."
    words = " ".join(part for part in (note, _alternative(suggested_alternative)) if part)
    _note(uow, referral, offer, line, action="referral.declined", words=words)
    grants.end(uow, record=offer.id)
    return ReferralId(referral.id)


def ask_about_offer(uow: UnitOfWork, offer_id: uuid.UUID, *, question: str) -> ReferralId:
    """Ask the sender a question; the referral waits with the sender until it is answered."""
    if not question.strip():
        raise RuleBroken([Reason("question", "Enter your question")])
    referral, offer = lock_offer(uow, offer_id)
    service = service_of(uow, offer)
    due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
    # Until it is answered, the sender's answer is what is due.
    answer_offer(uow, offer, OfferState.ASKED, note=question, due_at=due_at, reminded_at=None, manager_told_at=None)
    move(uow, referral, Verb.ASK, owner=sender_of(referral), due_at=due_at)
    _note(uow, referral, offer, f"{service.name} asked a question.", action="referral.asked", words=question)
    end_managers_reading(uow, offer)
    return ReferralId(referral.id)


def answer_question(uow: UnitOfWork, referral_id: uuid.UUID, *, answer: str) -> None:
    """Answer a service's question; its time to decide starts again. Raises ``NotAllowed``, ``Conflict``."""
    if not answer.strip():
        raise RuleBroken([Reason("answer", "Enter your answer")])
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    with elevated(uow.session, "the offer of a referral that its sender owns, whatever they may see of the children"):
        _answer_question(uow, referral, answer)


def _answer_question(uow: UnitOfWork, referral: Referral, answer: str) -> None:
    offer = uow.session.execute(
        select(Offer).where(Offer.referral_id == referral.id, Offer.state == OfferState.ASKED).with_for_update()
    ).scalar_one_or_none()
    if offer is None:
        raise NotFound("No question is open on this referral")
    service = service_of(uow, offer)
    days = clocks.working_days_to_answer(referral.kind, referral.urgency, service.response_days)
    due_at = clocks.answer_due(uow.now, days)
    uow.session.execute(
        update(Offer)
        .where(Offer.id == offer.id)
        .values(state=OfferState.OPEN, due_at=due_at, reminded_at=None, manager_told_at=None),
        execution_options=_QUIETLY,
    )
    move(uow, referral, Verb.ANSWER, owner=owner_of(service), due_at=due_at)
    _note(uow, referral, offer, f"{uow.actor.name} answered.", action="referral.answered", words=answer)
    end_managers_reading(uow, offer)


def _in_sentence(referral: Referral) -> str:
    """The sender inside a sentence: a person keeps the capital letter, the front door does not."""
    return "the front door" if referral.sender_kind is Party.FRONT_DOOR else referral.sender_name


def _alternative(suggested: str) -> str:
    return f"Suggested instead: {suggested}" if suggested else ""


def _note(uow: UnitOfWork, referral: Referral, offer: Offer, line: str, *, action: str, words: str = "") -> None:
    note_event(uow, referral.id, referral.about, line, words=words)
    tell_story(uow, referral.id, referral.about, line)
    audit.record(
        uow,
        action,
        subjects=referral.about,
        record=("referral", referral.id),
        detail={"offer": str(offer.id), "service": str(offer.service_id)},
    )


def _accepted(uow: UnitOfWork, referral: Referral, offer: Offer, service: Service) -> AcceptedReferral:
    return AcceptedReferral(
        referral_id=ReferralId(referral.id),
        reference=referral.reference,
        kind=referral.kind,
        service_id=ServiceId(service.id),
        service_name=service.name,
        agency_id=AgencyId(service.agency_id),
        team_id=None if service.team_id is None else TeamId(service.team_id),
        children=tuple(PersonId(child) for child in referral.about),
        family_id=None if referral.family_id is None else FamilyId(referral.family_id),
        cluster_id=None if referral.cluster_id is None else ClusterId(referral.cluster_id),
        stage=referral.stage,
        need_codes=tuple(referral.need_codes),
        summary=referral.summary,
        agreement=referral.agreement,
        accepted_by=None if uow.actor.account_id is None else AccountId(uow.actor.account_id),
        accepted_by_name=uow.actor.name,
        accepted_at=uow.now,
    )
