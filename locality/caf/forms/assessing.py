"""Forms of the CAF itself: its header, elements, conclusions and comments."""

from collections.abc import Mapping
from typing import Any

from locality.caf.forms.arriving import TypedForm
from locality.caf.operations.commands import (
    SaveComments,
    SaveConclusion,
    SaveElement,
    SaveHeader,
    SettleElement,
    StartAssessment,
)
from locality.caf.rules.answers import MAX_TEXT, Answer
from locality.caf.rules.answers import Choice as Settling
from locality.caf.rules.words import (
    CONCLUSION_LABELS,
    EVIDENCE_LABELS,
    SEVERITY_LABELS,
    ConclusionLevel,
    Evidence,
)
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId
from locality.people.api import Topic
from locality.web.fields import Checkbox, Checkboxes, Choice, DateParts, Radios, Select, TextArea, TextField, YesNo
from locality.web.form import Form, FormWithId, FormWithVersion
from locality.web.prefill import Prefilled

_ONE_LINE = 500
LED_TO = (Topic.LED_TO,)  # what is known before the header asks


class _Header(Prefilled):
    """The two questions that open every CAF."""

    topics = {"what_led": Topic.LED_TO}  # noqa: RUF012

    present = TextArea(
        "Who was present?",
        required="Enter who was present",
        hint="The child, parents and carers, other people; how you met",
        max_length=MAX_TEXT,
        rows=3,
    )
    what_led = TextArea(
        "What has led to this assessment?",
        required="Enter what has led to this assessment",
        max_length=MAX_TEXT,
        rows=5,
    )


class StartForm(_Header, FormWithId):
    """Starting a CAF."""

    keeps_draft = True

    started_on = DateParts("When did you start?", required="Enter when you started", called="Start date")

    def to_command(self, episode_id: EpisodeId) -> StartAssessment:
        """The start as typed."""
        return StartAssessment(
            assessment_id=AssessmentId(self.form_id.data),
            episode_id=episode_id,
            started_on=self.started_on.data,
            present=self.present.data,
            what_led=self.what_led.data,
        )


class HeaderForm(_Header, FormWithVersion):
    """Who was present and what led to the CAF."""

    keeps_draft = True

    def to_command(self, assessment_id: AssessmentId) -> SaveHeader:
        """The header as typed."""
        return SaveHeader(assessment_id, self.version.data, self.present.data, self.what_led.data)


class ElementForm(TypedForm):
    """What is written under one element."""

    strengths = TextArea("Strengths", hint="What goes well, and who or what helps", max_length=MAX_TEXT, rows=5)
    needs = TextArea("Needs", hint="What is difficult, and for whom", max_length=MAX_TEXT, rows=5)
    evidence = Checkboxes("How do you know?", hint="Select all that apply", coerce=Evidence)
    severity = Select(
        "How serious is the need? (optional)",
        blank="Not rated",
        choices=[Choice(str(number), label) for number, label in SEVERITY_LABELS.items()],
        coerce=int,
        called="How serious the need is",
    )
    is_not_discussed = Checkbox("Not discussed", hint="This is not the same as “no need”")

    def offer(self, *, child_name: str | None) -> None:
        """Put the evidence in words for this child, or for the whole family."""
        labels: Mapping[Evidence, str] = EVIDENCE_LABELS
        said = f"{child_name} said" if child_name else "A child said"
        self.evidence.choices = [
            Choice(item.value, said if item is Evidence.CHILD_SAID else label) for item, label in labels.items()
        ]

    def answer(self) -> Answer:
        """The answer as typed."""
        return Answer(
            strengths=self.strengths.data or "",
            needs=self.needs.data or "",
            evidence=tuple(self.evidence.data or ()),
            severity=_number(self.severity.data),
            is_not_discussed=bool(self.is_not_discussed.data),
        )

    def add_words(self, field: str, words: str) -> None:
        """Put words that were said before under what is typed now; nothing is saved by it."""
        target = {"strengths": self.strengths, "needs": self.needs}.get(field)
        if target is not None and words and words not in (target.data or ""):
            target.data = "\n\n".join(part for part in (target.data, words) if part)

    def to_command(
        self, assessment_id: AssessmentId, *, code: str, child_id: PersonId | None, version: int | None = None
    ) -> SaveElement:
        """A save by hand, or a draft when the page says which ``version`` it has."""
        return SaveElement(
            assessment_id=assessment_id,
            code=code,
            child_id=child_id,
            version=self.version.data if version is None else version,
            answer=self.answer(),
            sending=self.sending(is_draft=version is not None),
        )


