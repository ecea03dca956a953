"""Writing the audit log.

Events are gathered while an operation runs and appended last, just before its transaction commits: appending locks
the chain's head, and the shorter that lock is held the better. They land with the change or not at all.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Session

from locality.kernel.actor import Actor
from locality.kernel.uow import AFTER_ROLLBACK, BEFORE_COMMIT, UnitOfWork

Detail = Mapping[str, str | int | bool | list[str] | None]

_APPEND = text(
    "SELECT audit_append(:actor_id, :actor_name, :action, :outcome, :subjects, :record_kind, :record_id,"
    " :part, :reason, :detail)"
).bindparams(
    bindparam("actor_id", type_=UUID(as_uuid=True)),
    bindparam("subjects", type_=ARRAY(UUID(as_uuid=True))),
    bindparam("record_id", type_=UUID(as_uuid=True)),
    bindparam("detail", type_=JSONB),
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
    event = Event(uow.actor, action, "done", tuple(subjects), record, None, reason, detail or {})
    _pending(uow.session).append(event)


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
    for event in pending:
        kind, record_id = event.record or (None, None)
        session.execute(
            _APPEND,
            {
                "actor_id": event.actor.account_id, "actor_name": event.actor.name, "action": event.action,
                "outcome": event.outcome, "subjects": list(event.subjects), "record_kind": kind,
                "record_id": record_id, "part": event.part, "reason": event.reason, "detail": dict(event.detail),
            },
        )  # fmt: skip
    pending.clear()


def forget(session: Session) -> None:
    """Drop what is pending: its transaction was rolled back."""
    _pending(session).clear()


def _pending(session: Session) -> list[Event]:
    events: list[Event] = session.info.setdefault("audit", [])
    return events


BEFORE_COMMIT.register(flush)
AFTER_ROLLBACK.register(forget)
