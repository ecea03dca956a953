"""Reading two versions of a CAF to set them side by side, in a few statements whatever their size."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import Assessment, Conclusion, ElementAnswer, FamilyComment, SectionAnswer
from locality.caf.queries.sections import as_answer
from locality.caf.rules.answers import Answer
from locality.caf.rules.comparing import Field, FieldKey
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.sections import SECTIONS
from locality.caf.rules.words import CONCLUSION_LABELS, EVIDENCE_LABELS, SEVERITY_LABELS, Capacity
from locality.kernel.ids import AssessmentId, PersonId

Texts = dict[FieldKey, str]


def read_fields(
    session: Session, versions: Sequence[AssessmentId], called: Mapping[PersonId, str]
) -> tuple[tuple[Field, ...], dict[AssessmentId, Texts]]:
    """The fields of a CAF in form order, and what each version says in each; five statements.

    ``called``: what each child is called. A child who was not in a version has no texts there.
    """
    found: dict[AssessmentId, Texts] = {version: {} for version in versions}
    for version, key, text in _texts(session, list(versions)):
        if text:
            found[version][key] = text
    return tuple(_fields(called)), found


def _texts(session: Session, versions: list[AssessmentId]) -> Iterator[tuple[AssessmentId, FieldKey, str]]:
    for caf in session.execute(
        select(Assessment.id, Assessment.present, Assessment.what_led).where(Assessment.id.in_(versions))
    ):
        yield caf.id, FieldKey("present"), caf.present
        yield caf.id, FieldKey("what_led"), caf.what_led
    yield from _of_sections(session, versions)
    for row in session.scalars(select(ElementAnswer).where(ElementAnswer.assessment_id.in_(versions))):
        for part, text in _answer(as_answer(row)).items():
            yield AssessmentId(row.assessment_id), FieldKey(row.code, row.person_id, part), text
    for one in session.scalars(select(Conclusion).where(Conclusion.assessment_id.in_(versions))):
        parts = {"level": CONCLUSION_LABELS[one.level], "text": one.text, "disagreements": one.disagreements}
        for part, text in parts.items():
            yield AssessmentId(one.assessment_id), FieldKey("conclusion", one.person_id, part), text
    for said in session.scalars(select(FamilyComment).where(FamilyComment.assessment_id.in_(versions))):
        yield AssessmentId(said.assessment_id), FieldKey("comment", said.person_id, said.capacity.value), said.words


def _of_sections(session: Session, versions: list[AssessmentId]) -> Iterator[tuple[AssessmentId, FieldKey, str]]:
    rows: Iterable[Any] = session.scalars(select(SectionAnswer).where(SectionAnswer.assessment_id.in_(versions)))
    for row in rows:
        for name, text in row.facts.items():
            yield row.assessment_id, FieldKey(row.code.value, row.person_id, name), str(text)


def _answer(answer: Answer) -> dict[str, str]:
    return {
        "strengths": answer.strengths,
        "needs": answer.needs,
        "evidence": "; ".join(EVIDENCE_LABELS[one] for one in answer.evidence),
        "severity": "" if answer.severity is None else SEVERITY_LABELS[answer.severity],
        "talked": "Not discussed" if answer.is_not_discussed else "",
    }


_PARTS = {
    "strengths": "strengths",
    "needs": "needs",
    "evidence": "how we know",
    "severity": "how serious",
    "talked": "",
}


def _fields(called: Mapping[PersonId, str]) -> Iterator[Field]:
    yield Field(FieldKey("present"), "The assessment", "Who was present")
    yield Field(FieldKey("what_led"), "The assessment", "What led to it")
    yield from _section_fields(None, "The whole family")
    for child_id, name in called.items():
        yield from _section_fields(child_id, name)
        yield from _element_fields(child_id, name)
        yield Field(FieldKey("conclusion", child_id, "level"), name, "Conclusion")
        yield Field(FieldKey("conclusion", child_id, "text"), name, "Why")
        yield Field(FieldKey("conclusion", child_id, "disagreements"), name, "Seen differently")
        yield Field(FieldKey("comment", child_id, Capacity.CHILD.value), name, f"What {name} says about it")
        yield Field(FieldKey("comment", child_id, Capacity.PARENT.value), name, "What a parent or carer says about it")
    yield from _element_fields(None, "The whole family")


def _section_fields(child_id: uuid.UUID | None, of: str) -> Iterator[Field]:
    for section in SECTIONS.values():
        if section.is_shared is (child_id is None):
            for one in section.questions:
                label = one.label.format(child=of).removesuffix(" (optional)")
                yield Field(FieldKey(section.code.value, child_id, one.name), of, label)


def _element_fields(child_id: uuid.UUID | None, of: str) -> Iterator[Field]:
    for element in ELEMENTS:
        if element.is_shared is (child_id is None):
            for part, words in _PARTS.items():
                label = f"{element.name}: {words}" if words else element.name
                yield Field(FieldKey(element.code, child_id, part), of, label)
