"""Forms for a child's voice and, apart from it, a worker's reading."""

from collections.abc import Iterable

from locality.caf.operations.commands import RecordReading, RecordVoice
from locality.caf.operations.sittings import StartSitting
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.observing import CARERS, MOODS, PLAYS, Observed
from locality.caf.rules.seeing import Seeing
from locality.caf.rules.voice_files import MOST_BYTES, MOST_MEGABYTES, Sent
from locality.caf.rules.voice_fit import NEED_LABELS, Need
from locality.caf.rules.voices import SeeingChoice
from locality.caf.rules.words import (
    NOT_OBTAINED_LABELS,
    VOICE_READER_LABELS,
    VOICE_TOOL_LABELS,
    NotObtained,
    VoiceReaders,
    VoiceTool,
)
from locality.kernel.ids import AssessmentId, PersonId, VoiceEntryId
from locality.web.fields import Checkbox, Checkboxes, Choice, DateParts, Radios, TextArea, TextField
from locality.web.files import FileField
from locality.web.form import Form, FormWithId

_ALONE = "Write “nobody else” when you were alone"
_ASK_THEM = "Ask them. If you learn that somebody is in danger you have to tell; explain that"
# Whom a worker can write down for the child; single people are chosen afterwards, on a page with their names.
_READERS = [Choice(one.value, VOICE_READER_LABELS[one]) for one in (VoiceReaders.TEAM, VoiceReaders.LEAD_ONLY)]


class VoiceForm(FormWithId):
    """A child's view in the child's own words, as a worker wrote it down."""

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
    file = FileField(
        "A photo of what they drew, or a recording (optional)",
        hint=f"PNG, JPEG, M4A, MP3, WebM, Ogg or WAV, smaller than {MOST_MEGABYTES} MB",
        called="The file",
        most=MOST_BYTES,
    )
    spoke_for = TextField("Who spoke with or for them? (only for an advocate)", called="The advocate", max_length=300)
    present = TextField("Who else was there?", hint=_ALONE, max_length=500)
    recorded_on = DateParts("When was this?", required="Enter when this was", called="The date")
    readers = Radios("Who may read it?", hint=_ASK_THEM, choices=_READERS, coerce=VoiceReaders)
    family_may_see = Checkbox("They said that their family may see it too")

    def offer(self, tools: Iterable[VoiceTool]) -> None:
        """Put the tools that suit the child first."""
        self.tool.choices = [Choice(tool.value, VOICE_TOOL_LABELS[tool]) for tool in tools]

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId, *, files: tuple[Sent, ...]) -> RecordVoice:
        """The record as typed, with the file as it may be kept."""
        return RecordVoice(
            voice_id=VoiceEntryId(self.form_id.data),
            assessment_id=assessment_id,
            child_id=child_id,
            tool=self.tool.data,
            recorded_on=self.recorded_on.data,
            own_words=self.own_words.data or "",
            present=self.present.data or "",
            readers=self.readers.data,
            spoke_for=self.spoke_for.data or "",
            family_may_see=bool(self.family_may_see.data),
            files=files,
        )


class SilenceForm(FormWithId):
    """Why a child's views could not be found out, and when somebody tries again."""

    keeps_draft = True

    not_obtained = Radios(
        "Why not?",
        required="Select why the child’s views could not be found out",
        choices=[Choice(reason.value, label) for reason, label in NOT_OBTAINED_LABELS.items()],
        coerce=NotObtained,
    )
    not_obtained_note = TextArea("More about the reason", max_length=MAX_TEXT, rows=3)
    recorded_on = DateParts("When was this?", required="Enter when this was", called="The date")
    next_try_on = DateParts(
        "When will you try again?",
        required="Enter when you will try again",
        hint="It is on the lead professional’s list until somebody has heard the child or tried again",
        called="The next try",
    )

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId) -> RecordVoice:
        """The attempt as typed."""
        return RecordVoice(
            voice_id=VoiceEntryId(self.form_id.data),
            assessment_id=assessment_id,
            child_id=child_id,
            tool=VoiceTool.NOT_OBTAINED,
            recorded_on=self.recorded_on.data,
            not_obtained=self.not_obtained.data,
            not_obtained_note=self.not_obtained_note.data or "",
            next_try_on=self.next_try_on.data,
        )


