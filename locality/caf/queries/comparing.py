"""Reading two versions of a CAF to set them side by side, in a few statements whatever their size."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from locality.caf.rules.comparing import Field, FieldKey
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.sections import SECTIONS
from locality.caf.rules.words import (
    CONCLUSION_LABELS,
    EVIDENCE_LABELS,
    SEVERITY_LABELS,
    Capacity,
    ConclusionLevel,
    Evidence,
)
from locality.kernel import direct
from locality.kernel.ids import AssessmentId, PersonId

Texts = dict[FieldKey, str]


def read_fields(
    session: Session, versions: Sequence[AssessmentId], called: Mapping[PersonId, str]
) -> tuple[tuple[Field, ...], dict[AssessmentId, Texts]]:
    """The fields of a CAF in form order, and what each version says in each; one statement.

    ``called``: what each child is called. A child who was not in a version has no texts there.
    """
    found: dict[AssessmentId, Texts] = {version: {} for version in versions}
    for version, key, text in _texts(session, list(versions)):
        if text:
            found[version][key] = text
    return tuple(_fields(called)), found


def _texts(session: Session, versions: list[AssessmentId]) -> Iterator[tuple[AssessmentId, FieldKey, str]]:
    for row in direct.rows(session, _TEXTS, {"versions": versions}):
        yield row.caf, FieldKey(row.code, row.person, row.part), _words(row.part, row.text or "")


def _words(part: str, text: str) -> str:
    """What a page says for what is kept: codes in words, texts as they are."""
    if part == "evidence":
        return "; ".join(EVIDENCE_LABELS[Evidence(one)] for one in text.split(",") if one)
    if part == "severity" and text:
        return SEVERITY_LABELS[int(text)]
    return CONCLUSION_LABELS[ConclusionLevel(text)] if part == "level" else text


# One statement, since the page that compares reads two whole assessments.
_TEXTS: Final = """
SELECT a.id AS caf, t.code, NULL::uuid AS person, '' AS part, t.text
FROM assessment a CROSS JOIN LATERAL (VALUES ('present', a.present), ('what_led', a.what_led)) AS t (code, text)
WHERE a.id = ANY(%(versions)s)
UNION ALL
SELECT s.assessment_id, s.code, s.person_id, t.key, t.value
FROM section_answer s CROSS JOIN LATERAL jsonb_each_text(s.facts) AS t WHERE s.assessment_id = ANY(%(versions)s)
UNION ALL
SELECT e.assessment_id, e.code, e.person_id, t.part, t.text
FROM element_answer e CROSS JOIN LATERAL (VALUES
  ('strengths', e.strengths), ('needs', e.needs), ('evidence', array_to_string(e.evidence, ',')),
  ('severity', e.severity::text), ('talked', CASE WHEN e.is_not_discussed THEN 'Not discussed' END)
) AS t (part, text) WHERE e.assessment_id = ANY(%(versions)s)
UNION ALL
SELECT c.assessment_id, 'conclusion', c.person_id, t.part, t.text
FROM conclusion c CROSS JOIN LATERAL (VALUES
  ('level', c.level), ('text', c.text), ('disagreements', c.disagreements)
) AS t (part, text) WHERE c.assessment_id = ANY(%(versions)s)
UNION ALL
SELECT f.assessment_id, 'comment', f.person_id, f.capacity, f.words
FROM family_comment f WHERE f.assessment_id = ANY(%(versions)s)
"""
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
