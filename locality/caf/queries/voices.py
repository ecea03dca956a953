"""Reading what children said, and apart from it how workers read it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from locality.caf.models import VoiceEntry, VoiceFile, VoiceReader, VoiceReading
from locality.caf.rules.voice_alerts import Cue
from locality.caf.rules.voice_files import FileKind
from locality.caf.rules.words import NotObtained, VoiceReaders, VoiceTool
from locality.kernel import direct
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
    spoke_for: str
    family_may_see: bool

    @property
    def was_heard(self) -> bool:
        """Whether there is something that the child said or showed."""
        return self.tool is not VoiceTool.NOT_OBTAINED


_COLUMNS = tuple(getattr(VoiceEntry, name) for name in VoiceRow.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A drawing, picture or recording, without its content."""

    id: uuid.UUID
    kind: FileKind
    media_type: str
    question: str
    readers: VoiceReaders


@dataclass(frozen=True, slots=True)
class HeardRow:
    """A child's view with the files of it that the reader may see."""

    voice: VoiceRow
    files: tuple[FileRow, ...]


def list_heard(session: Session, episode_id: EpisodeId, person_id: PersonId) -> tuple[HeardRow, ...]:
    """What a child said and drew in an episode, latest first, as far as the child lets the actor; one statement."""
    files = (
        select(
            func.json_agg(
                func.json_build_array(
                    VoiceFile.id, VoiceFile.kind, VoiceFile.media_type, VoiceFile.question, VoiceFile.readers
                )
            )
        )
        .where(VoiceFile.voice_entry_id == VoiceEntry.id)
        .scalar_subquery()
    )
    rows = session.execute(_latest_first(select(*_COLUMNS, files), episode_id, person_id))
    return tuple(HeardRow(VoiceRow(*row[:-1]), _files(row[-1])) for row in rows)


def _files(kept: list[list[str]] | None) -> tuple[FileRow, ...]:
    rows = [FileRow(uuid.UUID(one[0]), FileKind(one[1]), one[2], one[3], VoiceReaders(one[4])) for one in kept or ()]
    return tuple(sorted(rows, key=lambda row: (row.question, row.kind, row.id)))


def list_voices(session: Session, episode_id: EpisodeId, *, person_id: PersonId | None = None) -> tuple[VoiceRow, ...]:
    """What a child (all children, unless one is named) said in an episode, latest first; one statement.

    Words that a child keeps from the actor are left out.
    """
    return tuple(VoiceRow(*row) for row in session.execute(_latest_first(select(*_COLUMNS), episode_id, person_id)))


def _latest_first(statement: Select[Any], episode_id: EpisodeId, person_id: PersonId | None) -> Select[Any]:
    statement = statement.where(VoiceEntry.episode_id == episode_id)
    if person_id is not None:
        statement = statement.where(VoiceEntry.person_id == person_id)
    return statement.order_by(VoiceEntry.recorded_on.desc(), VoiceEntry.recorded_at.desc())


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


@dataclass(frozen=True, slots=True)
class SeeingRow:
    """Who may see one record's words and files now; ids of accounts as text, as forms hold them."""

    words: VoiceReaders
    files: VoiceReaders
    words_chosen: tuple[str, ...]
    files_chosen: tuple[str, ...]
    has_files: bool


def get_seeing(session: Session, voice: VoiceRow) -> SeeingRow:
    """Who may see a record now; two statements."""
    files = session.execute(select(VoiceFile.id, VoiceFile.readers).where(VoiceFile.voice_entry_id == voice.id)).all()
    chosen = session.execute(
        select(VoiceReader.record_id, VoiceReader.account_id).where(
            VoiceReader.record_id.in_([voice.id, *(row.id for row in files)])
        )
    ).all()
    return SeeingRow(
        words=voice.readers,
        files=files[0].readers if files else voice.readers,
        words_chosen=_accounts(chosen, of_words=True, voice_id=voice.id),
        files_chosen=_accounts(chosen, of_words=False, voice_id=voice.id),
        has_files=bool(files),
    )


