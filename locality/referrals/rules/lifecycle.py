"""The life of a referral, as data: which moves there are, who may make each, who owns it afterwards.

A referral always has exactly one owner: the sender until a service has it, the service while it
answers and works, the sender again whenever it comes back. The table below is the whole truth:
operations look a move up and never write a state of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.errors import Conflict, Reason
from locality.referrals.rules.codes import ReferralKind


class ReferralState(StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    SENT = "sent"
    UNPLACED = "unplaced"
    RECEIVED = "received"
    RETURNED_FOR_INFO = "returned_for_info"
    WAITLISTED = "waitlisted"
    DECLINED = "declined"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    ALLOCATED = "allocated"
    STARTED = "started"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


STATE_WORDS: Mapping[ReferralState, str] = {
    ReferralState.DRAFT: "Being written",
    ReferralState.SENT: "Sent, finding a service",
    ReferralState.UNPLACED: "No service found: a person decides",
    ReferralState.RECEIVED: "Offered to a service",
    ReferralState.RETURNED_FOR_INFO: "The service asked a question",
    ReferralState.WAITLISTED: "On a waiting list",
    ReferralState.DECLINED: "Came back: the service declined",
    ReferralState.EXPIRED: "Came back without an answer",
    ReferralState.ACCEPTED: "Accepted",
    ReferralState.ALLOCATED: "With a named worker",
    ReferralState.STARTED: "Help has started",
    ReferralState.ENDED: "Ended",
    ReferralState.WITHDRAWN: "Withdrawn",
}

CAME_BACK = frozenset(
    {
        ReferralState.UNPLACED,
        ReferralState.DECLINED,
        ReferralState.EXPIRED,
        ReferralState.RETURNED_FOR_INFO,
    }
)
# Whoever owns it must do something next; a service sees to its own in the inbox.
WAITS_FOR_OWNER = CAME_BACK | {ReferralState.SENT, ReferralState.ALLOCATED}
# No service has it and none is being found: if its owner does nothing, nothing happens.
WAITS_WITH_OWNER = frozenset(
    {ReferralState.UNPLACED, ReferralState.DECLINED, ReferralState.EXPIRED, ReferralState.ALLOCATED}
)
# A brother or sister may still join: no service has said yes, no or later.
UNANSWERED = frozenset(
    {ReferralState.SENT, ReferralState.UNPLACED, ReferralState.RECEIVED, ReferralState.RETURNED_FOR_INFO}
)
OVER = frozenset({ReferralState.ENDED, ReferralState.WITHDRAWN})


class Verb(StrEnum):
    """What can be done with a referral."""

    SEND = "send"
    OFFER = "offer"
    HAND_TO_PERSON = "hand_to_person"
    PASS_TO_LEAD = "pass_to_lead"  # noqa: S105 - not a password
    ASK = "ask"
    ANSWER = "answer"
    PUT_ON_WAITING_LIST = "put_on_waiting_list"
    DECLINE = "decline"
    EXPIRE = "expire"
    SEND_AGAIN = "send_again"
    ACCEPT = "accept"
    ALLOCATE = "allocate"
    START = "start"
    END = "end"
    GIVE_BACK = "give_back"
    HOLD = "hold"
    WITHDRAW = "withdraw"


class Party(StrEnum):
    """Who acts, and who owns: the sender, the receiving service, a named worker, the system."""

    SENDER = "sender"
    FRONT_DOOR = "front_door"
    SERVICE = "service"
    WORKER = "worker"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move: from, verb, to, who may make it, who owns the referral afterwards."""

    before: ReferralState
    verb: Verb
    after: ReferralState
    by: frozenset[Party]
    owner: Party
    meaning: str


_SENDER = frozenset({Party.SENDER, Party.FRONT_DOOR})
_SYSTEM = frozenset({Party.SYSTEM})
_SERVICE = frozenset({Party.SERVICE})
_PLACERS = frozenset({Party.SYSTEM, Party.FRONT_DOOR})
_WORKERS = frozenset({Party.SERVICE, Party.WORKER})

