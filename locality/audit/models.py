"""The audit log's table. Only the database function ``audit_append`` writes it; the application may read it."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, JsonObject


class AuditEvent(Base):
    """One thing that somebody did or was refused. ``hash`` covers the row and the hash before it."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("audit_event_subjects_idx", "subjects", postgresql_using="gin"),
        Index("audit_event_actor_idx", "actor_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    outcome: Mapped[str]
    subjects: Mapped[list[uuid.UUID]]
    record_kind: Mapped[str | None]
    record_id: Mapped[uuid.UUID | None]
    part: Mapped[str | None]
    reason: Mapped[str | None]
    detail: Mapped[JsonObject]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """The chain's last number and hash; one row, whose lock makes one appender of many."""

    __tablename__ = "audit_head"

    single: Mapped[bool] = mapped_column(primary_key=True, default=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes]
