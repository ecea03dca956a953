"""The waiting list of a service in a cluster: joining it in fair order, moving ahead with a reason, and what follows.

Whenever a list or its places change, places are numbered anew and expected dates reckoned anew, so that whoever reads
one of these referrals reads what is true now. Operations have locked the list before (``moving.lock_offer``).
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import insert

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel import direct
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Offer, Referral, WaitingJump
from locality.referrals.operations.events import note_event, tell_story
from locality.referrals.operations.moving import answer_offer, lock_list, lock_offer, move
from locality.referrals.operations.offering import end_managers_reading, leave_open, owner_of, service_of
from locality.referrals.rules import waiting as rules
from locality.referrals.rules.codes import Urgency
from locality.referrals.rules.lifecycle import OfferState, Verb
from locality.referrals.rules.waiting import Expected, Turnover, Waiting

_OWN_LIST: Final = "the waiting list of the service, whose other families the actor need not see"
_LIST: Final = """
    SELECT o.id, o.referral_id, o.waiting_position, o.expected_on, o.expected_basis, r.urgency, r.sent_at,
           EXISTS (SELECT 1 FROM waiting_jump j WHERE j.offer_id = o.id) AS was_moved
    FROM offer o JOIN referral r ON r.id = o.referral_id
    WHERE o.service_id = %(service)s AND o.cluster_id IS NOT DISTINCT FROM %(cluster)s::uuid AND o.state = 'waiting'
    ORDER BY o.waiting_position, o.listed_at, o.id
"""
_TURNOVER: Final = """
    SELECT c.places, coalesce(c.taken + c.offered, 0) AS held, s.response_days,
           (SELECT count(*) FROM offer a JOIN referral r ON r.id = a.referral_id
            WHERE a.service_id = s.id AND a.cluster_id IS NOT DISTINCT FROM %(cluster)s::uuid
              AND a.state = 'accepted' AND r.state = 'ended' AND r.ended_at >= %(since)s)::int AS freed
    FROM service s LEFT JOIN service_capacity c ON c.service_id = s.id AND c.cluster_id = %(cluster)s::uuid
    WHERE s.id = %(service)s
"""
_WRITE: Final = """
    UPDATE offer SET waiting_position = given.place, expected_on = given.expected_on, expected_basis = given.basis
    FROM unnest(%(ids)s::uuid[], %(places)s::int[], %(dates)s::date[], %(bases)s::text[])
      AS given (id, place, expected_on, basis)
    WHERE offer.id = given.id AND offer.state = 'waiting'
"""
_LISTS: Final = """
    SELECT DISTINCT service_id, cluster_id FROM offer WHERE state = 'waiting' ORDER BY service_id, cluster_id
