"""Gathering what decides whether a CAF can be completed."""

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import VoiceEntry
from locality.caf.queries.agreement import agreement_to_assess
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.queries.sections import (
    AssessmentRow,
    SavedAnswer,
    get_assessment,
    list_answers,
    list_comments,
    list_conclusions,
)
from locality.caf.rules.answers import Answer
from locality.caf.rules.completion import ChildFacts, CompletionFacts
from locality.kernel.ids import PersonId


def completion_facts(session: Session, assessment_id: uuid.UUID, *, today: dt.date) -> CompletionFacts:
    """All that the rule of completion asks about a CAF. Raises ``NotFound``."""
    assessment = get_assessment(session, assessment_id)
    return gather_facts(session, assessment, list_children(session, assessment.about), today=today)


def gather_facts(
    session: Session, assessment: AssessmentRow, children: tuple[ChildRow, ...], *, today: dt.date
) -> CompletionFacts:
    """The same for a CAF and children that the caller has read already."""
    answers = list_answers(session, assessment.id)
    voices = children_heard(session, assessment.id)
    conclusions = list_conclusions(session, assessment.id)
    comments = list_comments(session, assessment.id)
    return CompletionFacts(
        is_draft=assessment.is_draft,
        has_agreement=agreement_to_assess(session, assessment.about, today=today) is not None,
        has_header=bool(assessment.present and assessment.what_led),
        children=tuple(
            ChildFacts(
                name=child.called,
                answers=_answers_of(answers, child.id),
                has_voice=child.id in voices,
                has_conclusion=child.id in conclusions,
                comments=frozenset(capacity for who, capacity in comments if who == child.id),
            )
            for child in children
        ),
        shared=_answers_of(answers, None),
    )


def children_heard(session: Session, assessment_id: uuid.UUID) -> frozenset[PersonId]:
    """The children whose voice is recorded with a CAF, or why it could not be; one statement."""
    rows = session.scalars(select(VoiceEntry.person_id).where(VoiceEntry.assessment_id == assessment_id))
    return frozenset(PersonId(row) for row in rows)


def _answers_of(
    answers: Mapping[tuple[str, PersonId | None], SavedAnswer], child_id: PersonId | None
) -> dict[str, Answer]:
    return {code: saved.answer for (code, who), saved in answers.items() if who == child_id}
