"""The forms of the sections that are free words: a box for each question, filled in where it was told before."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from locality.caf.forms.arriving import TypedForm
from locality.caf.operations.sections import SaveSection
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.sections import SECTIONS, SectionCode
from locality.kernel.ids import AssessmentId, PersonId
from locality.people.api import Topic
from locality.web.fields import TextArea
from locality.web.prefill import Prefilled

# The same questions in other words, as the family's story has them from whoever was told first.
TOLD_BEFORE: Mapping[SectionCode, Mapping[str, Topic]] = {
    SectionCode.HOME: {"living": Topic.WHO_LIVES_HERE},
    SectionCode.NEEDS_TO_TAKE_PART: {"child": Topic.ARRANGEMENTS},
}


class SectionForm(TypedForm, Prefilled):
    """What is written in one section. ``code`` says which.

    It corrects nothing in the family's story: more may read that than an assessment.
    """

    code: SectionCode
    asking = "What you write here changes this assessment alone"

    def put_in_words(self, called: str) -> None:
        """Put the questions in words for this child."""
        for question in SECTIONS[self.code].questions:
            self[question.name].label.text = question.label.format(child=called)

    def add_words(self, name: str, words: str) -> None:
        """Put words that were said before under what is typed now; nothing is saved by it."""
        if name in (one.name for one in SECTIONS[self.code].questions) and words not in (self[name].data or ""):
            self[name].data = "\n\n".join(part for part in (self[name].data, words) if part)

    def words(self) -> dict[str, str]:
        """What is typed, by question."""
        return {one.name: self[one.name].data or "" for one in SECTIONS[self.code].questions}

    def to_command(
        self, assessment_id: AssessmentId, child_id: PersonId | None, *, version: int | None = None
    ) -> SaveSection:
        """What is typed, over the version that the page or ``version`` says."""
        seen = self.version.data if version is None else version
        sending = self.sending(is_draft=version is not None)
        return SaveSection(assessment_id, self.code, child_id, seen, self.words(), sending)


@lru_cache(maxsize=len(SectionCode))
def form_of(code: SectionCode) -> type[SectionForm]:
    """The form of one section."""
    boxes: dict[str, Any] = {
        one.name: TextArea(one.label, hint=one.hint, max_length=MAX_TEXT, rows=one.rows)
        for one in SECTIONS[code].questions
    }
    more = {"code": code, "topics": TOLD_BEFORE.get(code, {})}
    return type(f"{code.name.title().replace('_', '')}Form", (SectionForm,), {**more, **boxes})
