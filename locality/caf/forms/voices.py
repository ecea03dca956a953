"""Forms for a child's voice and, apart from it, a worker's reading."""

from collections.abc import Iterable

from locality.caf.operations.commands import RecordReading, RecordVoice
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.words import (
    NOT_OBTAINED_LABELS,
    VOICE_READER_LABELS,
    VOICE_TOOL_LABELS,
    NotObtained,
    VoiceReaders,
    VoiceTool,
)
from locality.kernel.ids import AssessmentId, PersonId, VoiceEntryId
from locality.web.fields import Choice, DateParts, Radios, TextArea, TextField
from locality.web.form import FormWithId


class VoiceForm(FormWithId):
    """A child's view in the child's own words, or why it could not be found out."""

    keeps_draft = True
    draft_is_private = True  # the child may say that nobody but the lead professional reads it

    tool = Radios("How did you find out?", required="Select how you found out", coerce=VoiceTool)
    own_words = TextArea(
        "What did they say, show or draw?",
        hint="Their own words as they said them. What you think about it comes later, on a page of its own",
        called="Their words",
        max_length=MAX_TEXT,
        rows=8,
    )
    present = TextField("Who else was there?", hint="Write “nobody else” when you were alone", max_length=500)
    recorded_on = DateParts("When was this?", required="Enter when this was", called="The date")
    readers = Radios(
        "Who may read it?",
        hint="Ask them. If you learn that somebody is in danger you have to tell; explain that",
        choices=[Choice(readers.value, label) for readers, label in VOICE_READER_LABELS.items()],
        coerce=VoiceReaders,
    )
    not_obtained = Radios(
        "If you could not find out: why not?",
        choices=[Choice(reason.value, label) for reason, label in NOT_OBTAINED_LABELS.items()],
        coerce=NotObtained,
        called="The reason",
    )
    not_obtained_note = TextArea("More about the reason", max_length=MAX_TEXT, rows=2)
    next_try_on = DateParts("If you could not find out: when will you try again?", called="The next try")

    def offer(self, tools: Iterable[VoiceTool]) -> None:
        """Put the tools that are usual at the child's age first."""
        self.tool.choices = [Choice(tool.value, VOICE_TOOL_LABELS[tool]) for tool in tools]

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId) -> RecordVoice:
        """The record as typed."""
        return RecordVoice(
            voice_id=VoiceEntryId(self.form_id.data),
            assessment_id=assessment_id,
            child_id=child_id,
            tool=self.tool.data,
            recorded_on=self.recorded_on.data,
            own_words=self.own_words.data or "",
            present=self.present.data or "",
            readers=self.readers.data,
            not_obtained=self.not_obtained.data,
            not_obtained_note=self.not_obtained_note.data or "",
            next_try_on=self.next_try_on.data,
        )


class ReadingForm(FormWithId):
    """How a worker reads what a child said."""

    keeps_draft = True

    reading = TextArea(
        "How do you understand what they said?",
        required="Enter how you understand it",
        called="Your reading",
        max_length=MAX_TEXT,
        rows=6,
    )

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId, *, voice_id: VoiceEntryId) -> RecordReading:
        """The reading as typed."""
        return RecordReading(self.form_id.data, assessment_id, child_id, voice_id, self.reading.data)
