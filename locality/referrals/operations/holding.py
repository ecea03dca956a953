"""Who works on which contact, so that two officers never work on one unknowingly."""

from sqlalchemy import insert, update

from locality.audit import log as audit
from locality.kernel.clock import london
from locality.kernel.errors import Conflict, NotFound, Reason
from locality.kernel.ids import AccountId, ContactId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Contact, ContactHolding
from locality.referrals.operations.contacts import lock_contact
from locality.referrals.rules.screening import ContactState, HoldingKind

_QUIETLY = {"synchronize_session": False}


def take_contact(uow: UnitOfWork, contact_id: ContactId, *, instead_of: AccountId | None = None) -> None:
    """Take an open contact; ``instead_of`` takes it over from the named officer, who is told on the contact's page.

    Raises ``Conflict`` with the holder's name when somebody else has it, or was quicker.
    """
    if uow.actor.account_id is None:
        raise NotFound("Only a person can take a contact")
    contact = lock_contact(uow, contact_id)
    if contact.held_by == uow.actor.account_id:
        return
    if contact.state is not ContactState.OPEN or contact.held_by not in {None, instead_of}:
        raise Conflict([Reason(None, who_has(contact))])
    kind = HoldingKind.TAKEN if contact.held_by is None else HoldingKind.TAKEN_OVER
    _note_holding(uow, contact, kind)
    _set_holder(uow, contact_id, held_by=uow.actor.account_id, held_by_name=uow.actor.name, held_at=uow.now)
    audit.record(uow, f"contact.{kind.value}", subjects=contact.about, record=("contact", contact_id))


def release_contact(uow: UnitOfWork, contact_id: ContactId) -> None:
    """Put a contact back for any officer. Raises ``Conflict`` when the actor does not hold it."""
    contact = lock_contact(uow, contact_id)
    if contact.held_by is None or contact.held_by != uow.actor.account_id:
        raise Conflict([Reason(None, who_has(contact))])
    _note_holding(uow, contact, HoldingKind.PUT_BACK)
    _set_holder(uow, contact_id, held_by=None, held_by_name=None, held_at=None)
    audit.record(uow, "contact.released", subjects=contact.about, record=("contact", contact_id))


def put_back_of(uow: UnitOfWork, contact: Contact) -> None:
    """Put a contact back for any officer in place of somebody who left; it is locked."""
    _note_holding(uow, contact, HoldingKind.PUT_BACK)
    _set_holder(uow, ContactId(contact.id), held_by=None, held_by_name=None, held_at=None)
    audit.record(uow, "contact.released", subjects=contact.about, record=("contact", contact.id))


def hold_for_work(uow: UnitOfWork, contact: Contact) -> None:
    """Refuse when another officer holds the contact; take it when nobody does."""
    refuse_if_held_by_another(uow, contact)
    if contact.held_by is None and uow.actor.account_id is not None:
        take_contact(uow, ContactId(contact.id))


def refuse_if_held_by_another(uow: UnitOfWork, contact: Contact) -> None:
    """Raise ``Conflict``, with the holder's name, when another officer holds the contact."""
    if contact.held_by not in {None, uow.actor.account_id}:
        raise Conflict([Reason(None, f"{who_has(contact)} Take it over on the contact’s page first")])


def who_has(contact: Contact) -> str:
    """Who holds a contact, as a refusal says it."""
    if contact.state is ContactState.DECIDED:
        return "This contact has been decided."
    if contact.held_by_name is None or contact.held_at is None:
        return "Nobody is working on this contact."
    since = london(contact.held_at).strftime("%H:%M on %-d %B")
    return f"{contact.held_by_name} has been working on this contact since {since}."


def _note_holding(uow: UnitOfWork, contact: Contact, kind: HoldingKind) -> None:
    row = {
        "id": new_id(),
        "contact_id": contact.id,
        "kind": kind,
        "by": uow.actor.account_id,
        "by_name": uow.actor.name,
        "from_whom": contact.held_by,
        "from_name": contact.held_by_name,
        "at": uow.now,
    }
    uow.session.execute(insert(ContactHolding), [row])


def _set_holder(uow: UnitOfWork, contact_id: ContactId, **values: object) -> None:
    uow.session.execute(update(Contact).where(Contact.id == contact_id).values(**values), execution_options=_QUIETLY)
