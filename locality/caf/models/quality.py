"""Tables of the audit of quality: the items asked, each audit, and the counts by month that managers see."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules.quality import Standing
from locality.kernel.db import Base, JsonObject, text_enum
from locality.kernel.ids import AccountId, AssessmentId, ClusterId, EpisodeId, PersonId

_ID = UUID(as_uuid=True)


class QualityForm(Base):
    """The items that an audit asks; a changed list is a next number."""

    __tablename__ = "quality_form"
    __table_args__ = (Index("quality_form_number_key", "number", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    items: Mapped[list[JsonObject]] = mapped_column(JSONB)
    created_at: Mapped[dt.datetime]
    created_by_name: Mapped[str]


class QualityAudit(Base):
    """What a peer or a manager found in one CAF, never its author; ``read_at``: when the author read it."""

    __tablename__ = "quality_audit"
    __table_args__ = (
        Index("one_quality_audit", "assessment_id", "auditor_id", unique=True),
        Index("quality_audit_author_id_idx", "author_id", postgresql_where=text("read_at IS NULL")),
        CheckConstraint("author_id IS DISTINCT FROM auditor_id", name="not_by_its_author"),
        CheckConstraint("yes + not_applicable <= items", name="counts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    about: Mapped[list[PersonId]] = mapped_column(ARRAY(_ID))
    caf_reference: Mapped[str]
    version_no: Mapped[int]
    cluster_id: Mapped[ClusterId] = mapped_column(_ID, ForeignKey("cluster.id"))
    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quality_form.id"))
    author_id: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    author_name: Mapped[str]
    auditor_id: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"))
    auditor_name: Mapped[str]
    standing: Mapped[Standing] = mapped_column(text_enum(Standing))
    answers: Mapped[JsonObject] = mapped_column(JSONB)
    yes: Mapped[int]
    not_applicable: Mapped[int]
    items: Mapped[int]
    done_well: Mapped[str]
    to_improve: Mapped[str]
    audited_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
    reply: Mapped[str]


class QualityMonth(Base):
    """Audits of a cluster in a month: how many, how many items were met, how many applied. Names nobody."""

    __tablename__ = "quality_month"

    cluster_id: Mapped[ClusterId] = mapped_column(_ID, ForeignKey("cluster.id"), primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    audits: Mapped[int]
    yes: Mapped[int]
    asked: Mapped[int]


class QualityItemMonth(Base):
    """How often an item was met in a month, everywhere together. Names nobody."""

    __tablename__ = "quality_item_month"

    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quality_form.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    yes: Mapped[int]
    no: Mapped[int]


class QualityInvitation(Base):
    """Somebody from outside the team who is asked to audit one assessment; ``content`` is all that they read of it."""

    __tablename__ = "quality_invitation"
    __table_args__ = (
        Index(
            "one_quality_invitation",
            "assessment_id",
            "account_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("quality_invitation_account_idx", "account_id", postgresql_where=text("ended_at IS NULL")),
        Index("quality_invitation_episode_idx", "episode_id"),
        CheckConstraint("until_at > invited_at", name="until"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(ARRAY(_ID))
    caf_reference: Mapped[str]
    account_id: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"))
    name: Mapped[str]
    described: Mapped[str]
    reason: Mapped[str]
    until_at: Mapped[dt.datetime]
    content: Mapped[JsonObject] = mapped_column(JSONB)
    invited_at: Mapped[dt.datetime]
    invited_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    invited_by_name: Mapped[str]
    ended_at: Mapped[dt.datetime | None]
    ended_why: Mapped[str]