class ChoiceForm(Form):
    """The choice after a colleague saved the same page: mine, theirs or both."""

    choice = Radios(
        "Which words do you want to keep?",
        required="Select which words to keep",
        choices=[
            Choice(Settling.JOIN.value, "Keep both, one after the other"),
            Choice(Settling.MINE.value, "Keep my words"),
            Choice(Settling.THEIRS.value, "Keep my colleague’s words"),
        ],
        coerce=Settling,
    )

    def offer_other_window(self) -> None:
        """Put the choice in words for somebody who wrote in two windows: there is no colleague."""
        self.choice.choices = [
            Choice(Settling.JOIN.value, "Keep both, one after the other"),
            Choice(Settling.MINE.value, "Keep the words here"),
            Choice(Settling.THEIRS.value, "Keep the words of the other window"),
        ]


class SettleForm(ChoiceForm, ElementForm):
    """The choice about an element, with what was written."""

    def to_settle(self, assessment_id: AssessmentId, *, code: str, child_id: PersonId | None) -> SettleElement:
        """The choice as taken."""
        return SettleElement(
            assessment_id=assessment_id,
            code=code,
            child_id=child_id,
            version=self.version.data,
            mine=self.answer(),
            choice=self.choice.data,
        )


class ConclusionForm(FormWithVersion):
    """What is concluded for one child."""

    keeps_draft = True

    level = Radios(
        "What do you conclude?",
        required="Select what you conclude",
        choices=[Choice(level.value, label) for level, label in CONCLUSION_LABELS.items()],
        coerce=ConclusionLevel,
    )
    text = TextArea(
        "Why? What needs to change, and how will everybody know that it has?",
        required="Enter what you conclude and why",
        called="Your conclusion",
        max_length=MAX_TEXT,
        rows=8,
    )
    disagreements = TextArea(
        "Does anybody see it differently? (optional)",
        hint="Who, and what they would say",
        called="Disagreements",
        max_length=MAX_TEXT,
        rows=3,
    )

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId) -> SaveConclusion:
        """The conclusion as typed."""
        return SaveConclusion(
            assessment_id=assessment_id,
            child_id=child_id,
            version=self.version.data,
            level=self.level.data,
            text=self.text.data,
            disagreements=self.disagreements.data or "",
        )


class CommentsForm(FormWithVersion):
    """What child and parent say about the assessment."""

    keeps_draft = True

    child_wished = YesNo("Did the child want to say something about this assessment?", called="The child’s wish")
    child_words = TextArea("What did the child say?", called="The child’s words", max_length=MAX_TEXT, rows=4)
    parent_wished = YesNo(
        "Did a parent or carer want to say something?",
        required="Select yes or no for the parent or carer",
        called="The parent’s wish",
    )
    parent_name = TextField("Who?", max_length=_ONE_LINE, called="The parent’s name")
    parent_words = TextArea("What did they say?", called="The parent’s words", max_length=MAX_TEXT, rows=4)

    def offer(self, child_name: str) -> None:
        """Put the questions in words for this child."""
        self.child_wished.label.text = f"Did {child_name} want to say something about this assessment?"
        self.child_wished.required = f"Select yes or no for {child_name}"
        self.child_words.label.text = f"What did {child_name} say?"

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId) -> SaveComments:
        """The comments as typed; words win over a "no"."""
        child, parent = self.child_words.data or "", self.parent_words.data or ""
        return SaveComments(
            assessment_id=assessment_id,
            child_id=child_id,
            child_words=child if self.child_wished.data or child else None,
            parent_words=parent if self.parent_wished.data or parent else None,
            parent_name=self.parent_name.data or "",
            version=self.version.data,
        )


class CompleteForm(Form):
    """Completing a CAF: one button."""


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None
