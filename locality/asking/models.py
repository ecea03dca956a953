"""Tables of the asking room: a request for help while it is written, who holds it, its answers, and tries to return."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from locality.asking.rules.flow import Kind
from locality.kernel.db import Base, JsonObject, text_enum


class HelpRequest(Base):
    """One request for help. ``contact_id`` is the id that its contact will have: sending twice makes one.

    ``answer_hash`` is the memorable answer with which somebody comes back; None until it is chosen. Once sent,
    ``contact_reference`` and ``due_at`` are the contact's.
    """

    __tablename__ = "help_request"
    __table_args__ = (sa.Index("help_request_typed_at_idx", "typed_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    reference: Mapped[str] = mapped_column(unique=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    for_person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answer_hash: Mapped[str | None]
    started_at: Mapped[dt.datetime]
    typed_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    contact_reference: Mapped[str | None] = mapped_column(unique=True)
    due_at: Mapped[dt.datetime | None]


class HelpHolder(Base):
    """Who holds a request: an account, or a browser by the hash of its secret."""

    __tablename__ = "help_holder"
    __table_args__ = (sa.Index("help_holder_holder_id_idx", "holder_id"),)

    request_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("help_request.id", ondelete="CASCADE"), primary_key=True
    )
    holder_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class HelpAnswer(Base):
    """What was typed on one page; ``item`` counts children and adults from 1, and is 0 on pages that come once.

    ``done``: the page was turned, its answers passed their checks then. ``typed_in`` is the window that saved last;
    ``beside`` what others typed meanwhile, each {"window": id, "texts": ...}, until somebody chooses.
    """

    __tablename__ = "help_answer"
    __table_args__ = (sa.CheckConstraint("jsonb_typeof(beside) = 'array'", name="beside"),)

    request_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("help_request.id", ondelete="CASCADE"), primary_key=True
    )
    page: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[JsonObject]
    done: Mapped[bool]
    version: Mapped[int]
    typed_in: Mapped[uuid.UUID | None]
    beside: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")


class HelpAttempt(Base):
    """One begun request, or one try to come back to one; what was typed as the reference is kept as a hash only."""

    __tablename__ = "help_attempt"
    __table_args__ = (
        sa.Index("help_attempt_reference_idx", "reference_hash", "attempted_at"),
        sa.Index("help_attempt_client_idx", "step", "client_address", "attempted_at"),
        sa.Index("help_attempt_at_idx", "attempted_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    step: Mapped[str]
    reference_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    client_address: Mapped[str]
    matched: Mapped[bool]
    attempted_at: Mapped[dt.datetime]
