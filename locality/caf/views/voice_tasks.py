"""What children's voices ask of a lead professional, as lines of their list."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from locality.caf.queries.voice_work import VoiceTask, voice_tasks
from locality.caf.views.heading import today
from locality.kernel.ids import AccountId
from locality.web.formats import weekday

Line = dict[str, Any]


def voice_lines(session: Session, account_id: AccountId, *, most: int) -> tuple[list[Line], list[Line]]:
    """Alerts, which stand before everything else, and next tries with their days; one statement."""
    found = voice_tasks(session, account_id, most=most)
    return [_alert(one) for one in found if one.due_on is None], [_try(one) for one in found if one.due_on is not None]


def _alert(task: VoiceTask) -> Line:
    return {
        "text": f"Look today: {task.called} said or showed something",
        "href": url_for("caf.voice_alert", assessment_id=task.assessment_id, child_id=task.person_id, alert_id=task.id),
        "when": "today",
        "late": True,
        "on": None,
    }


def _try(task: VoiceTask) -> Line:
    return {
        "text": f"Listen to {task.called}, who could not be heard last time",
        "href": url_for("caf.listen", assessment_id=task.assessment_id, child_id=task.person_id),
        "when": weekday(task.due_on),
        "late": task.due_on is not None and task.due_on < today(),
        "on": task.due_on,
    }
