"""Contacts and referrals that another system kept, taken over row by row; a second import changes nothing."""

import datetime as dt
import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from locality.access.parts import FRONT_DOOR
from locality.audit import log as audit
from locality.kernel.clock import LONDON, WORKING_DAY_STARTS
from locality.kernel.ids import ContactId, ReferralId, new_id, next_reference
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Contact, ContactChild, Referral, ReferralChild
from locality.referrals.operations.commands import ImportedContact, ImportedReferral
from locality.referrals.operations.contacts import decision_due
from locality.referrals.operations.counting import count_again_anew, count_child
from locality.referrals.operations.moving import FRONT_DOOR_NAME
from locality.referrals.rules.codes import (
    AgreementBasis,
    AgreementKnown,
    ReferralKind,
    Urgency,
)
from locality.referrals.rules.lifecycle import Party, ReferralState
from locality.referrals.rules.screening import ContactState

_IMPORTED = "Taken over from another system, which kept no account of what was said."


def record_imported_contact(uow: UnitOfWork, row: ImportedContact) -> ContactId:
    """Take over one child's contact: a date and a source, decided long ago by somebody else.

    Needs the system's actor. The same ``external_key`` again gives the contact that it made.
    """
    found = uow.session.scalar(select(Contact.id).where(Contact.external_key == row.external_key))
    if found is not None:
        return ContactId(found)
    contact_id = ContactId(new_id())
    received_at = _morning_of(row.received_on)
    values = {
        "id": contact_id,
        "reference": next_reference(uow.session, "CO"),
        "about": [row.person_id],
        "source": row.source,
        "reasons": [],
        "what_said": _IMPORTED,
        "family_wants": "",
        "agreement_known": AgreementKnown.UNKNOWN,
        "safeguarding_concern": False,
        "immediate_danger": False,
        "state": ContactState.DECIDED,
        "received_at": received_at,
        "due_at": decision_due(received_at),
        "external_key": row.external_key,
        "created_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(Contact), [values])
    child = {
        "id": new_id(),
        "contact_id": contact_id,
        "person_id": row.person_id,
        "known_before": True,
        "need_codes": [],
        "added_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(ContactChild), [child])
    audit.record(uow, "contact.imported", subjects=[row.person_id], record=("contact", contact_id))
    return contact_id


def record_imported_referral(uow: UnitOfWork, row: ImportedReferral) -> ReferralId:
    """Take over one child's referral to social care, and count it in its month.

    Needs the system's actor. The same ``external_key`` again gives the referral that it made.
    """
    found = uow.session.scalar(select(Referral.id).where(Referral.external_key == row.external_key))
    if found is not None:
        return ReferralId(found)
    referral_id = ReferralId(new_id())
    uow.session.execute(insert(Referral), [_referral_values(uow, row, referral_id)])
    child = {
        "referral_id": referral_id,
        "person_id": row.person_id,
        "position": 0,
        "cluster_id": row.cluster_id,
        "placed_how": "",
    }
    uow.session.execute(insert(ReferralChild), [child])
    count_child(uow, ReferralKind.SOCIAL_CARE, row.person_id, cluster_id=row.cluster_id, on=row.referred_on)
    count_again_anew(uow, [row.person_id])  # later referrals of the child may be on record already
    audit.record(uow, "referral.imported", subjects=[row.person_id], record=("referral", referral_id))
    return referral_id


def _referral_values(uow: UnitOfWork, row: ImportedReferral, referral_id: uuid.UUID) -> dict[str, object]:
    sent_at = _morning_of(row.referred_on)
    return {
        "id": referral_id,
        "reference": next_reference(uow.session, "RE"),
        "kind": ReferralKind.SOCIAL_CARE,
        "family_id": row.family_id,
        "about": [row.person_id],
        "source": row.source,
        "state": ReferralState.ENDED,
        "owner_principal": FRONT_DOOR,
        "owner_kind": Party.FRONT_DOOR,
        "owner_name": FRONT_DOOR_NAME,
        "sender_principal": FRONT_DOOR,
        "sender_kind": Party.FRONT_DOOR,
        "sender_name": FRONT_DOOR_NAME,
        "urgency": Urgency.URGENT,
        "immediate_danger": False,
        "stage": 4,
        "need_codes": list(row.need_codes),
        "summary": _IMPORTED,
        "agreement": AgreementBasis.SHARED_WITHOUT,
        "cluster_id": row.cluster_id,
        "out_of_locality": False,
        "why_here": "",
        "sent_at": sent_at,
        "response_due_at": decision_due(sent_at),
        "ended_at": uow.now,
        "no_further_action": row.no_further_action,
        "allocated_team": row.allocated_team,
        "allocated_worker": row.allocated_worker,
        "external_key": row.external_key,
        "created_at": uow.now,
        "version": 1,
    }


def _morning_of(day: dt.date) -> dt.datetime:
    """Nine in the morning in England: the lists of other systems hold dates only."""
    return dt.datetime.combine(day, WORKING_DAY_STARTS, LONDON).astimezone(dt.UTC)
