"""Sending a referral: its rows and the intent to route it land in one transaction."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.clusters import api as clusters
from locality.consent import api as consent
from locality.kernel import outbox
from locality.kernel.actor import Role
from locality.kernel.clock import london_date
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import FamilyId, PersonId, ReferralId, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import Offer, Referral, ReferralChild
from locality.referrals.operations.commands import NewReferral, NewSocialCareReferral, Sharing
from locality.referrals.operations.counting import count_child
from locality.referrals.operations.events import note_event, tell_story
from locality.referrals.operations.moving import FRONT_DOOR_NAME
from locality.referrals.operations.wishing import joined_wish_values, refuse_wishes, wish_values
from locality.referrals.rules import clocks, screening
from locality.referrals.rules.codes import AgreementBasis, ReferralKind, ShareGround, Urgency
from locality.referrals.rules.lifecycle import LIVE_OFFERS, UNANSWERED, Party, ReferralState, Verb, next_move
from locality.referrals.rules.wishes import NO_WISHES

_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class _Draft:
    """A referral of either kind, ready to be written."""

    kind: ReferralKind
    stage: int | None
    urgency: Urgency
    command: NewReferral | NewSocialCareReferral


@dataclass(frozen=True, slots=True)
class _Placed:
    """A child and the cluster that school or home point to. ``how`` never holds an address."""

    person_id: PersonId
    cluster_id: uuid.UUID | None
    locality_id: uuid.UUID | None
    how: str


def refer(uow: UnitOfWork, command: NewReferral) -> ReferralId:
    """Ask for early help for one or more children; a worker process finds the service.

    Sending the same ``referral_id`` again changes nothing. Raises ``RuleBroken``.
    """
    reasons = screening.reasons_against_referral(
        children=len(command.children), need_codes=command.need_codes, stage=command.stage, summary=command.summary
    )
    if command.agreement is AgreementBasis.SHARED_WITHOUT:
        reasons += screening.reasons_against_sharing(
            manager_consulted=command.sharing.manager_consulted,
            family_told=command.sharing.family_told,
            why_not_told=command.sharing.why_not_told,
        )
    if reasons:
        raise RuleBroken(reasons)
    refuse_wishes(uow, command.wishes)
    return _send(uow, _Draft(ReferralKind.EARLY_HELP, command.stage, command.urgency, command))


def refer_to_social_care(uow: UnitOfWork, command: NewSocialCareReferral) -> ReferralId:
    """Refer children to children's social care; acknowledged within one working day.

    Nothing but an empty reason stands against it (``RuleBroken``): safeguarding never waits for a form.
    """
    if not command.children or not command.summary.strip():
        raise RuleBroken([Reason("consented_summary", "Enter why you are referring to social care")])
    return _send(uow, _Draft(ReferralKind.SOCIAL_CARE, 4, Urgency.URGENT, command))


def join_or_refer(uow: UnitOfWork, command: NewReferral) -> ReferralId:
    """Refer, or add the child to the contact's referral of the same stage that no service has answered yet."""
    found = _unanswered(uow, command.contact_id, ReferralKind.EARLY_HELP, command.stage)
    return refer(uow, command) if found is None else _join(uow, found, command)


def join_or_refer_to_social_care(uow: UnitOfWork, command: NewSocialCareReferral) -> ReferralId:
    """Refer to social care, or add the child to the contact's referral that is not acknowledged yet."""
    found = _unanswered(uow, command.contact_id, ReferralKind.SOCIAL_CARE, 4)
    return refer_to_social_care(uow, command) if found is None else _join(uow, found, command)


def enqueue_routing(uow: UnitOfWork, referral_id: uuid.UUID, *, version: int) -> None:
    """Owe the routing of a referral; ``version`` tells one sending from the next."""
    outbox.enqueue(uow, "referrals.route", key=f"{referral_id}:{version}", referral_id=referral_id)


