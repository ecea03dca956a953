"""Keeping the counts by place, month and stage right, in the transaction of the move that they count."""

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from locality.kernel.uow import UnitOfWork
from locality.stages.models import StageMonth, StageReturn
from locality.stages.queries.recount import COUNTED_MONTHS, COUNTED_RETURNS, ROOM_TO_COUNT
from locality.stages.rules.tally import COUNTS, Tally

# Every move adds to the authority's own row of its month. One lock, taken before any row is locked, keeps two
# operations from waiting for each other's rows; it is held for the milliseconds until the commit.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('locality.stage_counts'))")


def lock_counts(uow: UnitOfWork) -> None:
    """Let one transaction at a time change stages; call first in every operation that may."""
    uow.session.execute(_LOCK)


def add_to_counts(uow: UnitOfWork, tally: Tally) -> None:
    """Add to the kept counts; needs ``lock_counts`` before."""
    rows = [
        {
            "place_id": cell.place_id,
            "month": cell.month,
            "stage": cell.stage,
            **{name: kept.get(name, 0) for name in COUNTS},
        }
        for cell, kept in sorted(tally.counts.items())
    ]
    if rows:
        counts = insert(StageMonth).values(rows)
        uow.session.execute(
            counts.on_conflict_do_update(
                index_elements=["place_id", "month", "stage"],
                set_={name: getattr(StageMonth, name) + counts.excluded[name] for name in COUNTS},
            )
        )
    returned = [
        {
            "place_id": key.cell.place_id,
            "month": key.cell.month,
            "stage": key.cell.stage,
            "left_month": key.left_month,
            "n": n,
        }
        for key, n in sorted(tally.returns.items())
    ]
    if returned:
        back = insert(StageReturn).values(returned)
        uow.session.execute(
            back.on_conflict_do_update(
                index_elements=["place_id", "month", "stage", "left_month"],
                set_={"n": StageReturn.n + back.excluded.n},
            )
        )


def rebuild_counts(uow: UnitOfWork) -> None:
    """Count the whole ledger anew and keep the result; for after a bulk load. Never within a request."""
    lock_counts(uow)
    uow.session.flush()
    for setting in ROOM_TO_COUNT:
        uow.session.execute(setting)
    uow.session.execute(delete(StageMonth))
    uow.session.execute(delete(StageReturn))
    names = ", ".join(COUNTS)
    uow.session.execute(text(f"INSERT INTO stage_month (place_id, month, stage, {names}) {COUNTED_MONTHS}"))
    uow.session.execute(text(f"INSERT INTO stage_return (place_id, month, stage, left_month, n) {COUNTED_RETURNS}"))
