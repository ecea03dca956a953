"""Sets of routing rules as pages show them, and what rules may name."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.referrals.rules import needs, rule_sets
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.conditions import NO, OLDEST, UNBORN, YES, Asked
from locality.referrals.rules.rule_sets import Content, SetState, Standing
from locality.referrals.rules.rule_sets_checking import Directory, KnownService


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set in the list of sets."""

    version: int
    name: str
    standing: Standing
    rules: int
    drafted_by: str
    drafted_at: dt.datetime
    approved_by: str | None
    live_from: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SetView:
    """One set as its page shows it."""

    version: int
    name: str
    state: SetState
    standing: Standing
    revision: int
    content: Content
    based_on: int | None
    drafted_by: str
    drafted_at: dt.datetime
    editors: frozenset[uuid.UUID]
    approved_by: str | None
    live_from: dt.datetime | None
    live_version: int
    ended_at: dt.datetime | None
    ended_by: str | None
    ended_why: str | None


# The instant at which the set that is live now began.
_LIVE: Final = """
    SELECT version, live_from FROM rule_set WHERE state = 'approved' AND live_from <= %(now)s
    ORDER BY live_from DESC LIMIT 1
"""
_LIST: Final = f"""
    SELECT s.version, s.note, s.state, s.drafted_by_name, s.drafted_at, s.approved_by_name, s.live_from,
           coalesce(jsonb_array_length(s.rules -> 'ordered'), 0) AS rules, live.live_from AS live_since
    FROM rule_set s CROSS JOIN ({_LIVE}) live
    ORDER BY s.version DESC LIMIT %(most)s OFFSET %(after)s
"""  # noqa: S608 - constants, no input
_ONE: Final = f"""
    SELECT s.version, s.note, s.state, s.revision, s.rules, s.based_on, s.drafted_by_name, s.drafted_at, s.editors,
           s.approved_by_name, s.live_from, live.live_from AS live_since, live.version AS live_version, s.ended_at,
           s.ended_by_name, s.ended_why
    FROM rule_set s CROSS JOIN ({_LIVE}) live
    WHERE s.version = %(version)s
"""  # noqa: S608 - constants, no input


def list_sets(session: Session, *, number: int, now: dt.datetime) -> Page[SetRow]:
    """A page of all sets, the newest first; one statement."""
    values = {"now": now, "most": PAGE_SIZE + 1, "after": (number - 1) * PAGE_SIZE}
    return page_of([_row(row, now) for row in direct.rows(session, _LIST, values)], number)


def _row(row: Any, now: dt.datetime) -> SetRow:
    return SetRow(
        version=row.version,
        name=row.note,
        standing=rule_sets.standing(SetState(row.state), row.live_from, live_since=row.live_since, now=now),
        rules=row.rules,
        drafted_by=row.drafted_by_name,
        drafted_at=row.drafted_at,
        approved_by=row.approved_by_name,
        live_from=row.live_from,
    )


def find_set(session: Session, version: int, *, now: dt.datetime, lock: bool = False) -> SetView | None:
    """One set, locked against other changes when asked; None when there is no such version."""
    statement = f"{_ONE} FOR UPDATE OF s" if lock else _ONE
    row = direct.one_or_none(session, statement, {"version": version, "now": now})
    if row is None:
        return None
    state = SetState(row.state)
    return SetView(
        version=row.version,
        name=row.note,
        state=state,
        standing=rule_sets.standing(state, row.live_from, live_since=row.live_since, now=now),
        revision=row.revision,
        content=rule_sets.from_store(row.rules),
        based_on=row.based_on,
        drafted_by=row.drafted_by_name,
        drafted_at=row.drafted_at,
        editors=frozenset(row.editors),
        approved_by=row.approved_by_name,
        live_from=row.live_from,
        live_version=row.live_version,
        ended_at=row.ended_at,
        ended_by=row.ended_by_name,
        ended_why=row.ended_why,
    )


@dataclass(frozen=True, slots=True)
class SetEvent:
    """One thing that happened to a set; ``words`` are the reason that somebody gave."""

    at: dt.datetime
    by_name: str
    line: str
    words: str