"""


def put_on_waiting_list(uow: UnitOfWork, offer_id: uuid.UUID, *, expected_on: dt.date | None = None) -> int:
    """Put a referral on the service's list for its cluster, in fair order; returns its place from 1.

    ``expected_on`` is a date that the service knows better than the reckoning. Raises ``RuleBroken``, ``Conflict``.
    """
    if expected_on is not None and expected_on < uow.today:
        raise RuleBroken([Reason("expected_on", "The date must be today or later")])
    referral, offer = lock_offer(uow, offer_id)
    service = service_of(uow, offer)
    rows = _rows(uow, offer.service_id, offer.cluster_id)
    place = _fair_place(uow, referral, rows)
    leave_open(uow, offer)
    answer_offer(
        uow,
        offer,
        OfferState.WAITING,
        waiting_position=place,
        listed_at=uow.now,
        expected_on=expected_on,
        expected_basis=rules.GIVEN if expected_on else "",
    )
    move(uow, referral, Verb.PUT_ON_WAITING_LIST, owner=owner_of(service))
    _arrange(uow, offer, [*_ids(rows[: place - 1]), offer.id, *_ids(rows[place - 1 :])])
    line = f"{service.name} put the referral on its waiting list, at place {place}."
    _note(uow, referral, line, action="referral.waitlisted", place=place)
    tell_story(uow, referral.id, referral.about, line)
    end_managers_reading(uow, offer)
    return place


def move_ahead(uow: UnitOfWork, offer_id: uuid.UUID, *, to_place: int, reason: str) -> None:
    """Move a family ahead of others on the list, with a reason that every reader sees.

    Raises ``RuleBroken``, or ``Conflict`` when the family is no longer on the list.
    """
    referral, offer = lock_offer(uow, offer_id)
    if offer.state is not OfferState.WAITING or offer.waiting_position is None:
        raise Conflict([Reason(None, "This family is not on your waiting list any more. Look at the list again")])
    from_place = offer.waiting_position
    reasons = rules.reasons_not_to_move(from_place, to_place, reason)
    if reasons:
        raise RuleBroken(reasons)
    row = {
        "id": new_id(),
        "offer_id": offer.id,
        "about": list(offer.about),
        "from_place": from_place,
        "to_place": to_place,
        "reason": reason.strip(),
        "moved_by": uow.actor.account_id,
        "moved_by_name": uow.actor.name,
        "moved_at": uow.now,
    }
    uow.session.execute(insert(WaitingJump), [row])
    others = [one for one in _ids(_rows(uow, offer.service_id, offer.cluster_id)) if one != offer.id]
    _arrange(uow, offer, [*others[: to_place - 1], offer.id, *others[to_place - 1 :]])
    line = f"Moved {rules.jump_words(from_place, to_place)} on the waiting list, from place {from_place} to {to_place}."
    _note(uow, referral, line, action="referral.moved_ahead", words=reason.strip(), place=to_place)


def place_anew(uow: UnitOfWork, offer: Offer, referral: Referral) -> None:
    """Put a family whose referral became urgent where it stands by right now; nobody is moved back by it."""
    rows = _rows(uow, offer.service_id, offer.cluster_id)
    others = [row for row in rows if row.id != offer.id]
    place = _fair_place(uow, referral, others)
    # Where it stands now: what was read before the list was locked may have moved on.
    if place <= next((ahead for ahead, row in enumerate(rows) if row.id == offer.id), 0):
        _arrange(uow, offer, [*_ids(others[: place - 1]), offer.id, *_ids(others[place - 1 :])])


def reckon(uow: UnitOfWork, service_id: uuid.UUID, cluster_id: uuid.UUID | None) -> None:
    """Close gaps in a list and reckon its dates anew; at most three statements, one where nobody waits."""
    rows = _rows(uow, service_id, cluster_id)
    if rows:
        with elevated(uow.session, _OWN_LIST):
            _write(uow, rows, _turnover(uow, service_id, cluster_id))


def reckon_all(uow: UnitOfWork) -> None:
    """Reckon every list anew: a day has gone by, or places were added. Safe any number of times."""
    for row in direct.rows(uow.session, _LISTS):
        lock_list(uow, row.service_id, row.cluster_id)
        reckon(uow, row.service_id, row.cluster_id)


def _fair_place(uow: UnitOfWork, referral: Referral, rows: Sequence[Any]) -> int:
    newcomer = Waiting(referral.urgency is Urgency.URGENT, referral.sent_at or uow.now)
    return rules.fair_place(
        newcomer, [Waiting(Urgency(row.urgency) is Urgency.URGENT, row.sent_at, row.was_moved) for row in rows]
    )


def _arrange(uow: UnitOfWork, offer: Offer, order: Sequence[uuid.UUID]) -> None:
    place_of = {offer_id: place for place, offer_id in enumerate(order)}
    rows = sorted(_rows(uow, offer.service_id, offer.cluster_id), key=lambda row: place_of[row.id])
    with elevated(uow.session, _OWN_LIST):
        _write(uow, rows, _turnover(uow, offer.service_id, offer.cluster_id))


def _write(uow: UnitOfWork, rows: Sequence[Any], turnover: Turnover) -> None:
    found = [_expected(row, place, turnover, uow.today) for place, row in enumerate(rows, start=1)]
    values = {
        "ids": _ids(rows),
        "places": list(range(1, len(rows) + 1)),
        "dates": [one.on for one in found],
        "bases": [one.basis for one in found],
    }
    direct.rows(uow.session, _WRITE, values)


def _expected(row: Any, place: int, turnover: Turnover, today: dt.date) -> Expected:
    """A date that the service named stands until it has gone by."""
    if row.expected_basis == rules.GIVEN and row.expected_on is not None and row.expected_on >= today:
        return Expected(row.expected_on, rules.GIVEN)
    return rules.expected(place, turnover, today)


def _rows(uow: UnitOfWork, service_id: uuid.UUID, cluster_id: uuid.UUID | None) -> Sequence[Any]:
    with elevated(uow.session, _OWN_LIST):
        return direct.rows(uow.session, _LIST, {"service": service_id, "cluster": cluster_id})


def _turnover(uow: UnitOfWork, service_id: uuid.UUID, cluster_id: uuid.UUID | None) -> Turnover:
    since = uow.now - dt.timedelta(days=rules.WINDOW_DAYS)
    (row,) = direct.rows(uow.session, _TURNOVER, {"service": service_id, "cluster": cluster_id, "since": since})
    return Turnover(places=row.places, held=row.held, freed=row.freed, response_days=row.response_days)


def _ids(rows: Sequence[Any]) -> list[uuid.UUID]:
    return [row.id for row in rows]


def _note(uow: UnitOfWork, referral: Referral, line: str, *, action: str, place: int, words: str = "") -> None:
    note_event(uow, referral.id, referral.about, line, words=words)
    audit.record(uow, action, subjects=referral.about, record=("referral", referral.id), detail={"place": place})
