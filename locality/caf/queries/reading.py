"""Reading a whole CAF as a document."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from locality.caf.queries.sections import (
    SavedAnswer,
    SavedComment,
    SavedConclusion,
    list_answers,
    list_comments,
    list_conclusions,
)
from locality.caf.queries.voices import VoiceRow, voices_of
from locality.caf.rules.words import Capacity
from locality.kernel.ids import AssessmentId, PersonId


@dataclass(frozen=True, slots=True)
class Document:
    """All that a CAF says, as far as the reader may see it."""

    answers: Mapping[tuple[str, PersonId | None], SavedAnswer]
    conclusions: Mapping[PersonId, SavedConclusion]
    comments: Mapping[tuple[PersonId, Capacity], SavedComment]
    voices: tuple[VoiceRow, ...]


def read_document(session: Session, assessment_id: AssessmentId) -> Document:
    """A whole CAF; four statements."""
    return Document(
        answers=list_answers(session, assessment_id),
        conclusions=list_conclusions(session, assessment_id),
        comments=list_comments(session, assessment_id),
        voices=voices_of(session, assessment_id),
    )
