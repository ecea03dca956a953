"""The outbox: what must happen later, written in the transaction that makes it necessary.

The row is the truth; a task on the broker is a hint. ``workers`` publishes rows to Celery and brings them back here:
``take`` counts the attempt and leases the rows before work starts, ``settle`` marks one done inside the job's own
transaction (fenced, so a late finisher changes nothing), ``fail`` plans the next attempt or puts the row on the page
of work that needs a person. Nothing here knows Celery. Payloads hold opaque ids only, never personal data.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from locality.kernel import direct
from locality.kernel.db import Base, JsonObject
from locality.kernel.ids import MessageId, new_id
from locality.kernel.uow import UnitOfWork

MAX_ATTEMPTS = 6
CHANNEL = "locality_outbox"
# More hints than this are not on their way at once: what the workers cannot reach would only be told again.
MOST_ON_THE_WAY = 1_000
_LEASE = [dt.timedelta(seconds=30)]


def use_lease(seconds: int) -> None:
    """Set, once at start-up, how long a worker may hold work before another takes it (``LOCALITY_LEASE_SECONDS``)."""
    _LEASE[:] = [dt.timedelta(seconds=seconds)]


def lease() -> dt.timedelta:
    """How long a worker may hold work before another takes it."""
    return _LEASE[0]


def hint_life() -> dt.timedelta:
    """A hint older than this without an effect is given again. Short, since a hint given twice does nothing."""
    return lease() / 2


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
    """What is put on the broker: which task, and which row it speaks of; ``is_fresh`` when nobody has tried it yet."""

    message_id: MessageId
    task: str
    is_fresh: bool = True


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a message until ``lease()`` from now; ``fence`` tells this attempt from later ones.

    ``after_silence``: the attempt before this one ended without a word, so nobody knows how far it came.
    """

    message_id: MessageId
    task: str
    payload: dict[str, uuid.UUID]
    attempt: int
    fence: int
    after_silence: bool = False


_ENQUEUE: Final = (
    "WITH put AS (INSERT INTO outbox_message (id, task, payload, dedupe_key, created_at, available_at, attempts, fence)"
    " VALUES (%(id)s, %(task)s, %(payload)s, %(key)s, %(now)s, %(available)s, 0, 0)"
    " ON CONFLICT (dedupe_key) DO NOTHING) SELECT pg_notify('locality_outbox', '')"
)


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
    direct.rows(
        uow.session,
        _ENQUEUE,
        {
            "id": new_id(),
            "task": task,
            "payload": Jsonb({name: str(value) for name, value in ids.items()}),
            "key": f"{task}:{key}",
            "now": uow.now,
            "available": available_at or uow.now,
        },
    )


# A crash of the database may forget that something was told or taken: then it is told and taken again, and the receipt
# still lands once. So these two need not wait for the disk; work and receipts do.
_NO_WAIT: Final = "set_config('synchronous_commit', 'off', true) AS hurried"
_HINTS: Final = f"""
UPDATE outbox_message SET published_at = clock_timestamp() WHERE id IN (
  SELECT id FROM outbox_message WHERE done_at IS NULL AND failed_at IS NULL
    AND available_at <= clock_timestamp() AND attempts < %(allowed)s
    AND (published_at IS NULL OR published_at < clock_timestamp() - %(hint_life)s)
    AND (lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY available_at
  LIMIT greatest(0, least(%(most)s, %(on_the_way)s - (
    SELECT count(*) FROM (
      SELECT 1 FROM outbox_message WHERE done_at IS NULL AND failed_at IS NULL AND available_at <= clock_timestamp()
        AND published_at >= clock_timestamp() - %(hint_life)s
      ORDER BY available_at LIMIT %(on_the_way)s) told)))
  FOR UPDATE SKIP LOCKED)
RETURNING id, task, attempts, {_NO_WAIT}
"""  # noqa: S608 - constants, no input


def hints_to_give(session: Session, most: int = 200) -> list[Hint]:
    """Rows that are due and of which the broker has not been told lately, marked as told.

    The caller publishes them and then commits; a crash in between only means that they are told again.
    """
    values = {
        "hint_life": hint_life(), "most": most, "allowed": MAX_ATTEMPTS, "on_the_way": MOST_ON_THE_WAY,
    }  # fmt: skip
    return [Hint(MessageId(row.id), row.task, row.attempts == 0) for row in direct.rows(session, _HINTS, values)]


