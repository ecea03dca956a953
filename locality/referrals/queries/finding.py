"""Contacts and referrals by the reference that somebody typed."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.kernel.actor import Actor
from locality.referrals.models import Contact, Referral
from locality.referrals.queries.access import contact_facts, referrals_to_open
from locality.search.find import FoundRecord


def find_by_reference(session: Session, reference: str, found: list[FoundRecord]) -> None:
    """Append the contact or referral with this reference, when the actor may open it."""
    actor: Actor = session.info["actor"]
    if reference.startswith("CO-"):
        contact_id = session.execute(select(Contact.id).where(Contact.reference == reference)).scalar_one_or_none()
        if contact_id is not None and _opens_contact(session, actor, contact_id):
            found.append(
                FoundRecord(f"Contact {reference}", reference, "referrals.contact", {"contact_id": contact_id})
            )
    if reference.startswith("RE-"):
        referral_id = session.execute(select(Referral.id).where(Referral.reference == reference)).scalar_one_or_none()
        if referral_id is not None and referrals_to_open(session, actor, [referral_id]):
            found.append(
                FoundRecord(f"Referral {reference}", reference, "referrals.referral", {"referral_id": referral_id})
            )


def _opens_contact(session: Session, actor: Actor, contact_id: uuid.UUID) -> bool:
    facts = contact_facts(session, actor, contact_id=contact_id)
    return facts is not None and allows(Permission.CONTACT_VIEW, actor, facts)
