"""What the accounts room brings to the application."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from locality.web.registration import Room
from locality.web.session import StoredSession

ROOM = Room(name="accounts")


class _NoStore:
    def load(self, session: Session, token_hash: bytes, now: dt.datetime) -> StoredSession | None:  # noqa: ARG002
        return None

    def save(self, session: Session, token_hash: bytes, data: dict[str, Any], now: dt.datetime) -> None:
        return None


SESSION_STORE = _NoStore()
