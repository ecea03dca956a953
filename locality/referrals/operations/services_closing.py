"""Closing a service, opening it again, and what the turn of a day changes in the directory.

Families whom a closing service helps stay with it. Referrals that wait for its answer are offered to others: each is a
piece of work of its own, so that one that cannot be moved holds up no other and stands on the page of what failed.

A service that nobody works in gets no new referrals from then on. What waits for it stays for one whole working day, in
which somebody else can be given its role; then it closes.
"""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Final

from sqlalchemy import select, update

from locality.access import grants
from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel import direct, outbox
from locality.kernel.clock import add_working_days
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral, Service, ServiceEdition
from locality.referrals.operations.events import note_event
from locality.referrals.operations.moving import lock_referral, move, sender_of
from locality.referrals.operations.returned import end_live_offer
from locality.referrals.operations.sending import enqueue_routing
from locality.referrals.operations.services import lock_service, write_change
from locality.referrals.queries.team import services_left_alone
from locality.referrals.rules import directory
from locality.referrals.rules.lifecycle import LIVE_OFFERS, OfferState, Verb

_QUIETLY = {"synchronize_session": False}
_NOBODY_WORKS_THERE = "Nobody works in it any more"
_SOMEBODY_WORKS_THERE = "Somebody works in it again"
_WORKING_DAYS_ALONE = 1
# Of the periods that have begun the last one counts; what is taken and offered stays.
_TURN_PLACES: Final = """
    INSERT INTO service_capacity (service_id, cluster_id, places, taken, offered)
    SELECT service_id, cluster_id, places, 0, 0 FROM (
      SELECT DISTINCT ON (service_id, cluster_id) service_id, cluster_id, places FROM service_places
      WHERE from_on <= %(today)s ORDER BY service_id, cluster_id, from_on DESC, set_at DESC) due
    ON CONFLICT (service_id, cluster_id) DO UPDATE SET places = excluded.places
    WHERE service_capacity.places <> excluded.places
"""


def close_service(uow: UnitOfWork, service_id: uuid.UUID, *, from_on: dt.date, offer_elsewhere: bool, why: str) -> None:
    """Close a service to new referrals from a day on, today or later.

    Refused while referrals wait for its answer, unless they are to be offered elsewhere. Raises ``RuleBroken``.
    """
    service = lock_service(uow, service_id)
    reasons = _reasons_not_to_close(uow, service, from_on, offer_elsewhere=offer_elsewhere, why=why)
    if reasons:
        raise RuleBroken(reasons)
    opened = directory.is_open(service.opens_on, from_on, uow.today)
    write_change(uow, service, {"closes_on": from_on}, is_open=opened, why=why)
    if from_on <= uow.today:
        _owe_moves(uow, service_id)


def reopen_service(uow: UnitOfWork, service_id: uuid.UUID, *, why: str) -> None:
    """Take referrals again, or do not close after all.

    Raises ``RuleBroken`` without a reason, or while nobody works there.
    """
    service = lock_service(uow, service_id)
    if not why.strip():
        raise RuleBroken([Reason("why", "Enter why the service takes referrals again")])
    if service_id in {alone.id for alone in services_left_alone(uow.session, today=uow.today)}:
        words = "Nobody works in this service. Give somebody the role of service worker there first, under Accounts"
        raise RuleBroken([Reason(None, words)])
    opened = directory.is_open(service.opens_on, None, uow.today)
    write_change(uow, service, {"closes_on": None}, is_open=opened, why=why)


def close_left_alone(uow: UnitOfWork) -> None:
    """Offer nothing new to services whose last worker left, and say from which day on they are closed.

    That is after one whole working day; on it, what waits for them is offered elsewhere. Families whom they help stay
    with them until somebody works there again: managers see how many. Where somebody does by then, the service opens
    again as it was. Safe any number of times.
    """
    all_alone = services_left_alone(uow.session, today=uow.today)
    _open_where_somebody_works(uow, {one.id for one in all_alone})
    closes_on = add_working_days(uow.today, _WORKING_DAYS_ALONE) + dt.timedelta(days=1)
    for alone in all_alone:
        if not alone.is_open:
            continue
        service = lock_service(uow, alone.id)
        if service.closes_on is not None and service.closes_on <= closes_on:
            _turn(uow, alone.id, is_open=False)
        else:
            write_change(uow, service, {"closes_on": closes_on}, is_open=False, why=_NOBODY_WORKS_THERE)


