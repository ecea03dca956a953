"""Meetings of the team: arranging, moving, calling off, and who came."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from locality.access.scope import elevated
from locality.caf.models import CaseRole, Episode, Meeting, MeetingGuest
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands_team import ArrangeMeeting, CancelMeeting, Held, MoveMeeting
from locality.caf.operations.invitations import Invitation, Told, invite
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.uninviting import addresses, still_asked, take_out
from locality.caf.queries.guests import GuestChoice, guest_choices
from locality.caf.queries.papers import names_around, places_around
from locality.caf.rules.answers import too_long
from locality.caf.rules.meetings import (
    MEETING_LABELS,
    MeetingFacts,
    MeetingState,
    came,
    name_parts,
    names_in,
    reasons_against_meeting,
)
from locality.kernel.clock import LONDON
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class _When:
    """When and where a meeting is."""

    on: dt.date
    at: dt.time
    minutes: int
    place: str

    @property
    def starts_at(self) -> dt.datetime:
        """The instant, in UTC."""
        return dt.datetime.combine(self.on, self.at, LONDON).astimezone(dt.UTC)


def arrange_meeting(uow: UnitOfWork, command: ArrangeMeeting) -> None:
    """Arrange a meeting and ask people to it, those with an address by message.

    Raises ``RuleBroken`` with a reason for each field, ``NotFound`` for a guest who is neither of the team nor of the
    family. Sending it twice arranges it once.
    """
    episode = open_episode_row(uow, command.episode_id)
    known = select(Meeting.id).where(Meeting.id == command.meeting_id, Meeting.episode_id == command.episode_id)
    if uow.session.execute(known).first() is not None:
        return
    choices = guest_choices(uow.session, command.episode_id, episode.family_id)
    guests = _chosen(choices, command)
    when = _When(command.on, command.at, command.minutes, command.place)
    facts = MeetingFacts(
        command.on,
        command.at,
        command.minutes,
        command.place,
        command.purpose,
        len(guests),
        _kept_out(uow, episode),
    )
    raise_if(reasons_against_meeting(facts, today=uow.today) + too_long("purpose", command.purpose))
    uow.session.execute(insert(Meeting), [_row(uow, command, episode, starts_at=when.starts_at)])
    rows = [_guest_row(command.meeting_id, episode.about, guest) for guest in guests]
    uow.session.execute(insert(MeetingGuest), rows)
    meeting = uow.session.get_one(Meeting, command.meeting_id)
    tell(
        uow,
        "meeting.arranged",
        about=episode.about,
        record=("meeting", command.meeting_id),
        line=Line(people.StoryKind.PLAN, f"{MEETING_LABELS[command.kind]}, arranged for {command.on:%d %B %Y}"),
        detail={"kind": command.kind.value, "guests": len(guests)},
    )
    asked = Invitation(meeting, episode.reference, purpose=meeting.purpose)
    invite(uow, asked, [(row["id"], guest.email) for row, guest in _with(rows, guests)])
    keep_caseload(uow, command.episode_id)


def move_meeting(uow: UnitOfWork, command: MoveMeeting) -> None:
    """Hold a meeting at another time or place; whoever still helps gets a new invitation, whoever left a cancellation.

    Raises ``Conflict`` when somebody changed it in the meantime, ``RuleBroken`` for a time that will not do.
    """
    meeting, episode = _arranged(uow, command.meeting_id, version=command.version)
    # First, while the meeting is when and where they know it to be.
    take_out(uow, episode.id, moved=meeting.id)
    guests = _guests(uow, command.meeting_id)
    when = _When(command.on, command.at, command.minutes, command.place)
    kept_out = _kept_out(uow, episode)
    facts = MeetingFacts(command.on, command.at, command.minutes, command.place, "", len(guests), kept_out)
    raise_if(reasons_against_meeting(facts, today=uow.today))
    meeting.starts_at, meeting.minutes, meeting.place = when.starts_at, command.minutes, command.place
    meeting.version += 1
    uow.session.flush()
    tell(uow, "meeting.moved", about=meeting.about, record=("meeting", meeting.id))
    # A name that came into the family since then may stand in what the meeting is for.
    purpose = "" if names_in(meeting.purpose, kept_out) else meeting.purpose
    invite(uow, Invitation(meeting, episode.reference, purpose=purpose), addresses(guests))


def cancel_meeting(uow: UnitOfWork, command: CancelMeeting) -> None:
    """Call a meeting off and tell whoever was asked. Raises ``Conflict`` as moving does, ``RuleBroken`` without why."""
    meeting, episode = _arranged(uow, command.meeting_id, version=command.version)
    if not command.why:
        raise RuleBroken([Reason("why", "Enter why the meeting does not take place")])
    raise_if(too_long("why", command.why))
    call_off(uow, meeting, episode, why=command.why)


def call_off(uow: UnitOfWork, meeting: Meeting, episode: Episode, *, why: str) -> None:
    """A meeting does not take place: its guests are told, those who left the team since too; without the reason."""
    guests = _guests(uow, meeting.id)
    meeting.state, meeting.cancelled_why = MeetingState.CANCELLED, why
    meeting.version += 1
    uow.session.flush()
    tell(uow, "meeting.cancelled", about=meeting.about, record=("meeting", meeting.id))
    invite(uow, Invitation(meeting, episode.reference, Told.CANCELLED), addresses(guests))


def call_off_all(uow: UnitOfWork, episode: Episode, *, why: str) -> None:
    """No meeting of an episode that ends takes place any more."""
    ahead = uow.session.scalars(
        select(Meeting).where(Meeting.episode_id == episode.id, Meeting.state == MeetingState.ARRANGED)
    )
    for meeting in list(ahead):
        call_off(uow, meeting, episode, why=why)


def hold_meeting(uow: UnitOfWork, episode_id: EpisodeId, held: Held) -> str:
    """Keep who came to a meeting, which is held now; gives back their names, as a review keeps them.

    Raises ``NotFound`` for a meeting of another episode, ``Conflict`` when it was recorded or called off already.
    """
    meeting = _locked(uow, held.meeting_id)
    if meeting is None or meeting.episode_id != episode_id:
        raise NotFound("There is no such meeting, or none that you may see")
    if meeting.state is not MeetingState.ARRANGED:
        raise Conflict("This meeting has been recorded or called off already")
    guests = _guests(uow, meeting.id)
    for guest in guests:
        guest.attended = held.attendance.get(guest.id)
    if any(guest.attended is None for guest in guests):
        raise RuleBroken([Reason("attendance", "Select for everybody who was asked whether they came")])
    meeting.state = MeetingState.HELD
    meeting.version += 1
    uow.session.flush()
    return came((guest.name, guest.attended) for guest in guests)


def ask_new_lead(uow: UnitOfWork, episode: Episode, account_id: AccountId) -> None:
    """Ask whoever has become lead professional to the meetings that lie ahead, once; who is asked already is not."""
    with elevated(uow.session, "the meetings of a family that somebody leads from now on"):
        choice = next(
            one for one in guest_choices(uow.session, EpisodeId(episode.id), episode.family_id)
            if one.account_id == account_id and one.is_lead
        )  # fmt: skip
        ahead = uow.session.scalars(
            select(Meeting)
            .where(
                Meeting.episode_id == episode.id,
                Meeting.state == MeetingState.ARRANGED,
                Meeting.starts_at > uow.now,
            )
            .order_by(Meeting.starts_at, Meeting.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        for meeting in ahead:
            _ask_too(uow, meeting, episode, choice)


def _ask_too(uow: UnitOfWork, meeting: Meeting, episode: Episode, choice: GuestChoice) -> None:
    theirs = uow.session.scalars(
        select(MeetingGuest)
        .join(CaseRole, CaseRole.id == MeetingGuest.role_id)
        .where(MeetingGuest.meeting_id == meeting.id, CaseRole.account_id == choice.account_id)
    ).all()
    if still_asked(theirs):
        return
    if theirs:
        # They were told once that it goes on without them: calendars believe what counts higher than that.
        meeting.version += 1
    row = _guest_row(meeting.id, meeting.about, choice)
    uow.session.execute(insert(MeetingGuest), [row])
    uow.session.flush()
    tell(uow, "meeting.lead_asked", about=meeting.about, record=("meeting", meeting.id))
    purpose = "" if names_in(meeting.purpose, _kept_out(uow, episode)) else meeting.purpose
    asked = Invitation(meeting, episode.reference, purpose=purpose, is_first=True)
    invite(uow, asked, [(row["id"], choice.email)])


def _arranged(uow: UnitOfWork, meeting_id: uuid.UUID, *, version: int) -> tuple[Meeting, Episode]:
    held_in = uow.session.scalar(select(Meeting.episode_id).where(Meeting.id == meeting_id))
    if held_in is None:
        raise NotFound("There is no such meeting, or none that you may see")
    # First, as whoever names a lead does: two who lock in different orders would wait for each other.
    episode = open_episode_row(uow, held_in)
    meeting = _locked(uow, meeting_id)
    if meeting is None:
        raise NotFound("There is no such meeting, or none that you may see")
    if meeting.version != version or meeting.state is not MeetingState.ARRANGED:
        raise Conflict("Somebody has changed this meeting in the meantime. Look at it again")
    return meeting, episode


def _locked(uow: UnitOfWork, meeting_id: uuid.UUID) -> Meeting | None:
    return uow.session.execute(
        select(Meeting).where(Meeting.id == meeting_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _guests(uow: UnitOfWork, meeting_id: uuid.UUID) -> Sequence[MeetingGuest]:
    found = select(MeetingGuest).where(MeetingGuest.meeting_id == meeting_id).order_by(MeetingGuest.name)
    return still_asked(uow.session.scalars(found).all())


def _chosen(choices: Sequence[GuestChoice], command: ArrangeMeeting) -> list[GuestChoice]:
    roles = [guest for guest in choices if guest.role_id is not None and guest.role_id in command.guests]
    family = [guest for guest in choices if guest.role_id is None and guest.person_id in command.people]
    if len(roles) + len(family) < len(set(command.guests)) + len(set(command.people)):
        raise NotFound([Reason("guests", "Select people from the list")])
    return [*roles, *family]


def _kept_out(uow: UnitOfWork, episode: Episode) -> tuple[str, ...]:
    """What an e-mail must not carry: every name by which one of the family goes, where it lives and its numbers."""
    with elevated(uow.session, "the family's names and addresses, which must not go out with an invitation"):
        found = {part for name in names_around(uow.session, EpisodeId(episode.id)) for part in name_parts(name)}
        marks = {mark for place in places_around(uow.session, EpisodeId(episode.id)) for mark in place.marks}
    return tuple(sorted(found | marks | {mark.replace(" ", "") for mark in marks}))


def _row(uow: UnitOfWork, command: ArrangeMeeting, episode: Episode, *, starts_at: dt.datetime) -> dict[str, object]:
    return {
        "id": command.meeting_id, "episode_id": command.episode_id, "about": episode.about, "kind": command.kind,
        "state": MeetingState.ARRANGED, "starts_at": starts_at, "minutes": command.minutes, "place": command.place,
        "purpose": command.purpose, "cancelled_why": "", "arranged_at": uow.now,
        "arranged_by": uow.actor.account_id, "arranged_by_name": uow.actor.name, "version": 1,
    }  # fmt: skip


def _guest_row(meeting_id: uuid.UUID, about: Sequence[PersonId], guest: GuestChoice) -> dict[str, object]:
    return {
        "id": new_id(), "meeting_id": meeting_id, "about": list(about), "role_id": guest.role_id,
        "person_id": guest.person_id, "name": guest.name, "described": guest.described, "email": guest.email,
        "attended": None,
    }  # fmt: skip


def _with(rows: list[dict[str, object]], guests: list[GuestChoice]) -> list[tuple[dict[str, object], GuestChoice]]:
    return list(zip(rows, guests, strict=True))
