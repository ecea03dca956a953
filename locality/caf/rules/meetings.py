"""Meetings of the team around the child: what one needs before people are asked, and who came. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.clock import is_working_day
from locality.kernel.errors import Reason

MOST_WEEKS_AHEAD = 26
SHORTEST, LONGEST = 10, 480  # minutes
_EARLIEST, _LATEST = dt.time(7, 0), dt.time(20, 0)


class MeetingKind(StrEnum):
    """What a meeting is for."""

    FIRST = "first"
    REVIEW = "review"
    CLOSING = "closing"
    FAMILY_NETWORK = "family_network"


MEETING_LABELS = {
    MeetingKind.FIRST: "First meeting: agree the plan",
    MeetingKind.REVIEW: "Review of the plan",
    MeetingKind.CLOSING: "Last meeting before the help ends",
    MeetingKind.FAMILY_NETWORK: "Family network meeting",
}


class MeetingState(StrEnum):
    """A meeting is arranged until it is held or called off."""

    ARRANGED = "arranged"
    HELD = "held"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """Whether somebody who was asked came."""

    CAME = "came"
    APOLOGIES = "apologies"
    ABSENT = "absent"


ATTENDANCE_LABELS = {
    Attendance.CAME: "Came",
    Attendance.APOLOGIES: "Sent apologies",
    Attendance.ABSENT: "Did not come",
}


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting as somebody wants to arrange it; ``names`` are those of the family, which stay out of invitations."""

    on: dt.date
    at: dt.time
    minutes: int
    place: str
    purpose: str
    guests: int
    names: tuple[str, ...] = ()


def reasons_against_meeting(facts: MeetingFacts, *, today: dt.date) -> tuple[Reason, ...]:
    """Why people cannot be asked to this meeting yet."""
    reasons = [*_about_day(facts.on, today=today)]
    if not _EARLIEST <= facts.at <= _LATEST:
        reasons.append(Reason("at", "The time must be between 7am and 8pm"))
    if not SHORTEST <= facts.minutes <= LONGEST:
        reasons.append(Reason("minutes", "A meeting lasts between 10 minutes and 8 hours"))
    if not facts.place:
        reasons.append(Reason("place", "Enter where you meet"))
    for field, text in (("place", facts.place), ("purpose", facts.purpose)):
        if names_in(text, facts.names):
            reasons.append(
                Reason(field, "Leave out names of the family, its address and its numbers: this goes out by email")
            )
    if not facts.guests:
        reasons.append(Reason("guests", "Select who is asked to come"))
    return tuple(reasons)


def _about_day(on: dt.date, *, today: dt.date) -> tuple[Reason, ...]:
    if on < today:
        return (Reason("on", "The day must be today or in the future"),)
    if not is_working_day(on):
        return (Reason("on", f"{on:%A} {on.day} {on:%B %Y} is not a working day. Choose a working day"),)
    if on > today + dt.timedelta(weeks=MOST_WEEKS_AHEAD):
        return (Reason("on", "The day must be within the next six months"),)
    return ()


def name_parts(name: str) -> tuple[str, ...]:
    """A name and the names that it is made of, each by which somebody could be known; single letters are none."""
    return tuple(dict.fromkeys(part for part in (*name.split(), *re.split(r"[\s\-‐-―]+", name)) if len(part) > 1))


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of these names stand in a text as words of their own, whatever their case."""
    said = text.casefold()
    return tuple(
        name for name in names if name and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", said) is not None
    )


def came(guests: Iterable[tuple[str, Attendance | None]]) -> str:
    """Who came, as the record of a meeting says it: names one after the other."""
    return ", ".join(name for name, attended in guests if attended is Attendance.CAME)
