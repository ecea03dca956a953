"""The outbox: what must happen later, written in the transaction that makes it necessary.

The row is the truth; a task on the broker is a hint. ``workers`` publishes rows to Celery and brings them back here:
``take`` counts the attempt and leases the row before work starts, ``settle`` marks it done inside the job's own
transaction (fenced, so a late finisher changes nothing), ``fail`` plans the next attempt or puts the row on the page
of work that needs a person. Nothing here knows Celery. Payloads hold opaque ids only, never personal data.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from locality.kernel.db import Base, JsonObject
from locality.kernel.ids import MessageId, new_id
from locality.kernel.uow import UnitOfWork

MAX_ATTEMPTS = 6
LEASE = dt.timedelta(seconds=30)
# A hint older than this without an effect is given again. Short, since a hint given twice does nothing.
HINT_LIFE = dt.timedelta(seconds=15)
CHANNEL = "locality_outbox"


class OutboxMessage(Base):
    """One piece of work owed: waiting until ``done_at`` is set, or with a person once ``failed_at`` is."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "outbox_message_waiting_idx",
            "available_at",
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
        Index("outbox_message_failed_idx", "failed_at", postgresql_where=text("failed_at IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    task: Mapped[str]
    payload: Mapped[JsonObject]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime]
    available_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    last_error: Mapped[str | None]
    handed_to: Mapped[uuid.UUID | None]
    handed_note: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Hint:
    """What is put on the broker: which task, and which row it speaks of."""

    message_id: MessageId
    task: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a message until ``LEASE`` from now; ``fence`` tells this attempt from later ones."""

    message_id: MessageId
    task: str
    payload: dict[str, uuid.UUID]
    attempt: int
    fence: int


_ENQUEUE = text(
    "WITH put AS (INSERT INTO outbox_message (id, task, payload, dedupe_key, created_at, available_at, attempts, fence)"
    " VALUES (:id, :task, :payload, :key, :now, :available, 0, 0) ON CONFLICT (dedupe_key) DO NOTHING)"
    " SELECT pg_notify('locality_outbox', '')"
).bindparams(bindparam("payload", type_=JSONB))


def enqueue(
    uow: UnitOfWork,
    task: str,
    *,
    key: str,
    available_at: dt.datetime | None = None,
    **ids: uuid.UUID,
) -> None:
    """Owe a task once its transaction commits.

    ``key`` names the effect: a second message with the same key is the same work and is dropped. ``available_at``
    puts it off. ``ids`` become the job's keyword arguments.
    """
    uow.session.execute(
        _ENQUEUE,
        {
            "id": new_id(),
            "task": task,
            "payload": {name: str(value) for name, value in ids.items()},
            "key": f"{task}:{key}",
            "now": uow.now,
            "available": available_at or uow.now,
        },
    )


_HINTS = text(
    "UPDATE outbox_message SET published_at = clock_timestamp() WHERE id IN ("
    " SELECT id FROM outbox_message WHERE done_at IS NULL AND failed_at IS NULL"
    " AND available_at <= clock_timestamp() AND attempts < :allowed"
    " AND (published_at IS NULL OR published_at < clock_timestamp() - :hint_life)"
    " AND (lease_until IS NULL OR lease_until < clock_timestamp())"
    " ORDER BY available_at LIMIT :most FOR UPDATE SKIP LOCKED)"
    " RETURNING id, task"
)


def hints_to_give(session: Session, most: int = 200) -> list[Hint]:
    """Rows that are due and of which the broker has not been told lately, marked as told.

    The caller publishes them and then commits; a crash in between only means that they are told again.
    """
    rows = session.execute(_HINTS, {"hint_life": HINT_LIFE, "most": most, "allowed": MAX_ATTEMPTS})
    return [Hint(MessageId(row.id), row.task) for row in rows]


_TAKE = text(
    "UPDATE outbox_message SET attempts = attempts + 1, fence = fence + 1,"
    " lease_until = clock_timestamp() + :lease"
    " WHERE id = :id AND done_at IS NULL AND failed_at IS NULL AND available_at <= clock_timestamp()"
    " AND attempts < :allowed AND (lease_until IS NULL OR lease_until < clock_timestamp())"
    " RETURNING task, payload, attempts, fence"
)


def take(session: Session, message_id: uuid.UUID) -> Lease | None:
    """Count an attempt and lease the row; None when it is done, with a person, or leased to another worker.

    Commit before the work starts, so that work which kills its worker is counted too.
    """
    row = session.execute(_TAKE, {"id": message_id, "lease": LEASE, "allowed": MAX_ATTEMPTS}).one_or_none()
    if row is None:
        return None
    payload = {name: uuid.UUID(value) for name, value in row.payload.items()}
    return Lease(MessageId(message_id), row.task, payload, row.attempts, row.fence)


def settle(session: Session, lease: Lease) -> bool:
    """The receipt: mark the work done in its own transaction. False when the lease was lost: then roll back."""
    row = session.execute(_SETTLE, {"id": lease.message_id, "fence": lease.fence})
    return row.one_or_none() is not None


_SETTLE = text(
    "UPDATE outbox_message SET done_at = clock_timestamp(), lease_until = NULL, last_error = NULL"
    " WHERE id = :id AND fence = :fence AND done_at IS NULL RETURNING id"
)

_FAIL = text(
    "UPDATE outbox_message SET lease_until = NULL, published_at = NULL, last_error = :error,"
    " available_at = clock_timestamp() + :pause,"
    " failed_at = CASE WHEN attempts >= :most THEN clock_timestamp() END"
    " WHERE id = :id AND fence = :fence AND done_at IS NULL"
)


def fail(session: Session, lease: Lease, error: str) -> None:
    """Note a failed attempt: try again after 2, 4, 8 … seconds; after ``MAX_ATTEMPTS`` a person decides.

    ``error`` is the kind of error (a class name), never its text: texts can hold personal data.
    """
    pause = dt.timedelta(seconds=2**lease.attempt)
    values: dict[str, Any] = {
        "id": lease.message_id, "fence": lease.fence, "error": error, "pause": pause, "most": MAX_ATTEMPTS,
    }  # fmt: skip
    session.execute(_FAIL, values)


def bury_exhausted(session: Session) -> int:
    """Put rows whose last allowed attempt died without a word (a killed worker) on the page for a person."""
    rows = session.execute(
        text(
            "UPDATE outbox_message SET failed_at = clock_timestamp(), last_error = coalesce(last_error, 'WorkerLost')"
            " WHERE done_at IS NULL AND failed_at IS NULL AND attempts >= :most"
            " AND lease_until < clock_timestamp() RETURNING id"
        ),
        {"most": MAX_ATTEMPTS},
    )
    return len(rows.all())


def retry(session: Session, message_id: uuid.UUID) -> bool:
    """Give failed work a fresh set of attempts. False when it is not failed."""
    row = session.execute(
        text(
            "UPDATE outbox_message SET failed_at = NULL, attempts = 0, published_at = NULL,"
            " available_at = clock_timestamp(), handed_to = NULL, handed_note = NULL"
            " WHERE id = :id AND failed_at IS NOT NULL AND done_at IS NULL RETURNING id"
        ),
        {"id": message_id},
    ).one_or_none()
    session.execute(text("SELECT pg_notify('locality_outbox', '')"))
    return row is not None


def hand_over(session: Session, message_id: uuid.UUID, *, to: uuid.UUID, note: str) -> bool:
    """Say who now sees to failed work by hand, and how. False when it is not failed."""
    row = session.execute(
        text(
            "UPDATE outbox_message SET handed_to = :to, handed_note = :note"
            " WHERE id = :id AND failed_at IS NOT NULL AND done_at IS NULL RETURNING id"
        ),
        {"id": message_id, "to": to, "note": note},
    ).one_or_none()
    return row is not None


def prune(session: Session, older_than: dt.timedelta = dt.timedelta(days=30)) -> int:
    """Forget work that was done longer ago than this; returns how many rows."""
    rows = session.execute(
        text("DELETE FROM outbox_message WHERE done_at < clock_timestamp() - :age RETURNING id"),
        {"age": older_than},
    )
    return len(rows.all())
