"""What workers run for the front door; each job is safe to run twice."""

import uuid
from collections.abc import Mapping, Sequence

from locality.kernel.uow import UnitOfWork
from locality.referrals.operations import clocks as offer_clocks
from locality.referrals.operations import disagreeing_clocks, leaving, owner_clocks, services_closing
from locality.referrals.operations import waiting as waiting_lists
from locality.referrals.operations.routing import route_referral, route_referrals
from locality.referrals.operations.rule_sets_rehearsing import look_at_slice


def route(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Route one referral."""
    route_referral(uow, referral_id)


def route_together(uow: UnitOfWork, messages: Sequence[Mapping[str, uuid.UUID]]) -> None:
    """Route several referrals in one transaction."""
    route_referrals(uow, [message["referral_id"] for message in messages])


def clocks(uow: UnitOfWork) -> None:
    """Owe a look at every offer and every disagreement whose answer is late, and every referral that stands still."""
    offer_clocks.owe_looks(uow)
    disagreeing_clocks.owe_looks(uow)
    owner_clocks.owe_looks(uow)


def look_at_offer(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Remind, tell the manager or offer elsewhere, as the offer's due time asks."""
    offer_clocks.look_at_offer(uow, offer_id=offer_id, referral_id=referral_id)


def look_at_disagreement(uow: UnitOfWork, *, disagreement_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Remind whoever is asked about a disagreement, or tell the manager."""
    disagreeing_clocks.look_at_disagreement(uow, disagreement_id=disagreement_id, referral_id=referral_id)


def look_at_referral(uow: UnitOfWork, *, referral_id: uuid.UUID) -> None:
    """Remind whoever has a referral that waits for them, or tell the manager."""
    owner_clocks.look_at_referral(uow, referral_id=referral_id)


def pass_on(uow: UnitOfWork) -> None:
    """See to it that whatever waits waits for somebody who still works here."""
    leaving.pass_on(uow)


def rehearse(uow: UnitOfWork, *, rehearsal_id: uuid.UUID) -> None:
    """Rehearse a set of routing rules on the next slice of past referrals."""
    look_at_slice(uow, rehearsal_id)


def turn_directory(uow: UnitOfWork) -> None:
    """Begin periods of places; open and close services whose day has come."""
    services_closing.turn_directory(uow)


def offer_elsewhere(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Offer a referral elsewhere whose service closed."""
    services_closing.offer_elsewhere(uow, offer_id=offer_id, referral_id=referral_id)


def reckon_waiting_lists(uow: UnitOfWork) -> None:
    """Reckon the expected dates of every waiting list anew."""
    waiting_lists.reckon_all(uow)
