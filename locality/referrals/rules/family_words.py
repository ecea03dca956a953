"""Where a referral stands in words for the family, to be read out or printed. Pure. Words of nine-year-olds."""

import datetime as dt
from dataclasses import dataclass

from locality.kernel.clock import london_date
from locality.referrals.rules.lifecycle import ReferralState


@dataclass(frozen=True, slots=True)
class Standing:
    """What a family may know of where a referral stands; ``is_with_lead``: passed to who leads their open case."""

    state: ReferralState
    service: str
    worker: str
    place: int | None
    expected_on: dt.date | None
    answer_by: dt.datetime
    is_with_lead: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What is said: where it stands now, and what happens next."""

    now: str
    next_step: str


def told(standing: Standing) -> Told:
    """Where it stands and what happens next; for early help only: social care is talked about in person."""
    return _waits(standing) if standing.place is not None else _SAYERS.get(standing.state, _look_for)(standing)


def _waits(standing: Standing) -> Told:
    place = "You are next on their list." if standing.place == 1 else f"You are number {standing.place} on their list."
    when = "They will tell you when."
    if standing.expected_on is not None:
        on = standing.expected_on
        when = f"We think there is a place for you around {on.day} {on:%B %Y}. This day can change. Ask us at any time."
    return Told(f"{standing.service} wants to help you. Some families wait. {place}", when)


def _offered(standing: Standing) -> Told:
    by = london_date(standing.answer_by)
    return Told(f"We asked {standing.service} to help you.", f"They answer us by {by.day} {by:%B}. Then we tell you.")


def _asked(standing: Standing) -> Told:
    return Told(f"{standing.service} wants to know more before they say yes.", "We answer them. Then they tell us.")


def _accepted(standing: Standing) -> Told:
    if standing.is_with_lead:
        return Told(f"{standing.service} helps you now. We asked them to help with this too.", "They talk with you.")
    who = standing.worker or "Somebody"
    return Told(f"{standing.service} said yes. They will help you.", f"{who} will get in touch with you.")


def _helps(standing: Standing) -> Told:
    who = f"{standing.worker} from {standing.service}" if standing.worker else standing.service
    return Told(f"{who} is helping you.", "You can ask them anything, and you can stop at any time.")


def _ended(_standing: Standing) -> Told:
    return Told("This help has ended.", "You can ask for help again at any time.")


def _stopped(_standing: Standing) -> Told:
    return Told("We no longer ask anybody for this help.", "You can ask for help again at any time.")


def _look_for(_standing: Standing) -> Told:
    return Told("We are looking for the right people to help you.", "We tell you as soon as we know who it is.")


_SAYERS = {
    ReferralState.RECEIVED: _offered,
    ReferralState.RETURNED_FOR_INFO: _asked,
    ReferralState.ACCEPTED: _accepted,
    ReferralState.ALLOCATED: _accepted,
    ReferralState.STARTED: _helps,
    ReferralState.ENDED: _ended,
    ReferralState.WITHDRAWN: _stopped,
}
