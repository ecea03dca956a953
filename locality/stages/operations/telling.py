"""How higher rooms hear of a child's move, in the transaction in which it takes effect."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from locality.kernel.ids import EpisodeId, PersonId, StageMoveId
from locality.kernel.slots import Slot
from locality.kernel.uow import UnitOfWork
from locality.stages.models import StageMove
from locality.stages.rules.moves import Direction


@dataclass(frozen=True, slots=True)
class Moved:
    """A move took effect. ``stage`` is where the child stands now; None when off the triangle.

    ``receiver_id`` is the principal (an account or a service) that accepted a proposed move; None for other moves.
    """

    move_id: StageMoveId
    person_id: PersonId
    episode_id: EpisodeId | None
    direction: Direction
    stage: int | None
    on: dt.date
    receiver_id: uuid.UUID | None
    receiver_name: str | None

    @classmethod
    def of(cls, move: StageMove, *, on: dt.date, stage: int | None) -> "Moved":
        """What there is to tell of a row of the ledger."""
        return cls(
            move.id, move.person_id, move.episode_id, move.direction, stage, on, move.receiver_id, move.receiver_name
        )


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who can take a child over: a principal (account or service), a name, and the group for the list."""

    principal: uuid.UUID
    name: str
    group: str


# Called after each effective move; the receiver of an accepted step-down may become the lead professional here.
moved: Slot[[UnitOfWork, Moved]] = Slot("stages.moved")
# Each function adds to the list those who can take over the child.
receivers: Slot[[Session, PersonId, list[Receiver]]] = Slot("stages.receivers")
