"""Gathering what decides whether a CAF can be completed."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from locality.caf.queries.agreement import agreement_to_assess
from locality.caf.queries.reading import list_child_parts
from locality.caf.queries.sections import AssessmentRow, SavedAnswer, list_answers
from locality.caf.rules.answers import Answer
from locality.caf.rules.completion import ChildFacts, CompletionFacts
from locality.kernel.ids import PersonId


def completion_facts(session: Session, assessment: AssessmentRow, *, today: dt.date) -> CompletionFacts:
    """All that the rule of completion asks about a CAF; three statements."""
    answers = list_answers(session, assessment.id)
    return CompletionFacts(
        is_draft=assessment.is_draft,
        has_agreement=agreement_to_assess(session, assessment.about, today=today) is not None,
        has_header=bool(assessment.present and assessment.what_led),
        children=tuple(
            ChildFacts(
                name=child.called,
                answers=_answers_of(answers, child.id),
                has_voice=child.is_heard,
                has_conclusion=child.level is not None,
                comments=child.comments,
            )
            for child in list_child_parts(session, assessment.id, assessment.about)
        ),
        shared=_answers_of(answers, None),
    )


def _answers_of(
    answers: Mapping[tuple[str, PersonId | None], SavedAnswer], child_id: PersonId | None
) -> dict[str, Answer]:
    return {code: saved.answer for (code, who), saved in answers.items() if who == child_id}
