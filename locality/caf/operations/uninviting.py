"""Whoever leaves the team is told that meetings they were asked to go on without them; they learn nothing newer."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Exists, or_, select
from sqlalchemy.orm import aliased

from locality.access.scope import elevated
from locality.caf.models import CaseRole, Episode, Meeting, MeetingGuest
from locality.caf.operations.invitations import Invitation, Told, invite
from locality.caf.rules.meetings import MeetingState
from locality.kernel.uow import UnitOfWork


def take_out(uow: UnitOfWork, episode_id: uuid.UUID, *, moved: uuid.UUID | None = None) -> None:
    """Tell those whose part in an episode has ended, once, that meetings ahead are no longer for them.

    What was moved since is not told: the message says when the meeting was as they know it. Whoever left after a
    meeting may have been there, and stays in its list; ``moved`` is one that lies ahead again, whenever it was to be.
    """
    with elevated(uow.session, "meetings to which somebody was asked whose part has ended"):
        rows = uow.session.execute(
            select(Meeting, MeetingGuest, Episode.reference)
            .join(MeetingGuest, MeetingGuest.meeting_id == Meeting.id)
            .join(Episode, Episode.id == Meeting.episode_id)
            .join(CaseRole, CaseRole.id == MeetingGuest.role_id)
            .where(
                Meeting.episode_id == episode_id,
                Meeting.state == MeetingState.ARRANGED,
                or_(Meeting.starts_at > uow.now, Meeting.id == moved),
                MeetingGuest.taken_out_at.is_(None),
                CaseRole.until_on.is_not(None),
                ~_still_helps(),
            )
            .order_by(Meeting.id, MeetingGuest.id)
            .execution_options(populate_existing=True)
        ).all()
        for meeting, guest, reference in rows:
            invite(uow, Invitation(meeting, reference, Told.LEFT), [(guest.id, guest.email)])
            guest.taken_out_at = uow.now
        uow.session.flush()


def still_asked(guests: Sequence[MeetingGuest]) -> list[MeetingGuest]:
    """The guests who have not been told that the meeting is no longer for them."""
    return [guest for guest in guests if guest.taken_out_at is None]


def addresses(guests: Collection[MeetingGuest]) -> list[tuple[object, str]]:
    """Guests as messages go to them."""
    return [(guest.id, guest.email) for guest in guests]


def _still_helps() -> Exists:
    """Whoever holds another part in the same episode is still asked."""
    other = aliased(CaseRole)
    return (
        select(other.id)
        .where(
            other.episode_id == CaseRole.episode_id,
            other.account_id == CaseRole.account_id,
            other.until_on.is_(None),
        )
        .exists()
    )
