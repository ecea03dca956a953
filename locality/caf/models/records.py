"""Tables of the CAF room: episodes, roles, assessments, voices, plans, reviews and closures.

``about`` holds the ids of the children a row is about; row-level security reads it. Rows that
somebody once relied on are never overwritten: roles end, assessments get a next version, texts that
a colleague replaces go to ``earlier_text``, and updates of actions are rows of their own.
"""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules import words
from locality.caf.rules.closing import SocialCareDecision
from locality.caf.rules.steps import Step
from locality.kernel.db import Base, JsonObject, Versioned, text_enum
from locality.kernel.ids import (
    AccountId,
    AssessmentId,
    ClusterId,
    EpisodeId,
    FamilyId,
    LocalityId,
    PersonId,
    PlanActionId,
    ReferralId,
    ReviewId,
    ServiceId,
    VoiceEntryId,
)

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)
_OPEN_LEAD = "kind = 'lead_professional' AND until_on IS NULL"
_PLANNED = "state = 'planned'"


class Episode(Versioned, Base):
    """Early help for one family, from the acceptance of a referral to closure.

    What it needs next is kept beside it, so that a worker's home reads one table.
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("episode_reference_key", "reference", unique=True),
        Index("one_open_episode", "family_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("episode_family_id_idx", "family_id"),
        Index("episode_about_idx", "about", postgresql_using="gin"),
    )

    id: Mapped[EpisodeId] = mapped_column(_ID, primary_key=True)
    reference: Mapped[str]
    family_id: Mapped[FamilyId] = mapped_column(_ID, ForeignKey("family.id"))
    cluster_id: Mapped[ClusterId] = mapped_column(_ID, ForeignKey("cluster.id"))
    locality_id: Mapped[LocalityId] = mapped_column(_ID, ForeignKey("locality.id"))
    origin: Mapped[words.EpisodeOrigin] = mapped_column(text_enum(words.EpisodeOrigin))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    state: Mapped[words.EpisodeState] = mapped_column(text_enum(words.EpisodeState))
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date | None] = mapped_column(default=None)
    next_step: Mapped[Step | None] = mapped_column(text_enum(Step), default=None)
    next_step_line: Mapped[str] = mapped_column(default="")
    next_step_on: Mapped[dt.date | None] = mapped_column(default=None)
    created_at: Mapped[dt.datetime]


class EpisodeChild(Base):
    """A child in an episode, and since when; brothers and sisters may join later."""

    __tablename__ = "episode_child"
    __table_args__ = (Index("episode_child_person_id_idx", "person_id"),)

    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"), primary_key=True)
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None] = mapped_column(default=None)


class EpisodeReferral(Base):
    """A referral that a service accepted and that the episode works on; the service may name who leads."""

    __tablename__ = "episode_referral"
    __table_args__ = (Index("episode_referral_episode_id_idx", "episode_id"),)

    referral_id: Mapped[ReferralId] = mapped_column(_ID, ForeignKey("referral.id"), primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    service_id: Mapped[ServiceId] = mapped_column(_ID, ForeignKey("service.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    accepted_at: Mapped[dt.datetime]


class CaseRole(Base):
    """What one person does in an episode, from and until; a family member needs no account.

    At most one open lead professional per episode (unique index ``one_open_lead``). ``gave_role_id`` is the account's
    role that came with being named; ``override_id`` the decision to share on which a member's part rests instead of
    the family's agreement.
    """

    __tablename__ = "case_role"
    __table_args__ = (
        Index("one_open_lead", "episode_id", unique=True, postgresql_where=text(_OPEN_LEAD)),
        Index("case_role_episode_id_idx", "episode_id"),
        Index("case_role_account_id_idx", "account_id", postgresql_where=text("until_on IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    kind: Mapped[words.CaseRoleKind] = mapped_column(text_enum(words.CaseRoleKind))
    account_id: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    person_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"), default=None)
    name: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    contact_details: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[str]
    gave_role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("role_assignment.id"), default=None)
    override_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("share_override.id"), default=None)


class Assessment(Versioned, Base):
    """One version of a family's CAF; a complete one never changes again."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("assessment_reference_key", "reference", unique=True),
        Index("assessment_version_key", "episode_id", "version_no", unique=True),
        Index("one_draft", "episode_id", unique=True, postgresql_where=text("state = 'draft'")),
        Index(
            "assessment_completed_idx",
            "completed_on",
            postgresql_include=["episode_id", "started_on", "about"],
            postgresql_where=text("state = 'complete'"),
        ),
    )

    id: Mapped[AssessmentId] = mapped_column(_ID, primary_key=True)
    reference: Mapped[str]
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    version_no: Mapped[int]
    state: Mapped[words.AssessmentState] = mapped_column(text_enum(words.AssessmentState))
    started_on: Mapped[dt.date]
    completed_on: Mapped[dt.date | None] = mapped_column(default=None)
    assessor_account_id: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    assessor_name: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    present: Mapped[str] = mapped_column(default="")
    what_led: Mapped[str] = mapped_column(default="")
    saved_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    saved_by_name: Mapped[str]
    created_at: Mapped[dt.datetime]


