"""Changing a referral that was sent already: because its sender knows more, or the decision that made it was corrected.

Old and new stand on the referral with the reason, and the service that has it is told. A referral about
brothers and sisters carries the highest stage that was decided for any of them, the needs of all, and travels without
agreement as soon as that was decided for one.
"""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import FamilyId, PersonId, ReferralId, new_id
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import ContactChild, Offer, Referral, ReferralChange, ReferralChild, Service
from locality.referrals.operations.commands import AgreementNow, ChangeReferral, DecideChild, Sharing
from locality.referrals.operations.events import note_event, tell_story
from locality.referrals.operations.moving import lock_list, lock_referral, must_have_sent
from locality.referrals.operations.sending import record_sharing
from locality.referrals.operations.waiting import place_anew
from locality.referrals.operations.wishing import carry_wishes
from locality.referrals.rules import clocks, codes, screening
from locality.referrals.rules.codes import AgreementBasis, ReferralKind, ShareGround, Urgency
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OVER, OfferState
from locality.referrals.rules.revising import Terms, changes, differences
from locality.referrals.rules.screening import DecisionFacts

_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class _Brother:
    """What was decided for another child of the same referral."""

    stage: int | None
    agreed: bool | None
    ground: ShareGround | None
    need_codes: tuple[str, ...]


def standing_referral(uow: UnitOfWork, command: DecideChild, kind: ReferralKind) -> Referral | None:
    """The referral of this kind that the contact made for the child and that is not over, locked; None without one."""
    with elevated(uow.session, "the referral that the corrected decision made, whoever has it now"):
        return uow.session.execute(
            select(Referral)
            .join(ReferralChild, ReferralChild.referral_id == Referral.id)
            .where(
                Referral.contact_id == command.contact_id,
                Referral.kind == kind,
                Referral.state.not_in(OVER),
                ReferralChild.person_id == command.person_id,
            )
            .order_by(Referral.sent_at.desc(), Referral.id)
            .limit(1)
            .with_for_update(of=Referral)
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()


def revise(
    uow: UnitOfWork, referral: Referral, command: DecideChild, *, facts: DecisionFacts, before: ContactChild, why: str
) -> ReferralId:
    """Let a referral carry what the corrected decision says: stage, needs, agreement, ground, urgency and summary.

    What is shared without agreement from now on, or on another ground, is recorded as such.
    """
    with elevated(uow.session, "the referral that the corrected decision made, whoever has it now"):
        was = terms_of(referral)
        now = _revised(was, command, facts, _others(uow, referral, command))
        _record_sharing(uow, referral, command, facts=facts, before=before)
        _write(uow, referral, was, now, why=why)
        carry_wishes(uow, referral, command.wishes, why=why)
    return ReferralId(referral.id)


def change_referral(uow: UnitOfWork, command: ChangeReferral) -> None:
    """Change what a sent referral asks for, with the reason.

    Raises ``RuleBroken``, ``NotAllowed`` to whoever did not send it, ``Conflict`` when it ended or was changed
    meanwhile.
    """
    referral = lock_referral(uow, command.referral_id)
    must_have_sent(uow, referral)
    _refuse_change(referral, command)
    was = terms_of(referral)
    now = dataclasses.replace(
        was,
        stage=command.stage if referral.kind is ReferralKind.EARLY_HELP else was.stage,
        need_codes=command.need_codes,
        urgency=command.urgency if referral.kind is ReferralKind.EARLY_HELP else was.urgency,
        summary=command.summary.strip(),
    )
    if not differences(was, now):
        raise RuleBroken("Nothing is different. Change something, or go back")
    with elevated(uow.session, "the service that has the referral, and its waiting list"):
        _write(uow, referral, was, now, why=command.why.strip())


def agree_anew(uow: UnitOfWork, referral: Referral, now: AgreementNow) -> None:
    """Let a referral without agreement carry what the family says today, before it goes on to a service.

    One that has an agreement, or a ground, stays as it is. Raises ``RuleBroken`` without either.
    """
    if not screening.must_ask_anew(referral.kind, referral.agreement):
        return
    sharing = now.sharing
    reasons = screening.reasons_against_going_on(
        now.basis,
        manager_consulted=sharing.manager_consulted,
        family_told=sharing.family_told,
        why_not_told=sharing.why_not_told,
    )
    if reasons:
        raise RuleBroken(reasons)
    ground = now.ground if now.basis is AgreementBasis.SHARED_WITHOUT else None
    if ground is not None:
        children = tuple(PersonId(child) for child in referral.about)
        record_sharing(uow, children, referral.kind, ground=ground, sharing=sharing, family_id=_family_id(referral))
    was = terms_of(referral)
    _write(uow, referral, was, dataclasses.replace(was, agreement=now.basis, ground=ground), why=_ASKED_ANEW)
    uow.session.refresh(referral)


_ASKED_ANEW = "Asked anew before the referral goes on."


def _family_id(referral: Referral) -> FamilyId | None:
    return None if referral.family_id is None else FamilyId(referral.family_id)


def _refuse_change(referral: Referral, command: ChangeReferral) -> None:
    if referral.state in OVER:
        raise Conflict([Reason(None, "This referral has ended, so it stays as it was. Send a new one")])
    if referral.version != command.version:
        raise Conflict([Reason(None, "The referral moved on while you were writing. Check it and send again")])
    reasons = [] if command.why.strip() else [Reason("why", "Enter why you change the referral")]
    if referral.kind is ReferralKind.EARLY_HELP:
        reasons += screening.reasons_against_referral(
            children=len(referral.about),
            need_codes=command.need_codes,
            stage=command.stage or 0,
            summary=command.summary,
        )
    elif not command.summary.strip():
        reasons.append(Reason("consented_summary", "Enter why you are referring to social care"))
    if reasons:
        raise RuleBroken(reasons)


def _write(uow: UnitOfWork, referral: Referral, was: Terms, now: Terms, *, why: str) -> None:
    """Let a referral carry other terms: the row, old and new, a line of history, and the service told."""
    found = differences(was, now)
    if not found:
        return
    values = dataclasses.asdict(now) | {"need_codes": list(now.need_codes), "version": Referral.version + 1}
    uow.session.execute(update(Referral).where(Referral.id == referral.id).values(values), execution_options=_QUIETLY)
    rows = [
        {
            "id": new_id(),
            "referral_id": referral.id,
            "about": list(referral.about),
            "what": one.what,
            "was": one.was,
            "became": one.became,
            "why": why,
            "changed_by": uow.actor.account_id,
            "changed_by_name": uow.actor.name,
            "changed_at": uow.now,
        }
        for one in found
    ]
    uow.session.execute(insert(ReferralChange), rows)
    _note(uow, referral, changes(was, now), why=why)
    _tell_service(uow, referral, now)


def _tell_service(uow: UnitOfWork, referral: Referral, now: Terms) -> None:
    """The service that has the referral is written to; what became urgent is due sooner and stands further ahead."""
    found = uow.session.execute(
        select(Offer, Service.name, Service.email)
        .join(Service, Service.id == Offer.service_id)
        .where(Offer.referral_id == referral.id, Offer.state.in_([*LIVE_OFFERS, OfferState.ACCEPTED]))
    ).one_or_none()
    if found is None:
        return
    offer: Offer = found[0]
    if now.urgency is Urgency.URGENT and referral.urgency is not Urgency.URGENT:
        _hurry(uow, referral, offer)
    if messages.is_address(found.email):
        messages.queue_message(
            uow,
            key=f"changed:{referral.id}:{referral.version}",
            to=found.email,
            template="worker_referral_changed",
            about=[PersonId(person) for person in referral.about],
            values={"reference": referral.reference, "service": found.name},
            record=("referral", referral.id),
        )


def _hurry(uow: UnitOfWork, referral: Referral, offer: Offer) -> None:
    if offer.state is OfferState.WAITING:
        lock_list(uow, offer.service_id, offer.cluster_id)
        uow.session.refresh(referral)
        place_anew(uow, offer, referral)
        return
    due_at = min(offer.due_at, clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS))
    if offer.state is OfferState.OPEN and due_at < offer.due_at:
        uow.session.execute(update(Offer).where(Offer.id == offer.id).values(due_at=due_at), execution_options=_QUIETLY)
        uow.session.execute(
            update(Referral).where(Referral.id == referral.id).values(response_due_at=due_at),
            execution_options=_QUIETLY,
        )


