"""Reading the audit log, and checking that nobody has touched it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.access.scope import elevated
from locality.audit.models import AuditEvent
from locality.kernel.paging import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line of the log as people read it."""

    seq: int
    at: dt.datetime
    actor_id: uuid.UUID | None
    actor_name: str
    action: str
    outcome: str
    part: str | None
    reason: str | None
    record_kind: str | None
    record_id: uuid.UUID | None
    subjects: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events: about a person, by an account, of an action, within dates (inclusive, UTC instants)."""

    subject: uuid.UUID | None = None
    actor: uuid.UUID | None = None
    action: str | None = None
    from_at: dt.datetime | None = None
    until_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of checking the chain: how many events, and the first one that does not fit (None: all fit)."""

    events: int
    first_bad: int | None
    explanation: str

    @property
    def intact(self) -> bool:
        """Whether every event fits and the head agrees."""
        return self.first_bad is None and not self.explanation


def list_events(
    session: Session, wanted: Filter, *, before: int | None = None, size: int = PAGE_SIZE
) -> Sequence[TrailRow]:
    """Events, newest first, up to ``size`` + 1 (the extra one says that there is more); ``before`` is a seq."""
    statement = select(
        AuditEvent.seq, AuditEvent.at, AuditEvent.actor_id, AuditEvent.actor_name, AuditEvent.action,
        AuditEvent.outcome, AuditEvent.part, AuditEvent.reason, AuditEvent.record_kind, AuditEvent.record_id,
        AuditEvent.subjects,
    ).order_by(AuditEvent.seq.desc()).limit(size + 1)  # fmt: skip
    conditions = {
        AuditEvent.actor_id: wanted.actor,
        AuditEvent.action: wanted.action,
    }
    for column, value in conditions.items():
        if value is not None:
            statement = statement.where(column == value)
    if wanted.subject is not None:
        statement = statement.where(AuditEvent.subjects.contains([wanted.subject]))
    if wanted.from_at is not None:
        statement = statement.where(AuditEvent.at >= wanted.from_at)
    if wanted.until_at is not None:
        statement = statement.where(AuditEvent.at <= wanted.until_at)
    if before is not None:
        statement = statement.where(AuditEvent.seq < before)
    return [
        TrailRow(
            seq=row.seq,
            at=row.at,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            action=row.action,
            outcome=row.outcome,
            part=row.part,
            reason=row.reason,
            record_kind=row.record_kind,
            record_id=row.record_id,
            subjects=tuple(row.subjects),
        )
        for row in session.execute(statement)
    ]


_CHECK = text(
    """
    WITH chain AS (
      SELECT e.*, lag(hash, 1, '\\x'::bytea) OVER (ORDER BY seq) AS before,
             row_number() OVER (ORDER BY seq) AS place
      FROM audit_event e)
    SELECT count(*) AS events,
           min(seq) FILTER (WHERE seq <> place OR prev_hash <> before
             OR hash <> audit_hash(prev_hash, seq, at, actor_id, actor_name, action, outcome, subjects,
                                   record_kind, record_id, part, reason, detail)) AS first_bad,
           coalesce(max(seq), 0) AS last_seq
    FROM chain
    """
)


def verify(session: Session) -> Verdict:
    """Recompute the whole chain: every hash, no gap, no swap, and the head where the last event says."""
    with elevated(session, "the chain is whole or it is not, whoever may read its lines"):
        return _verdict(session)


def _verdict(session: Session) -> Verdict:
    row = session.execute(_CHECK).one()
    head = session.execute(text("SELECT seq, hash FROM audit_head")).one_or_none()
    last = session.execute(
        text("SELECT hash FROM audit_event WHERE seq = :seq"), {"seq": row.last_seq}
    ).scalar_one_or_none()
    if row.first_bad is not None:
        return Verdict(row.events, row.first_bad, f"Event {row.first_bad} does not fit the chain.")
    if head is None or head.seq != row.last_seq or (last is not None and head.hash != last):
        return Verdict(
            row.events,
            None,
            "The head of the chain does not match its last event: the end was cut off.",
        )
    return Verdict(row.events, None, "")
