"""Moving a referral from one state to the next: the only code that writes state and owner."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select, text, update

from locality.access.parts import FRONT_DOOR
from locality.kernel.clock import london
from locality.kernel.errors import Conflict, NotAllowed, NotFound, Reason
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral
from locality.referrals.rules.lifecycle import (
    LIVE_OFFERS,
    OFFER_WORDS,
    OfferState,
    Party,
    Verb,
    next_move,
)

FRONT_DOOR_NAME = "The front door"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a referral: a principal for access, a party for the rules, a name for readers."""

    principal: uuid.UUID
    party: Party
    name: str


THE_FRONT_DOOR = Owner(FRONT_DOOR, Party.FRONT_DOOR, FRONT_DOOR_NAME)


def sender_of(referral: Referral) -> Owner:
    """To whom a referral goes back."""
    return Owner(referral.sender_principal, referral.sender_kind, referral.sender_name)


def move(
    uow: UnitOfWork,
    referral: Referral,
    verb: Verb,
    *,
    owner: Owner | None = None,
    due_at: dt.datetime | None = None,
    also: dict[str, object] | None = None,
) -> None:
    """Make one allowed move; ``owner`` None leaves the owner as is.

    Raises ``Conflict`` when the state does not allow it, or somebody moved the referral in between.
    """
    step = next_move(referral.state, verb)
    values: dict[str, object] = {"state": step.after, "version": Referral.version + 1, **(also or {})}
    if owner is not None:
        values |= {"owner_principal": owner.principal, "owner_kind": owner.party, "owner_name": owner.name}
    if due_at is not None:
        values["response_due_at"] = due_at
    moved = uow.session.execute(
        update(Referral).where(Referral.id == referral.id, Referral.state == step.before).values(values),
        execution_options={"synchronize_session": False},
    )
    if moved.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict("Somebody else moved this referral on while you were reading. Look at it again")


def lock_referral(uow: UnitOfWork, referral_id: uuid.UUID) -> Referral:
    """The referral, locked until the transaction ends. Raises ``NotFound`` when the actor may not see it."""
    found = uow.session.execute(
        select(Referral).where(Referral.id == referral_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such referral, or none that you may see")
    return found


def lock_offer(uow: UnitOfWork, offer_id: uuid.UUID) -> tuple[Referral, Offer]:
    """A live offer and its referral, both locked: the referral, the service's waiting list, the offer.

    Every operation locks in this order. Raises ``NotFound``, or ``Conflict`` that says who answered the offer when it
    is no longer live.
    """
    found = uow.session.execute(
        select(Offer.referral_id, Offer.service_id, Offer.cluster_id).where(Offer.id == offer_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such offer, or none that you may see")
    referral = lock_referral(uow, found.referral_id)
    lock_list(uow, found.service_id, found.cluster_id)
    offer = uow.session.execute(
        select(Offer).where(Offer.id == offer_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    if offer.state not in LIVE_OFFERS:
        raise Conflict([Reason(None, who_answered(offer))])
    return referral, offer


def lock_list(uow: UnitOfWork, service_id: uuid.UUID, cluster_id: uuid.UUID | None) -> None:
    """Have a service's waiting list in a cluster to oneself until the transaction ends: its places stay in order."""
    uow.session.execute(_LOCK_LIST, {"list": f"waiting list {service_id} {cluster_id}"})


_LOCK_LIST = text("SELECT pg_advisory_xact_lock(hashtextextended(:list, 0))")


def answer_offer(uow: UnitOfWork, offer: Offer, state: OfferState, **values: object) -> None:
    """Write the answer to a live offer, guarded: of two answers at once only one lands (``Conflict``)."""
    answered = uow.session.execute(
        update(Offer)
        .where(Offer.id == offer.id, Offer.state.in_(LIVE_OFFERS))
        .values(
            state=state,
            responded_at=uow.now,
            responded_by=uow.actor.account_id,
            responded_by_name=uow.actor.name,
            **values,
        ),
        execution_options={"synchronize_session": False},
    )
    if answered.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict("Somebody else answered this offer a moment ago. Look at it again")


def who_answered(offer: Offer) -> str:
    """Who had the last word on an offer, and when."""
    words = OFFER_WORDS[offer.state].lower()
    if offer.responded_at is None or offer.responded_by_name is None:
        return f"This offer is no longer open: {words}."
    when = london(offer.responded_at).strftime("%H:%M on %-d %B %Y")
    if offer.state is OfferState.ACCEPTED:
        return f"Already accepted by {offer.responded_by_name} at {when}. Nothing is lost: they have it."
    return f"{offer.responded_by_name} answered this offer at {when}: {words}."


def must_own(uow: UnitOfWork, referral: Referral) -> None:
    """Refuse who does not have the referral. Raises ``NotAllowed``, which says who has."""
    if referral.owner_principal not in uow.actor.principals:
        raise NotAllowed([Reason(None, f"{referral.owner_name} has this referral and can do that.")])


def must_have_sent(uow: UnitOfWork, referral: Referral) -> None:
    """Refuse who neither sent the referral nor sees to it for the front door. Raises ``NotAllowed``."""
    mine = uow.actor.principals
    held_by_front_door = referral.owner_kind is Party.FRONT_DOOR and referral.owner_principal in mine
    if referral.sender_principal not in mine and not held_by_front_door:
        raise NotAllowed([Reason(None, f"{referral.sender_name} sent this referral and can do that.")])
