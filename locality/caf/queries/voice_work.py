"""What children's voices ask of a lead professional: alerts to look at today, and children to ask again."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.ids import AccountId, AssessmentId, PersonId


@dataclass(frozen=True, slots=True)
class VoiceTask:
    """An alert (``due_on`` None) or the next try with a child who could not be heard, by when."""

    kind: str
    id: uuid.UUID
    assessment_id: AssessmentId
    person_id: PersonId
    called: str
    cue: str
    due_on: dt.date | None


def voice_tasks(session: Session, account_id: AccountId, *, most: int = 3) -> tuple[VoiceTask, ...]:
    """Alerts of families that a worker leads or of children whom they heard, then next tries by date; one statement.

    A next try is done once the child was heard, or tried again, after the day on which it was set.
    """
    rows = direct.rows(session, _TASKS, {"account": account_id, "most": most})
    return tuple(
        VoiceTask(row.kind, row.id, row.assessment_id, row.person_id, row.called, row.cue, row.due_on) for row in rows
    )


_CALLED: Final = "coalesce(nullif(p.known_as, ''), nullif(p.given_name, ''), 'The baby')"
_TASKS: Final = f"""
WITH led AS (
  SELECT r.episode_id FROM case_role r JOIN episode e ON e.id = r.episode_id AND e.closed_on IS NULL
  WHERE r.account_id = %(account)s AND r.kind = 'lead_professional' AND r.until_on IS NULL
), alerts AS (
  SELECT a.id, a.assessment_id, a.person_id, a.cue, a.raised_at FROM voice_alert a
  WHERE a.answered_at IS NULL AND a.episode_id IN (SELECT episode_id FROM led)
  UNION SELECT a.id, a.assessment_id, a.person_id, a.cue, a.raised_at FROM voice_alert a
  WHERE a.answered_at IS NULL AND a.heard_by = %(account)s
), tries AS (
  SELECT v.id, c.id AS assessment_id, v.person_id, v.next_try_on FROM voice_entry v
  JOIN LATERAL (SELECT id FROM assessment WHERE episode_id = v.episode_id ORDER BY version_no DESC LIMIT 1) c ON true
  WHERE v.episode_id IN (SELECT episode_id FROM led) AND v.next_try_on IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM voice_entry later WHERE later.episode_id = v.episode_id AND later.person_id = v.person_id
      AND later.recorded_at > v.recorded_at)
)
SELECT * FROM (
  SELECT 'alert' AS kind, a.id, a.assessment_id, a.person_id, {_CALLED} AS called, a.cue, NULL::date AS due_on,
    a.raised_at AS since
  FROM alerts a JOIN person p ON p.id = a.person_id
  UNION ALL
  SELECT 'try', t.id, t.assessment_id, t.person_id, {_CALLED}, '', t.next_try_on, NULL
  FROM tries t JOIN person p ON p.id = t.person_id
) found ORDER BY due_on NULLS FIRST, since, id LIMIT %(most)s
"""  # noqa: S608 - constants, no input
