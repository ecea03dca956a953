"""Background work for the operations page: what waits, what failed. The rows hold opaque ids, no personal data."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.accounts.rules.mending import HAND_OVER_WORDS, HandOver, age_words, error_words, is_healthy, task_words
from locality.kernel.outbox import OutboxMessage
from locality.kernel.paging import PAGE_SIZE, Page, page_of

_WAITS = and_(OutboxMessage.done_at.is_(None), OutboxMessage.failed_at.is_(None))
_FAILED = and_(OutboxMessage.done_at.is_(None), OutboxMessage.failed_at.is_not(None))


@dataclass(frozen=True, slots=True)
class WorkState:
    """The three numbers, and whether they are good. ``planned`` waits too, but is not due yet."""

    waiting: int
    planned: int
    failed: int
    oldest_due_at: dt.datetime | None
    oldest_words: str
    is_healthy: bool


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One piece of work in words."""

    id: uuid.UUID
    what: str
    attempts: int
    last_error: str | None
    created_at: dt.datetime
    due_at: dt.datetime
    failed_at: dt.datetime | None
    handed_to: str | None
    handed_how: str | None


def work_state(session: Session, *, now: dt.datetime) -> WorkState:
    """How many pieces of work are due, planned and failed, and since when the oldest has been due; one statement."""
    due = and_(_WAITS, OutboxMessage.available_at <= now)
    row = session.execute(
        select(
            func.count().filter(due).label("waiting"),
            func.count().filter(and_(_WAITS, OutboxMessage.available_at > now)).label("planned"),
            func.count().filter(_FAILED).label("failed"),
            func.min(OutboxMessage.available_at).filter(due).label("oldest"),
        ).where(OutboxMessage.done_at.is_(None))
    ).one()
    return WorkState(
        waiting=row.waiting,
        planned=row.planned,
        failed=row.failed,
        oldest_due_at=row.oldest,
        oldest_words="nothing due" if row.oldest is None else age_words(now - row.oldest),
        is_healthy=is_healthy(oldest_due_at=row.oldest, failed=row.failed, now=now),
    )


def list_failed(session: Session, words: Mapping[str, str], *, number: int) -> Page[WorkRow]:
    """A page of the work that needs a person, those that nobody has taken first."""
    taken = case((OutboxMessage.handed_to.is_(None), 0), else_=1)
    return _list(session, words, _FAILED, [taken, OutboxMessage.failed_at, OutboxMessage.id], number)


def list_waiting(session: Session, words: Mapping[str, str], *, number: int) -> Page[WorkRow]:
    """A page of the work that waits or is planned, the longest due first."""
    return _list(session, words, _WAITS, [OutboxMessage.available_at, OutboxMessage.id], number)


def find_failed(session: Session, words: Mapping[str, str], message_id: uuid.UUID) -> WorkRow | None:
    """One piece of failed work; None when it is not failed (any more)."""
    rows = _list(session, words, and_(_FAILED, OutboxMessage.id == message_id), [OutboxMessage.id], 1).rows
    return rows[0] if rows else None


def _list(
    session: Session,
    words: Mapping[str, str],
    condition: ColumnElement[bool],
    order: Sequence[Any],
    number: int,
) -> Page[WorkRow]:
    rows = session.execute(
        select(
            OutboxMessage.id, OutboxMessage.task, OutboxMessage.attempts, OutboxMessage.last_error,
            OutboxMessage.created_at, OutboxMessage.available_at, OutboxMessage.failed_at, OutboxMessage.handed_note,
            Account.name.label("handed_to"),
        )
        .outerjoin(Account, Account.id == OutboxMessage.handed_to)
        .where(condition)
        .order_by(*order)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    return page_of([_row(row, words) for row in rows], number)


def _row(row: Any, words: Mapping[str, str]) -> WorkRow:
    how = row.handed_note
    return WorkRow(
        id=row.id,
        what=task_words(row.task, words),
        attempts=row.attempts,
        last_error=error_words(row.last_error),
        created_at=row.created_at,
        due_at=row.available_at,
        failed_at=row.failed_at,
        handed_to=row.handed_to,
        handed_how=HAND_OVER_WORDS[HandOver(how)] if how in set(HandOver) else how,
    )
