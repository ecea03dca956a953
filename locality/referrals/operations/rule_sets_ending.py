"""Throwing a draft of routing rules away, and withdrawing an approved set before its day."""

from sqlalchemy import update

from locality.audit import log as audit
from locality.kernel.errors import RuleBroken
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import RuleSet
from locality.referrals.operations.rule_sets import Revision, locked, tell
from locality.referrals.rules import rule_sets
from locality.referrals.rules.rule_sets import SetState


def discard_set(uow: UnitOfWork, shown: Revision, *, why: str = "") -> None:
    """Throw a draft away; what it said stays readable. Raises ``RuleBroken``, ``Conflict``, ``NotFound``."""
    found = locked(uow, shown)
    reasons = rule_sets.reasons_not_to_change(found.state)
    if reasons:
        raise RuleBroken(reasons)
    _end(uow, shown, SetState.DISCARDED, why=why)
    tell(uow, shown.version, "Thrown away", words=why.strip())
    audit.record(uow, "rule_set.discarded", detail={"version": shown.version})


def withdraw_set(uow: UnitOfWork, shown: Revision, *, why: str) -> None:
    """Withdraw an approved set whose day has not come; the set that is live goes on.

    Raises ``RuleBroken``, ``Conflict``, ``NotFound``.
    """
    found = locked(uow, shown)
    reasons = rule_sets.reasons_not_to_withdraw(found.standing, why)
    if reasons:
        raise RuleBroken(reasons)
    _end(uow, shown, SetState.WITHDRAWN, why=why)
    tell(uow, shown.version, "Withdrawn before it was live", words=why.strip())
    audit.record(uow, "rule_set.withdrawn", detail={"version": shown.version})


def _end(uow: UnitOfWork, shown: Revision, state: SetState, *, why: str) -> None:
    uow.session.execute(
        update(RuleSet)
        .where(RuleSet.version == shown.version)
        .values(state=state, ended_at=uow.now, ended_by_name=uow.actor.name, ended_why=why.strip())
    )