def _send(uow: UnitOfWork, draft: _Draft) -> ReferralId:
    command = draft.command
    referral_id = command.referral_id
    with elevated(uow.session, "a form sent twice must find the referral that it made"):
        if uow.session.execute(select(Referral.id).where(Referral.id == referral_id)).first() is not None:
            return referral_id
    children = list(dict.fromkeys(command.children))
    placed = [_place(uow, child) for child in children]
    uow.session.execute(insert(Referral), [_values(uow, draft, children)])
    uow.session.execute(insert(ReferralChild), [_child_values(referral_id, n, p) for n, p in enumerate(placed)])
    if _sender(uow)[1] is Party.FRONT_DOOR:
        grants.give(uow, children, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=referral_id)
    for child in placed:
        count_child(uow, draft.kind, child.person_id, cluster_id=child.cluster_id, on=uow.today)
    tell_story(uow, referral_id, children, _STORY[draft.kind])
    audit.record(
        uow,
        "referral.sent",
        subjects=children,
        record=("referral", referral_id),
        detail={"kind": draft.kind.value, "stage": draft.stage, "urgency": draft.urgency.value},
    )
    _record_sharing_of(uow, command, draft.kind)
    enqueue_routing(uow, referral_id, version=1)
    return referral_id


def record_sharing(
    uow: UnitOfWork,
    children: tuple[PersonId, ...],
    kind: ReferralKind,
    *,
    ground: ShareGround | None,
    sharing: Sharing,
    family_id: FamilyId | None,
) -> None:
    """Keep that information travelled without agreement: on what ground, who decided, whether the family was told."""
    consent.share_override(
        uow,
        consent.Override(
            people=children,
            ground=consent.Ground((ground or ShareGround.CHILD_AT_RISK).value),
            what="The summary that travels with the referral",
            to_whom=_TO_WHOM[kind],
            manager_consulted=sharing.manager_consulted or "Not recorded",
            family_told=sharing.family_told,
            why_not_told=sharing.why_not_told or "Not recorded",
            family_id=family_id,
        ),
    )


def _record_sharing_of(uow: UnitOfWork, command: NewReferral | NewSocialCareReferral, kind: ReferralKind) -> None:
    if command.agreement is AgreementBasis.SHARED_WITHOUT:
        record_sharing(
            uow,
            command.children,
            kind,
            ground=command.ground,
            sharing=command.sharing,
            family_id=command.family_id,
        )


_TO_WHOM = {
    ReferralKind.EARLY_HELP: "The service that the referral is offered to",
    ReferralKind.SOCIAL_CARE: "Children’s social care",
}
_STORY = {
    ReferralKind.EARLY_HELP: "A referral for early help was made.",
    ReferralKind.SOCIAL_CARE: "A referral to children’s social care was made.",
}


def _sender(uow: UnitOfWork) -> tuple[uuid.UUID, Party, str]:
    """Who owns a referral until a service has it, and again when it comes back."""
    account = uow.actor.account_id
    if account is None or uow.actor.has(Role.SPOC_OFFICER):
        return FRONT_DOOR, Party.FRONT_DOOR, FRONT_DOOR_NAME
    return account, Party.SENDER, uow.actor.name


def _values(uow: UnitOfWork, draft: _Draft, children: list[PersonId]) -> dict[str, object]:
    command = draft.command
    principal, party, name = _sender(uow)
    move = next_move(ReferralState.DRAFT, Verb.SEND)
    days = clocks.working_days_to_answer(draft.kind, draft.urgency, clocks.ROUTINE_WORKING_DAYS)
    return {
        "id": command.referral_id,
        "reference": next_reference(uow.session, "RE"),
        "kind": draft.kind,
        "contact_id": command.contact_id,
        "family_id": command.family_id or _family_of(uow, children[0]),
        "about": children,
        "source": command.source,
        "state": move.after,
        "owner_principal": principal,
        "owner_kind": party,
        "owner_name": name,
        "sender_principal": principal,
        "sender_kind": party,
        "sender_name": name,
        "urgency": draft.urgency,
        "immediate_danger": command.immediate_danger,
        "stage": draft.stage,
        "need_codes": list(dict.fromkeys(command.need_codes)),
        "summary": command.summary.strip(),
        "agreement": command.agreement,
        "ground": command.ground,
        "out_of_locality": False,
        "why_here": "",
        "sent_at": uow.now,
        "response_due_at": clocks.answer_due(uow.now, days),
        "created_by": uow.actor.account_id,
        "created_at": uow.now,
        "version": 1,
        **wish_values(uow.session, command.wishes if isinstance(command, NewReferral) else NO_WISHES),
    }


