"""What becomes of referrals when a family takes its agreement back, or gives a new answer.

A referral that no service has accepted is held for a person at the front door, and no longer says that the family
agrees: whoever sends it on asks the family anew. A service that has accepted one sees no more of those who do not
agree. What was sent without agreement, and every referral to social care, goes on: it never rested on agreement.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.consent import api as consent
from locality.kernel.ids import PersonId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Disagreement, Offer, Referral, ReferralChild, Service
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import THE_FRONT_DOOR, lock_list, lock_referral, move
from locality.referrals.operations.returned import close_to_managers, end_live_offer
from locality.referrals.queries.routing import lock_places
from locality.referrals.rules import clocks
from locality.referrals.rules.codes import AgreementBasis, ReferralKind
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OVER, OfferState, Party, ReferralState, Verb, find_move

_WITHDRAWN = "The family’s agreement was withdrawn."
_ANSWERED = "The family gave a new answer: it does not agree to this."
# The people who do not agree that an agency is told; None stands for any agency.
_OutOf = Callable[[uuid.UUID | None], frozenset[PersonId]]
_NOBODY_AGREES: Mapping[str, object] = {"agreement": AgreementBasis.NONE, "ground": None}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the family said: who is out of what, the line for the history, and the one agency that it leaves out."""

    out_of: _OutOf
    line: str
    not_to: uuid.UUID | None = None


def when_withdrawn(uow: UnitOfWork, withdrawn: consent.Withdrawn) -> None:
    """An agreement was withdrawn, whole or for one agency."""
    everybody, nobody = frozenset(withdrawn.people), frozenset[PersonId]()
    if withdrawn.scope is consent.Scope.WHOLE:
        _stop(uow, everybody, _Answer(lambda _agency: everybody, _WITHDRAWN))
    elif withdrawn.scope is consent.Scope.AGENCY:
        # Nobody knows yet to whom a referral without an offer will go: a person looks at it too.
        left_out = (None, withdrawn.agency_id)

        def out_of(agency: uuid.UUID | None) -> frozenset[PersonId]:
            return everybody if agency in left_out else nobody

        _stop(uow, everybody, _Answer(out_of, _WITHDRAWN, withdrawn.agency_id))


def when_agreed(uow: UnitOfWork, agreed: consent.Agreed) -> None:
    """A new answer of the family: a refusal, or an agreement that leaves an agency out."""
    said = frozenset(agreed.terms.people)
    with elevated(uow.session, "agreements in force, which referrals rest on"):
        found = consent.open_agreements(uow.session, said, today=uow.today)

    def out_of(agency: uuid.UUID | None) -> frozenset[PersonId]:
        return said - consent.people_covered(found, [] if agency is None else [agency], helping=True)

    _stop(uow, said, _Answer(out_of, _ANSWERED))


def _stop(uow: UnitOfWork, people: frozenset[PersonId], answer: _Answer) -> None:
    with elevated(uow.session, "referrals about people who no longer agree, whoever sent them"):
        for found in _locked(uow, people):
            referral = lock_referral(uow, found.referral_id)
            out = answer.out_of(found.agency_id).intersection(referral.about)
            if not out or referral.state in OVER:
                continue
            if find_move(referral.state, Verb.HOLD) is not None:
                _hold(uow, referral, answer)
            elif found.service_id is not None:
                _close_to_service(uow, referral, found.service_id, people=out, line=answer.line)
            elif referral.agreement is not AgreementBasis.NONE:
                _let_go_on_with_lead(uow, referral, line=answer.line)


@dataclass(frozen=True, slots=True)
class _Resting:
    """A referral by agreement that is not over, with the service that has it, or may have it, and its agency."""

    referral_id: uuid.UUID
    service_id: uuid.UUID | None
    cluster_id: uuid.UUID | None
    agency_id: uuid.UUID | None


def _locked(uow: UnitOfWork, people: frozenset[PersonId]) -> list[_Resting]:
    """Every referral that rests on agreement, as it stands once nobody else can answer it any more.

    All referrals are locked before the first waiting list, and the lists in one order: whoever answers one of them
    meanwhile waits, or is waited for, and never in a ring.
    """
    for one in _resting_on_agreement(uow.session, people):
        lock_referral(uow, one.referral_id)
    found = _resting_on_agreement(uow.session, people)
    lists = {(one.service_id, one.cluster_id) for one in found if one.service_id is not None}
    in_order = sorted(lists, key=lambda one: (one[0], one[1] is None, one[1] or one[0]))
    for service_id, cluster_id in in_order:
        lock_list(uow, service_id, cluster_id)
    lock_places(uow.session, in_order)
    return found


