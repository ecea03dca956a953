"""Tables of working together: goals, requests to lead, meetings with their guests, and the chasing of reviews."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules.chasing import ChaseStep
from locality.caf.rules.leading import LeadRequestState
from locality.caf.rules.meetings import Attendance, MeetingKind, MeetingState
from locality.kernel.db import Base, Versioned, text_enum
from locality.kernel.ids import AccountId, EpisodeId, PersonId, ReviewId

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)


class PlanGoal(Versioned, Base):
    """What needs to change, how everybody will know, and how it should look at review."""

    __tablename__ = "plan_goal"
    __table_args__ = (Index("plan_goal_episode_id_idx", "episode_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    change_wanted: Mapped[str]
    how_we_know: Mapped[str]
    at_review: Mapped[str]
    element_codes: Mapped[list[str]]
    outcome_code: Mapped[int | None]
    reached_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]
    created_by_name: Mapped[str]


class LeadRequest(Base):
    """A worker is asked to lead; until they accept, whoever leads now goes on (``one_lead_request``)."""

    __tablename__ = "lead_request"
    __table_args__ = (
        Index("one_lead_request", "episode_id", unique=True, postgresql_where=text("state = 'asked'")),
        Index("lead_request_episode_id_idx", "episode_id"),
        Index("lead_request_account_id_idx", "account_id", postgresql_where=text("state = 'asked'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    account_id: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"))
    name: Mapped[str]
    from_account_id: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    from_name: Mapped[str]
    reason: Mapped[str]
    state: Mapped[LeadRequestState] = mapped_column(text_enum(LeadRequestState))
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    asked_by_name: Mapped[str]
    answered_at: Mapped[dt.datetime | None]
    answer: Mapped[str]


class Meeting(Versioned, Base):
    """A meeting of the team around the children: when, where, and what became of it.

    ``version`` counts its changes; calendars know by it which invitation is the latest.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        Index("meeting_episode_id_idx", "episode_id", "starts_at"),
        CheckConstraint("minutes BETWEEN 10 AND 480", name="minutes"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    kind: Mapped[MeetingKind] = mapped_column(text_enum(MeetingKind))
    state: Mapped[MeetingState] = mapped_column(text_enum(MeetingState))
    starts_at: Mapped[dt.datetime]
    minutes: Mapped[int]
    place: Mapped[str]
    purpose: Mapped[str]
    cancelled_why: Mapped[str]
    arranged_at: Mapped[dt.datetime]
    arranged_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    arranged_by_name: Mapped[str]


class MeetingGuest(Base):
    """Somebody who is asked to a meeting; ``email`` is empty for whoever is told in another way.

    ``taken_out_at``: when whoever left the team was told that it goes on without them.
    """

    __tablename__ = "meeting_guest"
    __table_args__ = (Index("meeting_guest_meeting_id_idx", "meeting_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case_role.id"))
    person_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"))
    name: Mapped[str]
    described: Mapped[str]
    email: Mapped[str]
    attended: Mapped[Attendance | None] = mapped_column(text_enum(Attendance))
    taken_out_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class ReviewChase(Base):
    """A step of chasing a planned review that was taken; each is taken once, by its key."""

    __tablename__ = "review_chase"

    review_id: Mapped[ReviewId] = mapped_column(_ID, ForeignKey("review.id"), primary_key=True)
    step: Mapped[ChaseStep] = mapped_column(text_enum(ChaseStep), primary_key=True)
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    chased_at: Mapped[dt.datetime]
    told: Mapped[str]
