"""Whether somebody who had work here is gone."""

import datetime as dt
from collections.abc import Collection
from typing import Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.ids import AccountId

# Of account ``a`` on day ``today``. Whose account is shut, or whose every role is over, is gone. Who never had a role
# has left nothing.
IS_GONE: Final = """(NOT a.active OR (
    EXISTS (SELECT 1 FROM role_assignment x WHERE x.account_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM role_assignment x WHERE x.account_id = a.id AND x.ended_at IS NULL
                    AND (x.until_on IS NULL OR x.until_on >= %(today)s))))"""
_GONE: Final = f"SELECT a.id, a.name FROM account a WHERE a.id = ANY(%(accounts)s) AND {IS_GONE}"  # noqa: S608


def gone_among(session: Session, accounts: Collection[AccountId], *, today: dt.date) -> dict[AccountId, str]:
    """Who of these accounts works here no more, with their names; one statement."""
    rows = direct.rows(session, _GONE, {"accounts": list(accounts), "today": today})
    return {AccountId(row.id): row.name for row in rows}
