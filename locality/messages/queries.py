"""Reading messages: what went when to which kind of person, and, for those who may, what it said."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.kernel.actor import Actor
from locality.kernel.outbox import OutboxMessage
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.messages import rules
from locality.messages.models import Message, MessageText
from locality.messages.rules import MessageState

SEND = "messages.send"


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as a list shows it. ``in_trouble``: every attempt failed, and it is on the operations page."""

    id: uuid.UUID
    template: str
    state: MessageState
    queued_at: dt.datetime
    sent_at: dt.datetime | None
    in_trouble: bool = False

    @property
    def kind(self) -> str:
        """To what kind of person it goes."""
        return rules.kind_of(self.template)

    @property
    def purpose(self) -> str:
        """What it says, in a word or two."""
        return rules.purpose_of(self.template)


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message to read."""

    row: MessageRow
    to_address: str
    subject: str
    body: str


_FAILED = (
    select(OutboxMessage.id)
    .where(
        OutboxMessage.task == SEND,
        OutboxMessage.failed_at.is_not(None),
        OutboxMessage.done_at.is_(None),
        OutboxMessage.payload["message"].astext == cast(Message.id, Text),
    )
    .exists()
)
_ROW = (Message.id, Message.template, Message.state, Message.queued_at, Message.sent_at, _FAILED.label("in_trouble"))


def list_messages(session: Session, *, state: MessageState | None, number: int) -> Page[MessageRow]:
    """A page of messages, the newest first; one statement."""
    wanted = select(*_ROW).order_by(Message.queued_at.desc(), Message.id)
    if state is not None:
        wanted = wanted.where(Message.state == state)
    rows = session.execute(wanted.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE))
    return page_of([MessageRow(*row) for row in rows], number)


def messages_about(session: Session, record_id: uuid.UUID) -> tuple[MessageRow, ...]:
    """The messages that a record gave rise to, the newest first; one statement."""
    rows = session.execute(select(*_ROW).where(Message.record_id == record_id).order_by(Message.queued_at.desc()))
    return tuple(MessageRow(*row) for row in rows)


def count_kept(session: Session) -> int:
    """How many messages wait for a mail server to be set."""
    return session.execute(select(func.count()).where(Message.state == MessageState.KEPT)).scalar_one()


def find_message(session: Session, message_id: uuid.UUID) -> MessageView | None:
    """A message and its text; None where the actor may not read it."""
    row = session.execute(
        select(*_ROW, MessageText.to_address, MessageText.subject, MessageText.body)
        .join(MessageText, MessageText.message_id == Message.id)
        .where(Message.id == message_id)
    ).one_or_none()
    return None if row is None else MessageView(MessageRow(*row[:6]), row.to_address, row.subject, row.body)


def message_facts(session: Session, actor: Actor, *, message_id: uuid.UUID) -> AccessFacts | None:
    """About whom a message is; None where the actor may not read it."""
    about = session.execute(select(MessageText.about).where(MessageText.message_id == message_id)).scalar_one_or_none()
    return None if about is None else facts_about(session, actor, about, record=("message", message_id))
