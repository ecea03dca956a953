"""Reading the sections of a CAF: its header, answers, conclusions, comments, and how far each has come."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from locality.access.facts import AccessFacts
from locality.access.scope import facts_of_record
from locality.caf.models import Assessment, Conclusion, ElementAnswer, Episode, FamilyComment
from locality.caf.rules.answers import Answer
from locality.caf.rules.completion import elements_in_all
from locality.caf.rules.words import AssessmentState, Capacity, ConclusionLevel, EpisodeState, Evidence
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, FamilyId, PersonId
from locality.people.models import Family

NO_ASSESSMENT = "There is no such CAF, or none that you may see"


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """A version of a family's CAF, and which complete one stands before it."""

    id: AssessmentId
    reference: str
    episode_id: EpisodeId
    episode_reference: str
    episode_state: EpisodeState
    family_id: FamilyId
    family_name: str
    about: tuple[PersonId, ...]
    version_no: int
    state: AssessmentState
    started_on: dt.date
    completed_on: dt.date | None
    assessor_name: str
    organisation: str
    present: str
    what_led: str
    version: int
    saved_by_name: str
    previous_id: AssessmentId | None
    previous_on: dt.date | None

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.state is AssessmentState.DRAFT

    @property
    def answers_in_all(self) -> int:
        """How many answers it asks for with these children."""
        return elements_in_all(self.about)


def get_assessment(session: Session, assessment_id: uuid.UUID) -> AssessmentRow:
    """One version of a CAF; one statement. Raises ``NotFound``."""
    row = _ASSESSMENT.one_or_none(session, assessment_id=assessment_id)
    if row is None:
        raise NotFound(NO_ASSESSMENT)
    return AssessmentRow(**{**row._asdict(), "about": tuple(row.about)})


def assessment_facts(
    session: Session, actor: Actor, *, assessment_id: AssessmentId, **others: uuid.UUID
) -> AccessFacts | None:
    """What the policy asks about a CAF, or about the one child whom the address names; None when not there."""
    return facts_of_record(session, actor, _ABOUT, ("assessment", assessment_id), only=others.get("child_id"))


_ABOUT: Final = (
    "SELECT about, EXISTS (SELECT FROM episode WHERE episode.id = assessment.episode_id AND episode.state = 'closed')"
    " AS over FROM assessment WHERE id = %(id)s"
)


@dataclass(frozen=True, slots=True)
class SavedHeader:
    """Who was present and what led to the CAF, as saved."""

    present: str
    what_led: str
    version: int
    saved_by_name: str
    saved_by: AccountId | None = None


def find_header(session: Session, assessment_id: AssessmentId | None) -> SavedHeader | None:
    """Who was present and what led to another version; None without one. One statement at most."""
    if assessment_id is None:
        return None
    row = session.execute(
        select(Assessment.present, Assessment.what_led, Assessment.version, Assessment.saved_by_name).where(
            Assessment.id == assessment_id
        )
    ).one_or_none()
    return None if row is None else SavedHeader(*row)


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer as saved: by whom, when, and which version."""

    answer: Answer
    version: int
    saved_at: dt.datetime
    saved_by_name: str
    saved_by: AccountId | None = None

    @classmethod
    def of(cls, row: Any) -> "SavedAnswer":
        """What a row of ``element_answer`` holds."""
        return cls(as_answer(row), row.version, row.saved_at, row.saved_by_name, row.saved_by)


def as_answer(row: Any) -> Answer:
    """The answer that a row of ``element_answer`` holds."""
    return Answer(
        strengths=row.strengths,
        needs=row.needs,
        evidence=tuple(Evidence(item) for item in row.evidence),
        severity=row.severity,
        is_not_discussed=row.is_not_discussed,
    )


def list_answers(session: Session, assessment_id: uuid.UUID) -> dict[tuple[str, PersonId | None], SavedAnswer]:
    """Every answer of a CAF by element and child (None: shared by all); one statement."""
    rows = session.scalars(select(ElementAnswer).where(ElementAnswer.assessment_id == assessment_id))
    return {(row.code, None if row.person_id is None else PersonId(row.person_id)): SavedAnswer.of(row) for row in rows}


def find_answers(
    session: Session, assessments: Iterable[AssessmentId | None], *, code: str, child_id: PersonId | None
) -> dict[AssessmentId, SavedAnswer]:
    """What several versions of a CAF say under one element; one statement."""
    wanted = [assessment for assessment in assessments if assessment is not None]
    rows = session.scalars(
        select(ElementAnswer).where(
            ElementAnswer.assessment_id.in_(wanted),
            ElementAnswer.code == code,
            ElementAnswer.person_id.is_not_distinct_from(child_id),
        )
    )
    return {AssessmentId(row.assessment_id): SavedAnswer.of(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Progress:
    """Whether one element has an answer, and who saved it when."""

    code: str
    child_id: PersonId | None
    is_given: bool
    saved_at: dt.datetime
    saved_by_name: str


def list_progress(session: Session, assessment_id: uuid.UUID) -> tuple[Progress, ...]:
    """How far the answers of a CAF have come, without their texts; one statement."""
    given = or_(ElementAnswer.strengths != "", ElementAnswer.needs != "", ElementAnswer.is_not_discussed)
    rows = session.execute(
        select(
            ElementAnswer.code, ElementAnswer.person_id, given, ElementAnswer.saved_at, ElementAnswer.saved_by_name
        ).where(ElementAnswer.assessment_id == assessment_id)
    )
    return tuple(Progress(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class SavedConclusion:
    """What is concluded for a child, as saved."""

    child_id: PersonId
    level: ConclusionLevel
    text: str
    disagreements: str
    version: int
    saved_at: dt.datetime
    saved_by_name: str
    saved_by: AccountId | None = None

    @classmethod
    def of(cls, row: Conclusion) -> "SavedConclusion":
        """What a row holds."""
        return cls(
            PersonId(row.person_id),
            row.level,
            row.text,
            row.disagreements,
            row.version,
            row.saved_at,
            row.saved_by_name,
            row.saved_by,
        )


def list_conclusions(session: Session, assessment_id: uuid.UUID) -> dict[PersonId, SavedConclusion]:
    """The conclusions of a CAF by child; one statement."""
    rows = session.scalars(select(Conclusion).where(Conclusion.assessment_id == assessment_id))
    return {PersonId(row.person_id): SavedConclusion.of(row) for row in rows}


@dataclass(frozen=True, slots=True)
class SavedComment:
    """What a child or a parent says about the assessment of a child, or that they had no wish to."""

    child_id: PersonId
    capacity: Capacity
    wished_to_comment: bool
    words: str
    said_by: str
    version: int
    saved_at: dt.datetime
    saved_by_name: str

    @classmethod
    def of(cls, row: FamilyComment) -> "SavedComment":
        """What a row holds."""
        return cls(
            PersonId(row.person_id), row.capacity, row.wished_to_comment, row.words, row.said_by, row.version,
            row.saved_at, row.saved_by_name,
        )  # fmt: skip

    @property
    def said(self) -> str | None:
        """The words; None for no wish to comment."""
        return self.words if self.wished_to_comment else None


@dataclass(frozen=True, slots=True)
class BothComments:
    """What child and parent say, as one page shows it; None where nobody has asked yet."""

    child: SavedComment | None
    parent: SavedComment | None

    @property
    def version(self) -> int:
        """Grows whenever either is saved; 0 while nothing is."""
        return sum(one.version for one in (self.child, self.parent) if one is not None)

    @property
    def says(self) -> tuple[str | None, str | None, str]:
        """The child's words, the parent's and the parent's name; None where nobody wished to comment, or was asked."""
        child = None if self.child is None else self.child.said
        return (child, None, "") if self.parent is None else (child, self.parent.said, self.parent.said_by)

    @property
    def latest(self) -> SavedComment | None:
        """The one that was saved last."""
        return max((one for one in (self.child, self.parent) if one), key=lambda one: one.saved_at, default=None)


