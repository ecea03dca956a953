"""A device in other hands: a worker's session that shows one thing to somebody else, until its worker is back.

A child answers on the worker's tablet. From the hand-over until the worker gives their password again, the session acts
under one principal, to which one row answers; it holds no role, no grant and no account of its own. Pure.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from locality.kernel.actor import Actor
from locality.kernel.ids import AccountId

HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Under which principal the device acts, whose it is, where its pages begin, and where its worker goes on."""

    principal: uuid.UUID
    account_id: AccountId
    worker: str
    home: str
    back: str

    @property
    def actor(self) -> Actor:
        """Who acts on the device: nobody who has an account."""
        return Actor(None, f"Handed over by {self.worker}", principals=(self.principal,))

    def kept(self) -> dict[str, str]:
        """As the session's data hold it."""
        return {
            "principal": str(self.principal), "account_id": str(self.account_id), "worker": self.worker,
            "home": self.home, "back": self.back,
        }  # fmt: skip


def read_handed_over(data: Mapping[str, Any]) -> HandedOver | None:
    """The hand-over that a session's data hold; None for a session in its worker's hands."""
    kept = data.get(HANDED_OVER)
    if kept is None:
        return None
    account_id = AccountId(uuid.UUID(kept["account_id"]))
    return HandedOver(uuid.UUID(kept["principal"]), account_id, kept["worker"], kept["home"], kept["back"])
