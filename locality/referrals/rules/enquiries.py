"""How long a partner agency has to answer the front door, by the rating of the contact.

The hours are a setting (as delivered, those that English hubs publish: Red 2, Amber 6, Green 24, Blue not asked). Red
is worked day and night. For the others the clock runs in the hub's working hours: each whole 24 hours is a working day,
and hours beyond count from nine to five, at most a working day of eight.
"""

import datetime as dt

from locality.kernel.clock import (
    LONDON,
    WORKING_DAY_ENDS,
    WORKING_DAY_STARTS,
    add_working_days,
    is_working_day,
    london,
)
from locality.kernel.errors import Reason
from locality.referrals.rules.codes import Rag

Hours = tuple[int, int, int, int]  # Red, Amber, Green, Blue; 0: not asked
_ORDER = (Rag.RED, Rag.AMBER, Rag.GREEN, Rag.BLUE)
_WORKING_HOURS = WORKING_DAY_ENDS.hour - WORKING_DAY_STARTS.hour
LONGEST_QUESTION = 2_000  # characters
LONGEST_NOTE = 20_000


def hours_for(rag: Rag, hours: Hours) -> int:
    """How many hours a partner has; 0 where none is asked."""
    return hours[_ORDER.index(rag)]


def enquiry_due(asked_at: dt.datetime, rag: Rag, hours: Hours) -> dt.datetime | None:
    """When a partner's answer is due, as a UTC instant; None where a contact so rated needs none."""
    left = hours_for(rag, hours)
    if left == 0:
        return None
    if rag is Rag.RED:
        return asked_at + dt.timedelta(hours=left)
    days, rest = divmod(left, 24)
    start = _opened(london(asked_at).replace(tzinfo=None))
    due = dt.datetime.combine(add_working_days(start.date(), days), start.time())
    return _after_hours(due, min(rest, _WORKING_HOURS)).replace(tzinfo=LONDON).astimezone(dt.UTC)


def reasons_not_to_ask(*, rag: Rag | None, hours: Hours, question: str) -> tuple[Reason, ...]:
    """Why a partner may not be asked yet; empty when it may."""
    if rag is None:
        return (Reason(None, "Rate the contact first: the rating says how soon a partner answers"),)
    if hours_for(rag, hours) == 0:
        return (Reason(None, "A contact with this rating needs no enquiry. Rate it again if it does"),)
    if not question.strip():
        return (Reason("question", "Enter what you ask"),)
    return ()


def _opened(wall: dt.datetime) -> dt.datetime:
    """The wall time itself within working hours, else nine o'clock when they next begin."""
    if is_working_day(wall.date()) and wall.time() < WORKING_DAY_ENDS:
        return max(wall, dt.datetime.combine(wall.date(), WORKING_DAY_STARTS))
    following = add_working_days(wall.date() + dt.timedelta(days=1), 0)
    return dt.datetime.combine(following, WORKING_DAY_STARTS)


def _after_hours(wall: dt.datetime, hours: int) -> dt.datetime:
    """So many working hours after a wall time that lies within them."""
    left = dt.timedelta(hours=hours)
    while left > (today := dt.datetime.combine(wall.date(), WORKING_DAY_ENDS) - wall):
        left -= today
        wall = dt.datetime.combine(add_working_days(wall.date(), 1), WORKING_DAY_STARTS)
    return wall + left
