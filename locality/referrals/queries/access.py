"""What the policy asks about contacts, referrals and offers: one statement for the record, one for the grants."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about, facts_of_record
from locality.kernel.actor import Actor
from locality.people import api as people
from locality.referrals.models import Offer, Referral
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OfferState


def contact_facts(session: Session, actor: Actor, *, contact_id: uuid.UUID, **_others: uuid.UUID) -> AccessFacts | None:
    """About a contact; None when there is none that the actor may see. One statement."""
    about = "SELECT about FROM contact WHERE id = %(id)s"
    return facts_of_record(session, actor, about, ("contact", contact_id))


def referral_facts(
    session: Session, actor: Actor, *, referral_id: uuid.UUID, **_others: uuid.UUID
) -> AccessFacts | None:
    """About a referral, which is addressed to its owner and to the service that was offered it or accepted it."""
    offered = (
        select(func.array_agg(Offer.service_id))
        .where(Offer.referral_id == referral_id, Offer.state.in_([*LIVE_OFFERS, OfferState.ACCEPTED]))
        .scalar_subquery()
    )
    row = session.execute(
        select(Referral.about, Referral.owner_principal, offered.label("offered")).where(Referral.id == referral_id)
    ).one_or_none()
    if row is None:
        return None
    return facts_about(
        session,
        actor,
        row.about,
        record=("referral", referral_id),
        holders=[row.owner_principal, *(row.offered or ())],
    )


def offer_facts(session: Session, actor: Actor, *, offer_id: uuid.UUID, **_others: uuid.UUID) -> AccessFacts | None:
    """About an offer, which is addressed to its service."""
    row = session.execute(
        select(Offer.about, Offer.service_id, Offer.referral_id).where(Offer.id == offer_id)
    ).one_or_none()
    if row is None:
        return None
    record = ("referral", row.referral_id)
    return facts_about(session, actor, row.about, record=record, holders=[row.service_id])


def child_facts(session: Session, actor: Actor, *, person_id: uuid.UUID, **_others: uuid.UUID) -> AccessFacts | None:
    """About a child to be referred; None when the actor may not see the child."""
    if not people.person_exists(session, person_id):
        return None
    return facts_about(session, actor, [person_id], record=("person", person_id))
