"""Remembering up to when a worker has read what is new about their families."""

from sqlalchemy.dialects.postgresql import insert

from locality.caf.models import LastLook
from locality.kernel.uow import UnitOfWork


def mark_read(uow: UnitOfWork) -> None:
    """Everything new up to now counts as read by the actor. Nothing happens for the system itself."""
    account_id = uow.actor.account_id
    if account_id is None:
        return
    row = insert(LastLook).values(account_id=account_id, looked_at=uow.now)
    uow.session.execute(
        row.on_conflict_do_update(index_elements=["account_id"], set_={"looked_at": row.excluded.looked_at})
    )
