"""Background work of the front door."""

import uuid

from locality.kernel.uow import UnitOfWork
from locality.referrals import jobs
from workers.shell import job, periodic


@job("referrals.route", together=10, at_once=jobs.route_together)
def route(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Route one referral."""
    jobs.route(uow, referral_id=referral_id)


@periodic("referrals.clocks", seconds=60)
def clocks(uow: UnitOfWork) -> None:
    """Owe a look at every late answer to an offer or a disagreement, and every referral that stands still."""
    jobs.clocks(uow)


@job("referrals.look_at_offer")
def look_at_offer(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Remind, tell the manager or offer elsewhere."""
    jobs.look_at_offer(uow, offer_id=offer_id, referral_id=referral_id)


@job("referrals.look_at_disagreement")
def look_at_disagreement(uow: UnitOfWork, *, disagreement_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Remind whoever is asked, or tell the manager."""
    jobs.look_at_disagreement(uow, disagreement_id=disagreement_id, referral_id=referral_id)


@job("referrals.look_at_referral")
def look_at_referral(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Remind whoever has it, or tell the manager."""
    jobs.look_at_referral(uow, referral_id=referral_id)


@periodic("referrals.pass_on", seconds=300)
def pass_on(uow: UnitOfWork) -> None:
    """See to it that whatever waits waits for somebody who still works here."""
    jobs.pass_on(uow)


@job("referrals.rehearse")
def rehearse(uow: UnitOfWork, *, rehearsal_id: uuid.UUID) -> None:
    """Rehearse a set of routing rules, one slice."""
    jobs.rehearse(uow, rehearsal_id=rehearsal_id)


@periodic("referrals.directory", seconds=3600)
def turn_directory(uow: UnitOfWork) -> None:
    """Begin periods of places; open and close services."""
    jobs.turn_directory(uow)


@job("referrals.offer_elsewhere")
def offer_elsewhere(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Offer a referral elsewhere whose service closed."""
    jobs.offer_elsewhere(uow, offer_id=offer_id, referral_id=referral_id)


@periodic("referrals.waiting_lists", seconds=3600)
def waiting_lists(uow: UnitOfWork) -> None:
    """Reckon the dates of waiting lists anew."""
    jobs.reckon_waiting_lists(uow)
