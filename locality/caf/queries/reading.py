"""Reading a whole CAF: what it says about each child, and all its answers and voices, in a few statements."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from locality.caf.models import Conclusion, FamilyComment, VoiceEntry
from locality.caf.queries.disputes import DisputeRow, Words, beside, words_and_disputes
from locality.caf.queries.sections import AssessmentRow, SavedAnswer, list_answers
from locality.caf.queries.voices import VoiceRow, voices_of
from locality.caf.rules.words import Capacity, ConclusionLevel
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


@dataclass(frozen=True, slots=True)
class Document:
    """All that a CAF says, as far as the reader may see it."""

    children: tuple[ChildPart, ...]
    answers: Mapping[tuple[str, PersonId | None], SavedAnswer]
    voices: tuple[VoiceRow, ...]
    words: Words
    disputes: Mapping[tuple[str, PersonId | None], tuple[DisputeRow, ...]]


def read_document(session: Session, assessment: AssessmentRow) -> Document:
    """A whole CAF; four statements."""
    words, disputes = words_and_disputes(session, assessment.id)
    return Document(
        children=list_child_parts(session, assessment.id, assessment.about),
        answers=list_answers(session, assessment.id),
        voices=voices_of(session, assessment.id),
        words=words,
        disputes=beside(disputes),
    )


def list_child_parts(session: Session, assessment_id: uuid.UUID, children: Iterable[PersonId]) -> tuple[ChildPart, ...]:
    """The children of a CAF, the oldest first, each with conclusions and comments; one statement."""
    child, parent = aliased(FamilyComment), aliased(FamilyComment)
    is_heard = exists().where(VoiceEntry.assessment_id == assessment_id, VoiceEntry.person_id == Person.id)
    rows = session.execute(
        select(
            Person.id, Person.given_name, Person.family_name, Person.known_as, Person.due_on, is_heard,
            Conclusion.level, Conclusion.text, Conclusion.disagreements, child.words, parent.words, parent.said_by,
        )
        .outerjoin(
            Conclusion, and_(Conclusion.assessment_id == assessment_id, Conclusion.person_id == Person.id)
        )
        .outerjoin(
            child,
            and_(
                child.assessment_id == assessment_id,
                child.person_id == Person.id,
                child.capacity == Capacity.CHILD,
            ),
        )
        .outerjoin(
            parent,
            and_(
                parent.assessment_id == assessment_id,
                parent.person_id == Person.id,
                parent.capacity == Capacity.PARENT,
            ),
        )
        .where(Person.id.in_(list(children)))
        .order_by(Person.born_on.asc().nulls_last(), Person.due_on, Person.id)
    )  # fmt: skip
    found = []
    for person_id, given, family, known_as, due_on, *rest in rows:
        name = people.display_name(given, family, unborn=due_on is not None)
        found.append(ChildPart(PersonId(person_id), name, known_as or given or name, *rest))
    return tuple(found)
