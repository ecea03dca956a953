"""The decision for one child of a contact, by a named officer, with a reason."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import func, insert, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.consent import api as consent
from locality.kernel.clock import london
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId, ReferralId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import CaseNews, Contact, ContactAdult, ContactChild, ContactDecision
from locality.referrals.operations.commands import DecideChild, NewReferral, NewSocialCareReferral, Sharing
from locality.referrals.operations.contacts import lock_contact
from locality.referrals.operations.holding import hold_for_work
from locality.referrals.operations.sending import join_or_refer, join_or_refer_to_social_care
from locality.referrals.operations.telling import tell_referrer
from locality.referrals.queries.cases import CaseRow, open_cases_of
from locality.referrals.queries.standing import who_is_behind
from locality.referrals.rules import codes, screening
from locality.referrals.rules.codes import OUTCOME_WORDS, Outcome
from locality.referrals.rules.screening import ContactState, DecisionFacts

# How long the front door still sees a contact that it has decided, to answer whoever rings about it.
STAYS_IN_SIGHT = dt.timedelta(days=28)


def decide_child(uow: UnitOfWork, command: DecideChild) -> ReferralId | None:
    """Decide for one child of a contact; makes or joins a referral where the outcome asks for one.

    When every child is decided the referrer is told. Raises ``NotFound``, ``RuleBroken``, or ``Conflict`` when somebody
    decided already or holds the contact.
    """
    contact = lock_contact(uow, command.contact_id)
    child = _undecided_child(uow, command)
    cases = open_cases(uow, command.person_id)
    facts = decision_facts(contact, command, cases)
    reasons = screening.reasons_not_to_decide(facts)
    if reasons:
        raise RuleBroken(reasons)
    hold_for_work(uow, contact)
    referral_id = carry_out(uow, contact, command, facts)
    keep_decision(uow, command, facts, referral_id=referral_id)
    write_current(uow, child, command, facts, referral_id)
    if command.outcome is Outcome.LINK_TO_OPEN_CASE:
        tell_lead(uow, contact, command, cases)
    _note(uow, contact, command)
    _close_when_all_decided(uow, contact)
    return referral_id


def _undecided_child(uow: UnitOfWork, command: DecideChild) -> ContactChild:
    child = uow.session.execute(
        select(ContactChild)
        .where(ContactChild.contact_id == command.contact_id, ContactChild.person_id == command.person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if child is None:
        raise NotFound("This child is not named in the contact")
    if child.outcome is not None and child.decided_at is not None:
        when = london(child.decided_at).strftime("%H:%M on %-d %B %Y")
        words = OUTCOME_WORDS[child.outcome].lower()
        raise Conflict([Reason(None, f"{child.decided_by_name} decided this at {when}: {words}.")])
    return child


def open_cases(uow: UnitOfWork, person_id: PersonId) -> tuple[CaseRow, ...]:
    """The open cases of a child, seen or not."""
    with elevated(uow.session, "whether a child has an open case, which the front door may not open"):
        return open_cases_of(uow.session, [person_id])


def decision_facts(contact: Contact, command: DecideChild, cases: Sequence[CaseRow]) -> DecisionFacts:
    """What the rules ask about a decision."""
    return DecisionFacts(
        outcome=command.outcome,
        stage=command.stage,
        need_codes=command.need_codes,
        reason=command.reason,
        agreed=command.agreed,
        ground=command.ground,
        agreement_known=contact.agreement_known,
        safeguarding_concern=contact.safeguarding_concern,
        has_open_case=bool(cases),
        manager_consulted=command.manager_consulted,
        family_told=bool(command.family_told),
        why_not_told=command.why_not_told,
        shared_with=command.shared_with,
    )


def carry_out(uow: UnitOfWork, contact: Contact, command: DecideChild, facts: DecisionFacts) -> ReferralId | None:
    """Do what an outcome asks for: a referral, or the record of what went to another council without agreement."""
    summary = command.summary.strip() or contact.what_said
    basis = screening.basis_of(facts)
    sharing = Sharing(command.manager_consulted, bool(command.family_told), command.why_not_told)
    if command.outcome in codes.EARLY_HELP_OUTCOMES and command.stage is not None:
        return join_or_refer(
            uow,
            NewReferral(
                referral_id=ReferralId(new_id()),
                children=(command.person_id,),
                need_codes=command.need_codes,
                stage=command.stage,
                summary=summary,
                agreement=basis,
                ground=command.ground,
                urgency=command.urgency,
                source=contact.source,
                contact_id=command.contact_id,
                immediate_danger=contact.immediate_danger,
                sharing=sharing,
                wishes=command.wishes,
            ),
        )
    if command.outcome in codes.SOCIAL_CARE_OUTCOMES:
        return join_or_refer_to_social_care(
            uow,
            NewSocialCareReferral(
                referral_id=ReferralId(new_id()),
                children=(command.person_id,),
                summary=summary,
                need_codes=command.need_codes,
                agreement=basis,
                ground=command.ground,
                source=contact.source,
                contact_id=command.contact_id,
                immediate_danger=contact.immediate_danger,
                sharing=sharing,
            ),
        )
    if command.outcome is Outcome.TRANSFER_OTHER_LA and not command.agreed and command.ground is not None:
        _record_transfer(uow, command, facts)
    return None


def _record_transfer(uow: UnitOfWork, command: DecideChild, facts: DecisionFacts) -> None:
    what, to_whom = screening.what_is_shared(facts)
    consent.share_override(
        uow,
        consent.Override(
            people=(command.person_id,),
            ground=consent.Ground((command.ground or codes.ShareGround.CHILD_AT_RISK).value),
            what=what,
            to_whom=to_whom,
            manager_consulted=command.manager_consulted,
            family_told=bool(command.family_told),
            why_not_told=command.why_not_told,
            family_id=None,
        ),
    )


def keep_decision(
    uow: UnitOfWork,
    command: DecideChild,
    facts: DecisionFacts,
    *,
    referral_id: ReferralId | None,
    corrects: uuid.UUID | None = None,
    why_corrected: str | None = None,
) -> uuid.UUID:
    """Add a decision to those of a child; none is ever changed."""
    what, to_whom = screening.what_is_shared(facts)
    row = {
        "id": command.decision_id,
        "contact_id": command.contact_id,
        "person_id": command.person_id,
        "outcome": command.outcome,
        "stage": screening.stage_for(facts),
        "reason": command.reason,
        "need_codes": list(command.need_codes),
        "agreed": command.agreed,
        "ground": command.ground,
        "manager_consulted": command.manager_consulted,
        "shared_what": what,
        "shared_with": to_whom,
        "family_told": command.family_told,
        "why_not_told": command.why_not_told,
        "referral_id": referral_id,
        "decided_by": uow.actor.account_id,
        "decided_by_name": uow.actor.name,
        "decided_at": uow.now,
        "corrects": corrects,
        "why_corrected": why_corrected,
    }
    uow.session.execute(insert(ContactDecision), [row])
    return command.decision_id


def write_current(
    uow: UnitOfWork, child: ContactChild, command: DecideChild, facts: DecisionFacts, referral_id: ReferralId | None
) -> None:
    """Let the child of the contact carry the decision that stands."""
    uow.session.execute(
        update(ContactChild)
        .where(ContactChild.id == child.id, ContactChild.version == child.version)
        .values(
            outcome=command.outcome,
            stage=screening.stage_for(facts),
            reason=command.reason,
            need_codes=list(command.need_codes),
            agreed=command.agreed,
            ground=command.ground,
            family_told=command.family_told,
            decided_by=uow.actor.account_id,
            decided_by_name=uow.actor.name,
            decided_at=uow.now,
            referral_id=referral_id,
            version=ContactChild.version + 1,
        ),
        execution_options={"synchronize_session": False},
    )


def tell_lead(uow: UnitOfWork, contact: Contact, command: DecideChild, cases: Sequence[CaseRow]) -> None:
    """Put the news before whoever is behind each open case of the child: its lead professional, when there is one."""
    with elevated(uow.session, "who leads or manages the open cases of a child, whoever may see them"):
        episodes = [case.episode_id for case in cases]
        behind = who_is_behind(uow.session, episodes, person_id=command.person_id, today=uow.today)
    rows = [
        {
            "id": new_id(),
            "about": [command.person_id],
            "person_id": command.person_id,
            "contact_id": contact.id,
            "episode_id": case.episode_id,
            "lead_account_id": case.lead_account_id,
            "waits_principal": behind[case.episode_id].principal,
            "waits_name": behind[case.episode_id].name,
            "line": command.reason,
            "told_by_name": uow.actor.name,
            "told_at": uow.now,
            "seen_at": None,
        }
        for case in cases
    ]
    if rows:
        uow.session.execute(insert(CaseNews), rows)


def tell_story(uow: UnitOfWork, contact: Contact, command: DecideChild, *, did: str) -> None:
    """Say in the child's story what the front door did ("decided") and with which outcome."""
    people.note_story(
        uow,
        [command.person_id],
        happened_on=uow.today,
        kind=people.StoryKind.CONTACT,
        line=f"The front door {did}: {OUTCOME_WORDS[command.outcome].lower()}.",
        record=("contact", contact.id),
    )


