"""What the policy asks about contacts, referrals and offers: one statement for the record, one for the grants."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.access.scope import facts_about, facts_of_record
from locality.kernel.actor import Actor
from locality.people import api as people
from locality.referrals.models import Disagreement, Offer, Referral
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OfferState


def contact_facts(session: Session, actor: Actor, *, contact_id: uuid.UUID, **_others: uuid.UUID) -> AccessFacts | None:
    """About a contact; None when there is none that the actor may see. One statement."""
    about = "SELECT about FROM contact WHERE id = %(id)s"
    return facts_of_record(session, actor, about, ("contact", contact_id))


_OFFERED = (
    select(func.array_agg(Offer.service_id))
    .where(Offer.referral_id == Referral.id, Offer.state.in_([*LIVE_OFFERS, OfferState.ACCEPTED]))
    .scalar_subquery()
)
_ADDRESSED = select(
    Referral.id,
    Referral.about,
    Referral.owner_principal,
    Referral.sender_principal,
    Disagreement.raised_by,
    Disagreement.raised_principal,
    Disagreement.other_principal,
    Disagreement.waits_principal,
    _OFFERED.label("offered"),
).outerjoin(Disagreement, and_(Disagreement.referral_id == Referral.id, Disagreement.settled_at.is_(None)))


def referral_facts(
    session: Session, actor: Actor, *, referral_id: uuid.UUID, **_others: uuid.UUID
) -> AccessFacts | None:
    """About a referral; None when there is none that the actor may see.

    It is addressed to whoever sent it and whoever has it, to the services that were offered it or accepted it, and to
    both sides of a disagreement and whoever is asked, as long as that is open.
    """
    row = session.execute(_ADDRESSED.where(Referral.id == referral_id)).one_or_none()
    if row is None:
        return None
    return facts_about(session, actor, row.about, record=("referral", referral_id), holders=_holders(row))


def referrals_to_open(
    session: Session, actor: Actor, referrals: Iterable[uuid.UUID], known: AccessFacts | None = None
) -> frozenset[uuid.UUID]:
    """Those of these referrals whose page the actor may open; one statement, and one more unless ``known`` holds the
    actor's grants.
    """
    rows = session.execute(_ADDRESSED.where(Referral.id.in_(list(referrals)))).all()
    held = known or facts_about(session, actor, {person for row in rows for person in row.about})
    return frozenset(row.id for row in rows if allows(Permission.REFERRAL_VIEW, actor, _facts_of(row, held)))


def _facts_of(row: Row[Any], known: AccessFacts) -> AccessFacts:
    grants = tuple(grant for grant in known.grants if grant.person_id in row.about)
    return AccessFacts(tuple(row.about), grants, frozenset(_holders(row)), closed=known.closed)


def _holders(row: Row[Any]) -> list[uuid.UUID]:
    disputing = (row.raised_by, row.raised_principal, row.other_principal, row.waits_principal)
    asked = [principal for principal in disputing if principal is not None]
    return [row.owner_principal, row.sender_principal, *asked, *(row.offered or ())]


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
