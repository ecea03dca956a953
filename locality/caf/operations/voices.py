"""Recording a child's voice, and apart from it how a worker reads it."""

from typing import Any

from sqlalchemy import insert, select

from locality.caf.models import Assessment, VoiceEntry, VoiceFile, VoiceReading
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import RecordReading, RecordVoice
from locality.caf.operations.loading import NO_ASSESSMENT, child_of, open_episode_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.voice_alerts import Heard, raise_alerts
from locality.caf.queries.children import list_children
from locality.caf.queries.listening import find_assessment, needs_of
from locality.caf.rules.answers import too_long
from locality.caf.rules.voice_alerts import cues_in
from locality.caf.rules.voice_fit import suits
from locality.caf.rules.voices import VoiceFacts, reasons_against_voice
from locality.caf.rules.words import VoiceReaders, VoiceTool
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AssessmentId, EpisodeId, VoiceEntryId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


def record_voice(uow: UnitOfWork, command: RecordVoice) -> VoiceEntryId:
    """Write down a child's view in the child's own words, or why it could not be found out.

    The story says that the child was heard, never what they said: who may read that is the child's choice. What was
    said after a CAF was completed belongs to the help, not to that CAF. Raises ``RuleBroken`` with a reason for each
    field.
    """
    assessment = find_assessment(uow.session, command.assessment_id)
    if assessment is None:
        raise NotFound(NO_ASSESSMENT)
    child_of(assessment.about, command.child_id)
    open_episode_row(uow, assessment.episode_id, lock=False)
    if _is_recorded(uow, command):
        return command.voice_id
    raise_if(
        reasons_against_voice(_facts(command), today=uow.today)
        + too_long("own_words", command.own_words)
        + too_long("not_obtained_note", command.not_obtained_note)
    )
    write_entry(uow, _row(uow, command, assessment.episode_id, is_draft=assessment.is_draft))
    _keep_files(uow, command)
    heard = Heard(
        assessment.episode_id, command.assessment_id, command.child_id, uow.actor.account_id, entry_id=command.voice_id
    )
    raise_alerts(uow, heard, question="", cues=cues_in("", words=command.own_words))
    return command.voice_id


def write_entry(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Insert a record of a child's voice and say that it was made; never what was said."""
    was_heard = row["tool"] is not VoiceTool.NOT_OBTAINED
    uow.session.execute(insert(VoiceEntry), [row])
    line = Line(people.StoryKind.VOICE, "Their own words were written down", row["recorded_on"])
    tell(
        uow,
        "voice.recorded" if was_heard else "voice.not_obtained",
        about=[row["person_id"]],
        record=("voice_entry", row["id"]),
        line=line if was_heard else None,
        detail={"tool": row["tool"].value, "readers": row["readers"].value},
    )
    if was_heard:
        keep_caseload(uow, EpisodeId(row["episode_id"]))


def _is_recorded(uow: UnitOfWork, command: RecordVoice) -> bool:
    found = select(VoiceEntry.id).join(Assessment, Assessment.episode_id == VoiceEntry.episode_id).where(
        VoiceEntry.id == command.voice_id, Assessment.id == command.assessment_id
    )  # fmt: skip
    return uow.session.execute(found).first() is not None


def _row(uow: UnitOfWork, command: RecordVoice, episode_id: EpisodeId, *, is_draft: bool) -> dict[str, object]:
    heard = command.tool is not VoiceTool.NOT_OBTAINED
    child = next(iter(list_children(uow.session, [command.child_id])), None)
    age = None if child is None else child.age_in_years(command.recorded_on)
    return {
        "id": command.voice_id, "episode_id": episode_id,
        "assessment_id": command.assessment_id if is_draft else None,
        "person_id": command.child_id, "tool": command.tool, "own_words": command.own_words if heard else "",
        "present": command.present, "readers": command.readers or VoiceReaders.TEAM,
        "not_obtained": None if heard else command.not_obtained,
        "not_obtained_note": "" if heard else command.not_obtained_note,
        "next_try_on": None if heard else command.next_try_on, "recorded_on": command.recorded_on,
        "recorded_at": uow.now, "recorded_by": uow.actor.account_id, "recorded_by_name": uow.actor.name,
        "sitting_id": None, "spoke_for": command.spoke_for if heard else "",
        "family_may_see": command.family_may_see and heard,
        "suits": heard and suits(command.tool, age, needs_of(uow.session, command.child_id)),
    }  # fmt: skip


def _keep_files(uow: UnitOfWork, command: RecordVoice) -> None:
    rows = [
        {
            "id": new_id(), "person_id": command.child_id, "sitting_id": None, "voice_entry_id": command.voice_id,
            "question": "", "kind": sent.kind, "media_type": sent.media_type, "strokes": None, "content": sent.content,
            "readers": command.readers or VoiceReaders.TEAM, "version": 1, "saved_at": uow.now,
            "saved_by": uow.actor.account_id, "saved_by_name": uow.actor.name,
        }
        for sent in command.files
    ]  # fmt: skip
    if rows:
        uow.session.execute(insert(VoiceFile), rows)


def record_reading(uow: UnitOfWork, command: RecordReading) -> None:
    """Write down how a worker reads what a child said.

    Raises ``NotFound`` for words of another child or another episode, ``RuleBroken`` without a reading.
    """
    if not is_heard_in(uow, command.voice_id, command.assessment_id, child_id=command.child_id):
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
        "id": command.reading_id, "voice_entry_id": command.voice_id, "person_id": command.child_id,
        "reading": command.reading, "recorded_at": uow.now, "recorded_by": uow.actor.account_id,
        "recorded_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(VoiceReading), [row])
    tell(uow, "voice.read", about=[command.child_id], record=("voice_entry", command.voice_id))


def is_heard_in(uow: UnitOfWork, voice_id: VoiceEntryId, assessment_id: AssessmentId, *, child_id: object) -> bool:
    """Whether a record of this child's voice stands in the help that a CAF belongs to, for the actor to see."""
    words = (
        select(VoiceEntry.id)
        .join(Assessment, Assessment.episode_id == VoiceEntry.episode_id)
        .where(VoiceEntry.id == voice_id, VoiceEntry.person_id == child_id, Assessment.id == assessment_id)
    )
    return uow.session.execute(words).first() is not None


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
        spoke_for=command.spoke_for,
        has_file=bool(command.files),
    )
