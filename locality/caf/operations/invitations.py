"""Invitations to meetings: a message and a calendar file. Neither names a child: they carry the reference alone."""

import datetime as dt
import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

from locality.caf.models import Meeting
from locality.caf.rules.meetings import MeetingKind
from locality.kernel.clock import london
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages

CALENDAR_KIND = "text/calendar"
FILE_NAME = "meeting.ics"
_SUBJECTS = {
    MeetingKind.FIRST: "Team meeting",
    MeetingKind.REVIEW: "Review meeting",
    MeetingKind.CLOSING: "Last meeting",
    MeetingKind.FAMILY_NETWORK: "Family network meeting",
}


class Told(enum.Enum):
    """What guests are told: when and where, that it does not take place, or that it goes on without them."""

    WHEN = "partner_meeting"
    CANCELLED = "partner_meeting_cancelled"
    LEFT = "partner_meeting_left"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting as it is told to its guests. ``purpose`` is what it says of it, where nothing stands against that.

    ``is_first``: these guests hear of it only now, though it was changed before.
    """

    meeting: Meeting
    reference: str
    told: Told = Told.WHEN
    purpose: str = ""
    is_first: bool = False

    @property
    def is_cancelled(self) -> bool:
        """Whether it goes out of its guest's calendar."""
        return self.told is not Told.WHEN

    @property
    def subject(self) -> str:
        """What stands in calendars: the kind of meeting and the reference."""
        return f"{_SUBJECTS[self.meeting.kind]} {self.reference}"


def calendar_file(invitation: Invitation, *, now: dt.datetime) -> str:
    """The meeting as a calendar file (RFC 5545): the same ``UID`` and a higher ``SEQUENCE`` with each change."""
    meeting = invitation.meeting
    calendar = Calendar()
    calendar.add("prodid", "-//Locality//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if invitation.is_cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"{meeting.id}@locality")
    # Whoever leaves hears later than all that they were told of the meeting before.
    event.add("sequence", meeting.version - (invitation.told is not Told.LEFT))
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.starts_at + dt.timedelta(minutes=meeting.minutes))
    event.add("summary", invitation.subject)
    if not invitation.is_cancelled:
        event.add("location", meeting.place)
    event.add("status", "CANCELLED" if invitation.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    return str(calendar.to_ical().decode("utf-8"))


def invite(uow: UnitOfWork, invitation: Invitation, guests: Iterable[tuple[object, str]]) -> int:
    """Owe a message with the calendar file to each guest who has an address; how many."""
    meeting = invitation.meeting
    content = calendar_file(invitation, now=uow.now)
    starts = london(meeting.starts_at)
    values = {
        "subject": invitation.subject,
        "reference": invitation.reference,
        "day": f"{starts:%A} {starts.day} {starts:%B %Y}",
        "time": f"{starts:%H:%M}",
        "minutes": str(meeting.minutes),
        "place": meeting.place,
        "purpose": invitation.purpose,
        "asked_by": meeting.arranged_by_name,
        "is_new": "yes" if invitation.is_first or meeting.version == 1 else "",
    }
    told = 0
    for guest_id, address in guests:
        if not messages.is_address(address):
            continue
        key = f"meeting:{guest_id}:{'left' if invitation.told is Told.LEFT else meeting.version}"
        messages.queue_message(
            uow, key=key, to=address, template=invitation.told.value, about=meeting.about, values=values,
            record=("meeting", uuid.UUID(str(meeting.id))),
        )  # fmt: skip
        messages.attach_file(
            uow, key=key, about=meeting.about, file=messages.MessageFile(FILE_NAME, CALENDAR_KIND, content)
        )
        told += 1
    return told
