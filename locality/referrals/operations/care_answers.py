"""Keeping what children's social care decided about a referral, and telling whoever first got in touch."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from locality.access.scope import elevated
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import Contact, ContactReferrer, Referral, SocialCareAnswer
from locality.referrals.rules.social_care import CARE_WORDS, CareOutcome
from locality.referrals.rules.telling import Listener, listener_for


@dataclass(frozen=True, slots=True)
class CareAnswer:
    """What social care decided, and why in its own words."""

    outcome: CareOutcome
    words: str = ""


def keep_answer(uow: UnitOfWork, referral: Referral, answer: CareAnswer) -> str:
    """Keep an answer with its date and who gave it, and tell the professional who got in touch; it in words."""
    row = {
        "id": new_id(),
        "referral_id": referral.id,
        "about": list(referral.about),
        "outcome": answer.outcome,
        "words": answer.words.strip(),
        "answered_by": uow.actor.account_id,
        "answered_by_name": uow.actor.name,
        "answered_at": uow.now,
    }
    uow.session.execute(insert(SocialCareAnswer), [row])
    words = CARE_WORDS[answer.outcome]
    _tell(uow, referral, words, key=f"care:{row['id']}")
    return words[:1].lower() + words[1:]


def _tell(uow: UnitOfWork, referral: Referral, outcome: str, *, key: str) -> None:
    """A professional who asked to be told learns it by mail; a family is told in person."""
    if referral.contact_id is None:
        return
    with elevated(uow.session, "who got in touch, whom social care need not see"):
        found = uow.session.execute(
            select(ContactReferrer.email, ContactReferrer.wants_feedback, Contact.reference, Contact.source)
            .join(Contact, Contact.id == ContactReferrer.contact_id)
            .where(ContactReferrer.contact_id == referral.contact_id)
        ).one_or_none()
    if found is None or not found.wants_feedback or not messages.is_address(found.email):
        return
    if listener_for(found.source) is not Listener.REFERRER:
        return
    messages.queue_message(
        uow,
        key=key,
        to=found.email,
        template="referrer_social_care",
        about=[PersonId(person) for person in referral.about],
        values={
            "reference": found.reference,
            "outcome": outcome,
            "decided_on": f"{uow.today.day} {uow.today:%B %Y}",
            "decided_by": uow.actor.name,
        },
        record=("contact", referral.contact_id),
    )
