"""A lead professional's list: alerts from children, what each family needs next, and children to ask again."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.caf.queries.work import StepRow
from locality.caf.rules.steps import Step
from locality.kernel import direct
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, FamilyId, PersonId


@dataclass(frozen=True, slots=True)
class VoiceTask:
    """An alert (``due_on`` None) or the next try with a child who could not be heard, by when."""

    id: uuid.UUID
    assessment_id: AssessmentId
    person_id: PersonId
    called: str
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a lead professional, each kind by date."""

    alerts: tuple[VoiceTask, ...]
    steps: tuple[StepRow, ...]
    tries: tuple[VoiceTask, ...]


def list_waiting(session: Session, account_id: AccountId, *, most: int) -> Waiting:
    """Alerts of families that a worker leads or of children whom they heard, next steps, next tries; one statement.

    A next try is done once the child was heard, or tried again, after it was set.
    """
    rows = direct.rows(session, _WAITING, {"account": account_id, "most": most})
    tasks = [
        (row.kind, VoiceTask(row.id, row.assessment_id, row.person_id, row.name, row.due_on))
        for row in rows
        if row.kind != "step"
    ]
    steps = tuple(_step(row) for row in rows if row.kind == "step")
    return Waiting(
        alerts=tuple(task for kind, task in tasks if kind == "alert"),
        steps=steps,
        tries=tuple(task for kind, task in tasks if kind == "try"),
    )


def _step(row: Any) -> StepRow:
    family_id, step = FamilyId(row.family_id), Step(row.step)
    return StepRow(EpisodeId(row.id), row.assessment_id, family_id, row.name, step, row.line, row.due_on)


_CALLED: Final = "coalesce(nullif(p.known_as, ''), nullif(p.given_name, ''), 'the baby')"
_WAITING: Final = f"""
WITH led AS (
  SELECT e.id, e.family_id, e.next_step, e.next_step_line, e.next_step_on
  FROM case_role r JOIN episode e ON e.id = r.episode_id AND e.closed_on IS NULL
  WHERE r.account_id = %(account)s AND r.kind = 'lead_professional' AND r.until_on IS NULL
), alerts AS (
  SELECT a.id, a.assessment_id, a.person_id, a.raised_at FROM voice_alert a
  WHERE a.answered_at IS NULL AND a.episode_id IN (SELECT id FROM led)
  UNION SELECT a.id, a.assessment_id, a.person_id, a.raised_at FROM voice_alert a
  WHERE a.answered_at IS NULL AND a.heard_by = %(account)s
)
(SELECT 'alert' AS kind, a.id, a.assessment_id, a.person_id, NULL::uuid AS family_id, {_CALLED} AS name,
   NULL AS step, NULL AS line, NULL::date AS due_on
 FROM alerts a JOIN person p ON p.id = a.person_id ORDER BY a.raised_at, a.id LIMIT %(most)s)
UNION ALL
(SELECT 'step', led.id, d.id, NULL, led.family_id, f.name, led.next_step, led.next_step_line, led.next_step_on
 FROM led JOIN family f ON f.id = led.family_id LEFT JOIN assessment d ON d.episode_id = led.id AND d.state = 'draft'
 WHERE led.next_step_on IS NOT NULL AND led.next_step IS NOT NULL
 ORDER BY led.next_step_on, f.name, led.id LIMIT %(most)s)
UNION ALL
(SELECT 'try', v.id, c.id, v.person_id, NULL, {_CALLED}, NULL, NULL, v.next_try_on
 FROM led JOIN voice_entry v ON v.episode_id = led.id AND v.next_try_on IS NOT NULL JOIN person p ON p.id = v.person_id
 JOIN LATERAL (SELECT id FROM assessment WHERE episode_id = led.id ORDER BY version_no DESC LIMIT 1) c ON true
 WHERE NOT EXISTS (SELECT 1 FROM voice_entry later WHERE later.episode_id = v.episode_id
   AND later.person_id = v.person_id AND later.recorded_at >= v.recorded_at AND later.id <> v.id)
 ORDER BY v.next_try_on, v.id LIMIT %(most)s)
"""  # noqa: S608 - constants, no input