_S = ReferralState
MOVES: tuple[Move, ...] = (
    Move(_S.DRAFT, Verb.SEND, _S.SENT, _SENDER, Party.SENDER, "Sent to be placed"),
    Move(_S.DRAFT, Verb.WITHDRAW, _S.WITHDRAWN, _SENDER, Party.SENDER, "Not sent after all"),
    Move(_S.SENT, Verb.OFFER, _S.RECEIVED, _PLACERS, Party.SERVICE, "Offered to a service"),
    Move(
        _S.SENT,
        Verb.HAND_TO_PERSON,
        _S.UNPLACED,
        _SYSTEM,
        Party.FRONT_DOOR,
        "No service fits: a person decides",
    ),
    Move(_S.SENT, Verb.PASS_TO_LEAD, _S.ALLOCATED, _SYSTEM, Party.WORKER, "Passed to the open case"),
    Move(_S.SENT, Verb.WITHDRAW, _S.WITHDRAWN, _SENDER, Party.SENDER, "Withdrawn"),
    Move(_S.RECEIVED, Verb.ACCEPT, _S.ACCEPTED, _SERVICE, Party.SERVICE, "Accepted"),
    Move(_S.RECEIVED, Verb.DECLINE, _S.DECLINED, _SERVICE, Party.SENDER, "Declined: back to sender"),
    Move(_S.RECEIVED, Verb.ASK, _S.RETURNED_FOR_INFO, _SERVICE, Party.SENDER, "A question to the sender"),
    Move(
        _S.RECEIVED,
        Verb.PUT_ON_WAITING_LIST,
        _S.WAITLISTED,
        _SERVICE,
        Party.SERVICE,
        "On the service’s waiting list",
    ),
    Move(_S.RECEIVED, Verb.EXPIRE, _S.EXPIRED, _SYSTEM, Party.SENDER, "Not answered in time"),
    Move(_S.RECEIVED, Verb.WITHDRAW, _S.WITHDRAWN, _SENDER, Party.SENDER, "Withdrawn"),
    Move(_S.RETURNED_FOR_INFO, Verb.ANSWER, _S.RECEIVED, _SENDER, Party.SERVICE, "The sender answered"),
    Move(
        _S.RETURNED_FOR_INFO,
        Verb.DECLINE,
        _S.DECLINED,
        _SERVICE,
        Party.SENDER,
        "Declined while waiting for an answer",
    ),
    Move(
        _S.RETURNED_FOR_INFO,
        Verb.ACCEPT,
        _S.ACCEPTED,
        _SERVICE,
        Party.SERVICE,
        "Accepted without waiting for the answer",
    ),
    Move(_S.RETURNED_FOR_INFO, Verb.EXPIRE, _S.EXPIRED, _SYSTEM, Party.SENDER, "The service closed"),
    Move(_S.RETURNED_FOR_INFO, Verb.WITHDRAW, _S.WITHDRAWN, _SENDER, Party.SENDER, "Withdrawn"),
    Move(_S.WAITLISTED, Verb.ACCEPT, _S.ACCEPTED, _SERVICE, Party.SERVICE, "A place came free"),
    Move(_S.WAITLISTED, Verb.DECLINE, _S.DECLINED, _SERVICE, Party.SENDER, "Off the waiting list"),
    Move(_S.WAITLISTED, Verb.EXPIRE, _S.EXPIRED, _SYSTEM, Party.SENDER, "The service closed"),
    Move(_S.WAITLISTED, Verb.WITHDRAW, _S.WITHDRAWN, _SENDER, Party.SENDER, "Withdrawn"),
    *(
        move
        for state in (_S.UNPLACED, _S.DECLINED, _S.EXPIRED)
        for move in (
            Move(
                state,
                Verb.SEND_AGAIN,
                _S.SENT,
                _SENDER | _SYSTEM,
                Party.SENDER,
                "Sent again, to be placed",
            ),
            Move(state, Verb.OFFER, _S.RECEIVED, _PLACERS, Party.SERVICE, "Offered by a person"),
            Move(state, Verb.WITHDRAW, _S.WITHDRAWN, _SENDER, Party.SENDER, "Withdrawn"),
        )
    ),
    # The family took its agreement back: nothing goes on until a person has looked.
    *(
        Move(state, Verb.HOLD, _S.UNPLACED, _SYSTEM, Party.FRONT_DOOR, "Held: a person decides")
        for state in (_S.SENT, _S.UNPLACED, _S.RECEIVED, _S.RETURNED_FOR_INFO, _S.WAITLISTED, _S.DECLINED, _S.EXPIRED)
    ),
    # The service stays the owner: a worker who leaves must not leave a family without one.
    *(
        Move(before, Verb.ALLOCATE, after, _SERVICE, Party.SERVICE, "The service named a worker")
        for before, after in (
            (_S.ACCEPTED, _S.ALLOCATED),
            (_S.ALLOCATED, _S.ALLOCATED),
            (_S.STARTED, _S.STARTED),
        )
    ),
    Move(_S.ACCEPTED, Verb.START, _S.STARTED, _WORKERS | _SYSTEM, Party.SERVICE, "Help has started"),
    Move(_S.ACCEPTED, Verb.END, _S.ENDED, _WORKERS | _SYSTEM, Party.SERVICE, "Ended"),
    Move(_S.ALLOCATED, Verb.START, _S.STARTED, _WORKERS | _SYSTEM, Party.WORKER, "Help has started"),
    Move(_S.ALLOCATED, Verb.GIVE_BACK, _S.UNPLACED, _WORKERS, Party.FRONT_DOOR, "Given back"),
    Move(_S.ALLOCATED, Verb.END, _S.ENDED, _WORKERS | _SYSTEM, Party.WORKER, "Ended"),
    Move(_S.STARTED, Verb.END, _S.ENDED, _WORKERS | _SYSTEM, Party.WORKER, "Ended"),
)

