"""Everything that waits for one worker, in order: the one list behind their home and behind "To do"."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.caf.rules.meetings import MeetingKind
from locality.caf.rules.steps import Step
from locality.caf.rules.words import ActionStatus
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.ids import PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of

_MOST_WITHOUT_LEAD: Final = 10


class WaitKind(StrEnum):
    """What waits, and so where it is done."""

    ALERT = "alert"  # a child said or showed that they are unsafe
    MOVE = "move"
    LEAD_REQUEST = "lead_request"
    STEP = "step"
    TRY = "try"  # a child who could not be heard is asked again
    ACTION = "action"
    MEETING = "meeting"
    FEEDBACK = "feedback"
    AUDIT = "audit"  # somebody of another team asks for an audit of quality
    REFERRAL = "referral"  # it came back to whoever sent it, or was passed to them
    DISAGREEMENT = "disagreement"
    NO_LEAD = "no_lead"


# What others wait for comes before everything that has a date; children first of all.
_FIRST = frozenset({WaitKind.ALERT, WaitKind.MOVE, WaitKind.LEAD_REQUEST})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits; which of the fields say something depends on its ``kind``.

    ``id`` is the record itself; ``names`` are the children, as they are called; ``words`` what it is and ``more`` what
    stands under it; ``stages`` from and to; ``due_on`` the day, ``at`` the instant, where there is one.
    """

    kind: WaitKind
    id: uuid.UUID
    episode_id: uuid.UUID | None
    assessment_id: uuid.UUID | None
    family_id: uuid.UUID | None
    about: tuple[PersonId, ...]
    names: tuple[str, ...]
    words: str
    more: str
    step: Step | None
    stages: tuple[int | None, int | None]
    status: ActionStatus | None
    meeting: MeetingKind | None
    is_urgent: bool
    due_on: dt.date | None
    at: dt.datetime | None

    @property
    def comes_first(self) -> bool:
        """Whether it comes before everything that has a date."""
        return self.kind in _FIRST


def list_waiting(
    session: Session, actor: Actor, *, now: dt.datetime, number: int = 1, size: int = PAGE_SIZE
) -> Page[Waiting]:
    """A page of what waits for a worker, most pressing first, with how much there is in all; one statement.

    Alerts of families that they lead or of children whom they heard; stage moves and questions to lead that wait for
    their answer; then, by date, the next step of each of their families, children to ask again, their own actions and
    meetings, referrals that came back and disagreements that wait for their word; then feedback, and families without
    a lead in the clusters where they work.
    """
    values = {
        "account": actor.account_id, "principals": list(actor.principals), "now": now, "most": size + 1,
        "skip": (number - 1) * size,
    }  # fmt: skip
    rows = direct.rows(session, _WAITING, values)
    total = rows[0].total if rows else 0
    return page_of([_read(row) for row in rows], number, size=size, total=total)


def _read(row: Any) -> Waiting:
    return Waiting(
        kind=WaitKind(row.kind),
        id=row.id,
        episode_id=row.episode_id,
        assessment_id=row.assessment_id,
        family_id=row.family_id,
        about=tuple(row.about or ()),
        names=tuple(row.names or ()),
        words=row.words or "",
        more=row.more or "",
        step=Step(row.code) if row.kind == WaitKind.STEP else None,
        stages=(row.from_stage, row.to_stage),
        status=ActionStatus(row.code) if row.kind == WaitKind.ACTION else None,
        meeting=MeetingKind(row.code) if row.kind == WaitKind.MEETING else None,
        is_urgent=row.urgent,
        due_on=row.due_on,
        at=row.at,
    )


_CALLED: Final = "coalesce(nullif(p.known_as, ''), nullif(p.given_name, ''), 'the baby')"
_NAMES: Final = (
    f"ARRAY(SELECT {_CALLED} FROM person p WHERE p.id = ANY({{about}}) ORDER BY p.born_on DESC NULLS FIRST, p.id)"  # noqa: S608
)
_WHOLE_NAME: Final = """CASE WHEN p.due_on IS NOT NULL AND p.given_name = '' THEN 'Baby ' || p.family_name
  ELSE concat_ws(' ', nullif(p.given_name, ''), nullif(p.family_name, '')) END"""