def _note(uow: UnitOfWork, contact: Contact, command: DecideChild) -> None:
    tell_story(uow, contact, command, did="decided")
    audit.record(
        uow,
        "contact.decided",
        subjects=[command.person_id],
        record=("contact", contact.id),
        detail={
            "outcome": command.outcome.value,
            "stage": command.stage,
            "agreed": command.agreed,
            "ground": None if command.ground is None else command.ground.value,
        },
    )


def _close_when_all_decided(uow: UnitOfWork, contact: Contact) -> None:
    left = uow.session.execute(
        select(func.count()).where(ContactChild.contact_id == contact.id, ContactChild.outcome.is_(None))
    ).scalar_one()
    if left:
        return
    uow.session.execute(
        update(Contact)
        .where(Contact.id == contact.id)
        .values(
            state=ContactState.DECIDED,
            decided_at=uow.now,
            held_by=None,
            held_by_name=None,
            held_at=None,
            version=Contact.version + 1,
        ),
        execution_options={"synchronize_session": False},
    )
    tell_referrer(uow, contact)
    _keep_in_sight(uow, contact)


def _keep_in_sight(uow: UnitOfWork, contact: Contact) -> None:
    """Let the front door see the contact a while longer, so that it can answer whoever rings; then end it."""
    adults = uow.session.scalars(select(ContactAdult.person_id).where(ContactAdult.contact_id == contact.id))
    grants.give(
        uow,
        [*contact.about, *adults],
        principal=FRONT_DOOR,
        reason=GrantReason.FRONT_DOOR,
        record=contact.id,
        until_at=uow.now + STAYS_IN_SIGHT,
    )
    grants.end(uow, record=contact.id, reason=GrantReason.FRONT_DOOR)