def comments_on(session: Session, assessment_id: uuid.UUID, child_id: PersonId) -> BothComments:
    """What is said about the assessment of one child; one statement."""
    found = list_comments(session, assessment_id)
    return BothComments(found.get((child_id, Capacity.CHILD)), found.get((child_id, Capacity.PARENT)))


def list_comments(session: Session, assessment_id: uuid.UUID) -> dict[tuple[PersonId, Capacity], SavedComment]:
    """The comments on a CAF by child and capacity; one statement."""
    rows = session.execute(
        select(
            FamilyComment.person_id,
            FamilyComment.capacity,
            FamilyComment.wished_to_comment,
            FamilyComment.words,
            FamilyComment.said_by,
            FamilyComment.version,
            FamilyComment.saved_at,
            FamilyComment.saved_by_name,
        ).where(FamilyComment.assessment_id == assessment_id)
    )
    return {(row.person_id, row.capacity): SavedComment(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of an episode's CAF, in a list."""

    id: AssessmentId
    reference: str
    version_no: int
    state: AssessmentState
    started_on: dt.date
    completed_on: dt.date | None
    assessor_name: str
    organisation: str


def list_versions(session: Session, episode_id: EpisodeId) -> tuple[VersionRow, ...]:
    """The versions of an episode's CAF, the newest first; one statement."""
    rows = session.execute(
        select(
            Assessment.id,
            Assessment.reference,
            Assessment.version_no,
            Assessment.state,
            Assessment.started_on,
            Assessment.completed_on,
            Assessment.assessor_name,
            Assessment.organisation,
        )
        .where(Assessment.episode_id == episode_id)
        .order_by(Assessment.version_no.desc())
    )
    return tuple(VersionRow(*row) for row in rows)


_PREVIOUS = aliased(Assessment)
_ASSESSMENT = direct.Prepared(
    select(
        Assessment.id,
        Assessment.reference,
        Assessment.episode_id,
        Episode.reference.label("episode_reference"),
        Episode.state.label("episode_state"),
        Episode.family_id,
        Family.name.label("family_name"),
        Assessment.about,
        Assessment.version_no,
        Assessment.state,
        Assessment.started_on,
        Assessment.completed_on,
        Assessment.assessor_name,
        Assessment.organisation,
        Assessment.present,
        Assessment.what_led,
        Assessment.version,
        Assessment.saved_by_name,
        _PREVIOUS.id.label("previous_id"),
        _PREVIOUS.completed_on.label("previous_on"),
    )
    .join(Episode, Episode.id == Assessment.episode_id)
    .join(Family, Family.id == Episode.family_id)
    .outerjoin(
        _PREVIOUS,
        and_(
            _PREVIOUS.episode_id == Assessment.episode_id,
            _PREVIOUS.version_no == Assessment.version_no - 1,
        ),
    )
    .where(Assessment.id == bindparam("assessment_id"))
)
