"""Putting aside what somebody wrote before somebody else replaces it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from locality.caf.models import EarlierText
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Replaced:
    """What stood in a record, whose it was, and whom it is about."""

    record: tuple[str, uuid.UUID]
    about: Sequence[uuid.UUID]
    version: int
    facts: Mapping[str, Any]
    saved_by_name: str


def keep_earlier(uow: UnitOfWork, replaced: Replaced) -> None:
    """Keep the earlier text, readable to those who may read the record."""
    kind, record_id = replaced.record
    row = {
        "id": new_id(), "record_kind": kind, "record_id": record_id, "about": list(replaced.about),
        "version": replaced.version, "facts": dict(replaced.facts), "saved_by_name": replaced.saved_by_name,
        "replaced_at": uow.now, "replaced_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(EarlierText), [row])