def _resting_on_agreement(session: Session, people: frozenset[PersonId]) -> list[_Resting]:
    # By the children's rows: under row-level security only plain equality may use an index.
    about = select(ReferralChild.referral_id).where(ReferralChild.person_id.in_(people))
    has_it = (*LIVE_OFFERS, OfferState.ACCEPTED)
    rows = session.execute(
        select(Referral.id, Offer.service_id, Offer.cluster_id, Service.agency_id)
        .outerjoin(Offer, (Offer.referral_id == Referral.id) & Offer.state.in_(has_it))
        .outerjoin(Service, Service.id == Offer.service_id)
        .where(
            Referral.id.in_(about),
            Referral.state.not_in([*OVER, ReferralState.DRAFT]),
            Referral.kind == ReferralKind.EARLY_HELP,
            Referral.agreement != AgreementBasis.SHARED_WITHOUT,
        )
        .order_by(Referral.id)
    )
    return [_Resting(*row) for row in rows]


def _hold(uow: UnitOfWork, referral: Referral, answer: _Answer) -> None:
    line = answer.line
    held_there = referral.owner_kind is Party.FRONT_DOOR
    offer = end_live_offer(uow, referral, OfferState.WITHDRAWN)
    due_at = clocks.answer_due(uow.now, clocks.URGENT_WORKING_DAYS)
    why_here = f"{line} A person at the front door decides what happens next."
    also: dict[str, object] = {**_NOBODY_AGREES, "why_here": why_here}
    if answer.not_to is not None and answer.not_to not in referral.unwanted_agencies:
        also["unwanted_agencies"] = [*referral.unwanted_agencies, answer.not_to]
    move(uow, referral, Verb.HOLD, owner=THE_FRONT_DOOR, due_at=due_at, also=also)
    if not held_there and referral.sender_kind is not Party.FRONT_DOOR:
        grants.give(uow, referral.about, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=referral.id)
    _note(uow, referral, f"{line} Held for a person at the front door.", action="referral.held")
    if offer is not None:
        grants.end(uow, record=offer.id)
    close_to_managers(uow, referral)
    _close_disagreement(uow, referral, frozenset(referral.about))


def _let_go_on_with_lead(uow: UnitOfWork, referral: Referral, *, line: str) -> None:
    """Whoever leads the open case has it, by what the family agreed to there; given back, it asks the family anew."""
    uow.session.execute(
        update(Referral).where(Referral.id == referral.id).values(**_NOBODY_AGREES, version=Referral.version + 1),
        execution_options={"synchronize_session": False},
    )
    told = f"{line} Before it goes to a service the family is asked anew."
    _note(uow, referral, told, action="referral.agreement_ended")


def _close_to_service(
    uow: UnitOfWork, referral: Referral, service_id: uuid.UUID, *, people: frozenset[PersonId], line: str
) -> None:
    _note(uow, referral, f"{line} The service sees no more of it.", action="referral.closed_to_service")
    offers = uow.session.scalars(
        select(Offer.id).where(
            Offer.referral_id == referral.id, Offer.service_id == service_id, Offer.state == OfferState.ACCEPTED
        )
    ).all()
    for offer_id in offers:
        grants.end(uow, record=offer_id, reason=GrantReason.RECEIVING_SERVICE, people=people)
    _close_disagreement(uow, referral, people)


def _close_disagreement(uow: UnitOfWork, referral: Referral, people: Collection[uuid.UUID]) -> None:
    """Nor does a service go on reading because it disagrees; whoever is asked to settle that does."""
    opened = select(Disagreement.id).where(Disagreement.referral_id == referral.id, Disagreement.settled_at.is_(None))
    for disagreement_id in uow.session.scalars(opened).all():
        grants.end(uow, record=disagreement_id, reason=GrantReason.RECEIVING_SERVICE, people=people)


def _note(uow: UnitOfWork, referral: Referral, line: str, *, action: str) -> None:
    note_event(uow, referral.id, referral.about, line)
    audit.record(uow, action, subjects=referral.about, record=("referral", referral.id))
