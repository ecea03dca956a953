"""Telling the lead professional at once that a child said something which must be looked at today."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.caf.models import Episode, VoiceAlert
from locality.caf.queries.listening import find_lead
from locality.caf.rules.answers import too_long
from locality.caf.rules.voice_alerts import Cue
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId, VoiceEntryId, new_id
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages

_ALERTS = cast("Table", VoiceAlert.__table__)
_COUNTED = {"preserve_rowcount": True}  # how many rows were added; with a table, not its class


@dataclass(frozen=True, slots=True)
class Heard:
    """Whose words they are, where they stand, and which worker heard them."""

    episode_id: EpisodeId
    assessment_id: AssessmentId
    child_id: PersonId
    heard_by: AccountId | None
    sitting_id: uuid.UUID | None = None
    entry_id: VoiceEntryId | None = None


def raise_alerts(uow: UnitOfWork, heard: Heard, *, question: str, cues: Iterable[Cue]) -> None:
    """Raise what an answer calls for, each once a page: on the worklist, and by a message that only says to look."""
    for cue in sorted(cues):
        alert_id = new_id()
        row = {
            "id": alert_id, "episode_id": heard.episode_id, "assessment_id": heard.assessment_id,
            "person_id": heard.child_id, "sitting_id": heard.sitting_id, "voice_entry_id": heard.entry_id,
            "question": question, "cue": cue, "heard_by": heard.heard_by, "raised_at": uow.now, "answered_at": None,
            "answered_by_name": "", "done": "",
        }  # fmt: skip
        done = uow.session.execute(insert(_ALERTS).values(row).on_conflict_do_nothing(), execution_options=_COUNTED)
        if done.rowcount == 1:  # type: ignore[attr-defined]
            audit.record(
                uow,
                "voice.alert_raised",
                subjects=[heard.child_id],
                record=("voice_alert", alert_id),
                detail={"cue": cue.value},
            )
            _send(uow, heard, alert_id)


def _send(uow: UnitOfWork, heard: Heard, alert_id: uuid.UUID) -> None:
    with elevated(uow.session, "who leads must hear at once, whoever is at the device"):
        lead = find_lead(uow.session, heard.episode_id)
        reference = uow.session.execute(select(Episode.reference).where(Episode.id == heard.episode_id)).scalar_one()
        if lead is None or not messages.is_address(lead.email):
            return  # the worklists of whoever heard it and of who leads next show it all the same
        messages.queue_message(
            uow,
            key=f"voice-alert:{alert_id}",
            to=lead.email,
            template="worker_voice_alert",
            about=[heard.child_id],
            values={"reference": reference},
            record=("voice_alert", alert_id),
        )


def answer_alert(uow: UnitOfWork, alert_id: uuid.UUID, *, child_id: PersonId, done: str) -> None:
    """Say what was done about an alert; the first answer stays. Raises ``NotFound``, ``RuleBroken`` without words."""
    found = select(VoiceAlert.id).where(VoiceAlert.id == alert_id, VoiceAlert.person_id == child_id)
    if uow.session.execute(found).first() is None:
        raise NotFound("There is no such alert, or none that you may see")
    if not done:
        raise RuleBroken([Reason("done", "Enter what you have done")])
    reasons = too_long("done", done)
    if reasons:
        raise RuleBroken(reasons)
    changed = uow.session.execute(
        update(VoiceAlert)
        .where(VoiceAlert.id == alert_id, VoiceAlert.answered_at.is_(None))
        .values(answered_at=uow.now, answered_by_name=uow.actor.name, done=done),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        audit.record(uow, "voice.alert_answered", subjects=[child_id], record=("voice_alert", alert_id))
