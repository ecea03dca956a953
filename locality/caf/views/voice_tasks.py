"""What children's voices ask of a lead professional, as lines of their list."""

from typing import Any

from flask import url_for

from locality.caf.queries.voice_work import VoiceTask, Waiting
from locality.caf.views.heading import today
from locality.web.formats import weekday

Line = dict[str, Any]


def voice_lines(waiting: Waiting) -> tuple[list[Line], list[Line]]:
    """Alerts, which stand before everything else, and next tries with their days."""
    return [_alert(one) for one in waiting.alerts], [_try(one) for one in waiting.tries]


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
