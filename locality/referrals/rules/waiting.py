"""Who is next on a service's waiting list, and when a place is to be expected. Pure.

The list of a service in one cluster has an order that everybody may see: urgent first, then whoever has waited longest.
A person may move a family ahead and says why; from then on the clock of others does not move that family back.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from locality.kernel.clock import add_working_days
from locality.kernel.errors import Reason

WINDOW_DAYS = 182  # how far back places that came free are counted: half a year
GIVEN = "The service named this date"
USUAL_STAY_DAYS = 84  # for a service from which nobody has gone yet: twelve weeks, a usual block of early help


@dataclass(frozen=True, slots=True)
class Waiting:
    """A family on a list. ``since``: when its referral was first sent. ``was_moved``: a person put it where it is."""

    is_urgent: bool
    since: dt.datetime
    was_moved: bool = False


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a date can be reckoned from. ``places`` is None where the service counts none.

    ``held``: places taken or promised; ``freed``: places that came free in the last ``WINDOW_DAYS``.
    """

    places: int | None
    held: int
    freed: int
    response_days: int

    @property
    def free(self) -> int:
        """Places that nobody has and nobody was promised."""
        return max((self.places or 0) - self.held, 0)


@dataclass(frozen=True, slots=True)
class Expected:
    """When a place is to be expected, and from what that was reckoned."""

    on: dt.date
    basis: str


def fair_place(newcomer: Waiting, waiting: Sequence[Waiting]) -> int:
    """The place (from 1) that a newcomer takes in a list: behind all who come first by right or were moved ahead."""
    mine = _turn(newcomer)
    behind = (place for place, one in enumerate(waiting, start=1) if not one.was_moved and _turn(one) > mine)
    return next(behind, len(waiting) + 1)


def reasons_not_to_move(from_place: int, to_place: int, reason: str) -> tuple[Reason, ...]:
    """Why a family may not be moved ahead to a place; empty when it may."""
    found = []
    if not 1 <= to_place < from_place:
        found.append(Reason("to_place", f"Enter a place before {from_place}, the one it has now"))
    if not reason.strip():
        found.append(Reason("reason", "Enter why this family is moved ahead of others"))
    return tuple(found)


def reasons_not_to_accept(place: int) -> tuple[Reason, ...]:
    """Why somebody on the list may not have the next place; empty for the first."""
    if place == 1:
        return ()
    before = "1 family stands" if place == 2 else f"{place - 1} families stand"
    return (Reason(None, f"{before} before this one. Move this family ahead first, and say why"),)


def expected(place: int, turnover: Turnover, today: dt.date) -> Expected:
    """When whoever stands at a place (from 1) can expect help; never sooner than the service answers.

    A longer list never shortens a wait, more places never lengthen one.
    """
    answered = add_working_days(today, turnover.response_days)
    ahead = place - turnover.free
    if ahead <= 0:
        return Expected(answered, f"{turnover.free} of {turnover.places} places are free")
    wait = math.ceil(ahead * _days_between_places(turnover))
    return Expected(max(answered, add_working_days(today + dt.timedelta(days=wait), 0)), _basis(turnover))


def jump_words(from_place: int, to_place: int) -> str:
    """How far a family was moved: "ahead of 3 families"."""
    passed = from_place - to_place
    return "ahead of 1 family" if passed == 1 else f"ahead of {passed} families"


def _turn(one: Waiting) -> tuple[bool, dt.datetime]:
    return (not one.is_urgent, one.since)


def _days_between_places(turnover: Turnover) -> float:
    stay = USUAL_STAY_DAYS / max(turnover.places or 0, 1)
    return WINDOW_DAYS / turnover.freed if turnover.freed else stay


def _basis(turnover: Turnover) -> str:
    weeks = WINDOW_DAYS // 7
    if turnover.freed:
        places = "1 place" if turnover.freed == 1 else f"{turnover.freed} places"
        return f"{places} came free in the last {weeks} weeks"
    stay = USUAL_STAY_DAYS // 7
    return f"No place came free in the last {weeks} weeks: reckoned as if each family is helped for {stay} weeks"
