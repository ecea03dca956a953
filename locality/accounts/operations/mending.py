"""What a person does about background work that failed: try again, or say who sees to it."""

import uuid
from dataclasses import dataclass

from locality.accounts.rules.mending import HandOver
from locality.audit import log as audit
from locality.kernel import outbox
from locality.kernel.errors import Conflict
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork

_SETTLED = "This work is no longer waiting for a person. Somebody may have tried it again"


@dataclass(frozen=True, slots=True)
class HandOverWork:
    """Failed work that somebody takes into their own hands, and how."""

    message_id: uuid.UUID
    to: AccountId
    how: HandOver


def retry_work(uow: UnitOfWork, message_id: uuid.UUID) -> None:
    """Try failed work again with a fresh set of attempts. Raises ``Conflict`` when it is not failed any more."""
    if not outbox.retry(uow.session, message_id):
        raise Conflict(_SETTLED)
    audit.record(uow, "operations.retried", record=("outbox_message", message_id))


def hand_over_work(uow: UnitOfWork, command: HandOverWork) -> None:
    """Note who sees to failed work. Raises ``Conflict`` when it is not failed any more."""
    if not outbox.hand_over(uow.session, command.message_id, to=command.to, note=command.how.value):
        raise Conflict(_SETTLED)
    audit.record(
        uow,
        "operations.handed_over",
        record=("outbox_message", command.message_id),
        detail={"to": str(command.to), "how": command.how.value},
    )
