"""Tables of the child's voice: what a child said, drew and chose, who may see each of them, and what came of it.

Words (``voice_entry``), pictures and recordings (``voice_file``) and a worker's reading (``voice_reading``) are rows
apart, each behind its own row-level security: the child's choice of readers stands above every other way in.
"""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules import words
from locality.caf.rules.voice_alerts import Cue
from locality.caf.rules.voice_files import FileKind
from locality.kernel.db import Base, JsonObject, text_enum
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId, PlanActionId, VoiceEntryId

_ID = UUID(as_uuid=True)


class VoiceEntry(Base):
    """A child's view in the child's own words, with how, when and before whom it was given.

    ``suits``: whether the tool suited the child's age and needs that day; None where that was not known.
    """

    __tablename__ = "voice_entry"
    __table_args__ = (
        Index("voice_entry_assessment_id_idx", "assessment_id"),
        Index("voice_entry_episode_id_idx", "episode_id", "person_id"),
        Index("voice_entry_suits_idx", "episode_id", "person_id", "recorded_on", postgresql_where=text("suits")),
        Index("voice_entry_sitting_idx", "sitting_id", postgresql_where=text("sitting_id IS NOT NULL")),
        Index(
            "voice_entry_next_try_idx", "episode_id", "next_try_on", postgresql_where=text("next_try_on IS NOT NULL")
        ),
    )

    id: Mapped[VoiceEntryId] = mapped_column(_ID, primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    assessment_id: Mapped[AssessmentId | None] = mapped_column(_ID, ForeignKey("assessment.id"), default=None)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    tool: Mapped[words.VoiceTool] = mapped_column(text_enum(words.VoiceTool))
    own_words: Mapped[str] = mapped_column(default="")
    present: Mapped[str] = mapped_column(default="")
    readers: Mapped[words.VoiceReaders] = mapped_column(text_enum(words.VoiceReaders))
    not_obtained: Mapped[words.NotObtained | None] = mapped_column(text_enum(words.NotObtained), default=None)
    not_obtained_note: Mapped[str] = mapped_column(default="")
    next_try_on: Mapped[dt.date | None] = mapped_column(default=None)
    recorded_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    recorded_by_name: Mapped[str]
    sitting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("voice_sitting.id"), default=None)
    spoke_for: Mapped[str] = mapped_column(default="")
    family_may_see: Mapped[bool] = mapped_column(default=False)
    suits: Mapped[bool | None] = mapped_column(default=None)


class VoiceReading(Base):
    """A worker's reading of a child's words, kept apart from the words themselves."""

    __tablename__ = "voice_reading"
    __table_args__ = (Index("voice_reading_entry_idx", "voice_entry_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    voice_entry_id: Mapped[VoiceEntryId] = mapped_column(_ID, ForeignKey("voice_entry.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    reading: Mapped[str]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    recorded_by_name: Mapped[str]


class VoiceNeed(Base):
    """How a child makes themselves understood, as noted at one time; the latest counts."""

    __tablename__ = "voice_need"
    __table_args__ = (Index("voice_need_person_idx", "person_id", "noted_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    needs: Mapped[list[str]]
    noted_at: Mapped[dt.datetime]
    noted_by_name: Mapped[str]


class VoiceSitting(Base):
    """One time that a child uses a tool, from the hand-over of the device to the child's last word on who may see it.

    A device that was handed over sees this row and what hangs on it, and nothing else: hence the names beside it.
    """

    __tablename__ = "voice_sitting"
    __table_args__ = (
        Index("voice_sitting_assessment_idx", "assessment_id", "person_id"),
        Index("voice_sitting_episode_idx", "episode_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    tool: Mapped[words.VoiceTool] = mapped_column(text_enum(words.VoiceTool))
    state: Mapped[words.SittingState] = mapped_column(text_enum(words.SittingState))
    called: Mapped[str]
    age: Mapped[int | None] = mapped_column(default=None)
    needs: Mapped[list[str]]
    present: Mapped[str]
    lead_name: Mapped[str]
    helpers: Mapped[list[JsonObject]] = mapped_column(JSONB)
    told_first_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    told_again_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    started_at: Mapped[dt.datetime]
    started_by: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"))
    started_by_name: Mapped[str]
    finished_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class VoiceAnswer(Base):
    """What a child answered on one page of a sitting: a face or statement, cards, words exactly as said, or nothing."""

    __tablename__ = "voice_answer"

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voice_sitting.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    choice: Mapped[str]
    cards: Mapped[list[str]]
    words: Mapped[str]
    is_skipped: Mapped[bool]
    saved_at: Mapped[dt.datetime]


class VoiceFile(Base):
    """A drawing (as strokes), a picture or a recording; ``readers`` is the child's choice for this one."""

    __tablename__ = "voice_file"
    __table_args__ = (
        Index("one_drawing", "sitting_id", "question", unique=True, postgresql_where=text("kind = 'drawing'")),
        Index("voice_file_sitting_idx", "sitting_id"),
        Index("voice_file_entry_idx", "voice_entry_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    sitting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("voice_sitting.id"), default=None)
    voice_entry_id: Mapped[VoiceEntryId | None] = mapped_column(_ID, ForeignKey("voice_entry.id"), default=None)
    question: Mapped[str]
    kind: Mapped[FileKind] = mapped_column(text_enum(FileKind))
    media_type: Mapped[str]
    strokes: Mapped[list[JsonObject] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    readers: Mapped[words.VoiceReaders] = mapped_column(text_enum(words.VoiceReaders))
    version: Mapped[int]
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    saved_by_name: Mapped[str]


class VoiceReader(Base):
    """Somebody whom a child chose to see one record: words (``voice_entry``) or a picture (``voice_file``)."""

    __tablename__ = "voice_reader"

    record_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    chosen_at: Mapped[dt.datetime]


class VoiceAlert(Base):
    """A child said or showed that something is wrong; open until somebody says what was done."""

    __tablename__ = "voice_alert"
    __table_args__ = (
        Index("voice_alert_episode_idx", "episode_id", postgresql_where=text("answered_at IS NULL")),
        Index("voice_alert_heard_by_idx", "heard_by", postgresql_where=text("answered_at IS NULL")),
        Index("one_alert", "sitting_id", "question", "cue", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    sitting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("voice_sitting.id"), default=None)
    voice_entry_id: Mapped[VoiceEntryId | None] = mapped_column(_ID, ForeignKey("voice_entry.id"), default=None)
    question: Mapped[str]
    cue: Mapped[Cue] = mapped_column(text_enum(Cue))
    heard_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    raised_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    answered_by_name: Mapped[str] = mapped_column(default="")
    done: Mapped[str] = mapped_column(default="")


class VoiceReply(Base):
    """What a child is told about what came of their words, in words for the child."""

    __tablename__ = "voice_reply"
    __table_args__ = (Index("voice_reply_entry_idx", "voice_entry_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    voice_entry_id: Mapped[VoiceEntryId] = mapped_column(_ID, ForeignKey("voice_entry.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    words: Mapped[str]
    written_at: Mapped[dt.datetime]
    written_by_name: Mapped[str]


class ActionVoice(Base):
    """An action of the plan answers something that a child said."""

    __tablename__ = "action_voice"
    __table_args__ = (Index("action_voice_entry_idx", "voice_entry_id"),)

    plan_action_id: Mapped[PlanActionId] = mapped_column(_ID, ForeignKey("plan_action.id"), primary_key=True)
    voice_entry_id: Mapped[VoiceEntryId] = mapped_column(_ID, ForeignKey("voice_entry.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    cited_at: Mapped[dt.datetime]
    cited_by_name: Mapped[str]
