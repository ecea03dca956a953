"""A service's answer to an offer: accept, decline, ask, put on the waiting list; and the answer to its question."""

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, func, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, AgencyId, ClusterId, FamilyId, PersonId, ReferralId, ServiceId, TeamId
from locality.kernel.slots import Slot
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import Offer, Referral, Service
from locality.referrals.operations.commands import AcceptedReferral
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import (
    Owner,
    answer_offer,
    lock_offer,
    lock_referral,
    move,
    must_own,
    sender_of,
)
from locality.referrals.operations.services import hold_place
from locality.referrals.rules import clocks
from locality.referrals.rules.codes import DECLINE_WORDS, DeclineReason, ReferralKind
from locality.referrals.rules.lifecycle import OfferState, Party, Verb

# Called in the transaction in which a service accepts a referral for early help; the caf room opens the episode.
accepted: Slot[[UnitOfWork, AcceptedReferral]] = Slot("referral accepted")

_QUIETLY = {"synchronize_session": False}


def accept_offer(uow: UnitOfWork, offer_id: uuid.UUID) -> ReferralId:
    """Accept for the service; a place is taken and, for early help, the case is opened in the same transaction.

    Raises ``NotFound``, or ``Conflict`` that says who answered first.
    """
    referral, offer = lock_offer(uow, offer_id)
    service = _service(uow, offer)
    answer_offer(uow, offer, OfferState.ACCEPTED, took_place=leave_open(uow, offer, taken=1), waiting_position=None)
    _close_gap(uow, offer)
    social_care = referral.kind is ReferralKind.SOCIAL_CARE
    move(uow, referral, Verb.ACCEPT, owner=_owner(service), also={"no_further_action": False} if social_care else None)
    _note(uow, referral, offer, f"{service.name} accepted the referral.", action="referral.accepted")
    if not social_care:
        accepted(uow, _accepted(uow, referral, offer, service))
    grants.end(uow, record=referral.id, principal=FRONT_DOOR)
    return ReferralId(referral.id)


def decline_offer(
    uow: UnitOfWork, offer_id: uuid.UUID, *, reason: DeclineReason, note: str = "", suggested_alternative: str = ""
) -> ReferralId:
    """Decline for the service; the referral goes back to whoever sent it, who owns it again.

    From social care a decline means no further action. Raises ``NotFound`` or ``Conflict``.
    """
    referral, offer = lock_offer(uow, offer_id)
    service = _service(uow, offer)
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
    _close_gap(uow, offer)
    social_care = referral.kind is ReferralKind.SOCIAL_CARE
    also: dict[str, object] | None = {"no_further_action": True} if social_care else None
    due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
    move(uow, referral, Verb.DECLINE, owner=sender_of(referral), due_at=due_at, also=also)
    line = f"{service.name} declined: {DECLINE_WORDS[reason].lower()}. Back with {_in_sentence(referral)}."
    words = " ".join(part for part in (note, _alternative(suggested_alternative)) if part)
    _note(uow, referral, offer, line, action="referral.declined", words=words)
    grants.end(uow, record=offer.id, reason=GrantReason.RECEIVING_SERVICE)
    return ReferralId(referral.id)


def ask_about_offer(uow: UnitOfWork, offer_id: uuid.UUID, *, question: str) -> ReferralId:
    """Ask the sender a question; the referral waits with the sender until it is answered."""
    if not question.strip():
        raise RuleBroken([Reason("question", "Enter your question")])
    referral, offer = lock_offer(uow, offer_id)
    service = _service(uow, offer)
    answer_offer(uow, offer, OfferState.ASKED, note=question)
    due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
    move(uow, referral, Verb.ASK, owner=sender_of(referral), due_at=due_at)
    _note(uow, referral, offer, f"{service.name} asked a question.", action="referral.asked", words=question)
    return ReferralId(referral.id)


