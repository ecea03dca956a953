"""Sending a request: it becomes a contact at the front door, once, with everything that was told about the family."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update

from locality.access.scope import elevated
from locality.asking import queries
from locality.asking.models import HelpAnswer, HelpRequest
from locality.audit import log as audit
from locality.kernel.ids import ContactId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.people import api as people
from locality.referrals import api as referrals

_QUIETLY = {"synchronize_session": False}
_AGREEMENTS = {
    referrals.AgreementKnown.AGREED: people.FactAgreement.AGREED,
    referrals.AgreementKnown.SOME: people.FactAgreement.NOT_KNOWN,
    referrals.AgreementKnown.REFUSED: people.FactAgreement.WITHOUT,
    referrals.AgreementKnown.NOT_ASKED: people.FactAgreement.WITHOUT,
    referrals.AgreementKnown.UNKNOWN: people.FactAgreement.NOT_KNOWN,
}


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A finished request: the contact it becomes, who is in it, what was told, and where to confirm it (or None)."""

    request_id: uuid.UUID
    contact: referrals.NewContact
    children: tuple[referrals.ToldPerson, ...]
    adults: tuple[referrals.ToldAdult, ...]
    told: tuple[people.Told, ...]
    teller: str
    own_words: bool
    confirm_to: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What the person is told: the contact's reference and by when it is looked at."""

    reference: str
    due_at: datetime


def send_request(uow: UnitOfWork, command: SendRequest) -> Sent:
    """Send a request. However often the button is pressed, there is one contact and one message.

    Raises what ``receive_contact`` raises. The answers are removed: what was told is in the contact now.
    """
    uow.session.execute(
        update(HelpRequest).where(HelpRequest.id == command.request_id).values(typed_at=uow.now),
        execution_options=_QUIETLY,
    )  # whoever presses twice waits here for the first
    contact_id = referrals.receive_contact(uow, command.contact, children=command.children, adults=command.adults)
    with elevated(uow.session, "whoever asked is told the reference and by when it is looked at, and nothing else"):
        reference, due_at, about = queries.contact_facts(uow.session, contact_id)
        newly = _mark_sent(uow, command.request_id, Sent(reference, due_at))
        if newly:
            _tell(uow, command, contact_id, about)
            _confirm(uow, command, contact_id, about=about, reference=reference)
    if newly:
        audit.record(uow, "help_request.sent", subjects=about, record=("contact", contact_id))
    return Sent(reference, due_at)


def _mark_sent(uow: UnitOfWork, request_id: uuid.UUID, sent: Sent) -> bool:
    changed = uow.session.execute(
        update(HelpRequest)
        .where(HelpRequest.id == request_id, HelpRequest.sent_at.is_(None))
        .values(sent_at=uow.now, contact_reference=sent.reference, due_at=sent.due_at, for_person_id=None),
        execution_options=_QUIETLY,
    )
    uow.session.execute(delete(HelpAnswer).where(HelpAnswer.request_id == request_id), execution_options=_QUIETLY)
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _tell(uow: UnitOfWork, command: SendRequest, contact_id: ContactId, about: tuple[uuid.UUID, ...]) -> None:
    telling = people.Telling(
        record=(people.FactSource.CONTACT, contact_id),
        told_on=uow.today,
        teller=command.teller[:200],
        agreement=_AGREEMENTS[command.contact.agreement_known],
        own_words=command.own_words,
    )
    people.tell_facts(uow, [PersonId(one) for one in about], command.told, telling=telling)


def _confirm(
    uow: UnitOfWork, command: SendRequest, contact_id: ContactId, *, about: tuple[uuid.UUID, ...], reference: str
) -> None:
    if command.confirm_to is None or not messages.is_address(command.confirm_to):
        return
    messages.queue_message(
        uow,
        key=f"asked:{contact_id}",
        to=command.confirm_to,
        template="asker_received",
        about=[PersonId(one) for one in about],
        values={"reference": reference},
        record=("contact", contact_id),
    )
