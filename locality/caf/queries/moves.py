"""What the CAF room reads of stage moves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.ids import StageMoveId
from locality.stages.models import StageMove


def evidence_of(session: Session, move_id: StageMoveId) -> str:
    """What was written as evidence for a move; empty when there is none."""
    return session.scalar(select(StageMove.evidence).where(StageMove.id == move_id)) or ""