def answer_question(uow: UnitOfWork, referral_id: uuid.UUID, *, answer: str) -> None:
    """Answer a service's question; its time to decide starts again. Raises ``NotAllowed``, ``Conflict``."""
    if not answer.strip():
        raise RuleBroken([Reason("answer", "Enter your answer")])
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    offer = uow.session.execute(
        select(Offer).where(Offer.referral_id == referral_id, Offer.state == OfferState.ASKED).with_for_update()
    ).scalar_one_or_none()
    if offer is None:
        raise NotFound("No question is open on this referral")
    service = _service(uow, offer)
    days = clocks.working_days_to_answer(referral.kind, referral.urgency, service.response_days)
    due_at = clocks.answer_due(uow.now, days)
    uow.session.execute(
        update(Offer)
        .where(Offer.id == offer.id)
        .values(state=OfferState.OPEN, due_at=due_at, reminded_at=None, manager_told_at=None),
        execution_options=_QUIETLY,
    )
    move(uow, referral, Verb.ANSWER, owner=_owner(service), due_at=due_at)
    _note(uow, referral, offer, f"{uow.actor.name} answered.", action="referral.answered", words=answer)


def put_on_waiting_list(uow: UnitOfWork, offer_id: uuid.UUID, *, expected_on: dt.date) -> int:
    """Put a referral at the end of the service's list for its cluster; returns its position from 1."""
    if expected_on < uow.today:
        raise RuleBroken([Reason("expected_on", "The date must be today or later")])
    referral, offer = lock_offer(uow, offer_id)
    service = _service(uow, offer)
    with elevated(uow.session, "how many wait before this one"):
        waiting = uow.session.execute(
            select(func.count()).where(*_same_list(offer), Offer.state == OfferState.WAITING)
        ).scalar_one()
    position = int(waiting) + 1
    leave_open(uow, offer)
    answer_offer(uow, offer, OfferState.WAITING, waiting_position=position, expected_on=expected_on)
    move(uow, referral, Verb.PUT_ON_WAITING_LIST, owner=_owner(service))
    line = f"{service.name} put the referral on its waiting list, at place {position}."
    _note(uow, referral, offer, line, action="referral.waitlisted")
    return position


def leave_open(uow: UnitOfWork, offer: Offer, *, taken: int = 0) -> bool:
    """Free the place that an open offer held, or turn it into a taken one; False where the service counts none.

    An offer on the waiting list holds no place.
    """
    held = 0 if offer.state is OfferState.WAITING else -1
    return hold_place(uow, offer.service_id, offer.cluster_id, offered=held, taken=taken)


def _close_gap(uow: UnitOfWork, offer: Offer) -> None:
    """Move everybody behind an offer that leaves the waiting list up by one."""
    if offer.waiting_position is None:
        return
    with elevated(uow.session, "the waiting list of the service, whose other families the actor need not see"):
        uow.session.execute(
            update(Offer)
            .where(
                *_same_list(offer),
                Offer.state == OfferState.WAITING,
                Offer.waiting_position > offer.waiting_position,
            )
            .values(waiting_position=Offer.waiting_position - 1),
            execution_options=_QUIETLY,
        )


def _same_list(offer: Offer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (Offer.service_id == offer.service_id, Offer.cluster_id.is_not_distinct_from(offer.cluster_id))


def _service(uow: UnitOfWork, offer: Offer) -> Service:
    return uow.session.execute(select(Service).where(Service.id == offer.service_id)).scalar_one()


def _owner(service: Service) -> Owner:
    return Owner(service.id, Party.SERVICE, service.name)


def _in_sentence(referral: Referral) -> str:
    """The sender inside a sentence: a person keeps the capital letter, the front door does not."""
    return "the front door" if referral.sender_kind is Party.FRONT_DOOR else referral.sender_name


def _alternative(suggested: str) -> str:
    return f"Suggested instead: {suggested}" if suggested else ""


def _note(uow: UnitOfWork, referral: Referral, offer: Offer, line: str, *, action: str, words: str = "") -> None:
    note_event(uow, referral.id, referral.about, line, words=words)
    people.note_story(
        uow,
        referral.about,
        happened_on=uow.today,
        kind=people.StoryKind.REFERRAL,
        line=line,
        record=("referral", referral.id),
    )
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
