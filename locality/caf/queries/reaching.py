"""How a worker is reached by message."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account


def address_of(session: Session, account_id: uuid.UUID) -> str | None:
    """The e-mail address of an active account; None for anybody else. One statement."""
    return session.scalar(select(Account.email).where(Account.id == account_id, Account.active))
