"""Receipts for periodic work: one row for each (job, period), so that any number of schedulers is safe."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base
from locality.kernel.uow import UnitOfWork


class PeriodicRun(Base):
    """A period of a periodic job that somebody has claimed."""

    __tablename__ = "periodic_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[dt.datetime] = mapped_column(primary_key=True)
    claimed_at: Mapped[dt.datetime]


def period_start(now: dt.datetime, seconds: int) -> dt.datetime:
    """The start of the period of ``seconds`` in which an instant lies, counted from 1970 in UTC."""
    stamp = int(now.timestamp())
    return dt.datetime.fromtimestamp(stamp - stamp % seconds, dt.UTC)


def claim(uow: UnitOfWork, job: str, *, seconds: int) -> bool:
    """Claim the current period of a job in the job's own transaction; False when it is claimed already."""
    row = uow.session.execute(
        text(
            "INSERT INTO periodic_run (job, period, claimed_at) VALUES (:job, :period, :now)"
            " ON CONFLICT DO NOTHING RETURNING job"
        ),
        {"job": job, "period": period_start(uow.now, seconds), "now": uow.now},
    ).one_or_none()
    return row is not None