# In one order, so that two who take overlapping rows wait for each other and never in a ring. A lease that stands and
# has run out is one that nobody gave back: its holder died. The rows are named twice: a server that kept its plan from
# when the table was nearly empty reads it once or twice then, and not once for each of its rows.
_TAKE: Final = """
WITH free AS MATERIALIZED (
  SELECT id, lease_until FROM outbox_message WHERE id = ANY(%(ids)s) AND done_at IS NULL AND failed_at IS NULL
    AND available_at <= clock_timestamp() AND attempts < %(allowed)s
    AND (lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY id FOR UPDATE)
UPDATE outbox_message m
SET attempts = m.attempts + 1, fence = m.fence + 1, lease_until = clock_timestamp() + %(lease)s
FROM free WHERE m.id = free.id AND m.id = ANY(%(ids)s)
RETURNING m.id, m.task, m.payload, m.attempts, m.fence, free.lease_until IS NOT NULL AS after_silence,
  set_config('synchronous_commit', %(commit)s, true) AS hurried
"""


# For one by itself the server keeps its plan; for a list of any length it would plan anew each time.
_TAKE_ONE: Final = _TAKE.replace("id = ANY(%(ids)s)", "id = %(id)s")


def take(session: Session, message_ids: Sequence[uuid.UUID], *, surely: bool = False) -> list[Lease]:
    """Count an attempt at each row and lease it; rows that are done, with a person, or leased to another are left out.

    Commit before the work starts, so that work which kills its worker is counted too. ``surely``: not even a crash of
    the database forgets that it was taken.
    """
    ids = list(message_ids)
    values = {
        "ids": ids, "id": ids[0] if ids else None, "lease": lease(), "allowed": MAX_ATTEMPTS,
        "commit": "on" if surely else "off",
    }  # fmt: skip
    return [
        Lease(
            MessageId(row.id),
            row.task,
            {name: uuid.UUID(value) for name, value in row.payload.items()},
            row.attempts,
            row.fence,
            row.after_silence,
        )
        for row in direct.rows(session, _TAKE_ONE if len(ids) == 1 else _TAKE, values)
    ]


def settle(session: Session, *held: Lease) -> bool:
    """The receipt: mark work done in its own transaction. False when a lease of it was lost: then roll back."""
    if len(held) == 1:
        return bool(direct.rows(session, _SETTLE_ONE, {"id": held[0].message_id, "fence": held[0].fence}))
    values = {"ids": [one.message_id for one in held], "fences": [one.fence for one in held]}
    return len(direct.rows(session, _SETTLE, values)) == len(held)


_SETTLED: Final = "UPDATE outbox_message m SET done_at = clock_timestamp(), lease_until = NULL, last_error = NULL"
_SETTLE_ONE: Final = f"{_SETTLED} WHERE m.id = %(id)s AND m.fence = %(fence)s AND m.done_at IS NULL RETURNING m.id"
_SETTLE: Final = (
    f"{_SETTLED} FROM unnest(%(ids)s::uuid[], %(fences)s::integer[]) AS held (id, fence)"
    " WHERE m.id = held.id AND m.fence = held.fence AND m.done_at IS NULL RETURNING m.id"
)

_FAIL: Final = (
    "UPDATE outbox_message SET lease_until = NULL, published_at = NULL, last_error = %(error)s,"
    " available_at = clock_timestamp() + %(pause)s,"
    " failed_at = CASE WHEN attempts >= %(most)s THEN clock_timestamp() END"
    " WHERE id = %(id)s AND fence = %(fence)s AND done_at IS NULL"
)


def fail(session: Session, held: Lease, error: str, *, for_good: bool = False) -> None:
    """Note a failed attempt: try again after 2, 4, 8 … seconds; after ``MAX_ATTEMPTS`` a person decides.

    ``error`` is the kind of error (a class name), never its text: texts can hold personal data. ``for_good``: another
    attempt is not for the machine to make, a person decides at once.
    """
    pause = dt.timedelta(seconds=2**held.attempt)
    most = 0 if for_good else MAX_ATTEMPTS
    values: dict[str, Any] = {
        "id": held.message_id, "fence": held.fence, "error": error, "pause": pause, "most": most,
    }  # fmt: skip
    direct.rows(session, _FAIL, values)


_GIVE_BACK: Final = (
    "UPDATE outbox_message SET attempts = attempts - 1, lease_until = NULL, published_at = NULL"
    " WHERE id = %(id)s AND fence = %(fence)s AND done_at IS NULL"
)


def give_back(session: Session, held: Sequence[Lease]) -> None:
    """Let go of work that was taken and not begun: it counts as not tried and is told again at once."""
    for one in held:
        direct.rows(session, _GIVE_BACK, {"id": one.message_id, "fence": one.fence})


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
            "UPDATE outbox_message SET failed_at = NULL, attempts = 0, published_at = NULL, lease_until = NULL,"
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
