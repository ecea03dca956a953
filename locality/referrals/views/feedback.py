"""How it stands with telling whoever got in touch."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from locality.kernel.clock import london_date
from locality.messages import api as messages
from locality.referrals.queries.contacts import ContactView
from locality.referrals.rules.screening import ContactState
from locality.web.formats import clock_time, day


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the page says; ``message_id`` is the message to read, ``is_owed`` that an officer has to tell them."""

    words: str
    message_id: uuid.UUID | None = None
    is_owed: bool = False


def feedback_of(session: Session, contact: ContactView) -> Feedback:
    """What whoever got in touch was told, or why not; at most one statement."""
    if contact.told_in_person is not None:
        told = contact.told_in_person
        when = f"{day(london_date(told.at))} at {clock_time(told.at)}"
        return Feedback(f"{told.by_name} told them on {when}: {told.how}.")
    if contact.referrer is None:
        return Feedback("We do not know who got in touch, so there is nobody to tell.")
    if not contact.referrer.wants_feedback:
        return Feedback("They do not want to be told.")
    has_address = messages.is_address(contact.referrer.email)
    if contact.state is ContactState.OPEN:
        return Feedback(
            "They are told by email as soon as every child is decided."
            if has_address
            else "They gave no email address. Tell them yourself once every child is decided."
        )
    rows = messages.messages_about(session, contact.id)
    if rows:
        return Feedback(_words(rows[0]), rows[0].id)
    return Feedback("They gave no email address. Tell them yourself, and say here that you did.", is_owed=True)


def _words(row: messages.MessageRow) -> str:
    if row.sent_at is not None:
        return f"Told on {day(london_date(row.sent_at))} at {clock_time(row.sent_at)}, by email."
    if row.in_trouble:
        return "The message could not be sent. It is with whoever runs the system; tell them yourself if it is urgent."
    if row.state is messages.MessageState.KEPT:
        return "Waiting to be sent: no mail server is set yet."
    return "Waiting to be sent."
