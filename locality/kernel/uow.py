"""The unit of work: one transaction with its actor and its time. The only place that commits."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from locality.kernel.actor import Actor
from locality.kernel.clock import SYSTEM_CLOCK, Clock, london_date
from locality.kernel.constraints import conflict_from
from locality.kernel.db import bind_actor, db
from locality.kernel.slots import Slot

# What must happen last in every transaction (the audit log appends its events).
BEFORE_COMMIT: Slot[[Session]] = Slot("before commit")
AFTER_ROLLBACK: Slot[[Session]] = Slot("after rollback")


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What an operation works with: the session, who acts, and the instant at which they act."""

    session: Session
    actor: Actor
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The date in England."""
        return london_date(self.now)


@contextmanager
def unit_of_work(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Iterator[UnitOfWork]:
    """Open a unit of work at the edge (a view, a job, a command); leaving it commits, any exception rolls back.

    Raises ``Conflict`` when a named constraint of the database stands against the change.
    """
    session = db.session()
    bind_actor(session, actor)
    try:
        yield UnitOfWork(session=session, actor=actor, now=clock.now())
        _commit(session)
    except IntegrityError as error:
        _rollback(session)
        conflict = conflict_from(error)
        if conflict is None:
            raise
        raise conflict from error
    except BaseException:
        _rollback(session)
        raise


def finish_read(session: Session) -> None:
    """Commit what a page's reading itself wrote (the read audit) before the page leaves."""
    _commit(session)


def _commit(session: Session) -> None:
    session.flush()
    BEFORE_COMMIT(session)
    session.commit()


def _rollback(session: Session) -> None:
    session.rollback()
    AFTER_ROLLBACK(session)
