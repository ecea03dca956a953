"""What comes of a child's voice: actions that answer it, what the child is told, and how the child is best heard."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from locality.audit import log as audit
from locality.caf.models import ActionVoice, VoiceEntry, VoiceNeed, VoiceReply
from locality.caf.operations.loading import raise_if
from locality.caf.operations.voices import is_heard_in
from locality.caf.rules.answers import too_long
from locality.caf.rules.voice_fit import Need
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AssessmentId, EpisodeId, PersonId, PlanActionId, VoiceEntryId, new_id
from locality.kernel.uow import UnitOfWork

_REPLIES = cast("Table", VoiceReply.__table__)
_COUNTED = {"preserve_rowcount": True}  # how many rows were added; with a table, not its class


def cite_voices(
    uow: UnitOfWork, action_id: PlanActionId, voices: Sequence[VoiceEntryId], *, episode_id: EpisodeId
) -> None:
    """Say that an action of the plan answers what children said. Raises ``NotFound`` for words of another episode."""
    wanted = list(dict.fromkeys(voices))
    if not wanted:
        return
    found = uow.session.execute(
        select(VoiceEntry.id, VoiceEntry.person_id).where(
            VoiceEntry.id.in_(wanted), VoiceEntry.episode_id == episode_id
        )
    ).all()
    if len(found) != len(wanted):
        raise NotFound([Reason("voice", "Select what the child said from the list")])
    rows = [
        {
            "plan_action_id": action_id, "voice_entry_id": row.id, "person_id": row.person_id, "cited_at": uow.now,
            "cited_by_name": uow.actor.name,
        }
        for row in found
    ]  # fmt: skip
    uow.session.execute(upsert(ActionVoice).values(rows).on_conflict_do_nothing())
    audit.record(
        uow,
        "voice.cited",
        subjects=[row.person_id for row in found],
        record=("plan_action", action_id),
        detail={"voices": [str(row.id) for row in found]},
    )


@dataclass(frozen=True, slots=True)
class ReplyToChild:
    """What a child is told about what came of their words."""

    reply_id: uuid.UUID
    assessment_id: AssessmentId
    child_id: PersonId
    voice_id: VoiceEntryId
    words: str


def reply_to_child(uow: UnitOfWork, command: ReplyToChild) -> None:
    """Keep what a child is told; earlier replies stay. Raises ``NotFound``, ``RuleBroken`` without words."""
    if not is_heard_in(uow, command.voice_id, command.assessment_id, child_id=command.child_id):
        raise NotFound("There is no such record of a child’s voice, or none that you may see")
    if not command.words:
        raise RuleBroken([Reason("words", "Enter what you tell the child")])
    raise_if(too_long("words", command.words))
    row = {
        "id": command.reply_id, "voice_entry_id": command.voice_id, "person_id": command.child_id,
        "words": command.words, "written_at": uow.now, "written_by_name": uow.actor.name,
    }  # fmt: skip
    done = uow.session.execute(upsert(_REPLIES).values(row).on_conflict_do_nothing(), execution_options=_COUNTED)
    if done.rowcount:  # type: ignore[attr-defined]
        audit.record(uow, "voice.replied", subjects=[command.child_id], record=("voice_entry", command.voice_id))


def note_needs(uow: UnitOfWork, child_id: PersonId, needs: Iterable[Need]) -> None:
    """Note how a child makes themselves understood, for this sitting and the next; what was noted before stays."""
    row = {
        "id": new_id(), "person_id": child_id, "needs": [need.value for need in needs], "noted_at": uow.now,
        "noted_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(VoiceNeed), [row])
    audit.record(uow, "voice.needs_noted", subjects=[child_id], record=("person", child_id))
