"""Naming who of a service works with a family. The service stays the owner of the referral."""

from sqlalchemy import update

from locality.audit import log as audit
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import AccountId, ReferralId
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Referral
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import lock_referral, move, must_own
from locality.referrals.queries.standing import named_in_vain
from locality.referrals.queries.team import workers_of
from locality.referrals.rules.lifecycle import Party, Verb


def allocate(uow: UnitOfWork, referral_id: ReferralId, *, worker: AccountId) -> None:
    """Name the worker of an accepted referral, or another one in place of the first.

    Raises ``RuleBroken`` for somebody who does not work in the service, ``Conflict`` when the service has it no more.
    """
    referral = lock_referral(uow, referral_id)
    must_own(uow, referral)
    if referral.owner_kind is not Party.SERVICE:
        raise Conflict([Reason(None, f"{referral.owner_name} has this referral, so no service can name a worker")])
    team = workers_of(uow.session, [referral.owner_principal], today=uow.today)
    named = next((one for one in team if one.id == worker), None)
    if named is None:
        raise RuleBroken([Reason("worker", f"Select somebody who works in {referral.owner_name}")])
    before = referral.allocated_worker
    move(uow, referral, Verb.ALLOCATE, also={"allocated_worker": named.name, "allocated_to": named.id})
    line = f"{named.name} works with the family now." if before else f"{named.name} works with the family."
    note_event(uow, referral.id, referral.about, line)
    audit.record(
        uow,
        "referral.allocated",
        subjects=referral.about,
        record=("referral", referral.id),
        detail={"worker": str(named.id)},
    )


def unname_leavers(uow: UnitOfWork) -> None:
    """Let a family's worker be named anew where whoever was named has left the service; safe any number of times."""
    for referral_id, leaver in named_in_vain(uow.session, today=uow.today):
        referral = lock_referral(uow, referral_id)
        if referral.allocated_to != leaver.id:
            continue  # another worker was named meanwhile
        uow.session.execute(
            update(Referral)
            .where(Referral.id == referral_id)
            .values(allocated_worker=None, allocated_to=None, version=Referral.version + 1),
            execution_options={"synchronize_session": False},
        )
        line = f"{leaver.name} no longer works there: {referral.owner_name} names another worker."
        note_event(uow, referral_id, referral.about, line)
        audit.record(uow, "referral.worker_left", subjects=referral.about, record=("referral", referral_id))
