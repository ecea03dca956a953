"""Tables of what is said about a referral once it is sent: changes to it, social care's answers, disagreement."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, Versioned, text_enum
from locality.referrals.rules.disagreeing import Level, Settlement, Step
from locality.referrals.rules.social_care import CareOutcome

_IDS = ARRAY(UUID(as_uuid=True))


class ReferralChange(Base):
    """One thing about a referral that changed after it was sent, old and new, and why. Never changed."""

    __tablename__ = "referral_change"
    __table_args__ = (
        CheckConstraint("why <> ''", name="why"),
        Index("referral_change_referral_id_idx", "referral_id", "changed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    what: Mapped[str]
    was: Mapped[str]
    became: Mapped[str]
    why: Mapped[str]
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    changed_by_name: Mapped[str]
    changed_at: Mapped[dt.datetime]


class SocialCareAnswer(Base):
    """What social care decided about a referral; the last one counts, earlier ones stay. Never changed."""

    __tablename__ = "social_care_answer"
    __table_args__ = (Index("social_care_answer_referral_id_idx", "referral_id", "answered_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    outcome: Mapped[CareOutcome] = mapped_column(text_enum(CareOutcome))
    words: Mapped[str]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_by_name: Mapped[str]
    answered_at: Mapped[dt.datetime]


class Disagreement(Versioned, Base):
    """Two sides do not agree about a referral; it waits for exactly one person or team until it is settled.

    ``reminded_at`` and ``manager_told_at`` are of the answer that is due now.
    """

    __tablename__ = "disagreement"
    __table_args__ = (
        CheckConstraint("waits_name <> ''", name="waits"),
        Index("disagreement_one_open", "referral_id", unique=True, postgresql_where=text("settled_at IS NULL")),
        Index("disagreement_waits_idx", "waits_principal", "due_at", postgresql_where=text("settled_at IS NULL")),
        Index("disagreement_due_idx", "due_at", postgresql_where=text("settled_at IS NULL")),
        Index("disagreement_referral_id_idx", "referral_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    stage: Mapped[Level] = mapped_column(text_enum(Level))
    raised_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    raised_by_name: Mapped[str]
    raised_principal: Mapped[uuid.UUID]
    raised_at: Mapped[dt.datetime]
    other_principal: Mapped[uuid.UUID]
    other_name: Mapped[str]
    waits_principal: Mapped[uuid.UUID]
    waits_name: Mapped[str]
    due_at: Mapped[dt.datetime]
    reminded_at: Mapped[dt.datetime | None]
    manager_told_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]


class DisagreementStep(Base):
    """One step of a disagreement: at which stage, by whom, what was said, and by when an answer was due next."""

    __tablename__ = "disagreement_step"
    __table_args__ = (
        CheckConstraint("words <> ''", name="words"),
        CheckConstraint("(kind = 'settled') = (settlement IS NOT NULL)", name="settled"),
        Index("disagreement_step_disagreement_id_idx", "disagreement_id", "taken_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    disagreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disagreement.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    kind: Mapped[Step] = mapped_column(text_enum(Step))
    stage: Mapped[Level] = mapped_column(text_enum(Level))
    words: Mapped[str]
    settlement: Mapped[Settlement | None] = mapped_column(text_enum(Settlement))
    taken_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    taken_by_name: Mapped[str]
    taken_at: Mapped[dt.datetime]
    waits_name: Mapped[str]
    due_at: Mapped[dt.datetime]
