"""Contacts and referrals by the reference that somebody typed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.referrals.models import Contact, Referral
from locality.search.find import FoundRecord


def find_by_reference(session: Session, reference: str, found: list[FoundRecord]) -> None:
    """Append the contact or referral with this reference, when the actor may see it."""
    if reference.startswith("CO-"):
        contact_id = session.execute(select(Contact.id).where(Contact.reference == reference)).scalar_one_or_none()
        if contact_id is not None:
            found.append(
                FoundRecord(f"Contact {reference}", reference, "referrals.contact", {"contact_id": contact_id})
            )
    if reference.startswith("RE-"):
        referral_id = session.execute(select(Referral.id).where(Referral.reference == reference)).scalar_one_or_none()
        if referral_id is not None:
            found.append(
                FoundRecord(f"Referral {reference}", reference, "referrals.referral", {"referral_id": referral_id})
            )
