"""What waits at the front door about a record that is closed to every officer there: in no queue, so in a manager's.

A manager learns that something waits, by when, and who can open it; never about whom it is, nor from whom it came. To
a manager from whom the record is closed by name nothing says that there is one.
"""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR
from locality.access.scope import elevated
from locality.kernel import direct
from locality.kernel.ids import AccountId
from locality.referrals.rules.lifecycle import CAME_BACK

MOST = 50


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """A contact, or a referral that came back, which no officer can open.

    ``openers`` are those who can, by name. ``only_names_are_out``: the record is closed to people by name and open to
    all others, of whom there are too many to name.
    """

    is_referral: bool
    reference: str
    due_at: dt.datetime
    openers: tuple[str, ...]
    only_names_are_out: bool


# Whom each restriction in force closes: the people named, their families where it says so, and whoever is linked.
_WHOM: Final = """
    WITH live AS MATERIALIZED (
      SELECT id, mode, whole_family FROM restriction
      WHERE lifted_at IS NULL AND (until_at IS NULL OR until_at > now())
    ), kin AS (
      SELECT live.id, p.person_id FROM live JOIN restriction_person p ON p.restriction_id = live.id
      UNION
      SELECT live.id, other.person_id FROM live JOIN restriction_person p ON p.restriction_id = live.id
      JOIN family_member mine ON mine.person_id = p.person_id AND mine.until_on IS NULL
      JOIN family_member other ON other.family_id = mine.family_id AND other.until_on IS NULL
      WHERE live.whole_family
    ), closed AS (
      SELECT id, person_id FROM kin
      UNION
      SELECT kin.id, them.person_id FROM kin JOIN linked_person me ON me.person_id = kin.person_id
      JOIN linked_person them ON them.lead_id = me.lead_id
    )"""
_CLOSED: Final = f"""{_WHOM}, waiting AS MATERIALIZED (
      SELECT DISTINCT false AS is_referral, c.id, c.reference, c.due_at, closed.id AS restriction_id
      FROM closed JOIN contact_child k ON k.person_id = closed.person_id
      JOIN contact c ON c.id = k.contact_id AND c.state = 'open'
      UNION
      SELECT true, r.id, r.reference, r.response_due_at, closed.id
      FROM closed JOIN referral_child k ON k.person_id = closed.person_id
      JOIN referral r ON r.id = k.referral_id AND r.owner_principal = %(front_door)s AND r.state = ANY(%(states)s)
    ), shut AS (
      SELECT w.id, a.id AS account_id, bool_or(live.mode = 'closed_to') AS by_name
      FROM waiting w JOIN live ON live.id = w.restriction_id CROSS JOIN account a
      LEFT JOIN restriction_account n ON n.restriction_id = live.id AND n.account_id = a.id
      WHERE a.active AND (live.mode = 'open_to') = (n.account_id IS NULL)
      GROUP BY w.id, a.id
    )
    SELECT DISTINCT w.is_referral, w.reference, w.due_at,
           ARRAY(SELECT DISTINCT concat_ws(', ', a.name, nullif(a.job_title, '')) FROM restriction_account n
                 JOIN live ON live.id = n.restriction_id AND live.mode = 'open_to'
                 JOIN account a ON a.id = n.account_id AND a.active
                 WHERE n.restriction_id IN (SELECT o.restriction_id FROM waiting o WHERE o.id = w.id)
                   AND NOT EXISTS (SELECT 1 FROM shut s WHERE s.id = w.id AND s.account_id = a.id)
                 ORDER BY 1) AS openers,
           NOT EXISTS (SELECT 1 FROM waiting o JOIN live ON live.id = o.restriction_id AND live.mode = 'open_to'
                       WHERE o.id = w.id) AS only_names_are_out
    FROM waiting w
    WHERE NOT EXISTS (
        SELECT 1 FROM role_assignment x JOIN account a ON a.id = x.account_id AND a.active
        WHERE x.role = 'spoc_officer' AND x.ended_at IS NULL AND x.from_on <= %(today)s
          AND (x.until_on IS NULL OR x.until_on >= %(today)s)
          AND NOT EXISTS (SELECT 1 FROM shut s WHERE s.id = w.id AND s.account_id = a.id))
      AND NOT EXISTS (SELECT 1 FROM shut s WHERE s.id = w.id AND s.account_id = %(me)s AND s.by_name)
    ORDER BY w.due_at, w.reference
    LIMIT %(most)s
"""  # noqa: S608 - constants, no input
_KEPT_OUT: Final = f"""{_WHOM}
    SELECT DISTINCT a.id FROM closed JOIN live USING (id) CROSS JOIN account a
    LEFT JOIN restriction_account n ON n.restriction_id = live.id AND n.account_id = a.id
    WHERE closed.person_id = ANY(%(about)s) AND a.id = ANY(%(accounts)s)
      AND (live.mode = 'open_to') = (n.account_id IS NULL)
"""  # noqa: S608 - constants, no input


def list_closed(session: Session, reader: AccountId | None, *, today: dt.date) -> tuple[ClosedRow, ...]:
    """What no officer of the front door can open, first what is due first; one statement."""
    values = {
        "me": reader, "today": today, "front_door": FRONT_DOOR,
        "states": [state.value for state in CAME_BACK], "most": MOST,
    }  # fmt: skip
    with elevated(session, "what waits about records that are closed to the front door, of which nothing else is told"):
        return tuple(_row(row) for row in direct.rows(session, _CLOSED, values))


def kept_out(
    session: Session, about: Collection[uuid.UUID], *, accounts: Collection[AccountId]
) -> frozenset[AccountId]:
    """Those of ``accounts`` to whom the record of any of these people is closed, for the system's own work."""
    asked = {"about": list(about), "accounts": list(accounts)}
    return frozenset(AccountId(row.id) for row in direct.rows(session, _KEPT_OUT, asked))


def _row(row: Any) -> ClosedRow:
    return ClosedRow(row.is_referral, row.reference, row.due_at, tuple(row.openers), row.only_names_are_out)
