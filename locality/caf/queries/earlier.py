"""Reading what stood in a CAF before somebody else replaced it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import EarlierText, ElementAnswer
from locality.kernel.ids import AssessmentId, PersonId


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """An earlier text of an element, whose it was, and who replaced it."""

    strengths: str
    needs: str
    saved_by_name: str
    replaced_at: dt.datetime
    replaced_by_name: str


def list_earlier(
    session: Session, assessment_id: AssessmentId, *, code: str, child_id: PersonId | None
) -> tuple[EarlierRow, ...]:
    """The earlier texts of one element, latest first; one statement."""
    rows = session.execute(
        select(EarlierText.facts, EarlierText.saved_by_name, EarlierText.replaced_at, EarlierText.replaced_by_name)
        .join(ElementAnswer, ElementAnswer.id == EarlierText.record_id)
        .where(
            ElementAnswer.assessment_id == assessment_id,
            ElementAnswer.code == code,
            ElementAnswer.person_id.is_not_distinct_from(child_id),
        )
        .order_by(EarlierText.replaced_at.desc())
        .limit(20)
    )
    return tuple(
        EarlierRow(
            str(row.facts.get("strengths", "")),
            str(row.facts.get("needs", "")),
            row.saved_by_name,
            row.replaced_at,
            row.replaced_by_name,
        )
        for row in rows
    )
