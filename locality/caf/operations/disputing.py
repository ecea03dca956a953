"""Somebody of the family sees part of an assessment differently: their words are kept beside it, and answered.

That right does not end with the help (UK GDPR article 16). While help lasts, whoever may write the assessment keeps
what they say: the lead professional, their deputy and their supervisor. Afterwards the lead has no way to the record
any more, and whoever looks back at it keeps and answers it: the supervisors and managers of the area, for a year by the
grant that closure gives them, and later whoever opens the record by emergency access and says why. A data protection
lead, to whom a family may turn as well, reads no records and asks one of these.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import aliased

from locality.caf.models import Assessment, Dispute
from locality.caf.operations.loading import raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.sections import AssessmentRow, get_assessment
from locality.caf.rules.answers import too_long
from locality.caf.rules.disputes import (
    Part,
    Settled,
    parts_of,
    reasons_against_answer,
    reasons_against_dispute,
)
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import AssessmentId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class RecordDispute:
    """What somebody says, and about which part; ``said_by_id`` where they are of the family on record."""

    dispute_id: uuid.UUID
    assessment_id: AssessmentId
    part: Part
    said_by_id: PersonId | None
    said_by: str
    words: str
    said_on: dt.date
    answer: str = ""


@dataclass(frozen=True, slots=True)
class AnswerDispute:
    """What the worker says to it, and what came of talking about it; ``version`` is the one that was shown."""

    dispute_id: uuid.UUID
    assessment_id: AssessmentId
    version: int
    settled: Settled | None
    answer: str


def record_dispute(uow: UnitOfWork, command: RecordDispute) -> None:
    """Keep what somebody sees differently, beside a draft as beside a complete CAF; sent twice, it is kept once.

    Raises ``RuleBroken`` with a reason for each field, ``NotFound`` for a part or a person that is not there.
    """
    assessment = get_assessment(uow.session, command.assessment_id)
    known = select(Dispute.id).where(Dispute.id == command.dispute_id, Dispute.assessment_id == assessment.id)
    if uow.session.execute(known).first() is not None:
        return
    if command.part not in parts_of(assessment.about):
        raise NotFound([Reason("part", "Select what it is about from the list")])
    raise_if(
        reasons_against_dispute(said_on=command.said_on, started_on=assessment.started_on, today=uow.today)
        + too_long("words", command.words)
        + too_long("answer", command.answer)
    )
    about = _about(assessment, command.part)
    uow.session.execute(insert(Dispute), [_row(uow, command, _named(uow, command, assessment), about)])
    tell(
        uow,
        "dispute.recorded",
        about=about,
        record=("dispute", command.dispute_id),
        detail={"part": command.part.code},
        line=Line(people.StoryKind.ASSESSMENT, "The family sees part of the assessment differently", command.said_on),
    )


def answer_dispute(uow: UnitOfWork, command: AnswerDispute) -> None:
    """Keep what the worker says to it, or what came of it. The family's words stay as they are.

    It may be answered from the version that it is about and from later ones. Raises ``Conflict`` when
    somebody answered in the meantime, ``RuleBroken``, ``NotFound``.
    """
    row = _locked(uow, command)
    if row.version != command.version:
        raise Conflict(f"{row.answered_by_name} has answered in the meantime. Look at it again")
    if command.settled is None and not command.answer:
        raise RuleBroken([Reason("answer", "Enter what you say to it")])
    raise_if(reasons_against_answer(command.settled, command.answer) + too_long("answer", command.answer))
    row.answer, row.settled = command.answer, command.settled
    row.answered_at, row.answered_by_name = uow.now, uow.actor.name
    row.version += 1
    uow.session.flush()
    tell(
        uow,
        "dispute.answered",
        about=row.about,
        record=("dispute", row.id),
        detail={"settled": None if command.settled is None else command.settled.value},
    )


def _locked(uow: UnitOfWork, command: AnswerDispute) -> Dispute:
    said, read = aliased(Assessment), aliased(Assessment)
    row = uow.session.execute(
        select(Dispute)
        .join(said, said.id == Dispute.assessment_id)
        .join(read, and_(read.episode_id == said.episode_id, read.version_no >= said.version_no))
        .where(Dispute.id == command.dispute_id, read.id == command.assessment_id)
        .with_for_update(of=Dispute)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such statement, or none that you may see")
    return row


def _about(assessment: AssessmentRow, part: Part) -> list[PersonId]:
    return list(assessment.about) if part.child_id is None else [PersonId(part.child_id)]


def _named(uow: UnitOfWork, command: RecordDispute, assessment: AssessmentRow) -> str:
    """The name of whoever says it: as the family's records have it, or as it was typed."""
    if command.said_by_id is None:
        if not command.said_by:
            raise RuleBroken([Reason("said_by", "Enter who sees it differently")])
        return command.said_by
    known = {one.id: one.name for one in people.family_members(uow.session, assessment.family_id)}
    if command.said_by_id not in known:
        raise NotFound([Reason("said_by_id", "Select somebody of the family")])
    return known[command.said_by_id]


def _row(uow: UnitOfWork, command: RecordDispute, said_by: str, about: list[PersonId]) -> dict[str, object]:
    return {
        "id": command.dispute_id, "assessment_id": command.assessment_id, "about": about,
        "code": command.part.code, "person_id": command.part.child_id, "said_by_id": command.said_by_id,
        "said_by": said_by, "words": command.words, "said_on": command.said_on, "recorded_at": uow.now,
        "recorded_by_name": uow.actor.name, "answer": command.answer, "settled": None,
        "answered_at": uow.now if command.answer else None,
        "answered_by_name": uow.actor.name if command.answer else "", "version": 1,
    }  # fmt: skip
