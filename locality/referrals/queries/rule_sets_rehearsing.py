"""What a rehearsal needs: past referrals with their facts as they stood, services, and how it went."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.clock import london_date
from locality.referrals.queries.routing import HOMES, SERVICES, WISHES, facts_of, rules_of, service_of
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.facts import ReferralFacts, Rules, ServiceFacts
from locality.referrals.rules.rule_sets_rehearsing import Pace, Tally, from_store


@dataclass(frozen=True, slots=True)
class Past:
    """A past referral with its facts as they stood on the day on which it was sent."""

    id: uuid.UUID
    about: tuple[uuid.UUID, ...]
    sent_at: dt.datetime
    facts: ReferralFacts


@dataclass(frozen=True, slots=True)
class Running:
    """A rehearsal that runs, locked; ``is_current``: the set is still the revision that is rehearsed."""

    id: uuid.UUID
    version: int
    revision: int
    asked_at: dt.datetime
    from_at: dt.datetime
    total: int
    reached_at: dt.datetime
    reached_id: uuid.UUID
    tally: Tally
    draft: Rules
    live: Rules
    is_current: bool

    @property
    def differs_in_rules_only(self) -> bool:
        """Whether the live set has no rule, and all that the draft adds to it are rules."""
        return replace(self.draft, version=self.live.version, ordered=()) == self.live


_LIVED_IN: Final = """(a.from_on IS NULL OR a.from_on <= r.sent_at::date)
                                 AND (a.until_on IS NULL OR a.until_on > r.sent_at::date)"""
# Ages, schools, homes and open cases as they were on the day of sending: all of these are kept with their dates.
_PAST: Final = f"""
    SELECT r.id, r.kind, r.urgency, r.immediate_danger, r.agreement, r.stage, r.need_codes, r.about, r.sent_at,
           r.sender_principal, {WISHES}, '{{}}'::uuid[] AS tried,
           (SELECT json_agg(json_build_object(
                     'born', p.born_on, 'due', p.due_on, 'cluster', c.cluster_id, 'locality', c.locality_id,
                     'how', c.placed_how, 'language', p.first_language, 'interpreter', p.interpreter_needed,
                     'lives', {HOMES.format(lived_in=_LIVED_IN)},
                     'schools', (SELECT json_agg(e.school_id) FROM enrolment e
                                 WHERE e.person_id = c.person_id AND e.from_on <= r.sent_at::date
                                   AND (e.until_on IS NULL OR e.until_on >= r.sent_at::date)),
                     'homes', (SELECT json_agg(a.postcode) FROM address a
                               WHERE a.person_id = c.person_id AND {_LIVED_IN} AND a.kind <> 'letters'
                                 AND NOT a.do_not_disclose AND a.postcode IS NOT NULL)) ORDER BY c.position)
            FROM referral_child c JOIN person p ON p.id = c.person_id WHERE c.referral_id = r.id) AS children,
           (SELECT json_agg(json_build_object('episode', e.episode_id, 'lead', e.lead_account_id,
                                              'name', e.lead_name, 'cluster', e.cluster_id, 'locality', l.locality_id,
                                              'team', e.team_id, 'own', s.own) ORDER BY e.reference)
            FROM (SELECT n.episode_id, bool_or(n.person_id = ANY(r.about)) AS own
                  FROM unnest(r.about || coalesce(f.about, '{{}}')) m (id) JOIN stage_span n ON n.person_id = m.id
                  WHERE NOT n.is_void AND n.from_on < r.sent_at::date
                    AND (n.until_on IS NULL OR n.until_on > r.sent_at::date)
                  GROUP BY n.episode_id) s
            JOIN caseload_entry e ON e.episode_id = s.episode_id JOIN cluster l ON l.id = e.cluster_id) AS cases
    FROM (SELECT * FROM referral
          WHERE kind = 'early_help' AND sent_at <= %(asked_at)s AND (sent_at, id) > (%(reached_at)s, %(reached_id)s)
          ORDER BY sent_at, id LIMIT %(most)s) r
    LEFT JOIN family f ON f.id = r.family_id
    ORDER BY r.sent_at, r.id
"""  # noqa: S608 - constants, no input


def list_past(session: Session, running: Running, *, most: int) -> list[Past]:
    """The next referrals for early help that a rehearsal has not looked at yet, oldest first; one statement."""
    values = {
        "asked_at": running.asked_at, "reached_at": running.reached_at, "reached_id": running.reached_id, "most": most
    }  # fmt: skip
    return [
        Past(row.id, tuple(row.about), row.sent_at, facts_of(row, london_date(row.sent_at)))
        for row in direct.rows(session, _PAST, values)
    ]


_COUNT: Final = """
    SELECT count(*) AS n FROM referral WHERE kind = 'early_help' AND sent_at > %(from_at)s AND sent_at <= %(asked_at)s