def _accounts(chosen: Iterable[Any], *, of_words: bool, voice_id: uuid.UUID) -> tuple[str, ...]:
    return tuple(sorted({str(row.account_id) for row in chosen if (row.record_id == voice_id) is of_words}))


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it is served: drawings as strokes, everything else as bytes."""

    id: uuid.UUID
    person_id: PersonId
    kind: FileKind
    media_type: str
    strokes: list[dict[str, Any]] | None
    content: bytes | None


def find_file(session: Session, file_id: uuid.UUID) -> FileContent | None:
    """One file; None when there is none that the child lets the actor see. One statement."""
    row = session.execute(
        select(
            VoiceFile.id, VoiceFile.person_id, VoiceFile.kind, VoiceFile.media_type, VoiceFile.strokes,
            VoiceFile.content,
        ).where(VoiceFile.id == file_id)
    ).one_or_none()  # fmt: skip
    return None if row is None else FileContent(*row)


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits on the page of a child's voice: an alert, or a sitting that was paused."""

    kind: str
    id: uuid.UUID
    what: str
    since: dt.datetime
    by: str


def list_to_do(session: Session, episode_id: EpisodeId, person_id: PersonId) -> tuple[ToDo, ...]:
    """Alerts that nobody has answered and sittings that wait to go on, the oldest first; one statement."""
    rows = direct.rows(session, _TO_DO, {"episode": episode_id, "person": person_id})
    return tuple(ToDo(row.kind, row.id, row.what, row.since, row.by_name) for row in rows)


_TO_DO: Final = (
    "SELECT 'alert' AS kind, id, cue AS what, raised_at AS since, '' AS by_name FROM voice_alert"
    " WHERE episode_id = %(episode)s AND person_id = %(person)s AND answered_at IS NULL"
    " UNION ALL SELECT 'sitting', id, tool, started_at, started_by_name FROM voice_sitting"
    " WHERE episode_id = %(episode)s AND person_id = %(person)s AND state = 'open' ORDER BY kind, since, id"
)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert: what kind of thing was said, on which page, when, and what was done."""

    id: uuid.UUID
    cue: Cue
    question: str
    tool: str | None
    choice: str
    cards: tuple[str, ...]
    words: str
    raised_at: dt.datetime
    answered_at: dt.datetime | None
    answered_by_name: str
    done: str


def find_alert(session: Session, alert_id: uuid.UUID, *, person_id: PersonId) -> AlertRow | None:
    """One alert about a child with the answer that raised it; one statement.

    The answer is there as soon as it is given, also before the child is done: that is the exception that the child
    was told of. What words a worker wrote down raised it are on the page of the child's voice.
    """
    row = direct.one_or_none(session, _ALERT, {"id": alert_id, "person": person_id})
    if row is None:
        return None
    values = row._asdict()
    return AlertRow(**{**values, "cue": Cue(row.cue), "cards": tuple(row.cards or ())})


_ALERT: Final = (
    "SELECT a.id, a.cue, a.question, s.tool, coalesce(w.choice, '') AS choice, w.cards,"
    " coalesce(w.words, v.own_words, '') AS words, a.raised_at, a.answered_at, a.answered_by_name, a.done"
    " FROM voice_alert a LEFT JOIN voice_sitting s ON s.id = a.sitting_id"
    " LEFT JOIN voice_answer w ON w.sitting_id = a.sitting_id AND w.question = a.question"
    " LEFT JOIN voice_entry v ON v.id = a.voice_entry_id WHERE a.id = %(id)s AND a.person_id = %(person)s"
)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of something that a child said: an action of the plan, or words to the child."""

    voice_id: VoiceEntryId
    action: str
    status: str
    responsible_name: str
    words: str


def what_came(session: Session, voices: Iterable[VoiceRow]) -> dict[VoiceEntryId, tuple[Came, ...]]:
    """Actions and replies for each record of a child's voice; one statement."""
    found: dict[VoiceEntryId, tuple[Came, ...]] = {}
    for row in direct.rows(session, _CAME, {"voices": [voice.id for voice in voices]}):
        came = Came(row.voice_id, row.action, row.status, row.responsible_name, row.words)
        found[came.voice_id] = (*found.get(came.voice_id, ()), came)
    return found


_CAME: Final = (
    "SELECT c.voice_entry_id AS voice_id, a.action, a.status, a.responsible_name, '' AS words, a.created_at AS at"
    " FROM action_voice c JOIN plan_action a ON a.id = c.plan_action_id WHERE c.voice_entry_id = ANY(%(voices)s)"
    " UNION ALL SELECT r.voice_entry_id, '', '', r.written_by_name, r.words, r.written_at"
    " FROM voice_reply r WHERE r.voice_entry_id = ANY(%(voices)s) ORDER BY at"
)