def _child_values(referral_id: uuid.UUID, position: int, placed: _Placed) -> dict[str, object]:
    return {
        "referral_id": referral_id,
        "person_id": placed.person_id,
        "position": position,
        "cluster_id": placed.cluster_id,
        "locality_id": placed.locality_id,
        "placed_how": placed.how,
    }


def _family_of(uow: UnitOfWork, person_id: PersonId) -> uuid.UUID | None:
    with elevated(uow.session, "the family that a referral is for"):
        return people.family_of(uow.session, person_id)


def _place(uow: UnitOfWork, person_id: PersonId) -> _Placed:
    """Where a child belongs, by school and home in the authority's order. The trace says which, never the address."""
    ways = [_by_school, _by_home]
    if clusters.precedence() is clusters.PlacePrecedence.ADDRESS_FIRST:
        ways.reverse()
    with elevated(uow.session, "a child's school and home postcode, to find the cluster; neither is kept or shown"):
        for way in ways:
            placed = way(uow.session, person_id)
            if placed is not None:
                return placed
    return _Placed(person_id, None, None, "No school or home address is known.")


def _by_school(session: Session, person_id: PersonId) -> _Placed | None:
    school = clusters.school_of(session, [person_id]).get(person_id)
    place = clusters.place_for(session, school_id=None if school is None else school.school_id)
    return None if place.cluster_id is None else _Placed(person_id, place.cluster_id, place.locality_id, place.how)


def _by_home(session: Session, person_id: PersonId) -> _Placed | None:
    home = clusters.place_for(session, postcode=people.home_postcode(session, person_id))
    if home.cluster_id is None:
        return None
    return _Placed(person_id, home.cluster_id, home.locality_id, f"The home address lies in {home.cluster_name}.")


def _unanswered(
    uow: UnitOfWork, contact_id: uuid.UUID | None, kind: ReferralKind, stage: int | None
) -> Referral | None:
    if contact_id is None:
        return None
    return uow.session.execute(
        select(Referral)
        .where(
            Referral.contact_id == contact_id,
            Referral.kind == kind,
            Referral.stage == stage,
            Referral.state.in_(UNANSWERED),
        )
        .order_by(Referral.sent_at)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _join(uow: UnitOfWork, referral: Referral, command: NewReferral | NewSocialCareReferral) -> ReferralId:
    """Add a brother or sister to a referral that nobody has answered: one referral for one family."""
    person_id = command.children[0]
    placed = _place(uow, person_id)
    uow.session.execute(insert(ReferralChild), [_child_values(referral.id, len(referral.about), placed)])
    needs = list(dict.fromkeys([*referral.need_codes, *command.need_codes]))
    about = [*referral.about, person_id]
    grants.give(uow, [person_id], principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=referral.id)
    uow.session.execute(
        update(Referral)
        .where(Referral.id == referral.id)
        .values(
            about=about,
            need_codes=needs,
            version=Referral.version + 1,
            **joined_wish_values(referral, command.wishes if isinstance(command, NewReferral) else NO_WISHES),
        ),
        execution_options=_QUIETLY,
    )
    _widen_offer(uow, referral, person_id)
    # In the month in which the referral was sent: the recount counts its children there too.
    sent_on = london_date(referral.sent_at or uow.now)
    count_child(uow, referral.kind, person_id, cluster_id=placed.cluster_id, on=sent_on)
    _record_sharing_of(uow, command, referral.kind)
    note_event(uow, referral.id, about, "A brother or sister was added to the referral.")
    audit.record(uow, "referral.child_added", subjects=[person_id], record=("referral", referral.id))
    return ReferralId(referral.id)


def _widen_offer(uow: UnitOfWork, referral: Referral, person_id: PersonId) -> None:
    offer = uow.session.execute(
        select(Offer.id, Offer.service_id).where(Offer.referral_id == referral.id, Offer.state.in_(LIVE_OFFERS))
    ).one_or_none()
    if offer is None:
        return
    uow.session.execute(
        update(Offer).where(Offer.id == offer.id).values(about=func.array_append(Offer.about, person_id)),
        execution_options=_QUIETLY,
    )
    grants.give(uow, [person_id], principal=offer.service_id, reason=GrantReason.RECEIVING_SERVICE, record=offer.id)