def terms_of(referral: Referral) -> Terms:
    """What a referral asks for now."""
    return Terms(
        stage=referral.stage,
        need_codes=tuple(referral.need_codes),
        agreement=referral.agreement,
        ground=referral.ground,
        urgency=referral.urgency,
        summary=referral.summary,
    )


def _others(uow: UnitOfWork, referral: Referral, command: DecideChild) -> list[_Brother]:
    rows = uow.session.execute(
        select(ContactChild.stage, ContactChild.agreed, ContactChild.ground, ContactChild.need_codes).where(
            ContactChild.referral_id == referral.id, ContactChild.person_id != command.person_id
        )
    )
    return [_Brother(row.stage, row.agreed, row.ground, tuple(row.need_codes)) for row in rows]


def _revised(was: Terms, command: DecideChild, facts: DecisionFacts, others: Sequence[_Brother]) -> Terms:
    basis, ground = screening.basis_of(facts), command.ground
    unagreed = next((other for other in others if not other.agreed), None)
    if basis is AgreementBasis.AGREED and unagreed is not None:
        basis, ground = AgreementBasis.SHARED_WITHOUT, unagreed.ground
    needs = [*command.need_codes, *(code for other in others for code in other.need_codes)]
    is_early_help = command.outcome in codes.EARLY_HELP_OUTCOMES
    return Terms(
        stage=max(stage for stage in (screening.stage_for(facts), *(o.stage for o in others)) if stage is not None),
        need_codes=tuple(dict.fromkeys(needs)),
        agreement=basis,
        ground=ground,
        urgency=command.urgency if is_early_help else was.urgency,
        summary=command.summary.strip() or was.summary,
    )


def _record_sharing(
    uow: UnitOfWork, referral: Referral, command: DecideChild, *, facts: DecisionFacts, before: ContactChild
) -> None:
    was_shared_so = before.referral_id == referral.id and not before.agreed and before.ground == command.ground
    if screening.basis_of(facts) is AgreementBasis.SHARED_WITHOUT and not was_shared_so:
        sharing = Sharing(command.manager_consulted, bool(command.family_told), command.why_not_told)
        record_sharing(
            uow,
            (command.person_id,),
            referral.kind,
            ground=command.ground,
            sharing=sharing,
            family_id=referral.family_id,
        )


def _note(uow: UnitOfWork, referral: Referral, found: Sequence[str], *, why: str) -> None:
    about: list[uuid.UUID] = list(referral.about)
    line = f"Changed after it was sent: {'; '.join(found)}."
    note_event(uow, referral.id, about, line, words=why)
    tell_story(uow, referral.id, about, f"The referral was changed after it was sent: {'; '.join(found)}.")
    audit.record(uow, "referral.changed", subjects=about, record=("referral", referral.id), detail={"what": len(found)})
