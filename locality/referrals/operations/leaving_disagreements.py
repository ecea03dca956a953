"""Disagreements of somebody who left: their side goes on without them, and whoever stands behind it is asked.

Behind a service stands its team; where nobody works there any more, whoever manages the referral's cluster. Behind
anybody else, and where nobody manages the cluster (any more), stands the front door.
"""

import uuid
from typing import Final

from sqlalchemy import or_, select, update

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason, Part, management_of
from locality.accounts import api as accounts
from locality.audit import log as audit
from locality.clusters import api as clusters
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Disagreement, Referral
from locality.referrals.operations.chasing import called
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import THE_FRONT_DOOR, Owner, lock_referral
from locality.referrals.queries.standing import left_their_side
from locality.referrals.queries.team import services_left_alone
from locality.referrals.rules.lifecycle import Party

_QUIETLY: Final = {"synchronize_session": False}
_TO_JUDGE: Final = frozenset({Part.IDENTITY, Part.STORY})
_REASON_OF: Final = {
    Party.SERVICE: GrantReason.RECEIVING_SERVICE,
    Party.WORKER: GrantReason.SEES_TO_REFERRAL,
    Party.FRONT_DOOR: GrantReason.FRONT_DOOR,
}


def waiting_in_vain(uow: UnitOfWork) -> list[uuid.UUID]:
    """The referrals of disagreements that ``ask_their_side`` will turn to others."""
    alone = [one.id for one in services_left_alone(uow.session, today=uow.today)]
    waits = (Disagreement.settled_at.is_(None), Disagreement.waits_principal.in_(alone))
    found = uow.session.scalars(select(Disagreement.referral_id).where(*waits))
    left = (one.referral_id for one in left_their_side(uow.session, today=uow.today))
    return [*found, *left, *(referral_id for _, referral_id in _with_no_manager(uow))]


def ask_their_side(uow: UnitOfWork) -> None:
    """Ask a service's team in place of its worker who left, and their manager in place of a team that is no more."""
    for left in left_their_side(uow.session, today=uow.today):
        found = _lock(uow, left.id, left.referral_id)
        if found is not None and found.waits_principal == found.raised_by:
            team = Owner(left.side_id, Party.SERVICE, left.service) if left.service else THE_FRONT_DOOR
            _turn_to(uow, found, team, gone=f"{left.name} no longer works {'there' if left.service else 'here'}")
    for alone in services_left_alone(uow.session, today=uow.today):
        waits = select(Disagreement.id, Disagreement.referral_id).where(
            Disagreement.settled_at.is_(None), Disagreement.waits_principal == alone.id
        )
        for disagreement_id, referral_id in uow.session.execute(waits.order_by(Disagreement.referral_id)).all():
            found = _lock(uow, disagreement_id, referral_id)
            if found is not None and found.waits_principal == alone.id:
                manager = _manager_for(uow, found.referral_id)
                _turn_to(uow, found, manager, gone=f"Nobody works in {alone.name} any more")
    for disagreement_id, referral_id in _with_no_manager(uow):
        found = _lock(uow, disagreement_id, referral_id)
        if found is not None and found.waits_principal != FRONT_DOOR:
            _turn_to(uow, found, THE_FRONT_DOOR, gone="Nobody manages the cluster any more")


def _with_no_manager(uow: UnitOfWork) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Disagreements that wait for whoever manages a cluster that nobody manages any more, with their referrals."""
    asked = uow.session.execute(
        select(Disagreement.id, Disagreement.referral_id, Disagreement.waits_principal, Referral.cluster_id)
        .join(Referral, Referral.id == Disagreement.referral_id)
        .where(Disagreement.settled_at.is_(None), Referral.cluster_id.is_not(None))
        .order_by(Disagreement.referral_id)
    ).all()
    with_managers = [row for row in asked if row.waits_principal == management_of(row.cluster_id)]
    managed = accounts.overseen(uow.session, {row.cluster_id for row in with_managers}, today=uow.today)
    return [(row.id, row.referral_id) for row in with_managers if row.cluster_id not in managed]


def take_over_disagreements(uow: UnitOfWork, account_id: AccountId, *, why: str) -> None:
    """The front door is the leaver's side from now on, and is asked what they were asked."""
    waits_or_raised = or_(Disagreement.waits_principal == account_id, Disagreement.raised_principal == account_id)
    theirs = (Disagreement.settled_at.is_(None), waits_or_raised)
    of = select(Disagreement.id, Disagreement.referral_id).where(*theirs).order_by(Disagreement.referral_id)
    for disagreement_id, referral_id in uow.session.execute(of).all():
        one = _lock(uow, disagreement_id, referral_id)
        if one is not None and account_id in {one.waits_principal, one.raised_principal}:
            _take_over(uow, one, account_id, why=why)


def _take_over(uow: UnitOfWork, one: Disagreement, account_id: AccountId, *, why: str) -> None:
    to = THE_FRONT_DOOR
    values: dict[str, object] = {}
    if one.waits_principal == account_id:
        values |= {"waits_principal": to.principal, "waits_name": to.name}
    if one.raised_principal == account_id:
        values |= {"raised_principal": to.principal}
    if one.other_principal == account_id:
        values |= {"other_principal": to.principal, "other_name": to.name}
    _write(uow, one, values)
    grants.give(uow, one.about, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=one.id, parts=_TO_JUDGE)
    note_event(uow, one.referral_id, one.about, why)
    audit.record(uow, "disagreement.taken_over", subjects=one.about, record=("disagreement", one.id))
    grants.end(uow, record=one.id, principal=account_id)


def _turn_to(uow: UnitOfWork, one: Disagreement, to: Owner, *, gone: str) -> None:
    before, about = one.waits_principal, list(one.about)
    _write(uow, one, {"waits_principal": to.principal, "waits_name": to.name})
    if to.party is not Party.SERVICE:  # a side that raised it can read it as long as it is open
        grants.give(uow, about, principal=to.principal, reason=_REASON_OF[to.party], record=one.id, parts=_TO_JUDGE)
    note_event(uow, one.referral_id, about, f"{gone}, so {called(to.principal, to.name)} answers the disagreement.")
    audit.record(uow, "disagreement.turned", subjects=about, record=("disagreement", one.id))
    grants.end(uow, record=one.id, principal=before)


def _manager_for(uow: UnitOfWork, referral_id: uuid.UUID) -> Owner:
    cluster_id = uow.session.scalar(select(Referral.cluster_id).where(Referral.id == referral_id))
    found = clusters.find_management(uow.session, cluster_id, today=uow.today)
    return THE_FRONT_DOOR if found is None else Owner(found.principal, Party.WORKER, found.name)


def _lock(uow: UnitOfWork, disagreement_id: uuid.UUID, referral_id: uuid.UUID) -> Disagreement | None:
    """An open disagreement, locked after its referral."""
    lock_referral(uow, referral_id)
    locked = select(Disagreement).where(Disagreement.id == disagreement_id, Disagreement.settled_at.is_(None))
    return uow.session.scalars(locked.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _write(uow: UnitOfWork, one: Disagreement, values: dict[str, object]) -> None:
    changed = update(Disagreement).where(Disagreement.id == one.id)
    uow.session.execute(changed.values(**values, version=Disagreement.version + 1), execution_options=_QUIETLY)
