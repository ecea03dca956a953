"""What was said about a referral since it was sent: changes, moves on the list, social care's answers, disagreements,
and how it was routed.

One statement for a page: each list comes as JSON from a query of its own, and row-level security holds for each.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.referrals.queries.referrals import HistoryLine, KeptTrace
from locality.referrals.rules import trace
from locality.referrals.rules.disagreeing import Level
from locality.referrals.rules.social_care import CareOutcome


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One thing that changed after sending."""

    at: dt.datetime
    by_name: str
    what: str
    was: str
    became: str
    why: str


@dataclass(frozen=True, slots=True)
class JumpLine:
    """A family moved ahead on a waiting list."""

    at: dt.datetime
    by_name: str
    from_place: int
    to_place: int
    reason: str


@dataclass(frozen=True, slots=True)
class CareLine:
    """What social care decided, when and who."""

    at: dt.datetime
    by_name: str
    outcome: CareOutcome
    words: str


@dataclass(frozen=True, slots=True)
class DisagreementLine:
    """A disagreement about the referral; ``settled_at`` None while it is open.

    ``parties``: the principals of both sides and of whoever is asked.
    """

    id: uuid.UUID
    raised_by_name: str
    raised_at: dt.datetime
    stage: Level
    waits_name: str
    due_at: dt.datetime
    settled_at: dt.datetime | None
    parties: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Said:
    """Everything of the kind, latest first; ``traces``: how it was routed, each time."""

    changes: tuple[ChangeLine, ...]
    jumps: tuple[JumpLine, ...]
    answers: tuple[CareLine, ...]
    disagreements: tuple[DisagreementLine, ...]
    history: tuple[HistoryLine, ...]
    traces: tuple[KeptTrace, ...]

    @property
    def is_disputed(self) -> bool:
        """Whether a disagreement is open."""
        return any(one.settled_at is None for one in self.disagreements)


_SAID: Final = """
    SELECT (SELECT json_agg(json_build_object('at', changed_at, 'by', changed_by_name, 'what', what, 'was', was,
                                              'became', became, 'why', why) ORDER BY changed_at DESC, id)
            FROM referral_change WHERE referral_id = %(id)s) AS changes,
           (SELECT json_agg(json_build_object('at', j.moved_at, 'by', j.moved_by_name, 'from', j.from_place,
                                              'to', j.to_place, 'reason', j.reason) ORDER BY j.moved_at DESC, j.id)
            FROM waiting_jump j JOIN offer o ON o.id = j.offer_id
            WHERE o.referral_id = %(id)s AND o.state = 'waiting') AS jumps,
           (SELECT json_agg(json_build_object('at', answered_at, 'by', answered_by_name, 'outcome', outcome,
                                              'words', words) ORDER BY answered_at DESC, id)
            FROM social_care_answer WHERE referral_id = %(id)s) AS answers,
           (SELECT json_agg(json_build_object('id', id, 'by', raised_by_name, 'at', raised_at, 'stage', stage,
                                              'waits', waits_name, 'due', due_at, 'settled', settled_at,
                                              'parties', json_build_array(raised_by, raised_principal,
                                                                          other_principal, waits_principal))
                            ORDER BY raised_at DESC, id)
            FROM disagreement WHERE referral_id = %(id)s) AS disagreements,
           (SELECT json_agg(json_build_object('at', e.at, 'by', e.by_name, 'line', e.line, 'words', e.words)
                            ORDER BY e.at DESC, e.id)
            FROM (SELECT * FROM referral_event WHERE referral_id = %(id)s ORDER BY at DESC, id LIMIT 100) e) AS history,
           (SELECT json_agg(json_build_object('at', d.decided_at, 'trace', d.trace) ORDER BY d.decided_at DESC)
            FROM (SELECT * FROM routing_decision WHERE referral_id = %(id)s ORDER BY decided_at DESC LIMIT 20) d)
             AS traces
"""


def said_about(session: Session, referral_id: uuid.UUID) -> Said:
    """What was said about a referral since it was sent; one statement."""
    row = direct.one_or_none(session, _SAID, {"id": referral_id})
    return Said(
        changes=tuple(
            ChangeLine(_at(one["at"]), one["by"], one["what"], one["was"], one["became"], one["why"])
            for one in _list(row.changes)
        ),
        jumps=tuple(
            JumpLine(_at(one["at"]), one["by"], one["from"], one["to"], one["reason"]) for one in _list(row.jumps)
        ),
        answers=tuple(
            CareLine(_at(one["at"]), one["by"], CareOutcome(one["outcome"]), one["words"]) for one in _list(row.answers)
        ),
        disagreements=tuple(_disagreement(one) for one in _list(row.disagreements)),
        history=tuple(HistoryLine(_at(one["at"]), one["by"], one["line"], one["words"]) for one in _list(row.history)),
        traces=tuple(KeptTrace(_at(one["at"]), trace.read(one["trace"])) for one in _list(row.traces)),
    )


def _disagreement(one: Mapping[str, Any]) -> DisagreementLine:
    return DisagreementLine(
        id=uuid.UUID(one["id"]),
        raised_by_name=one["by"],
        raised_at=_at(one["at"]),
        stage=Level(one["stage"]),
        waits_name=one["waits"],
        due_at=_at(one["due"]),
        settled_at=None if one["settled"] is None else _at(one["settled"]),
        parties=frozenset(uuid.UUID(party) for party in one["parties"]),
    )


def _list(found: Sequence[Mapping[str, Any]] | None) -> Sequence[Mapping[str, Any]]:
    return found or ()


def _at(stamp: str) -> dt.datetime:
    return dt.datetime.fromisoformat(stamp)
