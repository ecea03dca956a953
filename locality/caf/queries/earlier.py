"""Reading what stood in a CAF before somebody else replaced it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from locality.caf.models import Conclusion, EarlierText, ElementAnswer, FamilyComment, Review
from locality.caf.queries.sections import BothComments, SavedComment, SavedConclusion
from locality.caf.rules.words import Capacity
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId


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


@dataclass(frozen=True, slots=True)
class ReplacedRow:
    """Texts of one record that were put aside, whose they were, and who put them aside."""

    texts: tuple[str, ...]
    saved_by_name: str
    replaced_at: dt.datetime
    replaced_by_name: str


_TEXTS = (
    "present", "what_led", "text", "disagreements", "words", "parent_words", "note", "progress", "decisions",
    "next_steps", "notes", "child_comments", "parent_comments",
)  # fmt: skip
_MOST = 20


def replaced_in_header(session: Session, assessment_id: AssessmentId) -> tuple[ReplacedRow, ...]:
    """What was put aside of who was present and what led to a CAF; one statement."""
    return _replaced(session, EarlierText.record_id == assessment_id, kind="assessment")


def conclusion_with_replaced(
    session: Session, assessment_id: AssessmentId, child_id: PersonId
) -> tuple[SavedConclusion | None, tuple[ReplacedRow, ...]]:
    """What is concluded for a child, and what was put aside of it; one statement."""
    kept, aside = _with_replaced(session, Conclusion, (assessment_id, child_id), kind="conclusion")
    return next((SavedConclusion.of(row) for row in kept), None), aside


def comments_with_replaced(
    session: Session, assessment_id: AssessmentId, child_id: PersonId
) -> tuple[BothComments, tuple[ReplacedRow, ...]]:
    """What the family of a child says about a CAF, and what was put aside of it; one statement."""
    kept, aside = _with_replaced(session, FamilyComment, (assessment_id, child_id), kind="family_comment")
    found = {row.capacity: SavedComment.of(row) for row in kept}
    return BothComments(found.get(Capacity.CHILD), found.get(Capacity.PARENT)), aside


def replaced_updates(session: Session, action_id: uuid.UUID) -> tuple[ReplacedRow, ...]:
    """What was put aside of how far an action has come; one statement."""
    return _replaced(session, EarlierText.record_id == action_id, kind="plan_action")


def replaced_reviews(session: Session, episode_id: EpisodeId) -> tuple[ReplacedRow, ...]:
    """What was put aside of an episode's reviews; one statement."""
    here = select(Review.id).where(Review.episode_id == episode_id)
    return _replaced(session, EarlierText.record_id.in_(here), kind="review")


_Model = TypeVar("_Model", Conclusion, FamilyComment)


def _replaced(session: Session, here: ColumnElement[bool], *, kind: str) -> tuple[ReplacedRow, ...]:
    rows = session.scalars(
        select(EarlierText)
        .where(here, EarlierText.record_kind == kind)
        .order_by(EarlierText.replaced_at.desc(), EarlierText.id)
        .limit(_MOST)
    )
    return tuple(_row_of(row) for row in rows)


def _with_replaced(
    session: Session, model: type[_Model], place: tuple[AssessmentId, PersonId], *, kind: str
) -> tuple[list[_Model], tuple[ReplacedRow, ...]]:
    """What a model keeps about a child in a CAF, with what was put aside of it or, before it was there, of the CAF."""
    assessment_id, child_id = place
    aside = (EarlierText.record_kind == kind) & (
        (EarlierText.record_id == model.id) | (EarlierText.record_id == model.assessment_id)
    )
    rows = session.execute(
        select(model, EarlierText)
        .outerjoin(EarlierText, aside)
        .where(model.assessment_id == assessment_id, model.person_id == child_id)
        .order_by(EarlierText.replaced_at.desc(), EarlierText.id)
        .limit(2 * _MOST)
        .execution_options(populate_existing=True)
    ).all()
    texts = {row[1].id: row[1] for row in rows if row[1] is not None and child_id in row[1].about}
    return list(dict.fromkeys(row[0] for row in rows)), tuple(_row_of(text) for text in texts.values())


def _row_of(row: EarlierText) -> ReplacedRow:
    texts = tuple(str(row.facts[name]) for name in _TEXTS if row.facts.get(name))
    return ReplacedRow(texts, row.saved_by_name, row.replaced_at, row.replaced_by_name)
