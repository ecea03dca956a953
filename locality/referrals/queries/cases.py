"""Open early help cases of children: the one behind a child's present stage, as the caseload shows it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.clusters.models import CaseloadEntry
from locality.stages.models import StageSpan


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An open case that a child belongs to, and who leads it."""

    episode_id: uuid.UUID
    reference: str
    lead_account_id: uuid.UUID | None
    lead_name: str | None
    stage: int


def open_cases_of(session: Session, people: Iterable[uuid.UUID]) -> tuple[CaseRow, ...]:
    """The open cases of any of these children that the session may see, oldest reference first."""
    rows = session.execute(
        select(
            CaseloadEntry.episode_id,
            CaseloadEntry.reference,
            CaseloadEntry.lead_account_id,
            CaseloadEntry.lead_name,
            CaseloadEntry.stage,
        )
        .join(StageSpan, StageSpan.episode_id == CaseloadEntry.episode_id)
        .where(StageSpan.person_id.in_(list(people)), StageSpan.is_now())
        .distinct()
        .order_by(CaseloadEntry.reference)
    )
    return tuple(CaseRow(*row) for row in rows)
