"""Reading what children said, and apart from it how workers read it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import VoiceEntry, VoiceReading
from locality.caf.rules.words import NotObtained, VoiceReaders, VoiceTool
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId, VoiceEntryId


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """A child's view, or why it could not be found out."""

    id: VoiceEntryId
    person_id: PersonId
    tool: VoiceTool
    own_words: str
    present: str
    readers: VoiceReaders
    not_obtained: NotObtained | None
    not_obtained_note: str
    next_try_on: dt.date | None
    recorded_on: dt.date
    recorded_by_name: str

    @property
    def was_heard(self) -> bool:
        """Whether there is something that the child said or showed."""
        return self.tool is not VoiceTool.NOT_OBTAINED


_COLUMNS = tuple(getattr(VoiceEntry, name) for name in VoiceRow.__dataclass_fields__)


def list_voices(session: Session, episode_id: EpisodeId, *, person_id: PersonId | None = None) -> tuple[VoiceRow, ...]:
    """What a child (all children, unless one is named) said in an episode, latest first; one statement.

    Words that a child keeps from the actor are left out.
    """
    statement = select(*_COLUMNS).where(VoiceEntry.episode_id == episode_id)
    if person_id is not None:
        statement = statement.where(VoiceEntry.person_id == person_id)
    rows = session.execute(statement.order_by(VoiceEntry.recorded_on.desc(), VoiceEntry.recorded_at.desc()))
    return tuple(VoiceRow(*row) for row in rows)


def voices_of(session: Session, assessment_id: AssessmentId) -> tuple[VoiceRow, ...]:
    """What the children said for one version of the CAF, in the order in which they said it; one statement."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(VoiceEntry.assessment_id == assessment_id)
        .order_by(VoiceEntry.recorded_on, VoiceEntry.recorded_at)
    )
    return tuple(VoiceRow(*row) for row in rows)


def find_voice(session: Session, voice_id: uuid.UUID, *, episode_id: EpisodeId, person_id: PersonId) -> VoiceRow | None:
    """One record of a child's voice in an episode; None when there is none that the actor may read."""
    row = session.execute(
        select(*_COLUMNS).where(
            VoiceEntry.id == voice_id, VoiceEntry.episode_id == episode_id, VoiceEntry.person_id == person_id
        )
    ).one_or_none()
    return None if row is None else VoiceRow(*row)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """How a worker reads what a child said."""

    reading: str
    recorded_at: dt.datetime
    recorded_by_name: str


def list_readings(session: Session, voice_id: uuid.UUID) -> tuple[ReadingRow, ...]:
    """How workers read one record of a child's voice, the first first; one statement."""
    rows = session.execute(
        select(VoiceReading.reading, VoiceReading.recorded_at, VoiceReading.recorded_by_name)
        .where(VoiceReading.voice_entry_id == voice_id)
        .order_by(VoiceReading.recorded_at, VoiceReading.id)
    )
    return tuple(ReadingRow(*row) for row in rows)