_EVENTS: Final = """
    SELECT at, by_name, line, words FROM rule_set_event WHERE version = %(version)s
    ORDER BY at DESC, id DESC LIMIT %(most)s OFFSET %(after)s
"""


def list_events(session: Session, version: int, *, number: int) -> Page[SetEvent]:
    """A page of what happened to a set, the latest first; one statement."""
    values = {"version": version, "most": PAGE_SIZE + 1, "after": (number - 1) * PAGE_SIZE}
    rows = direct.rows(session, _EVENTS, values)
    return page_of([SetEvent(row.at, row.by_name, row.line, row.words) for row in rows], number)


# Everything that rules may name, in one statement.
_DIRECTORY: Final = """
    SELECT
      (SELECT json_agg(json_build_array(c.id, c.name, l.id, l.name) ORDER BY l.name, c.position)
       FROM cluster c JOIN locality l ON l.id = c.locality_id) AS clusters,
      (SELECT json_agg(json_build_array(id, name) ORDER BY name) FROM school) AS schools,
      (SELECT json_agg(prefix ORDER BY prefix) FROM postcode_area) AS areas,
      (SELECT json_agg(json_build_array(
                id, name, (is_open OR coalesce(opens_on <= %(on)s, false)) AND coalesce(closes_on > %(on)s, true),
                kind, team_id) ORDER BY name) FROM service) AS services,
      (SELECT json_agg(json_build_array(t.id, t.name) ORDER BY t.name) FROM team t
       WHERE EXISTS (SELECT 1 FROM service s WHERE s.team_id = t.id)) AS teams
"""


def read_directory(session: Session, *, on: dt.date) -> Directory:
    """What rules may name: places, schools and teams as they are now, services as open on a day; one statement."""
    row = direct.one_or_none(session, _DIRECTORY, {"on": on})
    clusters = row.clusters or []
    names = {
        **_FIXED,
        Asked.CLUSTER: {cluster: name for cluster, name, _, _ in clusters},
        Asked.LOCALITY: {locality: name for _, _, locality, name in clusters},
        Asked.SCHOOL: dict(row.schools or ()),
        Asked.POSTCODE: {area: area for area in row.areas or ()},
    }
    return Directory(
        names=names,
        services={
            uuid.UUID(service): KnownService(
                name, is_open, kind == ReferralKind.EARLY_HELP, None if team is None else uuid.UUID(team)
            )
            for service, name, is_open, kind, team in row.services or ()
        },
        teams={uuid.UUID(team): name for team, name in row.teams or ()},
        locality_of={cluster: locality for cluster, _, locality, _ in clusters},
    )


# The languages most spoken at home in England, Census 2021.
LANGUAGES = (
    "Albanian", "Arabic", "Bengali", "British Sign Language", "Bulgarian", "Cantonese", "Chinese", "Czech", "Dari",
    "English", "Farsi", "French", "German", "Greek", "Gujarati", "Hindi", "Hungarian", "Indonesian", "Italian",
    "Kurdish", "Latvian", "Lithuanian", "Malayalam", "Mandarin", "Nepali", "Pashto", "Polish", "Portuguese",
    "Punjabi", "Romanian", "Romani", "Russian", "Shona", "Slovak", "Somali", "Spanish", "Sylheti", "Tagalog",
    "Tamil", "Telugu", "Tigrinya", "Turkish", "Twi", "Ukrainian", "Urdu", "Vietnamese", "Yoruba",
)  # fmt: skip
_FIXED: Mapping[Asked, Mapping[str, str]] = {
    Asked.NEED: needs.NEED_WORDS,
    Asked.AGE: {UNBORN: "unborn"} | {str(age): str(age) for age in range(OLDEST + 1)},
    Asked.STAGE: {str(stage): f"Stage {stage}" for stage in range(1, 5)},
    Asked.LANGUAGE: {language.casefold(): language for language in LANGUAGES},
    Asked.URGENCY: {"routine": "Routine", "urgent": "Urgent"},
    Asked.OPEN_CASE: {YES: "There is an open case", NO: "There is no open case"},
    Asked.SIBLING_WORKER: {YES: "A brother or sister has a worker", NO: "No brother or sister has a worker"},
    Asked.PREFERENCE: {YES: "The family asked for somebody", NO: "The family asked for nobody in particular"},
}
