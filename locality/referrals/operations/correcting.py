"""A second look at what was decided, and a decision put in place of another; the one before it stays to be read."""

import uuid

from sqlalchemy import insert, select

from locality.audit import log as audit
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import ContactId, PersonId, ReferralId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Contact, ContactChild, ContactDecision, SecondLook
from locality.referrals.operations.commands import DecideChild, LookAgain
from locality.referrals.operations.contacts import is_kept, lock_contact
from locality.referrals.operations.deciding import (
    carry_out,
    decision_facts,
    keep_decision,
    open_cases,
    tell_lead,
    tell_story,
    write_current,
)
from locality.referrals.operations.holding import refuse_if_held_by_another
from locality.referrals.operations.revising import revise, standing_referral
from locality.referrals.operations.telling import tell_referrer
from locality.referrals.rules import screening
from locality.referrals.rules.codes import Outcome
from locality.referrals.rules.revising import kind_of
from locality.referrals.rules.screening import ContactState, DecisionFacts


def look_again(uow: UnitOfWork, command: LookAgain) -> None:
    """Keep another officer's second look at a decision. A form sent twice keeps one.

    Raises ``RuleBroken``, ``NotFound`` or ``Conflict``.
    """
    lock_contact(uow, command.contact_id)
    if is_kept(uow, SecondLook.id, command.look_id):
        return
    child = _decided_child(uow, command.contact_id, command.person_id)
    reasons = screening.reasons_against_second_look(
        is_decider=child.decided_by == uow.actor.account_id, agrees=command.agrees, note=command.note
    )
    if reasons:
        raise RuleBroken(reasons)
    row = {
        "id": command.look_id,
        "contact_id": command.contact_id,
        "person_id": command.person_id,
        "agrees": command.agrees,
        "note": command.note.strip(),
        "looked_by": uow.actor.account_id,
        "looked_by_name": uow.actor.name,
        "looked_at": uow.now,
    }
    uow.session.execute(insert(SecondLook), [row])
    audit.record(
        uow,
        "decision.looked_at_again",
        subjects=[command.person_id],
        record=("contact", command.contact_id),
        detail={"agrees": command.agrees},
    )


def correct_decision(uow: UnitOfWork, command: DecideChild, *, why: str) -> ReferralId | None:
    """Put another decision in place of the one that stands for a child, with the reason; whoever asked is told again.

    A referral of the same kind changes with it, and whoever has it sees what changed. One of another kind goes on until
    somebody withdraws it: a service may be at work. A form sent twice corrects once. Raises ``RuleBroken``,
    ``NotFound``, or ``Conflict`` while nothing is decided or somebody else holds the contact.
    """
    contact = lock_contact(uow, command.contact_id)
    if is_kept(uow, ContactDecision.id, command.decision_id):
        return None
    refuse_if_held_by_another(uow, contact)
    child = _decided_child(uow, command.contact_id, command.person_id)
    cases = open_cases(uow, command.person_id)
    facts = decision_facts(contact, command, cases)
    reasons = screening.reasons_not_to_correct(facts, why=why)
    if reasons:
        raise RuleBroken(reasons)
    before = _decision_before(uow, contact, child)
    referral_id = _referral(uow, contact, child, command, facts, why=why.strip())
    made = keep_decision(uow, command, facts, referral_id=referral_id, corrects=before, why_corrected=why.strip())
    write_current(uow, child, command, facts, referral_id)
    if command.outcome is Outcome.LINK_TO_OPEN_CASE:
        tell_lead(uow, contact, command, cases)
    _note(uow, contact, command)
    if contact.state is ContactState.DECIDED:
        tell_referrer(uow, contact, corrected=made)
    return referral_id


def _decided_child(uow: UnitOfWork, contact_id: ContactId, person_id: PersonId) -> ContactChild:
    child = uow.session.execute(
        select(ContactChild)
        .where(ContactChild.contact_id == contact_id, ContactChild.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if child is None:
        raise NotFound("This child is not named in the contact")
    if child.outcome is None:
        raise Conflict([Reason(None, "Nothing is decided for this child yet")])
    return child


def _decision_before(uow: UnitOfWork, contact: Contact, child: ContactChild) -> uuid.UUID:
    """The decision that stands, as a row of its own; what another system decided gets one now."""
    found = uow.session.execute(
        select(ContactDecision.id)
        .where(ContactDecision.contact_id == contact.id, ContactDecision.person_id == child.person_id)
        .order_by(ContactDecision.decided_at.desc(), ContactDecision.corrects.is_not(None).desc())
        .limit(1)
    ).scalar()
    if found is not None:
        return found
    row = {
        "id": new_id(),
        "contact_id": contact.id,
        "person_id": child.person_id,
        "outcome": child.outcome,
        "stage": child.stage,
        "reason": child.reason or "Not recorded",
        "need_codes": child.need_codes,
        "agreed": bool(child.agreed),
        "ground": child.ground,
        "manager_consulted": "",
        "shared_what": "",
        "shared_with": "",
        "family_told": child.family_told,
        "why_not_told": "",
        "referral_id": child.referral_id,
        "decided_by": child.decided_by,
        "decided_by_name": child.decided_by_name or "Another system",
        "decided_at": child.decided_at,
    }
    uow.session.execute(insert(ContactDecision), [row])
    return uuid.UUID(str(row["id"]))


def _referral(
    uow: UnitOfWork, contact: Contact, child: ContactChild, command: DecideChild, facts: DecisionFacts, *, why: str
) -> ReferralId | None:
    """The referral of the corrected decision: the one that goes on for the child, revised; else one more."""
    kind = kind_of(command.outcome)
    if kind is None:
        return carry_out(uow, contact, command, facts)
    standing = standing_referral(uow, command, kind)
    if standing is not None:
        return revise(uow, standing, command, facts=facts, before=child, why=why)
    if child.referral_id is not None and child.outcome is not None and kind_of(child.outcome) is kind:
        return child.referral_id  # it is over: correcting what was decided then asks for nothing new
    return carry_out(uow, contact, command, facts)


def _note(uow: UnitOfWork, contact: Contact, command: DecideChild) -> None:
    tell_story(uow, contact, command, did="corrected its decision")
    audit.record(
        uow,
        "contact.corrected",
        subjects=[command.person_id],
        record=("contact", contact.id),
        detail={"outcome": command.outcome.value},
    )
