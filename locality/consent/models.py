"""Tables of agreement. Rows are added, never changed: what was agreed, what was withdrawn, what was shared anyway."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from locality.consent.rules import Capacity, Ground, Method, RiskView, Scope, ShareWith, Topic
from locality.kernel.db import Base, text_enum


class Agreement(Base):
    """What one person agreed to (or refused) for some members of a family on one day."""

    __tablename__ = "agreement"
    __table_args__ = (
        sa.Index("agreement_family_idx", "family_id"),
        sa.Index("agreement_about_idx", "about", postgresql_using="gin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    family_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("family.id"))
    about: Mapped[list[uuid.UUID]]
    given_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    capacity: Mapped[Capacity] = mapped_column(text_enum(Capacity))
    capacity_words: Mapped[str]
    gillick_assessed_by: Mapped[str]
    gillick_reasons: Mapped[str]
    refused: Mapped[bool]
    refusal_reason: Mapped[str]
    purposes: Mapped[list[str]]
    share_with: Mapped[ShareWith] = mapped_column(text_enum(ShareWith))
    agencies_in: Mapped[list[uuid.UUID]]
    agencies_out: Mapped[list[uuid.UUID]]
    agencies_out_words: Mapped[str]
    topics_out: Mapped[list[str]]
    cluster_team: Mapped[bool]
    explained_how: Mapped[str]
    interpreter: Mapped[str]
    method: Mapped[Method | None] = mapped_column(text_enum(Method))
    signed_on: Mapped[dt.date]
    review_due_on: Mapped[dt.date | None]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_by_name: Mapped[str]


class AgreementWithdrawal(Base):
    """What was taken back of an agreement, by whom and why, and what the worker thinks will happen without help."""

    __tablename__ = "agreement_withdrawal"
    __table_args__ = (sa.Index("agreement_withdrawal_agreement_idx", "agreement_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agreement.id"))
    about: Mapped[list[uuid.UUID]]
    scope: Mapped[Scope] = mapped_column(text_enum(Scope))
    agency_id: Mapped[uuid.UUID | None]
    topic: Mapped[Topic | None] = mapped_column(text_enum(Topic))
    withdrawn_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str]
    withdrawn_on: Mapped[dt.date]
    risk: Mapped[RiskView] = mapped_column(text_enum(RiskView))
    risk_words: Mapped[str]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_by_name: Mapped[str]


class ShareOverride(Base):
    """Information shared without agreement, on a ground, by somebody's decision."""

    __tablename__ = "share_override"
    __table_args__ = (sa.Index("share_override_about_idx", "about", postgresql_using="gin"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    family_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("family.id"))
    about: Mapped[list[uuid.UUID]]
    ground: Mapped[Ground] = mapped_column(text_enum(Ground))
    what: Mapped[str]
    to_whom: Mapped[str]
    manager_consulted: Mapped[str]
    family_told: Mapped[bool]
    why_not_told: Mapped[str]
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_by_name: Mapped[str]


class ShareOverridePerson(Base):
    """Whom a decision to share is about, a row each: under row-level security only plain equality uses an index."""

    __tablename__ = "share_override_person"

    override_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("share_override.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
