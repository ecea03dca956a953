"""Who can see to what waits: whether an account still works here, and who stands behind a case now."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR, management_of
from locality.accounts import api as accounts
from locality.kernel import direct
from locality.kernel.ids import AccountId

# Of account ``a``: worked in a service and works there no more.
_LEFT_SERVICE: Final = """(
    EXISTS (SELECT 1 FROM role_assignment x WHERE x.account_id = a.id AND x.scope_id = {service})
    AND NOT EXISTS (SELECT 1 FROM role_assignment x WHERE x.account_id = a.id AND x.scope_id = {service}
                    AND x.ended_at IS NULL AND (x.until_on IS NULL OR x.until_on >= %(today)s)))"""
# Of account ``a``: was an officer of the front door and is none any more.
_LEFT_FRONT_DOOR: Final = """(
    EXISTS (SELECT 1 FROM role_assignment x WHERE x.account_id = a.id AND x.role = 'spoc_officer')
    AND NOT EXISTS (SELECT 1 FROM role_assignment x WHERE x.account_id = a.id AND x.role = 'spoc_officer'
                    AND x.ended_at IS NULL AND (x.until_on IS NULL OR x.until_on >= %(today)s)))"""
_LEAVERS: Final = f"""
    SELECT a.id, a.name FROM account a
    WHERE a.id IN (
        SELECT sender_principal FROM referral WHERE state NOT IN ('ended', 'withdrawn')
        UNION SELECT owner_principal FROM referral WHERE state NOT IN ('ended', 'withdrawn') AND owner_kind = 'worker'
        UNION SELECT waits_principal FROM disagreement WHERE settled_at IS NULL
        UNION SELECT raised_principal FROM disagreement WHERE settled_at IS NULL
        UNION SELECT held_by FROM contact WHERE state = 'open')
      AND {accounts.IS_GONE}
    ORDER BY a.id
"""  # noqa: S608 - constants, no input
# Whoever works with a family of a service and is gone, or held the service's role before and holds it no more.
_NAMED_IN_VAIN: Final = f"""
    SELECT r.id, a.id AS account_id, a.name FROM referral r JOIN account a ON a.id = r.allocated_to
    WHERE r.state IN ('accepted', 'allocated', 'started') AND r.owner_kind = 'service'
      AND ({accounts.IS_GONE} OR {_LEFT_SERVICE.format(service="r.owner_principal")})
    ORDER BY r.id
"""  # noqa: S608 - constants, no input
# Open disagreements that wait for whoever raised them for a service, or for the front door, and works there no more.
_LEFT_THEIR_SIDE: Final = f"""
    SELECT d.id, d.referral_id, d.raised_principal AS side_id, coalesce(s.name, '') AS service,
           d.raised_by_name AS name
    FROM disagreement d JOIN account a ON a.id = d.raised_by LEFT JOIN service s ON s.id = d.raised_principal
    WHERE d.settled_at IS NULL AND d.waits_principal = d.raised_by
      AND (s.id IS NOT NULL AND ({accounts.IS_GONE} OR {_LEFT_SERVICE.format(service="s.id")})
           OR d.raised_principal = '{FRONT_DOOR}' AND {_LEFT_FRONT_DOOR})
    ORDER BY d.referral_id
"""  # noqa: S608 - constants, no input
# Whose side somebody raised a disagreement for: a service, or none; and whether they are there no more.
_SIDE: Final = f"""
    SELECT coalesce(s.name, '') AS service, {accounts.IS_GONE}
           OR (s.id IS NOT NULL AND {_LEFT_SERVICE.format(service="s.id")})
           OR (%(side)s = '{FRONT_DOOR}' AND {_LEFT_FRONT_DOOR}) AS is_left
    FROM account a LEFT JOIN service s ON s.id = %(side)s WHERE a.id = %(account)s
"""  # noqa: S608 - constants, no input
_STANDING: Final = f"""
    SELECT asked.*, a.id AS lead_id, a.name AS lead_name, k.id AS cluster_id, k.name AS cluster_name,
           EXISTS (SELECT 1 FROM role_assignment x JOIN account o ON o.id = x.account_id AND o.active
                   WHERE x.role IN ('supervisor', 'manager') AND x.scope_kind = 'cluster' AND x.scope_id = k.id
                     AND x.ended_at IS NULL AND x.from_on <= %(today)s
                     AND (x.until_on IS NULL OR x.until_on >= %(today)s)) AS is_managed
    FROM {{asked}} AS asked
    LEFT JOIN caseload_entry e ON e.episode_id = asked.episode_id
    LEFT JOIN cluster k ON k.id = coalesce(e.cluster_id, (
        SELECT s.cluster_id FROM stage_span s WHERE s.person_id = asked.person_id AND s.episode_id = asked.episode_id
        ORDER BY s.until_on DESC NULLS FIRST LIMIT 1))
    LEFT JOIN account a ON a.id = e.lead_account_id AND NOT {accounts.IS_GONE}
