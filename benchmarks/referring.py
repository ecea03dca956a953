"""Writes referrals as the front door does: the same operation, in this process, one transaction each."""

import uuid
from collections.abc import Sequence
from types import TracebackType

from locality.app import create_app
from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.ids import PersonId, ReferralId, new_id
from locality.kernel.settings import Settings
from locality.kernel.uow import unit_of_work
from locality.referrals import api as referrals
from tests.support.live import LiveSystem

_CHILDREN = """
SELECT p.id FROM person p
WHERE p.kind = 'child' AND p.born_on BETWEEN '2012-01-01' AND '2020-01-01' AND p.died_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM episode e WHERE p.id = ANY(e.about) AND e.state = 'open')
  AND NOT EXISTS (SELECT 1 FROM referral r WHERE p.id = ANY(r.about))
ORDER BY p.reference LIMIT 5000
"""


class Referring:
    """Refers one child after another whom nobody helps yet."""

    def __init__(self, system: LiveSystem) -> None:
        self._app = create_app(Settings.from_environment(system.environment))
        self._children: Sequence[uuid.UUID] = [row[0] for row in system.query(_CHILDREN)]  # type: ignore[misc]
        self._next = 0

    def __enter__(self) -> "Referring":
        self._context = self._app.app_context()
        self._context.push()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        db.session.remove()
        db.engine.dispose()
        self._context.pop()

    def refer(self) -> uuid.UUID:
        """One referral for one child, committed; its id."""
        child = self._children[self._next % len(self._children)]
        self._next += 1
        referral_id = new_id()
        with unit_of_work(SYSTEM) as uow:
            referrals.refer(
                uow,
                referrals.NewReferral(
                    referral_id=ReferralId(referral_id),
                    children=(PersonId(child),),
                    need_codes=("PARENTING_SUPPORT",),
                    stage=2,
                    summary="The family would like help with routines at home.",
                    agreement=referrals.AgreementBasis.AGREED,
                ),
            )
        return referral_id