"""


def count_past(session: Session, running: Running) -> int:
    """How many referrals a rehearsal looks at in all."""
    values = {"from_at": running.from_at, "asked_at": running.asked_at}
    found: int = direct.one_or_none(session, _COUNT, values).n
    return found


_RUNNING: Final = """
    SELECT h.id, h.version, h.revision, h.asked_at, h.from_at, h.total, h.reached_at, h.reached_id, h.tally,
           s.revision = h.revision AND s.state IN ('draft', 'rehearsed') AS is_current, l.version AS live_version,
           s.rules - 'ordered' AS settings, (s.rules -> 'ordered')::text AS ordered,
           l.rules - 'ordered' AS live_settings, (l.rules -> 'ordered')::text AS live_ordered
    FROM rule_set_rehearsal h JOIN rule_set s ON s.version = h.version JOIN rule_set l ON l.version = h.against
    WHERE h.id = %(rehearsal_id)s AND h.state = 'running'
    FOR UPDATE OF h, s
"""


def lock_running(session: Session, rehearsal_id: uuid.UUID) -> Running | None:
    """A rehearsal and its set, locked; None when it does not run (any more)."""
    row = direct.one_or_none(session, _RUNNING, {"rehearsal_id": rehearsal_id})
    if row is None:
        return None
    return Running(
        id=row.id,
        version=row.version,
        revision=row.revision,
        asked_at=row.asked_at,
        from_at=row.from_at,
        total=row.total,
        reached_at=row.reached_at,
        reached_id=row.reached_id,
        tally=from_store(row.tally),
        draft=rules_of(row.version, row.settings, row.ordered),
        live=rules_of(row.live_version, row.live_settings, row.live_ordered),
        is_current=row.is_current,
    )


_SERVICES: Final = f"SELECT {SERVICES.format(kind='%(kind)s')} AS services"


def list_services(session: Session) -> tuple[ServiceFacts, ...]:
    """Every early help service with its places, as routing sees them today."""
    row = direct.one_or_none(session, _SERVICES, {"kind": ReferralKind.EARLY_HELP.value})
    return tuple(service_of(stored, ReferralKind.EARLY_HELP) for stored in row.services or ())


_PACES: Final = """
    SELECT s.id, (SELECT count(*) FROM offer o WHERE o.service_id = s.id AND o.state = 'accepted'
                    AND o.responded_at > %(from_at)s AND o.responded_at <= %(asked_at)s) AS taken_up,
           (SELECT sum(greatest(places - taken - offered, 0)) FROM service_capacity k WHERE k.service_id = s.id) AS free
    FROM service s WHERE s.kind = 'early_help'
"""


def read_paces(session: Session, running: Running) -> dict[str, tuple[int, int | None]]:
    """For each service the families that it took up in the rehearsed year, and its free places; one statement."""
    values = {"from_at": running.from_at, "asked_at": running.asked_at}
    return {
        str(row.id): (row.taken_up, None if row.free is None else int(row.free))
        for row in direct.rows(session, _PACES, values)
    }


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal as pages show it; ``is_current``: of the set as it stands."""

    id: uuid.UUID
    revision: int
    against: int
    state: str
    asked_by: str
    asked_at: dt.datetime
    from_at: dt.datetime
    finished_at: dt.datetime | None
    total: int
    looked_at: int
    is_current: bool
    tally: Tally
    paces: Mapping[str, Pace]


_LATEST: Final = """
    SELECT h.*, s.revision = h.revision AS is_current FROM rule_set_rehearsal h JOIN rule_set s ON s.version = h.version
    WHERE h.version = %(version)s ORDER BY h.asked_at DESC, h.id DESC LIMIT 1
"""


def find_rehearsal(session: Session, version: int) -> Rehearsal | None:
    """The latest rehearsal of a set; None when it was never rehearsed."""
    row = direct.one_or_none(session, _LATEST, {"version": version})
    return None if row is None else _rehearsal(row)


def _rehearsal(row: Any) -> Rehearsal:
    return Rehearsal(
        id=row.id,
        revision=row.revision,
        against=row.against,
        state=row.state,
        asked_by=row.asked_by_name,
        asked_at=row.asked_at,
        from_at=row.from_at,
        finished_at=row.finished_at,
        total=row.total,
        looked_at=row.looked_at,
        is_current=row.is_current,
        tally=from_store(row.tally),
        paces={key: Pace(*pace) for key, pace in row.tally.get("paces", {}).items()},
    )


@dataclass(frozen=True, slots=True)
class MovedReferral:
    """A referral that would have gone elsewhere, for those who may open it."""

    id: uuid.UUID
    reference: str
    was: str
    becomes: str


# Row-level security leaves only referrals that the reader may open: for administrators, none.
_MOVED: Final = """
    SELECT r.id, r.reference, m.was, m.becomes FROM rehearsal_moved m JOIN referral r ON r.id = m.referral_id
    WHERE m.rehearsal_id = %(rehearsal_id)s ORDER BY r.sent_at DESC, r.id LIMIT 20
"""


def list_moved(session: Session, rehearsal_id: uuid.UUID) -> tuple[MovedReferral, ...]:
    """The latest referrals that would have gone elsewhere, as far as the reader may open them."""
    rows = direct.rows(session, _MOVED, {"rehearsal_id": rehearsal_id})
    return tuple(MovedReferral(row.id, row.reference, row.was, row.becomes) for row in rows)
