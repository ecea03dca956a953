"""How far each section of a CAF has come, in two statements whatever its size."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, String, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from locality.caf.models import Conclusion, FamilyComment, SectionAnswer, VoiceEntry
from locality.caf.queries.sections import Progress, list_progress
from locality.caf.rules.sections import SectionCode
from locality.caf.rules.words import VoiceTool
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.people.models import FactReuse, ToldFact


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """Answers by child (None: shared), and which children have a voice, a conclusion and comments.

    ``known``: those about whom this CAF confirmed, corrected or told anything. ``written``: the sections of
    free words in which anything stands.
    """

    progress: Mapping[PersonId | None, tuple[Progress, ...]]
    heard: frozenset[PersonId]
    not_heard: frozenset[PersonId]
    concluded: frozenset[PersonId]
    commented: frozenset[PersonId]
    known: frozenset[PersonId]
    written: frozenset[tuple[SectionCode, PersonId | None]]

    @property
    def given(self) -> int:
        """How many elements have an answer."""
        return sum(row.is_given for rows in self.progress.values() for row in rows)


_ANY_WORDS = '$.* ? (@ != "")'


def task_facts(session: Session, assessment_id: uuid.UUID, children: Iterable[uuid.UUID]) -> TaskFacts:
    """How far the sections of a CAF about these children have come."""
    children = list(children)
    by_child: dict[PersonId | None, list[Progress]] = {}
    for row in list_progress(session, assessment_id):
        by_child.setdefault(row.child_id, []).append(row)
    parts: CompoundSelect[Any] = union_all(
        select(literal("voice"), VoiceEntry.person_id).where(
            VoiceEntry.assessment_id == assessment_id, VoiceEntry.tool != VoiceTool.NOT_OBTAINED
        ),
        select(literal("silence"), VoiceEntry.person_id).where(
            VoiceEntry.assessment_id == assessment_id, VoiceEntry.tool == VoiceTool.NOT_OBTAINED
        ),
        select(literal("conclusion"), Conclusion.person_id).where(Conclusion.assessment_id == assessment_id),
        select(literal("comments"), FamilyComment.person_id).where(FamilyComment.assessment_id == assessment_id),
        select(literal("known"), FactReuse.person_id).where(
            FactReuse.record_id == assessment_id, FactReuse.topic.in_(people.GONE_OVER)
        ),
        select(literal("known"), ToldFact.person_id).where(
            ToldFact.person_id.in_(children), ToldFact.source_id == assessment_id, ToldFact.topic.in_(people.GONE_OVER)
        ),
        select(type_coerce(SectionAnswer.code, String), SectionAnswer.person_id).where(
            SectionAnswer.assessment_id == assessment_id,
            func.jsonb_path_exists(SectionAnswer.facts, cast(_ANY_WORDS, JSONPATH)),
        ),
    )
    found: dict[str, set[PersonId]] = {}
    for part, person_id in session.execute(parts):
        found.setdefault(part, set()).add(person_id)
    return TaskFacts(
        progress={child: tuple(rows) for child, rows in by_child.items()},
        heard=frozenset(found.get("voice", ())),
        not_heard=frozenset(found.get("silence", ())),
        concluded=frozenset(found.get("conclusion", ())),
        commented=frozenset(found.get("comments", ())),
        known=frozenset(found.get("known", ())),
        written=frozenset((code, person) for code in SectionCode for person in found.get(code.value, ())),
    )
