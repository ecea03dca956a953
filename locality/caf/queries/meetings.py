"""Reading meetings with their guests."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_of_record
from locality.caf.models import Episode, Meeting, MeetingGuest
from locality.caf.rules.meetings import Attendance, MeetingKind, MeetingState
from locality.kernel.actor import Actor
from locality.kernel.ids import EpisodeId


@dataclass(frozen=True, slots=True)
class GuestRow:
    """Somebody who was asked to a meeting."""

    id: uuid.UUID
    name: str
    described: str
    email: str
    attended: Attendance | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as its page shows it; ``ends_at`` follows from its length in minutes."""

    id: uuid.UUID
    episode_id: EpisodeId
    kind: MeetingKind
    state: MeetingState
    starts_at: dt.datetime
    minutes: int
    place: str
    purpose: str
    cancelled_why: str
    arranged_by_name: str
    version: int

    @property
    def ends_at(self) -> dt.datetime:
        """When it should be over."""
        return self.starts_at + dt.timedelta(minutes=self.minutes)


_COLUMNS = tuple(getattr(Meeting, name) for name in MeetingRow.__dataclass_fields__)


def list_meetings(session: Session, episode_id: EpisodeId) -> tuple[MeetingRow, ...]:
    """The meetings of an episode, the next first, then those that are over, latest first; one statement."""
    rows = [
        MeetingRow(*row)
        for row in session.execute(
            select(*_COLUMNS).where(Meeting.episode_id == episode_id).order_by(Meeting.starts_at, Meeting.id)
        )
    ]
    ahead = [row for row in rows if row.state is MeetingState.ARRANGED]
    return (*ahead, *(row for row in reversed(rows) if row.state is not MeetingState.ARRANGED))


def find_meeting(session: Session, episode_id: EpisodeId, meeting_id: uuid.UUID) -> MeetingRow | None:
    """One meeting of an episode; None when it is of another."""
    row = session.execute(
        select(*_COLUMNS).where(Meeting.id == meeting_id, Meeting.episode_id == episode_id)
    ).one_or_none()
    return None if row is None else MeetingRow(*row)


def with_guests(
    session: Session, episode_id: EpisodeId, meeting_id: uuid.UUID
) -> tuple[MeetingRow, tuple[GuestRow, ...]] | None:
    """A meeting of an episode and who is asked to it, by name; None when it is of another. One statement.

    Whoever left the team since and was told so is not asked any more.
    """
    rows = session.execute(
        select(
            *_COLUMNS, MeetingGuest.id.label("guest_id"), MeetingGuest.name, MeetingGuest.described,
            MeetingGuest.email, MeetingGuest.attended,
        )
        .outerjoin(
            MeetingGuest, (MeetingGuest.meeting_id == Meeting.id) & MeetingGuest.taken_out_at.is_(None)
        )
        .where(Meeting.id == meeting_id, Meeting.episode_id == episode_id)
        .order_by(MeetingGuest.name, MeetingGuest.id)
    ).all()  # fmt: skip
    if not rows:
        return None
    here = len(_COLUMNS)
    guests = tuple(GuestRow(*row[here:]) for row in rows if row.guest_id is not None)
    return MeetingRow(*rows[0][:here]), guests


def calendar_of(session: Session, episode_id: EpisodeId, meeting_id: uuid.UUID) -> tuple[Meeting, str] | None:
    """A meeting with the reference of its episode, for a calendar file."""
    row = session.execute(
        select(Meeting, Episode.reference)
        .join(Episode, Episode.id == Meeting.episode_id)
        .where(Meeting.id == meeting_id, Meeting.episode_id == episode_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def meeting_facts(session: Session, actor: Actor, *, meeting_id: uuid.UUID, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a meeting; one statement."""
    # That it is of this episode the page itself sees to: it finds the meeting by both.
    return facts_of_record(session, actor, _ABOUT, ("meeting", meeting_id))


_ABOUT: Final = "SELECT about FROM meeting WHERE id = %(id)s"
