"""Writing the audit log.

Events are gathered while an operation runs and appended last, just before its transaction commits: appending locks
the chain's head, and the shorter that lock is held the better. They land with the change or not at all; what was
gathered inside a savepoint goes when the savepoint is rolled back.
"""

import uuid
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from psycopg.types.json import Jsonb
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.uow import AFTER_ROLLBACK, BEFORE_COMMIT, UnitOfWork

Detail = Mapping[str, str | int | bool | list[str] | None]
_MARKS = "audit.marks"

_APPEND = (
    "SELECT audit_append(%(actor_id)s, %(actor_name)s, %(action)s, %(outcome)s, %(subjects)s::uuid[],"
    " %(record_kind)s, %(record_id)s, %(part)s, %(reason)s, %(detail)s)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be appended."""

    actor: Actor
    action: str
    outcome: str
    subjects: tuple[uuid.UUID, ...]
    record: tuple[str, uuid.UUID] | None
    part: str | None
    reason: str | None
    detail: Detail


def record(
    uow: UnitOfWork,
    action: str,
    *,
    subjects: Iterable[uuid.UUID] = (),
    record: tuple[str, uuid.UUID] | None = None,
    reason: str | None = None,
    detail: Detail | None = None,
) -> None:
    """Note a change for the log: ``action`` is ``"<noun>.<past verb>"``, ``subjects`` the people it concerns.

    ``detail`` holds codes, states and ids; never what somebody wrote about a family.
    """
    noted = Event(uow.actor, action, "done", tuple(subjects), record, None, reason, detail or {})
    _pending(uow.session).append(noted)


def record_read(
    session: Session,
    actor: Actor,
    action: str,
    *,
    subjects: Iterable[uuid.UUID] = (),
    record: tuple[str, uuid.UUID] | None = None,
    part: str | None = None,
    reason: str | None = None,
    outcome: str = "shown",
) -> None:
    """Note that a page was read (``shown``) or refused (``refused``); appended by ``flush`` before the page leaves."""
    _pending(session).append(Event(actor, action, outcome, tuple(subjects), record, part, reason, {}))


def flush(session: Session) -> None:
    """Append what is pending to the chain, in order."""
    pending = _pending(session)
    with direct.without_waiting(session) if len(pending) > 1 else nullcontext():
        _append(session, pending)
    pending.clear()


def _append(session: Session, pending: Iterable[Event]) -> None:
    for noted in pending:
        kind, record_id = noted.record or (None, None)
        direct.rows(
            session,
            _APPEND,
            {
                "actor_id": noted.actor.account_id, "actor_name": noted.actor.name, "action": noted.action,
                "outcome": noted.outcome, "subjects": list(noted.subjects), "record_kind": kind,
                "record_id": record_id, "part": noted.part, "reason": noted.reason,
                "detail": Jsonb(dict(noted.detail)),
            },
        )  # fmt: skip


def forget(session: Session) -> None:
    """Drop what is pending: its transaction was rolled back."""
    _pending(session).clear()


def _pending(session: Session) -> list[Event]:
    events: list[Event] = session.info.setdefault("audit", [])
    return events


@event.listens_for(Session, "after_transaction_create")
def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, WeakKeyDictionary())[transaction] = len(_pending(session))


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_a_savepoint_took_back(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        del _pending(session)[session.info[_MARKS][transaction] :]


BEFORE_COMMIT.register(flush)
AFTER_ROLLBACK.register(forget)
