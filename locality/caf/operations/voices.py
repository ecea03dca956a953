"""Recording a child's voice, and apart from it how a worker reads it."""

from sqlalchemy import insert, select

from locality.caf.models import Assessment, VoiceEntry, VoiceReading
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import RecordReading, RecordVoice
from locality.caf.operations.loading import child_of, draft_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.rules.answers import too_long
from locality.caf.rules.voices import VoiceFacts, reasons_against_voice
from locality.caf.rules.words import VoiceReaders, VoiceTool
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import EpisodeId, VoiceEntryId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


def record_voice(uow: UnitOfWork, command: RecordVoice) -> VoiceEntryId:
    """Write down a child's view in the child's own words, or why it could not be found out.

    The story says that the child was heard, never what they said: who may read that is the child's choice.
    Raises ``RuleBroken`` with a reason for each field.
    """
    assessment = draft_row(uow, command.assessment_id)
    child = child_of(assessment.about, command.child_id)
    if _is_recorded(uow, command):
        return command.voice_id
    raise_if(
        reasons_against_voice(_facts(command), today=uow.today)
        + too_long("own_words", command.own_words)
        + too_long("not_obtained_note", command.not_obtained_note)
    )
    heard = command.tool is not VoiceTool.NOT_OBTAINED
    uow.session.execute(insert(VoiceEntry), [_row(uow, command, assessment)])
    tell(
        uow,
        "voice.recorded" if heard else "voice.not_obtained",
        about=[child],
        record=("voice_entry", command.voice_id),
        line=Line(people.StoryKind.VOICE, "Their own words were written down", command.recorded_on) if heard else None,
        detail={"tool": command.tool.value, "readers": command.readers.value if command.readers else None},
    )
    if heard:
        keep_caseload(uow, EpisodeId(assessment.episode_id))
    return command.voice_id


def _is_recorded(uow: UnitOfWork, command: RecordVoice) -> bool:
    found = select(VoiceEntry.id).where(
        VoiceEntry.id == command.voice_id, VoiceEntry.assessment_id == command.assessment_id
    )
    return uow.session.execute(found).first() is not None


def _row(uow: UnitOfWork, command: RecordVoice, assessment: Assessment) -> dict[str, object]:
    heard = command.tool is not VoiceTool.NOT_OBTAINED
    return {
        "id": command.voice_id, "episode_id": assessment.episode_id, "assessment_id": assessment.id,
        "person_id": command.child_id, "tool": command.tool, "own_words": command.own_words if heard else "",
        "present": command.present, "readers": command.readers or VoiceReaders.TEAM,
        "not_obtained": None if heard else command.not_obtained,
        "not_obtained_note": "" if heard else command.not_obtained_note,
        "next_try_on": None if heard else command.next_try_on, "recorded_on": command.recorded_on,
        "recorded_at": uow.now, "recorded_by": uow.actor.account_id, "recorded_by_name": uow.actor.name,
    }  # fmt: skip


def record_reading(uow: UnitOfWork, command: RecordReading) -> None:
    """Write down how a worker reads what a child said.

    Raises ``NotFound`` for words of another child or another episode, ``RuleBroken`` without a reading.
    """
    child = command.child_id
    words = (
        select(VoiceEntry.id)
        .join(Assessment, Assessment.episode_id == VoiceEntry.episode_id)
        .where(VoiceEntry.id == command.voice_id, VoiceEntry.person_id == child, Assessment.id == command.assessment_id)
    )
    if uow.session.execute(words).first() is None:
        raise NotFound("There is no such record of a child’s voice, or none that you may see")
    if not command.reading:
        raise RuleBroken([Reason("reading", "Enter how you understand what the child said")])
    raise_if(too_long("reading", command.reading))
    if (
        uow.session.execute(
            select(VoiceReading.id).where(
                VoiceReading.id == command.reading_id, VoiceReading.voice_entry_id == command.voice_id
            )
        ).first()
        is not None
    ):
        return
    row = {
        "id": command.reading_id, "voice_entry_id": command.voice_id, "person_id": child,
        "reading": command.reading, "recorded_at": uow.now, "recorded_by": uow.actor.account_id,
        "recorded_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(VoiceReading), [row])
    tell(uow, "voice.read", about=[child], record=("voice_entry", command.voice_id))


def _facts(command: RecordVoice) -> VoiceFacts:
    return VoiceFacts(
        tool=command.tool,
        own_words=command.own_words,
        present=command.present,
        recorded_on=command.recorded_on,
        readers=command.readers,
        not_obtained=command.not_obtained,
        not_obtained_note=command.not_obtained_note,
        next_try_on=command.next_try_on,
    )