def _open_where_somebody_works(uow: UnitOfWork, all_alone: Collection[uuid.UUID]) -> None:
    """Take back the closing of a service that was to close because nobody worked there; also on the day itself."""
    closing = select(Service.id).where(Service.closes_on >= uow.today, Service.id.not_in(all_alone))
    for service_id in uow.session.scalars(closing.order_by(Service.id)).all():
        service = lock_service(uow, service_id)
        dated = select(ServiceEdition).where(ServiceEdition.service_id == service_id)
        editions = uow.session.scalars(dated.order_by(ServiceEdition.number.desc())).all()
        last = next((one for one in editions if "closes_on" in one.changed), None)
        if last is None or last.made_by is not None or last.why != _NOBODY_WORKS_THERE:
            continue
        before = next((one.content.get("closes_on") for one in editions if one.number < last.number), None)
        closes_on = dt.date.fromisoformat(str(before)) if before else None
        opened = directory.is_open(service.opens_on, closes_on, uow.today)
        write_change(uow, service, {"closes_on": closes_on}, is_open=opened, why=_SOMEBODY_WORKS_THERE)


def turn_directory(uow: UnitOfWork) -> None:
    """What a new day changes: periods of places that begin, services that open or close. Safe any number of times."""
    direct.rows(uow.session, _TURN_PLACES, {"today": uow.today})
    all_alone = {one.id for one in services_left_alone(uow.session, today=uow.today)}
    _open_where_somebody_works(uow, all_alone)
    services = uow.session.execute(select(Service.id, Service.is_open, Service.opens_on, Service.closes_on)).all()
    for service_id, was_open, opens_on, closes_on in services:
        opened = directory.is_open(opens_on, closes_on, uow.today)
        waits_to_close = closes_on is not None and service_id in all_alone
        if (opens_on or closes_on) and opened is not was_open and not (opened and waits_to_close):
            _turn(uow, service_id, is_open=opened)
        if closes_on is not None and not opened:
            # Also what was offered in the moment in which the service closed.
            _owe_moves(uow, service_id)


def offer_elsewhere(uow: UnitOfWork, *, offer_id: uuid.UUID, referral_id: uuid.UUID) -> None:
    """Offer a referral elsewhere whose service closed; nothing when it was answered or the service reopened."""
    referral = lock_referral(uow, referral_id)
    waits = uow.session.execute(
        select(Service.name)
        .join(Offer, Offer.service_id == Service.id)
        .where(Offer.id == offer_id, Offer.state.in_(LIVE_OFFERS), Service.is_open.is_(False))
    ).scalar_one_or_none()
    if waits is None:
        return
    _move_on(uow, referral, waits)


def _move_on(uow: UnitOfWork, referral: Referral, service: str) -> None:
    offer = end_live_offer(uow, referral, OfferState.CLOSED)
    move(uow, referral, Verb.EXPIRE, owner=sender_of(referral))
    again = lock_referral(uow, referral.id)
    move(uow, again, Verb.SEND_AGAIN, owner=sender_of(again))
    alone = {one.name for one in services_left_alone(uow.session, today=uow.today)}
    why = f"Nobody works in {service} any more" if service in alone else f"{service} closed to new referrals"
    note_event(uow, again.id, again.about, f"{why}: offered elsewhere.")
    audit.record(uow, "referral.service_closed", subjects=again.about, record=("referral", again.id))
    enqueue_routing(uow, again.id, version=again.version + 1)
    if offer is not None:
        grants.end(uow, record=offer.id)


def _reasons_not_to_close(
    uow: UnitOfWork, service: Service, from_on: dt.date, *, offer_elsewhere: bool, why: str
) -> tuple[Reason, ...]:
    waiting = len(_live(uow, service.id))
    told = (
        "1 referral waits for this service’s answer" if waiting == 1 else f"{waiting} referrals wait for this service’s"
        " answer"
    )  # fmt: skip
    checks = (
        (from_on >= uow.today, "from_on", "Enter today or a later day"),
        (
            service.opens_on is None or from_on > service.opens_on,
            "from_on",
            "A service must open before the day that it closes",
        ),
        (bool(why.strip()), "why", "Enter why the service closes"),
        (
            waiting == 0 or offer_elsewhere,
            "offer_elsewhere",
            f"{told}. Tick that they are offered elsewhere, or ask the service to answer them first",
        ),
    )
    return tuple(Reason(field, message) for fine, field, message in checks if not fine)


def _live(uow: UnitOfWork, service_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    with elevated(uow.session, "referrals that wait for a service that closes, whose families the actor need not see"):
        rows = uow.session.execute(
            select(Offer.id, Offer.referral_id)
            .where(Offer.service_id == service_id, Offer.state.in_(LIVE_OFFERS))
            .order_by(Offer.due_at)
        )
        return [(row.id, row.referral_id) for row in rows]


def _owe_moves(uow: UnitOfWork, service_id: uuid.UUID) -> None:
    for offer_id, referral_id in _live(uow, service_id):
        outbox.enqueue(
            uow,
            "referrals.offer_elsewhere",
            key=f"{offer_id}:{uow.today}",
            offer_id=offer_id,
            referral_id=referral_id,
        )


def _turn(uow: UnitOfWork, service_id: uuid.UUID, *, is_open: bool) -> None:
    uow.session.execute(
        update(Service).where(Service.id == service_id).values(is_open=is_open), execution_options=_QUIETLY
    )
    audit.record(uow, "service.opened" if is_open else "service.closed", record=("service", service_id))