_BY_MOVE: Mapping[tuple[ReferralState, Verb], Move] = {(m.before, m.verb): m for m in MOVES}


def find_move(state: ReferralState, verb: Verb) -> Move | None:
    """The move that ``verb`` makes from ``state``; None when there is none."""
    return _BY_MOVE.get((state, verb))


def next_move(state: ReferralState, verb: Verb) -> Move:
    """The move that ``verb`` makes from ``state``. Raises ``Conflict`` in words when there is none."""
    move = find_move(state, verb)
    if move is None:
        message = f"This referral has moved on. It now stands at: {STATE_WORDS[state]}."
        raise Conflict([Reason(None, message)])
    return move


def waits_with_owner(state: ReferralState, kind: ReferralKind, *, no_further_action: bool | None) -> bool:
    """Whether nothing happens unless the owner does something.

    Social care that opens no case has answered: no other service can be asked, so there is nothing to chase.
    """
    is_answered = kind is ReferralKind.SOCIAL_CARE and state is ReferralState.DECLINED and no_further_action is True
    return state in WAITS_WITH_OWNER and not is_answered


class OfferState(StrEnum):
    """Where one offer to one service stands."""

    OPEN = "open"
    ASKED = "asked"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LIVE_OFFERS = (OfferState.OPEN, OfferState.ASKED, OfferState.WAITING)
OFFER_WORDS: Mapping[OfferState, str] = {
    OfferState.OPEN: "Waiting for an answer",
    OfferState.ASKED: "Asked for more information",
    OfferState.WAITING: "On the waiting list",
    OfferState.ACCEPTED: "Accepted",
    OfferState.DECLINED: "Declined",
    OfferState.EXPIRED: "Not answered in time",
    OfferState.CLOSED: "The service closed to new referrals",
    OfferState.WITHDRAWN: "Withdrawn before it was answered",
}
