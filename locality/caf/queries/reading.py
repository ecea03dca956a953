"""Reading a whole CAF: what it says about each child, and all its answers and voices, in a few statements."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, any_, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from locality.caf.models import Conclusion, FamilyComment, VoiceEntry
from locality.caf.queries.disputes import DisputeRow, beside, dispute_from_json
from locality.caf.queries.sections import AssessmentRow, SavedAnswer
from locality.caf.queries.voices import VoiceRow, voices_of
from locality.caf.rules.sections import SectionCode
from locality.caf.rules.words import Capacity, ConclusionLevel
from locality.kernel import direct
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.people.models import Person


@dataclass(frozen=True, slots=True)
class ChildPart:
    """What a CAF concludes for one child and what the family says to it; None where nothing was written yet."""

    id: PersonId
    name: str
    called: str
    is_heard: bool
    level: ConclusionLevel | None
    text: str | None
    disagreements: str | None
    child_words: str | None
    parent_words: str | None
    parent_name: str | None

    @property
    def comments(self) -> frozenset[Capacity]:
        """Who has said, or had no wish to say, something to it."""
        said = ((Capacity.CHILD, self.child_words), (Capacity.PARENT, self.parent_words))
        return frozenset(capacity for capacity, words in said if words is not None)


Words = Mapping[tuple[SectionCode, PersonId | None], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Document:
    """All that a CAF says, as far as the reader may see it; ``kept_out`` are the elements that it leaves out."""

    children: tuple[ChildPart, ...]
    answers: Mapping[tuple[str, PersonId | None], SavedAnswer]
    voices: tuple[VoiceRow, ...]
    words: Words
    disputes: Mapping[tuple[str, PersonId | None], tuple[DisputeRow, ...]]
    kept_out: frozenset[str] = frozenset()


def read_document(session: Session, assessment: AssessmentRow, *, kept_out: frozenset[str] = frozenset()) -> Document:
    """A whole CAF, but for elements that are kept from the reader; three statements."""
    children = list_child_parts(session, assessment.id, assessment.about)
    held: dict[str, list[Any]] = {"words": [], "answer": [], "dispute": []}
    for row in direct.rows(session, _TEXTS, {"id": assessment.id}):
        if row.code not in kept_out:
            held[row.what].append(row)
    return Document(
        children=children,
        answers={(row.code, row.person_id): _answer_from_json(row.held) for row in held["answer"]},
        voices=voices_of(session, assessment.id),
        words={(SectionCode(row.code), row.person_id): row.held for row in held["words"]},
        disputes=beside(dispute_from_json(row.held) for row in held["dispute"]),
        kept_out=kept_out,
    )


# Answers, sections of free words and what is seen differently, in one reading; of the latter also from earlier
# versions what is open, and where both views stand.
_TEXTS: Final = """
SELECT 'words' AS what, code, person_id, facts AS held, NULL::timestamptz AS at FROM section_answer
WHERE assessment_id = %(id)s
UNION ALL
SELECT 'answer', code, person_id, to_jsonb(element_answer), NULL FROM element_answer WHERE assessment_id = %(id)s
UNION ALL
SELECT 'dispute', d.code, d.person_id,
  to_jsonb(d) || jsonb_build_object('said_of', CASE WHEN said.id <> here.id THEN said.version_no END), d.recorded_at
FROM dispute d JOIN assessment said ON said.id = d.assessment_id
  JOIN assessment here ON here.episode_id = said.episode_id
WHERE here.id = %(id)s AND (said.id = here.id OR
  (said.version_no < here.version_no AND (d.settled IS NULL OR d.settled = 'both_stand')))
ORDER BY at NULLS FIRST
"""


def _answer_from_json(held: Mapping[str, Any]) -> SavedAnswer:
    by = held["saved_by"]
    values = {
        **held,
        "saved_at": dt.datetime.fromisoformat(held["saved_at"]),
        "saved_by": None if by is None else uuid.UUID(by),
    }
    return SavedAnswer.of(SimpleNamespace(**values))


def list_child_parts(session: Session, assessment_id: uuid.UUID, children: Iterable[PersonId]) -> tuple[ChildPart, ...]:
    """The children of a CAF, the oldest first, each with conclusions and comments; one statement."""
    rows = _CHILD_PARTS.rows(session, assessment_id=assessment_id, children=list(children))
    found = []
    for person_id, given, family, known_as, due_on, *rest in rows:
        name = people.display_name(given, family, unborn=due_on is not None)
        found.append(ChildPart(PersonId(person_id), name, known_as or given or name, *rest))
    return tuple(found)


_CHILD, _PARENT = aliased(FamilyComment), aliased(FamilyComment)


def _said(comment: type[FamilyComment], capacity: Capacity) -> ColumnElement[bool]:
    """That it is the comment on the child of the row by somebody in this capacity."""
    return and_(
        comment.assessment_id == bindparam("assessment_id"),
        comment.person_id == Person.id,
        comment.capacity == capacity,
    )


_IS_HEARD = exists().where(VoiceEntry.assessment_id == bindparam("assessment_id"), VoiceEntry.person_id == Person.id)
_CHILD_PARTS = direct.Prepared(
    select(
        Person.id, Person.given_name, Person.family_name, Person.known_as, Person.due_on, _IS_HEARD,
        Conclusion.level, Conclusion.text, Conclusion.disagreements, _CHILD.words, _PARENT.words, _PARENT.said_by,
    )
    .outerjoin(
        Conclusion, and_(Conclusion.assessment_id == bindparam("assessment_id"), Conclusion.person_id == Person.id)
    )
    .outerjoin(_CHILD, _said(_CHILD, Capacity.CHILD))
    .outerjoin(_PARENT, _said(_PARENT, Capacity.PARENT))
    .where(Person.id == any_(bindparam("children")))
    .order_by(Person.born_on.asc().nulls_last(), Person.due_on, Person.id)
)  # fmt: skip