"""  # noqa: S608 - constants, no input
_OF_CASES: Final = _STANDING.replace(
    "{asked}", "(SELECT * FROM unnest(%(episodes)s::uuid[], %(people)s::uuid[]) AS one (episode_id, person_id))"
)
_OF_NEWS: Final = _STANDING.replace(
    "{asked}", "(SELECT id, episode_id, person_id, about, waits_principal FROM case_news WHERE seen_at IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Behind:
    """Who stands behind a case: the principal for whom news about it waits, and what to call it."""

    principal: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Misplaced:
    """News that waits for somebody who does not stand behind its case any more, and who does."""

    id: uuid.UUID
    about: tuple[uuid.UUID, ...]
    behind: Behind


@dataclass(frozen=True, slots=True)
class LeftSide:
    """A disagreement that waits for its raiser, who has left the service or the front door ("") that they spoke for."""

    id: uuid.UUID
    referral_id: uuid.UUID
    side_id: uuid.UUID
    service: str
    name: str


@dataclass(frozen=True, slots=True)
class Side:
    """For which service somebody raised a disagreement ("": for none), and whether they are there no more."""

    service: str
    is_left: bool


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who is gone although something still waits for them, or names them."""

    id: AccountId
    name: str


def who_is_behind(
    session: Session, episodes: Collection[uuid.UUID], *, person_id: uuid.UUID, today: dt.date
) -> dict[uuid.UUID, Behind]:
    """For each case of a child: who leads it, else those who manage its cluster, else the front door; one statement."""
    asked = {"episodes": list(episodes), "people": [person_id] * len(episodes), "today": today}
    return {row.episode_id: _behind(row) for row in direct.rows(session, _OF_CASES, asked)}


def news_misplaced(session: Session, *, today: dt.date) -> tuple[Misplaced, ...]:
    """News that nobody has seen to and that waits for the wrong one; one statement."""
    rows = [(row, _behind(row)) for row in direct.rows(session, _OF_NEWS, {"today": today})]
    return tuple(
        Misplaced(row.id, tuple(row.about), behind) for row, behind in rows if row.waits_principal != behind.principal
    )


def leavers(session: Session, *, today: dt.date) -> tuple[Leaver, ...]:
    """Who is gone while a referral, a disagreement or a contact still waits for them; one statement."""
    return tuple(Leaver(AccountId(row.id), row.name) for row in direct.rows(session, _LEAVERS, {"today": today}))


def find_side(session: Session, account_id: AccountId, *, side_id: uuid.UUID, today: dt.date) -> Side | None:
    """Where somebody stands who raised a disagreement for a service, the front door or another; one statement."""
    row = direct.one_or_none(session, _SIDE, {"account": account_id, "side": side_id, "today": today})
    return None if row is None else Side(row.service, row.is_left)


def named_in_vain(session: Session, *, today: dt.date) -> tuple[tuple[uuid.UUID, Leaver], ...]:
    """Referrals whose named worker has left the service, with the worker; one statement."""
    rows = direct.rows(session, _NAMED_IN_VAIN, {"today": today})
    return tuple((row.id, Leaver(AccountId(row.account_id), row.name)) for row in rows)


def left_their_side(session: Session, *, today: dt.date) -> tuple[LeftSide, ...]:
    """Disagreements that wait for their raiser, who has left the service or front door; one statement."""
    rows = direct.rows(session, _LEFT_THEIR_SIDE, {"today": today})
    return tuple(LeftSide(row.id, row.referral_id, row.side_id, row.service, row.name) for row in rows)


def _behind(row: Any) -> Behind:
    if row.lead_id is not None:
        return Behind(row.lead_id, row.lead_name)
    if row.is_managed:
        return Behind(management_of(row.cluster_id), f"Whoever manages {row.cluster_name}")
    return Behind(FRONT_DOOR, "The front door")