_WAITING: Final = f"""
WITH led AS (
  SELECT e.id, e.family_id, e.about, e.next_step, e.next_step_line, e.next_step_on
  FROM case_role r JOIN episode e ON e.id = r.episode_id AND e.closed_on IS NULL
  WHERE r.account_id = %(account)s AND r.kind = 'lead_professional' AND r.until_on IS NULL
), alerts AS (
  SELECT a.id, a.episode_id, a.assessment_id, a.person_id, a.raised_at FROM voice_alert a
  WHERE a.answered_at IS NULL AND a.episode_id IN (SELECT id FROM led)
  UNION SELECT a.id, a.episode_id, a.assessment_id, a.person_id, a.raised_at FROM voice_alert a
  WHERE a.answered_at IS NULL AND a.heard_by = %(account)s
), list (rank, kind, id, episode_id, assessment_id, family_id, about, names, words, more, code, from_stage, to_stage,
  urgent, due_on, at) AS (
  SELECT 0, 'alert', a.id, a.episode_id, a.assessment_id, NULL::uuid, ARRAY[a.person_id], ARRAY[{_CALLED}], NULL, NULL,
    NULL, NULL::integer, NULL::integer, true, NULL::date, a.raised_at
  FROM alerts a JOIN person p ON p.id = a.person_id
  UNION ALL
  SELECT 1, 'move', m.id, m.episode_id, NULL, NULL, ARRAY[m.person_id], ARRAY[{_WHOLE_NAME}], NULL, NULL, NULL,
    m.from_stage, m.to_stage, NOT m.planned, NULL, m.requested_at
  FROM stage_move m JOIN person p ON p.id = m.person_id
  WHERE m.receiver_id = ANY(%(principals)s) AND (m.state = 'agreed' OR (m.state = 'proposed' AND NOT m.needs_manager))
  UNION ALL
  SELECT 1, 'lead_request', q.id, q.episode_id, NULL, NULL, q.about, NULL, q.asked_by_name, NULL, NULL, NULL, NULL,
    false, NULL, q.asked_at
  FROM lead_request q WHERE q.account_id = %(account)s AND q.state = 'asked'
  UNION ALL
  SELECT 2, 'step', led.id, led.id, d.id, led.family_id, led.about, ARRAY[f.name], led.next_step_line, NULL,
    led.next_step, NULL, NULL, false, led.next_step_on, NULL
  FROM led JOIN family f ON f.id = led.family_id
  LEFT JOIN assessment d ON d.episode_id = led.id AND d.state = 'draft'
  WHERE led.next_step_on IS NOT NULL AND led.next_step IS NOT NULL
  UNION ALL
  SELECT 2, 'try', v.id, led.id, c.id, NULL, ARRAY[v.person_id], ARRAY[{_CALLED}], NULL, NULL, NULL, NULL, NULL, false,
    v.next_try_on, NULL
  FROM led JOIN voice_entry v ON v.episode_id = led.id AND v.next_try_on IS NOT NULL
  JOIN person p ON p.id = v.person_id
  JOIN LATERAL (SELECT id FROM assessment WHERE episode_id = led.id ORDER BY version_no DESC LIMIT 1) c ON true
  WHERE NOT EXISTS (SELECT 1 FROM voice_entry later WHERE later.episode_id = v.episode_id
    AND later.person_id = v.person_id AND later.recorded_at >= v.recorded_at AND later.id <> v.id)
  UNION ALL
  SELECT 2, 'action', t.id, t.episode_id, NULL, NULL, t.about,
    {_NAMES.format(about="t.about")}, t.action, t.outcome_wanted, t.status, NULL, NULL, false, t.due_on, NULL
  FROM case_role r JOIN plan_action t ON t.responsible_role_id = r.id AND t.status IN ('not_started', 'in_progress')
  WHERE r.account_id = %(account)s AND r.until_on IS NULL
  UNION ALL
  SELECT 2, 'meeting', g.id, g.episode_id, NULL, NULL, NULL, ARRAY[e.reference], NULL, g.place, g.kind, NULL, NULL,
    false, (g.starts_at AT TIME ZONE 'Europe/London')::date, g.starts_at
  FROM case_role r JOIN meeting_guest o ON o.role_id = r.id JOIN meeting g ON g.id = o.meeting_id
  JOIN episode e ON e.id = g.episode_id
  WHERE r.account_id = %(account)s AND r.until_on IS NULL AND g.state = 'arranged'
    AND g.starts_at >= %(now)s - interval '12 hours'
  UNION ALL
  SELECT 3, 'feedback', u.id, NULL, u.assessment_id, NULL, NULL, NULL, u.caf_reference, NULL, NULL, NULL, NULL, false,
    NULL, u.recorded_at
  FROM quality_audit u WHERE u.author_id = %(account)s AND u.read_at IS NULL
  UNION ALL
  SELECT 2, 'audit', i.id, NULL, NULL, NULL, NULL, NULL, i.caf_reference, i.invited_by_name, NULL, NULL, NULL, false,
    ((i.until_at AT TIME ZONE 'Europe/London') - interval '1 day')::date, NULL
  FROM quality_invitation i
  WHERE i.account_id = %(account)s AND i.ended_at IS NULL AND i.until_at > %(now)s
  UNION ALL
  SELECT 2, 'referral', r.id, NULL, NULL, NULL, r.about, {_NAMES.format(about="r.about")}, r.reference, r.state, NULL,
    NULL, NULL, false, (r.response_due_at AT TIME ZONE 'Europe/London')::date, NULL
  FROM referral r
  WHERE r.owner_principal = %(account)s AND r.state IN ('returned_for_info', 'declined', 'expired', 'allocated')
  UNION ALL
  SELECT 2, 'disagreement', d.id, NULL, NULL, NULL, d.about, {_NAMES.format(about="d.about")}, r.reference,
    d.raised_by_name, NULL, NULL, NULL, false, (d.due_at AT TIME ZONE 'Europe/London')::date, NULL
  FROM disagreement d JOIN referral r ON r.id = d.referral_id
  WHERE d.waits_principal = %(account)s AND d.settled_at IS NULL
  UNION ALL
  (SELECT 3, 'no_lead', c.episode_id, c.episode_id, NULL, NULL, n.about, ARRAY[n.family_name], c.reference, k.name,
    NULL, NULL, NULL, false, NULL, NULL
  FROM caseload_entry c JOIN cluster k ON k.id = c.cluster_id
  LEFT JOIN caseload_name n ON n.episode_id = c.episode_id
  WHERE c.lead_account_id IS NULL ORDER BY c.reference LIMIT {_MOST_WITHOUT_LEAD})
)
SELECT *, count(*) OVER () AS total FROM list
ORDER BY rank, urgent DESC, due_on NULLS LAST, at NULLS LAST, words, id LIMIT %(most)s OFFSET %(skip)s
"""  # noqa: S608 - constants, no input