class NeedsForm(Form):
    """How a child makes themselves understood."""

    needs = Checkboxes(
        "What do you know about how they talk?",
        hint="Select all that apply, or none. It is kept, and nobody has to ask it again",
        choices=[Choice(need.value, label) for need, label in NEED_LABELS.items()],
        coerce=Need,
    )


class SittingForm(FormWithId):
    """Sitting down with a child."""

    keeps_draft = True

    present = TextField("Who else is there?", required="Enter who else is there, or “nobody else”", max_length=500)

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId, *, tool: VoiceTool) -> StartSitting:
        """The sitting to begin."""
        return StartSitting(self.form_id.data, assessment_id, child_id, tool, self.present.data)


class ObservationForm(FormWithId):
    """Watching a child who cannot say it: mood, play, and how they respond to those who care for them."""

    keeps_draft = True

    mood = Checkboxes(
        "What was their mood?",
        required="Select at least one mood",
        choices=[Choice(code, label) for code, label in MOODS.items()],
        called="The mood",
    )
    play = Checkboxes(
        "How did they play?",
        required="Select how they played",
        choices=[Choice(code, label) for code, label in PLAYS.items()],
        called="The play",
    )
    carers = Checkboxes(
        "How did they respond to those who care for them?",
        required="Select how they responded",
        choices=[Choice(code, label) for code, label in CARERS.items()],
        called="The response",
    )
    seen = TextArea(
        "What did you see?",
        required="Enter what you saw",
        hint="What happened, where, and for how long. What you make of it comes later, on a page of its own",
        max_length=MAX_TEXT,
        rows=6,
    )
    present = TextField("Who else was there?", required="Enter who else was there, or “nobody else”", max_length=500)
    recorded_on = DateParts("When was this?", required="Enter when this was", called="The date")

    def to_command(self, assessment_id: AssessmentId, child_id: PersonId) -> RecordVoice:
        """What was observed, in words; a child who cannot say so has no readers to choose: the team may read it."""
        observed = Observed(self.mood.data, self.play.data, self.carers.data, self.seen.data)
        return RecordVoice(
            voice_id=VoiceEntryId(self.form_id.data),
            assessment_id=assessment_id,
            child_id=child_id,
            tool=VoiceTool.OBSERVATION,
            recorded_on=self.recorded_on.data,
            own_words=observed.words,
            present=self.present.data,
            readers=VoiceReaders.TEAM,
        )


class ChangeSeeingForm(Form):
    """A child has changed their mind about who may see something."""

    words = Radios("Who may read the words?", required="Select who may read the words", coerce=VoiceReaders)
    words_people = Checkboxes("Who of them may read the words?", called="Who may read the words")
    files = Radios("Who may see the pictures and recordings?", coerce=VoiceReaders)
    files_people = Checkboxes("Who of them may see the pictures?", called="Who may see the pictures")
    family_may_see = Checkbox("Their family may see it too")

    def offer(self, people: dict[str, str]) -> None:
        """Who may be chosen: names by the account's id; nobody to choose from leaves two choices."""
        readers = list(VoiceReaders) if people else [VoiceReaders.TEAM, VoiceReaders.LEAD_ONLY]
        choices = [Choice(one.value, VOICE_READER_LABELS[one]) for one in readers]
        self.words.choices = self.files.choices = choices
        self.words_people.choices = self.files_people.choices = [Choice(key, name) for key, name in people.items()]

    @property
    def seeing(self) -> Seeing:
        """The whole choice; pictures follow the words where nothing was said about them."""
        words = SeeingChoice(self.words.data, frozenset(self.words_people.data or ()))
        files = words
        if self.files.data is not None:
            files = SeeingChoice(self.files.data, frozenset(self.files_people.data or ()))
        return Seeing(words, files, bool(self.family_may_see.data))


class AlertForm(Form):
    """What was done about something that a child said."""

    keeps_draft = True
    draft_is_private = True  # what a child said may be for fewer people than the rest

    done = TextArea(
        "What have you done?",
        required="Enter what you have done",
        hint="For example: talked with the child alone, told the safeguarding lead, called social care",
        max_length=MAX_TEXT,
        rows=4,
    )


class ReplyForm(FormWithId):
    """What a child is told about what came of their words."""

    keeps_draft = True

    words = TextArea(
        "What do you tell them?",
        required="Enter what you tell them",
        hint="Short words, as you would say it to them. They can read it on “You said, we did”",
        called="Your words",
        max_length=MAX_TEXT,
        rows=4,
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