class AssessmentSource(Base):
    """The row of another system from which an assessment of a child came; each comes in once."""

    __tablename__ = "assessment_source"

    external_key: Mapped[str] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))


class ElementAnswer(Versioned, Base):
    """What the assessment says under one of the 19 elements; ``person_id`` is None when shared.

    ``page_id`` and ``page_turn``: which page sent it, and as its how-manieth.
    """

    __tablename__ = "element_answer"
    __table_args__ = (
        Index(
            "one_answer",
            "assessment_id",
            "code",
            "person_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"), default=None)
    code: Mapped[str]
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    strengths: Mapped[str] = mapped_column(default="")
    needs: Mapped[str] = mapped_column(default="")
    evidence: Mapped[list[str]] = mapped_column(default=list)
    severity: Mapped[int | None] = mapped_column(default=None)
    is_not_discussed: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    saved_by_name: Mapped[str]
    page_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    page_turn: Mapped[int] = mapped_column(default=0, server_default="0")


class EarlierText(Base):
    """What somebody had written before somebody else replaced it; only ever added to.

    ``record_kind`` says of which table (``element_answer``, ``assessment``, ...), ``facts`` what stood there.
    """

    __tablename__ = "earlier_text"
    __table_args__ = (Index("earlier_text_record_idx", "record_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    record_kind: Mapped[str]
    record_id: Mapped[uuid.UUID]
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    version: Mapped[int]
    facts: Mapped[JsonObject]
    saved_by_name: Mapped[str]
    replaced_at: Mapped[dt.datetime]
    replaced_by_name: Mapped[str]


class Conclusion(Versioned, Base):
    """What the assessment concludes for one child."""

    __tablename__ = "conclusion"
    __table_args__ = (Index("one_conclusion", "assessment_id", "person_id", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    level: Mapped[words.ConclusionLevel] = mapped_column(text_enum(words.ConclusionLevel))
    text: Mapped[str]
    disagreements: Mapped[str] = mapped_column(default="")
    saved_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    saved_at: Mapped[dt.datetime]
    saved_by_name: Mapped[str]


class FamilyComment(Versioned, Base):
    """What a child or parent says about the assessment of a child, or that they had no wish to."""

    __tablename__ = "family_comment"
    __table_args__ = (Index("one_comment", "assessment_id", "person_id", "capacity", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    capacity: Mapped[words.Capacity] = mapped_column(text_enum(words.Capacity))
    wished_to_comment: Mapped[bool]
    words: Mapped[str] = mapped_column(default="")
    said_by: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[dt.datetime]
    saved_by_name: Mapped[str]


class PlanAction(Versioned, Base):
    """One action of the delivery plan: what, for which outcome, by whom and by when."""

    __tablename__ = "plan_action"
    __table_args__ = (
        Index("plan_action_episode_id_idx", "episode_id"),
        Index("plan_action_role_idx", "responsible_role_id", postgresql_where=text("responsible_role_id IS NOT NULL")),
    )

    id: Mapped[PlanActionId] = mapped_column(_ID, primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    outcome_wanted: Mapped[str]
    action: Mapped[str]
    element_codes: Mapped[list[str]] = mapped_column(default=list)
    outcome_code: Mapped[int | None] = mapped_column(default=None)
    responsible: Mapped[words.Responsible] = mapped_column(text_enum(words.Responsible))
    responsible_role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case_role.id"), default=None)
    responsible_person_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"), default=None)
    responsible_name: Mapped[str]
    voice_entry_id: Mapped[VoiceEntryId | None] = mapped_column(_ID, ForeignKey("voice_entry.id"), default=None)
    due_on: Mapped[dt.date]
    status: Mapped[words.ActionStatus] = mapped_column(text_enum(words.ActionStatus))
    completed_on: Mapped[dt.date | None] = mapped_column(default=None)
    progress_note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime]
    created_by_name: Mapped[str]
    goal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plan_goal.id"), default=None)
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("meeting.id"), default=None)


class ActionUpdate(Base):
    """How far an action had come at one time, and who said so."""

    __tablename__ = "action_update"
    __table_args__ = (Index("action_update_action_idx", "plan_action_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    plan_action_id: Mapped[PlanActionId] = mapped_column(_ID, ForeignKey("plan_action.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    status: Mapped[words.ActionStatus] = mapped_column(text_enum(words.ActionStatus))
    note: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[dt.datetime]
    recorded_by_name: Mapped[str]


class Review(Base):
    """A meeting that looks at the plan; at most one is planned (``one_planned_review``)."""

    __tablename__ = "review"
    __table_args__ = (
        Index("review_episode_id_idx", "episode_id"),
        Index("one_planned_review", "episode_id", unique=True, postgresql_where=text(_PLANNED)),
        Index("review_planned_due_idx", "due_on", postgresql_where=text(_PLANNED)),
        Index(
            "review_held_idx",
            "held_on",
            postgresql_include=["episode_id", "about"],
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: Mapped[ReviewId] = mapped_column(_ID, primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    state: Mapped[words.ReviewState] = mapped_column(text_enum(words.ReviewState))
    due_on: Mapped[dt.date]
    held_on: Mapped[dt.date | None] = mapped_column(default=None)
    present: Mapped[str] = mapped_column(default="")
    progress: Mapped[str] = mapped_column(default="")
    decisions: Mapped[str] = mapped_column(default="")
    next_on: Mapped[dt.date | None] = mapped_column(default=None)
    child_comments: Mapped[str] = mapped_column(default="")
    parent_comments: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[dt.datetime]
    recorded_by_name: Mapped[str]
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("meeting.id"), default=None)
    next_steps: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")


class Closure(Base):
    """How and why an episode ended, what was achieved, and the way back in."""

    __tablename__ = "closure"

    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"), primary_key=True)
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    reason: Mapped[words.ClosureReason] = mapped_column(text_enum(words.ClosureReason))
    note: Mapped[str] = mapped_column(default="")
    rating: Mapped[words.ClosureRating | None] = mapped_column(text_enum(words.ClosureRating), default=None)
    social_care_decided_on: Mapped[dt.date | None] = mapped_column(default=None)
    child_views: Mapped[str] = mapped_column(default="")
    parent_views: Mapped[str] = mapped_column(default="")
    universal_service: Mapped[str] = mapped_column(default="")
    way_back: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[dt.date]
    closed_at: Mapped[dt.datetime]
    closed_by_name: Mapped[str]
    social_care_decision: Mapped[SocialCareDecision | None] = mapped_column(text_enum(SocialCareDecision), default=None)
    risk_considered: Mapped[str] = mapped_column(default="")
    transfer_to: Mapped[str] = mapped_column(default="")
    transfer_agreed: Mapped[bool | None] = mapped_column(default=None)


class LastLook(Base):
    """Up to when a worker has read what is new about their families."""

    __tablename__ = "last_look"

    account_id: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"), primary_key=True)
    looked_at: Mapped[dt.datetime]
