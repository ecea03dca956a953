"""What an assessment or a review tells of a family, kept for its story and set against what was known before."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from locality.access.parts import Part
from locality.caf.models import Assessment, ElementAnswer, FamilyComment, Review
from locality.caf.operations.loading import child_of, draft_row
from locality.caf.rules.elements import told_under
from locality.caf.rules.words import Capacity, Evidence
from locality.kernel.ids import AssessmentId, PersonId, ReviewId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.people.api import FactAgreement, FactSource, Told, Topic

# Who said what stands under an element; what a worker saw or another worker said is no telling of the family.
_SAYING = {Evidence.CHILD_SAID: "the child", Evidence.PARENT_SAID: "a parent or carer"}


def keep_header(uow: UnitOfWork, assessment_id: AssessmentId, *, shown: uuid.UUID | None) -> None:
    """Keep what the header of a draft says now, about every child of the assessment.

    ``shown`` is the known line that stood in the field of what led to it. Telling the same again changes nothing.
    """
    assessment = draft_row(uow, assessment_id)
    told = [Told(Topic.LED_TO, assessment.what_led, shown)]
    people.tell_facts(uow, assessment.about, told, telling=_telling(uow, assessment, uow.actor.name))


def keep_known(
    uow: UnitOfWork, assessment_id: AssessmentId, child_id: PersonId, told: Sequence[Told], *, teller: str
) -> None:
    """Keep what was gone over with the family about one child of a draft. Raises ``NotFound`` for another's child."""
    assessment = draft_row(uow, assessment_id)
    child = child_of(assessment.about, child_id)
    people.tell_facts(uow, [child], told, telling=_telling(uow, assessment, teller))


def keep_said(uow: UnitOfWork, assessment_id: AssessmentId) -> None:
    """With completion: keep what child and parents said, under the elements and to the assessment as a whole."""
    assessment = uow.session.execute(select(Assessment).where(Assessment.id == assessment_id)).scalar_one()
    answers = uow.session.scalars(
        select(ElementAnswer)
        .where(ElementAnswer.assessment_id == assessment_id)
        .order_by(ElementAnswer.code, ElementAnswer.id)
    )
    lines: dict[tuple[tuple[PersonId, ...], str], list[Told]] = {}
    for answer in answers:
        teller = " and ".join(words for said, words in _SAYING.items() if said.value in answer.evidence)
        if teller:
            about = tuple(assessment.about) if answer.person_id is None else (PersonId(answer.person_id),)
            lines.setdefault((about, teller), []).extend(_said_under(answer))
    for (about, teller), told in lines.items():
        people.tell_facts(uow, about, told, telling=_said_by(uow, assessment, teller))
    _keep_comments(uow, assessment)


def keep_review(uow: UnitOfWork, review_id: ReviewId) -> None:
    """Keep what child and parents said at a review, when it is recorded or two records of it are settled."""
    review = uow.session.execute(select(Review).where(Review.id == review_id)).scalar_one()
    for teller, words in (("the child", review.child_comments), ("a parent or carer", review.parent_comments)):
        told_on, record = review.held_on or uow.today, (FactSource.REVIEW, review.id)
        telling = people.Telling(record, told_on, teller, agreement=FactAgreement.AGREED, adds=True)
        people.tell_facts(uow, review.about, [Told(Topic.FAMILY_VIEWS, words)], telling=telling)


def _said_under(answer: ElementAnswer) -> list[Told]:
    """Strengths and needs as lines, in the compartment of the assessment, which is the stricter."""
    begins = told_under(answer.code)
    both = ((Topic.GOING_WELL, answer.strengths), (Topic.WORRYING, answer.needs))
    return [
        Told(topic, f"{begins}{words}", part=Part.ASSESSMENT, under=answer.code)
        for topic, words in both
        if words.strip()
    ]


def _keep_comments(uow: UnitOfWork, assessment: Assessment) -> None:
    comments = uow.session.scalars(
        select(FamilyComment).where(FamilyComment.assessment_id == assessment.id, FamilyComment.words != "")
    )
    for comment in comments:
        teller = "the child" if comment.capacity is Capacity.CHILD else comment.said_by or "a parent or carer"
        told = [Told(Topic.FAMILY_VIEWS, comment.words, part=Part.ASSESSMENT)]
        people.tell_facts(uow, [comment.person_id], told, telling=_said_by(uow, assessment, teller))


def _telling(uow: UnitOfWork, assessment: Assessment, teller: str) -> people.Telling:
    # There is no assessment without the family's agreement.
    return people.Telling((FactSource.ASSESSMENT, assessment.id), uow.today, teller, agreement=FactAgreement.AGREED)


def _said_by(uow: UnitOfWork, assessment: Assessment, teller: str) -> people.Telling:
    return replace(_telling(uow, assessment, teller), own_words=True, adds=True)
