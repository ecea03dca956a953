"""Tables of the messages room."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, text_enum
from locality.messages.rules import MessageState


class Message(Base):
    """That something is to be said to somebody outside, and when it went; names nobody."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_when"),
        Index("message_queued_idx", text("queued_at DESC"), "id"),
        Index("message_record_idx", "record_id"),
        Index("message_kept_idx", "queued_at", postgresql_where=text("state = 'kept'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    template: Mapped[str]
    state: Mapped[MessageState] = mapped_column(text_enum(MessageState))
    record_kind: Mapped[str]
    record_id: Mapped[uuid.UUID]
    queued_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]


class MessageText(Base):
    """To whom a message goes and what it says; opens with the record that it is about."""

    __tablename__ = "message_text"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)))
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]


class MessageFileRow(Base):
    """A file that goes with a message, as text: a calendar file."""

    __tablename__ = "message_file"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)))
    name: Mapped[str]
    kind: Mapped[str]
    content: Mapped[str]
