"""What the CAF room reads of stage moves."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import StageMoveId
from locality.stages import api as stages
from locality.stages.models import StageMove


@dataclass(frozen=True, slots=True)
class Said:
    """What was written for a move, and what the parents said to it with the reason where they did not agree."""

    evidence: str
    parents: stages.Agreement | None
    parents_why: str


def said_for(session: Session, move_id: StageMoveId) -> Said:
    """What a move travels with; one statement."""
    row = session.execute(
        select(StageMove.evidence, StageMove.parent_agreement, StageMove.parent_agreement_why).where(
            StageMove.id == move_id
        )
    ).one()
    return Said(*row)
